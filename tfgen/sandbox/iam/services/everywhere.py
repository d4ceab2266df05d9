"""IAM and Route 53, which have no region.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
"""

from __future__ import annotations

import re
from typing import Any, Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Principal

# What a request names, and the kind of thing that it is; the first that is there counts.
_NAMES: Final = (
    ("RoleName", "role", "roles"),
    ("UserName", "user", "users"),
    ("GroupName", "group", "groups"),
    ("InstanceProfileName", "instance-profile", "instance_profiles"),
)
_OF_NOTHING: Final = frozenset(
    {
        "GetAccountSummary",
        "ListAccountAliases",
        "ListGroups",
        "ListPolicies",
        "ListRoles",
        "ListUsers",
    }
)
_ZONES: Final = frozenset(
    {
        "AssociateVPCWithHostedZone",
        "ChangeResourceRecordSets",
        "DeleteHostedZone",
        "DisassociateVPCFromHostedZone",
        "GetDNSSEC",
        "GetHostedZone",
        "ListResourceRecordSets",
        "UpdateHostedZoneComment",
    }
)
_CHANGED: Final = re.compile(r"<(Action|Name|Type)>(.*?)</")
_WITHOUT_ZONE: Final = frozenset(
    {
        "CreateHealthCheck",
        "CreateHostedZone",
        "GetHostedZoneCount",
        "ListHealthChecks",
        "ListHostedZones",
        "ListHostedZonesByName",
    }
)


def of_iam(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to IAM does."""
    operation = call.operation or ""
    action = f"iam:{operation}"
    if operation in _OF_NOTHING:
        return [Access(action, "*")]
    context: dict[str, tuple[str, ...]] = {}
    policy = call.text("PolicyArn")
    if policy is not None:
        context["iam:policyarn"] = (policy,)
    if (boundary := call.text("PermissionsBoundary")) is not None:
        context["iam:permissionsboundary"] = (boundary,)
    for parameter, kind, kept in _NAMES:
        if (name := call.text(parameter)) is not None:
            return [Access(action, _arn(call, kind, kept, name), context)]
    if operation in {"CreateAccessKey", "GetUser", "ListAccessKeys"}:
        # Without a name, they are about whoever asks.
        return [Access(action, caller.of, context)]
    if policy is not None:
        return [Access(action, policy, context)]
    if operation == "CreatePolicy" and (name := call.text("PolicyName")) is not None:
        path = call.text("Path") or "/"
        return [Access(action, f"arn:aws:iam::{ACCOUNT}:policy{path}{name}", context)]
    return None


def of_route53(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to Route 53 does."""
    del caller
    operation = call.operation or ""
    if operation in _WITHOUT_ZONE:
        return [_on(operation, "*")]
    id_ = call.text("HostedZoneId") or call.text("Id")
    if operation in _ZONES and id_ is not None:
        zone = f"arn:aws:route53:::hostedzone/{id_}"
        return [Access(f"route53:{operation}", zone, _changes(call.text("ChangeBatch") or ""))]
    if operation == "GetChange" and id_ is not None:
        return [_on(operation, f"arn:aws:route53:::change/{id_}")]
    if (check := call.text("HealthCheckId")) is not None:
        return [_on(operation, f"arn:aws:route53:::healthcheck/{check}")]
    kind, resource = call.text("ResourceType"), call.text("ResourceId")
    if kind is not None and resource is not None:
        return [_on(operation, f"arn:aws:route53:::{kind}/{resource}")]
    return None


def _changes(batch: str) -> dict[str, tuple[str, ...]]:
    """Returns which records a batch of changes is about.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    """
    said: dict[str, set[str]] = {}
    for kind, value in _CHANGED.findall(batch):
        name = value.lower().removesuffix(".").replace("*", "\\052")
        said.setdefault(kind, set()).add(name if kind == "Name" else value)
    keys = {"Action": "actions", "Name": "normalizedrecordnames", "Type": "recordtypes"}
    return {
        f"route53:changeresourcerecordsets{keys[kind]}": tuple(sorted(values))
        for kind, values in said.items()
    }


def _on(operation: str, resource: str) -> Access:
    return Access(f"route53:{operation}", resource)


def _arn(call: Call, kind: str, kept: str, name: str) -> str:
    """Returns the ARN of something that a request names, which has the path in it."""
    from moto.iam.models import iam_backends

    things: dict[str, Any] = getattr(iam_backends[ACCOUNT]["aws"], kept)
    # Roles are kept by their IDs, everything else by its name.
    for thing in list(things.values()):
        if thing.name == name:
            return str(thing.arn)
    return f"arn:aws:iam::{ACCOUNT}:{kind}{call.text('Path') or '/'}{name}"
