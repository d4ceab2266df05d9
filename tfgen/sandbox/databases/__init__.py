"""Databases that really answer: PostgreSQL servers behind the endpoints of the simulated RDS."""
