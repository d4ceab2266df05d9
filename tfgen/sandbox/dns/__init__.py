"""Route 53 in the sandbox: which answer a client gets, health checks, and a DNS server."""
