"""What the templates see: an app's parts as HCL values, shared ones named once."""
