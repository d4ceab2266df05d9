"""Records and zones for the tests."""

from __future__ import annotations

from typing import Any

from tfgen.places import Place, find_place
from tfgen.sandbox.dns.model import Alias, RecordSet, Resolution, Zone, Zones
from tfgen.sandbox.dns.resolver import resolve

API = "api.example.com"
LONDON = find_place("london")
OREGON = find_place("oregon")
SOA = RecordSet(
    "example.com",
    "SOA",
    ttl=900,
    values=("ns-1.awsdns-1.com. hostmaster.example.com. 1 7200 900 1209600 86400",),
)


def target_in(region: str) -> str:
    """The host that API Gateway gives a regional custom domain."""
    return f"d-{region}x.execute-api.{region}.amazonaws.com"


def latency(region: str, *, name: str = API, check: bool = True) -> RecordSet:
    """A record as tfgen deploys it: alias, target health, a health check named as the region."""
    return RecordSet(
        name,
        "A",
        alias=Alias(target_in(region), evaluate_target_health=True),
        set_identifier=region,
        region=region,
        health_check=region if check else None,
    )


def weighted(number: int, weight: int, **more: Any) -> RecordSet:
    """A weighted record whose address, identifier and health check have the same number."""
    return RecordSet(
        API,
        "A",
        ttl=60,
        values=(f"192.0.2.{number}",),
        set_identifier=str(number),
        weight=weight,
        health_check=str(number),
        **more,
    )


def zones_of(*records: RecordSet, **endpoints: str) -> Zones:
    """One zone, example.com."""
    return Zones((Zone("Z1", "example.com", (SOA, *records)),), endpoints)


def ask(
    zones: Zones,
    name: str = API,
    type_: str = "A",
    *,
    place: Place = LONDON,
    sick: tuple[str, ...] = (),
    lot: int = 0,
) -> Resolution:
    """Resolves with some health checks unhealthy; lots fall on the given place."""
    return resolve(
        zones,
        name,
        type_,
        place,
        lambda check: check not in sick,
        choose=lambda weights: min(lot, len(weights) - 1),
    )


def values(found: Resolution) -> list[str]:
    """All values of an answer."""
    return [value for answer in found.answers for value in answer.values]
