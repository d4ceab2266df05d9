"""The databases that a config names, and whom they let in: put into the simulated account."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.databases.resources import DATABASE, MASTER, ensure
from tfgen.sandbox.lifecycle import Running
from tfgen.sandbox.references import reference
from tfgen.sandbox.seed import ensure_key

if TYPE_CHECKING:
    from tfgen.app import App, DatabaseUse

# Secrets Manager ends an ARN with six letters of its own, of which moto takes a tag for a wish:
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
_WISH: Final = "_custom_id_"


def ensure_databases_of(running: Running, app: App) -> Sequence[str]:
    """Makes sure that the databases exist that a stage only looks up, with whom they let in.

    Args:
        running: the sandbox.
        app: the stage.

    Returns:
        Why nobody answers there, in sentences; nothing if somebody does.

    Raises:
        TfgenError: the sandbox does not answer, or PostgreSQL does not take a name.
    """
    # Of a global database, the first cluster is the one that takes writes.
    regions = sorted(app.regions, key=lambda region: region.name != app.first_region)
    aws = Aws(running.endpoint)
    notices: dict[str, None] = {}
    for region in regions:
        if region.rds is not None:
            notices |= dict.fromkeys(_ensure_database(running, aws, region.name, region.rds))
    return tuple(notices)


def _ensure_database(running: Running, aws: Aws, region: str, use: DatabaseUse) -> Sequence[str]:
    """Makes sure that a database exists that a function uses. Somebody's own is left as it is."""
    found = ensure(aws, use)
    if not found.seeded:
        return ()
    client = Client(running)
    within = use.name or DATABASE
    if use.auth == "iam":
        return client.ensure_user(found.id, use.user or MASTER, within=within)
    if use.secret is not None:
        said = _ensure_secret(aws, running.endpoint, region, use.secret, use)
    elif found.secret is not None:
        said = _said(aws, use.region, found.secret) or {}
    else:
        # The user of a URL is known to the URL alone.
        return ()
    if "username" not in said or "password" not in said:
        return ()
    user, password = str(said["username"]), str(said["password"])
    return client.ensure_user(found.id, user, password=password, within=within)


def _ensure_secret(
    aws: Aws, endpoint: str, region: str, name: str, use: DatabaseUse
) -> Mapping[str, Any]:
    """Returns what a secret says, which is made if there is none."""
    said = _said(aws, region, name)
    if said is not None:
        return said
    made = {"username": use.user or MASTER, "password": secrets.token_urlsafe(24)}
    more: dict[str, Any] = {}
    if use.kms_key is not None:
        ensure_key(endpoint, region, use.kms_key)
        more["KmsKeyId"] = use.kms_key
    if name.startswith("arn:"):
        name, _, suffix = name.rpartition(":")[2].rpartition("-")
        more["Tags"] = [{"Key": _WISH, "Value": suffix}]
    aws.client("secretsmanager", region).create_secret(
        Name=name, Description=reference(name), SecretString=json.dumps(made), **more
    )
    return made


def _said(aws: Aws, region: str, secret: str) -> Mapping[str, Any] | None:
    """Returns what a secret says; None if there is no such secret, nothing if it is no JSON."""
    client = aws.client("secretsmanager", region)
    try:
        text = client.get_secret_value(SecretId=secret).get("SecretString", "")
    except client.exceptions.ResourceNotFoundException:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
