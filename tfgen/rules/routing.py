"""Rules about how Route 53 chooses among the regions, and about the regions' parts in that.

Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html and
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-geo.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tfgen.app import App, Domain, ProviderMajor, RoutingPolicy
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.places import countries, states

# Regions for which Route 53 has no latency records, by the provider that knows least of them. The
# last provider 5, 5.100.0, says so when it validates; `RecordRegion` of Route 53's API has those
# that no version can know.
NO_LATENCY: Final[Mapping[ProviderMajor, frozenset[str]]] = {
    5: frozenset({"ap-southeast-6", "eusc-de-east-1", "me-west-1", "sa-west-1"}),
    6: frozenset({"me-west-1", "sa-west-1"}),
}

# Route 53 knows no addresses there, and takes no records for them.
_NO_ADDRESSES: Final = frozenset({"BV", "CX", "EH", "HM"})

_PARTS: Final[Mapping[str, RoutingPolicy]] = {
    "weight": "weighted",
    "failover": "failover",
    "locations": "geolocation",
}
"""Key below ``regions.REGION.routing`` → the policy that reads it."""


def check_routing(app: App, places: Places) -> None:
    """Checks the routing policy and what each region says about its part.

    Raises:
        TfgenError: the first broken rule.
    """
    domain = app.api.domain
    _refuse_parts_without_effect(app, domain.routing if domain else None, places)
    if domain is None:
        return
    match domain.routing:
        case "latency":
            _check_latency(app, places)
        case "weighted":
            _check_weighted(app, places)
        case "failover":
            _check_failover(app, domain, places)
        case "geolocation":
            _check_geolocation(app, places)


def _refuse_parts_without_effect(app: App, routing: RoutingPolicy | None, places: Places) -> None:
    for region in app.regions:
        said = {
            "weight": region.weight is not None,
            "failover": region.failover is not None,
            "locations": bool(region.locations),
        }
        for key, policy in _PARTS.items():
            if not said[key] or policy == routing:
                continue
            why = f"while `api.routing` is `{routing}`" if routing else "without `api.domain`"
            raise TfgenError(
                f"`regions.{region.name}.routing.{key}` has no effect {why}",
                place=places.at("regions", region.name, "routing", key),
                hint=f"set `routing: {policy}` under `api:`, or remove `{key}:`",
            )


def _check_latency(app: App, places: Places) -> None:
    major = app.terraform.aws_provider
    for region in app.regions:
        if region.name not in NO_LATENCY[major]:
            continue
        if region.name in NO_LATENCY[6]:
            who, hint = "Route 53", "use another region"
        else:
            who, hint = f"AWS provider {major}", "use `aws_provider: 6` under `terraform:`"
        raise TfgenError(
            f"{who} has no latency records for `{region.name}`",
            place=places.at("regions", region.name),
            hint=f"{hint}, or another `routing` under `api:`",
        )


def _check_weighted(app: App, places: Places) -> None:
    for region in app.regions:
        if region.weight is None:
            raise TfgenError(
                f"`routing: weighted` needs the weight of `{region.name}`",
                place=places.at("regions", region.name, "routing"),
                hint=f"add `{region.name}: {{routing: {{weight: 10}}}}` under `regions:`",
            )
    if not any(region.weight for region in app.regions):
        raise TfgenError(
            "The weights of all regions are 0, and Route 53 would take them to be equal",
            place=places.at("regions", app.regions[0].name, "routing", "weight"),
            hint="give at least one region a weight of 1 or more",
        )


def _check_failover(app: App, domain: Domain, places: Places) -> None:
    if len(app.regions) != 2:
        number = "1 region" if len(app.regions) == 1 else f"{len(app.regions)} regions"
        raise TfgenError(
            f"`routing: failover` is between two regions, and the app has {number}",
            place=places.at("api", "routing"),
            hint="use two regions, or another `routing`",
        )
    for part in ("primary", "secondary"):
        regions = [region.name for region in app.regions if region.failover == part]
        if len(regions) == 1:
            continue
        number = "both regions are" if regions else "no region is"
        raise TfgenError(
            f"`routing: failover` needs exactly one {part} region, and {number}",
            place=places.at("regions", app.regions[0].name, "routing", "failover"),
            hint="write `routing: {failover: primary}` in one region and "
            "`routing: {failover: secondary}` in the other",
        )
    if domain.health_check is None:
        raise TfgenError(
            "`routing: failover` needs a health check: without one the primary is always healthy",
            place=places.at("api", "health_check"),
            hint="remove `health_check: false`",
        )


def _check_geolocation(app: App, places: Places) -> None:
    owners: dict[str, str] = {}
    for region in app.regions:
        if not region.locations:
            raise TfgenError(
                f"`routing: geolocation` needs the locations that `{region.name}` serves",
                place=places.at("regions", region.name, "routing"),
                hint=f'add `{region.name}: {{routing: {{locations: ["*"]}}}}` under `regions:`',
            )
        for index, location in enumerate(region.locations):
            place = places.at("regions", region.name, "routing", "locations", index)
            _check_location(location, place)
            if location in owners:
                raise TfgenError(
                    f"The location `{location}` is served by `{owners[location]}` already",
                    place=place,
                    hint="Route 53 takes one region for each location; remove one of the two",
                )
            owners[location] = region.name
    if "*" not in owners:
        raise TfgenError(
            "No region serves clients whose location is not listed or not known",
            place=places.at("api", "routing"),
            hint='add `"*"` to the `locations` of one region',
        )


def _check_location(location: str, place: str) -> None:
    if location == "*" or location.startswith("continent:"):
        return
    country, _, state = location.partition("-")
    if country not in countries():
        raise TfgenError(
            f"There is no country `{country}`",
            place=place,
            hint="write its ISO 3166-1 code, such as `GB`; a continent is `continent:EU`",
        )
    if country in _NO_ADDRESSES:
        raise TfgenError(
            f"Route 53 knows no addresses in `{country}` ({countries()[country].name})",
            place=place,
            hint=f"use `continent:{countries()[country].continent}`",
        )
    if state and country != "US":
        raise TfgenError(
            f"Route 53 tells apart the states of the United States only, not `{location}`",
            place=place,
            hint=f"use the country, `{country}`",
        )
    if state and (country, state) not in states():
        raise TfgenError(
            f"There is no state `{location}`",
            place=place,
            hint="write its postal abbreviation, such as `US-WA`",
        )
