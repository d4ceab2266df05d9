"""The health checks that moto's Route 53 holds at this moment, as the prober wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tfgen.sandbox.dns.snapshot import backends, is_true

_ENDPOINT_TYPES: Final = frozenset({"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"})


@dataclass(frozen=True, slots=True)
class Target:
    """What a health check asks.

    Attributes:
        type: ``HTTP``, ``HTTPS``, ``HTTP_STR_MATCH``, ``HTTPS_STR_MATCH`` or ``TCP``.
        host: the name in the ``Host`` header, and to look up if there is no address.
        address: the IP address, None if it is the host's.
        port: the TCP port.
        path: with its query; empty for TCP.
        search: what the first 5,120 bytes of the body must contain, None for anything.
    """

    type: str
    host: str | None
    address: str | None
    port: int
    path: str
    search: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """A health check.

    Attributes:
        id: Route 53's ID.
        target: what to ask; None if it asks nothing itself.
        interval: seconds between two requests.
        threshold: how many results in a row change the status.
        inverted: whether the status is turned around.
        disabled: whether it is taken as healthy without asking.
        region: of the checker; None where the health check names no regions.
        children: of a calculated one, the IDs of the others.
        children_needed: of a calculated one, how many of them must be healthy.
    """

    id: str
    target: Target | None
    interval: float = 30
    threshold: int = 3
    inverted: bool = False
    disabled: bool = False
    region: str | None = None
    children: tuple[str, ...] = ()
    children_needed: int | None = None


def read_checks() -> tuple[Check, ...]:
    """Reads them; the sandbox's process only."""
    return tuple(
        _check(check)
        for backend in backends("route53").values()
        for check in list(backend.health_checks.values())
    )


def _check(check: Any) -> Check:
    calculated = check.type_ == "CALCULATED"
    return Check(
        id=check.id,
        target=_target(check) if check.type_ in _ENDPOINT_TYPES else None,
        interval=float(check.request_interval),
        threshold=int(check.failure_threshold),
        inverted=is_true(check.inverted),
        disabled=is_true(check.disabled),
        region=min(check.regions) if check.regions else None,
        children=tuple(check.children or ()),
        children_needed=int(check.health_threshold or 0) if calculated else None,
    )


def _target(check: Any) -> Target:
    return Target(
        type=check.type_,
        host=check.fqdn or None,
        address=check.ip_address or None,
        port=int(check.port),
        path="" if check.type_ == "TCP" else check.resource_path or "/",
        search=check.search_string or None,
    )
