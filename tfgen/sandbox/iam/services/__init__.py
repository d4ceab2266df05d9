"""What requests do to what, service by service.

A service that is not here, and an operation that its service does not know, is judged by its
action alone: whether the caller may do it to anything at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Principal
from tfgen.sandbox.iam.services import dynamodb, everywhere, kms, others, s3, secretsmanager, ssm

# None is an operation that the service does not know.
_Accesses: TypeAlias = Callable[[Call, Principal], list[Access] | None]

#: By the name that signatures have for a service.
SERVICES: Final[Mapping[str, _Accesses]] = {
    "acm": others.of_certificates,
    "apigateway": others.of_gateways,
    "dynamodb": dynamodb.accesses,
    "iam": everywhere.of_iam,
    "kms": kms.accesses,
    "lambda": others.of_functions,
    "logs": others.of_logs,
    "monitoring": others.of_alarms,
    "rds-db": others.of_logins,
    "route53": everywhere.of_route53,
    "s3": s3.accesses,
    "secretsmanager": secretsmanager.accesses,
    "sqs": others.of_queues,
    "ssm": ssm.accesses,
    "sts": others.of_tokens,
}

# Where actions begin with something else than signatures say.
_PREFIXES: Final = {"email": "ses", "monitoring": "cloudwatch", "tagging": "tag"}


def accesses(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request does.

    Args:
        call: the request.
        caller: who makes it.

    Returns:
        All that it does, nothing of which may be refused; None if not even the action is known.

    Raises:
        PolicyError: the policy of a resource cannot be read.
    """
    service = SERVICES.get(call.service)
    found = service(call, caller) if service is not None else None
    if found is not None:
        return found
    if call.operation is None:
        return None
    prefix = _PREFIXES.get(call.service, call.service)
    return [Access(f"{prefix}:{call.operation}", None)]
