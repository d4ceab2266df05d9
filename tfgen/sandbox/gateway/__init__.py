"""API Gateway's data plane in the sandbox: requests reach the functions that were deployed."""
