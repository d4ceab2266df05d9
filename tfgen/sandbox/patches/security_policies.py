"""API Gateway: the security policies of REST APIs and custom domains, and what they need.

An enhanced policy needs an endpoint access mode, and a legacy policy has none. A domain with an
enhanced policy has neither client certificates nor an HTTP API behind it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html

What is not simulated: the TLS versions and ciphers themselves, and that a change takes minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tfgen.app import ENHANCED_POLICY

POLICY: Final = "securityPolicy"
MODE: Final = "endpointAccessMode"


def is_enhanced(policy: str | None) -> bool:
    """Says whether a policy is one of those that need an endpoint access mode."""
    return (policy or "").startswith(ENHANCED_POLICY)


def check_policy(policy: str | None, mode: str | None, *, mutual: bool = False) -> None:
    """Refuses what does not go with a policy.

    Args:
        policy: of an API or a domain.
        mode: its endpoint access mode.
        mutual: whether it asks for client certificates.

    Raises:
        BadRequestException: API Gateway would refuse it.
    """
    if not is_enhanced(policy):
        if mode:
            raise _bad("Endpoint access mode is not supported for the specified security policy")
        return
    if not mode:
        raise _bad("Endpoint access mode is required for the specified security policy")
    if mutual:
        raise _bad("Mutual TLS is not supported for the specified security policy")


def patched(
    held: Mapping[str, str], operations: list[dict[str, Any]]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Returns an API's policy and mode after an update, and the operations on all else.

    Args:
        held: its policy and mode before; a mode that is not there is missing.
        operations: of the update.

    Raises:
        BadRequestException: the two would not go together.
    """
    changed, others = dict(held), []
    for operation in operations:
        name = operation["path"].removeprefix("/")
        if name not in {POLICY, MODE}:
            others.append(operation)
        elif operation.get("value"):
            changed[name] = operation["value"]
        else:
            changed.pop(name, None)
    check_policy(changed.get(POLICY), changed.get(MODE))
    return changed, others


def _bad(message: str) -> Exception:
    from moto.apigateway.exceptions import BadRequestException

    return BadRequestException(message)
