"""The domains of a stage as the templates see them: zone, certificates, health checks, records.

What is said of Terraform's provider is at
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record, and of
Route 53 at
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tfgen.app import App, Domain, HealthCheck, Region, RoutingPolicy, Zone
from tfgen.regions import CHECKER_REGIONS, REGIONS
from tfgen.render.addresses import record_name, region_id
from tfgen.render.hcl import Expression, Value, quote

# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-edge-optimized-custom-domain-name.html
EDGE_CERTIFICATE_REGION: Final = "us-east-1"

_CLIENTS_REACH: Final[Mapping[RoutingPolicy, str]] = {
    "latency": "the nearest healthy region",
    "weighted": "the healthy regions by their weights",
    "failover": "the primary region, and the secondary while the primary is unhealthy",
    "geolocation": "the region that serves where they are",
}


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A record's routing policy: the block that says it, and the settings in the block."""

    block: str
    settings: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class CheckView:
    """A region's health check: whom it asks, and what it and its alarm are called."""

    host: Value
    path: Value
    name: str
    alarm: str
    alarm_description: str


@dataclass(frozen=True, slots=True)
class RegionDnsView:
    """One region's part.

    Attributes:
        record: the name of the records that send clients to the region.
        own: of the domain that leads to this region alone, an element of ``local.region_domains``.
        domains: all of the region's domains.
        validation_record_fqdns: for each of these, the name of its validation record.
    """

    record: str
    records: Value
    set_identifier: Value
    policy: PolicyView
    check: CheckView | None
    own: Value
    domains: Value
    validation_record_fqdns: Value


@dataclass(frozen=True, slots=True)
class DnsView:
    """The domains of a stage.

    Attributes:
        clients_reach: where the domains lead, in words.
        url: of the app; None where all domains are wildcards.
        wildcard: whether one of the domains is a wildcard.
        validated: the domain that a validation record is for.
        zone_address: of the zone that is created or looked up.
        zone_account: whether the zone is in an account of its own.
        routing: the policy of the records.
        locations: region → its places → what Route 53 calls them; empty unless that is the policy.
        region_domains: region → the domain that leads there alone; empty without such domains.
        validation_region: where the validation records are read from, as an ID.
        target_health: whether records look at what they lead to, which CloudFront does not allow.
        certificate_region: of an edge endpoint's certificates; None for a regional endpoint's,
            which are in the endpoint's own region.
        checker_regions: those whose checkers ask; empty where Route 53 does not let them be chosen.
    """

    clients_reach: str
    url: Expression | None
    wildcard: bool
    validated: Expression
    domains: Value
    record_types: Value
    zone: Zone
    zone_address: str
    zone_account: bool
    overwrite: bool
    routing: str
    locations: Mapping[str, Value]
    region_domains: Mapping[str, Value]
    validation_region: str
    target_health: bool
    certificate_region: str | None
    check: HealthCheck | None
    checker_regions: Sequence[str]
    regions: Mapping[str, RegionDnsView]


def dns_view(app: App) -> DnsView | None:
    """Returns the domains of a stage, if it has any."""
    domain = app.api.domain
    if domain is None:
        return None
    edge = app.api.endpoint == "edge"
    types = ["A", "AAAA"] if app.api.ip_address_type == "dualstack" else ["A"]
    reached = "the nearest location of CloudFront" if edge else _CLIENTS_REACH[domain.routing]
    return DnsView(
        clients_reach=reached,
        url=_url(domain) if domain.host else None,
        wildcard=domain.has_wildcard,
        validated=Expression("each.value[0]" if domain.has_wildcard else "each.key"),
        domains=list(domain.names),
        record_types=list(types),
        zone=domain.zone,
        zone_address="aws_route53_zone.this"
        if domain.zone.create
        else "data.aws_route53_zone.this",
        zone_account=domain.zone.role_arn is not None,
        overwrite=domain.allow_overwrite_records,
        routing=domain.routing,
        locations=_locations(app, domain),
        region_domains={region.name: region.domain for region in app.regions if region.domain},
        validation_region=region_id(app.first_region),
        target_health=not edge,
        certificate_region=EDGE_CERTIFICATE_REGION if edge else None,
        check=domain.health_check,
        checker_regions=_checker_regions(app, domain.health_check),
        regions={region.name: _region(app, domain, region, types) for region in app.regions},
    )


def region_url(app: App, region: Region) -> Value:
    """Returns where a region answers by itself."""
    if region.domain:
        return Expression(f'"https://${{local.region_domains[{quote(region.name)}]}}/"')
    if app.api.disable_execute_api and app.api.domain is not None:
        return _url(app.api.domain)
    return Expression(f"module.{region_id(region.name)}.api.url")


def _region(app: App, domain: Domain, region: Region, types: Sequence[str]) -> RegionDnsView:
    own = f"local.region_domains[{quote(region.name)}]" if region.domain else None
    fqdns = "local.validation_record_fqdns"
    validation = f"aws_route53_record.{region_id(region.name)}_validation.fqdn"
    return RegionDnsView(
        record=record_name(domain, region),
        records=Expression(
            f"local.records[{quote(region.name)}]" if region.locations else "local.records"
        ),
        set_identifier=_set_identifier(domain.routing, region),
        policy=_policy(domain.routing, region),
        check=_check(app, domain, domain.health_check, region, types)
        if domain.health_check
        else None,
        own=Expression(own) if own else None,
        domains=Expression(f"concat(local.domains, [{own}])" if own else "local.domains"),
        validation_record_fqdns=Expression(
            f"merge({fqdns}, {{\n    ({own}) = {validation}\n  }})" if own else fqdns
        ),
    )


def _set_identifier(routing: RoutingPolicy, region: Region) -> Value:
    """Returns what tells a region's records from the others' of the same name.

    It differs between the policies: the provider replaces a record whose identifier changes in one
    step, and Route 53 takes a record with another policy in no other way. With failover it is the
    region's part, so that two regions can change theirs by changing what the records lead to.
    """
    match routing:
        case "latency":
            return region.name
        case "weighted":
            return f"{region.name} weighted"
        case "failover":
            return region.failover
        case "geolocation":
            return Expression(f'"{quote(region.name)[1:-1]} ${{each.value.place}}"')


def _policy(routing: RoutingPolicy, region: Region) -> PolicyView:
    match routing:
        case "latency":
            return PolicyView("latency_routing_policy", {"region": region.name})
        case "weighted":
            return PolicyView("weighted_routing_policy", {"weight": region.weight})
        case "failover":
            part = region.failover.upper() if region.failover else None
            return PolicyView("failover_routing_policy", {"type": part})
        case "geolocation":
            return PolicyView(
                "geolocation_routing_policy",
                {
                    name: Expression(f'lookup(each.value.location, "{name}", null)')
                    for name in ("continent", "country", "subdivision")
                },
            )


def _locations(app: App, domain: Domain) -> Mapping[str, Value]:
    if domain.routing != "geolocation":
        return {}
    return {
        region.name: {place: _location(place) for place in region.locations}
        for region in app.regions
    }


def _location(place: str) -> Value:
    if place.startswith("continent:"):
        return Expression(f"{{ continent = {quote(place.removeprefix('continent:'))} }}")
    country, _, state = place.partition("-")
    subdivision = f", subdivision = {quote(state)}" if state else ""
    return Expression(f"{{ country = {quote(country)}{subdivision} }}")


def _checker_regions(app: App, check: HealthCheck | None) -> Sequence[str]:
    """Returns all of them where none are named.

    An update that names none leaves those that the health check has.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
    """
    if check is None:
        return ()
    return check.regions or CHECKER_REGIONS.get(REGIONS[app.regions[0].name].partition, ())


def _url(domain: Domain) -> Expression:
    return Expression(f'"https://${{{_host(domain)}}}/"')


def _host(domain: Domain) -> str:
    """Returns the first domain that is no wildcard; there must be one."""
    return f"local.domains[{domain.names.index(domain.host or '')}]"


def _check(
    app: App, domain: Domain, check: HealthCheck, region: Region, types: Sequence[str]
) -> CheckView:
    name = region_id(region.name)
    path = quote(check.path)
    if region.domain:
        # Named by way of its record, so that the check does not ask before the record is there.
        host = f"aws_route53_record.{name}_domain[{quote(types[0])}].name"
    elif app.api.disable_execute_api:
        host = _host(domain)
    else:
        host = f"module.{name}.api.host"
        path = f'"${{module.{name}.api.stage_path}}{path[1:-1]}"'
    return CheckView(
        host=Expression(host),
        path=Expression(path),
        name=f"{app.full_name} {region.name}",
        alarm=f"{app.full_name} {region.name} health",
        alarm_description=f"Route 53 finds {app.full_name} in {region.name} unhealthy.",
    )
