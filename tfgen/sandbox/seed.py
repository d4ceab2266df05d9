"""What an account is taken to hold before the app: put into the simulated one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tfgen.aws.dns import plain
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.sandbox.environment import DEFAULT_REGION
from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.references import is_ours, reference

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import HostedZoneTypeDef

    from tfgen.app import App


def ensure_zone_of(endpoint: str, app: App, apps: Sequence[App]) -> None:
    """Makes sure that the public hosted zone exists that a stage only looks up.

    Args:
        endpoint: the sandbox's URL.
        app: the stage.
        apps: all stages: what a zone is called that the config names by its ID can only be told
            from all domains in it.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    zone = app.api.domain.zone if app.api.domain else None
    if zone is None or zone.create:
        return
    if zone.name:
        ensure_zone(endpoint, zone.name)
    elif zone.id:
        domains = [each.api.domain for each in apps if each.api.domain]
        inside = [name for each in domains if each.zone.id == zone.id for name in each.names]
        ensure_zone_with_id(endpoint, zone.id, common_parent(inside))


def ensure_keys_of(endpoint: str, app: App) -> None:
    """Makes sure that the KMS keys exist that a stage only looks up.

    Args:
        endpoint: the sandbox's URL.
        app: the stage.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    for region in app.regions:
        if region.kms_key is not None:
            ensure_key(endpoint, region.name, region.kms_key)


def ensure_role_of(endpoint: str, app: App) -> None:
    """Makes sure that the role exists that a stage assumes for its zone.

    Args:
        endpoint: the sandbox's URL.
        app: the stage.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    role = app.api.domain.zone.role_arn if app.api.domain else None
    if role is not None:
        ensure_role(endpoint, role)


def ensure_role(endpoint: str, arn: str) -> None:
    """Makes sure that a role exists that may change zones and records.

    Args:
        endpoint: the sandbox's URL.
        arn: the role's. Of the rights of other accounts' roles nobody knows anything here.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    account, resource = arn.split(":", 5)[4:]
    if account != ACCOUNT:
        return
    path, _, name = resource.removeprefix("role").rpartition("/")
    iam = Aws(endpoint).client("iam", DEFAULT_REGION)
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    rights = {"Effect": "Allow", "Action": "route53:*", "Resource": "*"}
    # It may be there already, and be somebody's own.
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(
            RoleName=name,
            Path=f"{path}/",
            Description=reference(name),
            AssumeRolePolicyDocument=_policy(trust),
        )
        iam.put_role_policy(RoleName=name, PolicyName="zones", PolicyDocument=_policy(rights))


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def ensure_key(endpoint: str, region: str, name: str) -> None:
    """Makes sure that a KMS key exists that the config only looks up.

    Args:
        endpoint: the sandbox's URL.
        region: where it is.
        name: its alias or ARN, of whatever account: here there is one.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    kms = Aws(endpoint).client("kms", region)
    with contextlib.suppress(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId=name)
        return
    kind, _, identifier = name.rpartition(":")[2].partition("/")
    if kind == "key":
        kms.create_key(Description=reference(name, identifier), KeyUsage="ENCRYPT_DECRYPT")
        return
    alias = f"alias/{identifier}"
    key = kms.create_key(Description=reference(alias), KeyUsage="ENCRYPT_DECRYPT")
    # Somebody who brings up another stage at the same time may have been faster.
    with contextlib.suppress(kms.exceptions.AlreadyExistsException):
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyMetadata"]["KeyId"])


def ensure_zone(endpoint: str, name: str) -> str:
    """Makes sure that a public hosted zone exists that the config only looks up.

    Args:
        endpoint: the sandbox's URL.
        name: the zone's domain name.

    Returns:
        The zone's ID.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    route53 = Aws(endpoint).client("route53", DEFAULT_REGION)
    wanted = plain(name)
    found = _public_zone(route53, wanted)
    if found is None:
        _create(route53, wanted, reference(wanted))
        found = _public_zone(route53, wanted)
    if found is None:
        raise TfgenError(f"The sandbox has lost the zone `{name}`", hint="run the command again")
    return found


def ensure_zone_with_id(endpoint: str, identifier: str, name: str) -> None:
    """Makes sure that a public hosted zone exists that the config names by its ID.

    Args:
        endpoint: the sandbox's URL.
        identifier: the ID.
        name: what the zone is called, if it does not exist yet.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    route53 = Aws(endpoint).client("route53", DEFAULT_REGION)
    try:
        route53.get_hosted_zone(Id=identifier)
    except route53.exceptions.NoSuchHostedZone:
        _create(route53, name, reference(name, identifier))


def common_parent(names: Sequence[str]) -> str:
    """Returns the longest domain name that all names are inside.

    A name alone is taken to be in the zone above it, unless that would be a top-level domain; and
    so is the first of names that have no more in common than such a domain.

    Args:
        names: domain names, at least one.
    """
    first, *others = (name.split(".") for name in names)
    shared = first
    while shared and any(other[-len(shared) :] != shared for other in others):
        shared = shared[1:]
    if len(shared) < 2 or (shared == first and not any(other != first for other in others)):
        shared = first[1:] if len(first) > 2 else first
    return ".".join(shared)


def _public_zone(route53: Route53Client, name: str) -> str | None:
    for zone in route53.list_hosted_zones_by_name(DNSName=name)["HostedZones"]:
        if plain(zone["Name"]) == name and not zone["Config"]["PrivateZone"]:
            return zone_id(zone)
    return None


def _create(route53: Route53Client, name: str, caller_reference: str) -> None:
    # Somebody who brings up another stage at the same time may have been faster.
    with contextlib.suppress(route53.exceptions.HostedZoneAlreadyExists):
        route53.create_hosted_zone(
            Name=name,
            CallerReference=caller_reference,
            HostedZoneConfig={"Comment": "Taken to exist before the app", "PrivateZone": False},
        )


def is_seeded(zone: HostedZoneTypeDef) -> bool:
    """Returns whether the sandbox made a zone.

    Args:
        zone: as Route 53 describes it.
    """
    return is_ours(zone["CallerReference"])


def zone_id(zone: HostedZoneTypeDef) -> str:
    """Returns a zone's ID without the path that Route 53 puts in front.

    Args:
        zone: as Route 53 describes it.
    """
    return zone["Id"].rpartition("/")[2]
