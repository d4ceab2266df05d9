"""Ways to use databases of RDS: what stands below ``database.rds`` for two regions."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"

_KEY = f"arn:aws:kms:{{}}:{ACCOUNT}:key/0123abcd"
_VARIABLES = {
    "host": "PGHOST",
    "reader_host": "PGHOST_READ",
    "port": "PGPORT",
    "name": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
}


def clusters(first: str, second: str) -> dict[str, Any]:
    """Returns one in each region, with tokens of IAM."""
    said = {"cluster": "hello", "name": "app", "user": "app", "public": True}
    return {first: dict(said), second: dict(said)}


def opened(first: str, second: str) -> dict[str, Any]:
    """Returns one that lets the function in, and one of another kind that needs not."""
    return {
        first: {"cluster": "hello", "auth": "secret", "open": True},
        second: {"instance": "hello", "auth": "iam", "public": True},
    }


def proxy(first: str, _second: str) -> dict[str, Any]:
    """Returns one in the first region alone, with a secret and variables of its own."""
    return {
        first: {
            "proxy": "hello",
            "name": "app",
            "auth": "secret",
            "secret": "hello/pg",
            "kms_key": _KEY.format(first),
            "public": False,
            "open": False,
            "variables": _VARIABLES,
        }
    }


def url(first: str, second: str) -> dict[str, Any]:
    """Returns one whose URL is a secret of the app."""
    said = {"instance": "hello", "auth": "url", "url": "DATABASE_URL", "public": True}
    return {first: dict(said), second: dict(said)}


def global_cluster(first: str, second: str) -> dict[str, Any]:
    """Returns members of a global database, of which one is in another region."""
    said = {"global_cluster": "hello", "user": "app", "public": True}
    return {first: {**said, "region": "us-east-1"}, second: dict(said)}
