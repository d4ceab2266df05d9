"""tfgen: one small file becomes the Terraform of an app that is near its users everywhere."""

__version__ = "0.1.0"
