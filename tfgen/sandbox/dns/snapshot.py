"""What moto's Route 53 and API Gateway hold at this moment, as the resolver wants it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfgen.sandbox.dns.model import Alias, Location, RecordSet, Zone, Zones
from tfgen.sandbox.gateway.deployed import endpoint_types


def read_zones() -> Zones:
    """Takes the snapshot; the sandbox's process only."""
    zones = tuple(
        Zone(zone.resource_id, _host(zone.name), tuple(map(_record, list(zone.rrsets))))
        for backend in backends("route53").values()
        for zone in list(backend.zones.values())
        if not is_true(zone.private_zone)
    )
    return Zones(zones, dict(_endpoints()))


def backends(service: str) -> dict[str, Any]:
    """Returns moto's backends of a service: region, or partition, → backend."""
    from moto.backends import get_backend
    from moto.core.models import DEFAULT_ACCOUNT_ID

    # A name that the type checker knows to be a service is one of a long list; ours are.
    found: Any = get_backend(service)  # type: ignore[call-overload, unused-ignore]
    return dict(found[DEFAULT_ACCOUNT_ID])


def _endpoints() -> Iterator[tuple[str, str]]:
    for region, backend in backends("apigateway").items():
        for domain in list(backend.domain_names.values()):
            hosts = {
                "EDGE": domain.distribution_domain_name,
                "REGIONAL": domain.regional_domain_name,
            }
            for kind in endpoint_types(domain):
                if kind in hosts:
                    yield _host(hosts[kind]), region


def _record(record: Any) -> RecordSet:
    target = record.alias_target
    location = record.geo_location
    return RecordSet(
        name=_host(record.name),
        type=record.type,
        ttl=_int(record.ttl),
        values=tuple(map(str, record.records or ())),
        alias=target
        and Alias(_host(target["DNSName"]), is_true(target.get("EvaluateTargetHealth"))),
        set_identifier=record.set_identifier,
        weight=_int(record.weight),
        region=record.region or None,
        failover=record.failover or None,
        location=location
        and Location(
            location.get("ContinentCode"),
            location.get("CountryCode"),
            location.get("SubdivisionCode"),
        ),
        multivalue=is_true(record.multi_value_answer),
        health_check=record.health_check_id or None,
    )


def _host(name: str) -> str:
    """Returns a host name as the resolver compares it; Route 53 writes ``*`` in octal."""
    return name.rstrip(".").lower().replace("\\052", "*")


def _int(value: str | int | None) -> int | None:
    return None if value in {None, ""} else int(value or 0)


def is_true(value: object) -> bool:
    """Tells whether moto holds a truth, as what came from a parsed request or as what was sent."""
    return value is True or str(value).lower() == "true"
