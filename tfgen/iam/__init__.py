"""The rights of an app: those of its functions, and those of whoever deploys it.

Pure: from the app alone. What only AWS knows stands in a policy as a placeholder.
"""
