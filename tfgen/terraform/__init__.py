"""Driving Terraform: which one, with what arguments, in what environment, and what it says."""
