"""Rules about the domains, their zone and their health checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.app import WILDCARD, App, Domain
from tfgen.config.places import Path, Places
from tfgen.errors import TfgenError
from tfgen.regions import CHECKER_REGIONS, FEWEST_CHECKER_REGIONS, REGIONS

# What the first name of a certificate may have, and each of ours has one name:
# https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
CERTIFICATE_NAME_LIMIT: Final = 64


# Route 53 has private zones only there:
# https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-r53.html
_NO_PUBLIC_ZONES: Final = "aws-us-gov"


def check_dns(app: App, places: Places) -> None:
    """Checks the domains and their zone.

    Raises:
        TfgenError: the first broken rule.
    """
    domain = app.api.domain
    if domain is None:
        return
    _check_zone(app, domain, places)
    _check_wildcards(app, domain, places)
    _check_names(app, domain, places)
    _check_checkers(app, domain, places)
    if app.api.endpoint == "edge" and domain.region_domains:
        raise TfgenError(
            "`api.region_domains` has no effect on an edge endpoint, which has one region",
            place=places.at("api", "region_domains"),
            hint="remove `region_domains:`, or use `endpoint: regional`",
        )


def _check_zone(app: App, domain: Domain, places: Places) -> None:
    role = domain.zone.role_arn
    partition = REGIONS[app.regions[0].name].partition
    if partition == _NO_PUBLIC_ZONES:
        raise TfgenError(
            f"Route 53 has no public hosted zones in the partition `{partition}`",
            place=places.at("api", "domain"),
            hint="leave `domain:` and `zone:` out, and let a zone elsewhere lead to the URLs of "
            "the regions",
        )
    if role and role.split(":")[1] != partition:
        raise TfgenError(
            f"The role `{role}` is in the partition `{role.split(':')[1]}`, the app in "
            f"`{partition}`",
            place=places.at("api", "zone_role_arn"),
            hint="no credentials of one partition can assume a role of another",
        )
    zone = domain.zone.name
    if zone is None:
        return
    for index, name in enumerate(domain.names):
        if name != zone and not name.endswith(f".{zone}"):
            raise TfgenError(
                f"The domain `{name}` is not inside the zone `{zone}`",
                place=_place(places, index),
                hint=f"use a name such as `{name.split('.')[0]}.{zone}`, or another zone",
            )


def _check_wildcards(app: App, domain: Domain, places: Places) -> None:
    """Refuses what needs a name that a client can ask, where all domains are wildcards.

    A health check asks a host, and the domain of a region is below one:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    for region in app.regions:
        wildcard = f"{WILDCARD}{region.domain}"
        if region.domain and wildcard in domain.names:
            raise TfgenError(
                f"The domains `{wildcard}` and `{region.domain}` have one validation record, and "
                "the one of a region is made by itself",
                place=_place(places, domain.names.index(wildcard)),
                hint="leave the wildcard out",
            )
    if domain.host is not None or not (app.api.disable_execute_api or domain.region_domains):
        return
    key = "disable_execute_api" if app.api.disable_execute_api else "region_domains"
    wildcard = domain.names[0]
    raise TfgenError(
        f"`api.{key}` needs a domain that is no wildcard, and `{wildcard}` is one",
        place=places.at("api", key),
        hint=f'add a name, such as `domain: ["{wildcard}", "{wildcard.removeprefix(WILDCARD)}"]`, '
        f"or remove `{key}:`",
    )


def _check_names(app: App, domain: Domain, places: Places) -> None:
    seen: set[str] = set()
    for name, place in _names(app, domain, places):
        if name in seen:
            raise TfgenError(
                f"The domain `{name}` is there twice", place=place, hint="remove one of the two"
            )
        seen.add(name)
        if len(name) > CERTIFICATE_NAME_LIMIT:
            raise TfgenError(
                f"The domain `{name}` has {len(name)} characters; a certificate's name may have "
                f"{CERTIFICATE_NAME_LIMIT}",
                place=place,
                hint=f"use a name that is shorter by {len(name) - CERTIFICATE_NAME_LIMIT}",
            )


def _check_checkers(app: App, domain: Domain, places: Places) -> None:
    check = domain.health_check
    if check is None or not check.regions:
        return
    partition = REGIONS[app.regions[0].name].partition
    if partition not in CHECKER_REGIONS:
        raise TfgenError(
            f"Route 53 does not let the partition `{partition}` choose who checks",
            place=places.at("api", "health_check", "regions"),
            hint="leave `regions:` out of `health_check:`",
        )
    if len(check.regions) < FEWEST_CHECKER_REGIONS:
        raise TfgenError(
            f"Route 53 checks from {FEWEST_CHECKER_REGIONS} different regions at least, and "
            f"`api.health_check.regions` has {len(check.regions)}",
            place=places.at("api", "health_check", "regions"),
            hint="add others of " + ", ".join(CHECKER_REGIONS[partition]),
        )


def _names(app: App, domain: Domain, places: Places) -> Iterator[tuple[str, str]]:
    """Yields all domains, those of the regions last, with their places."""
    for index, name in enumerate(domain.names):
        yield name, _place(places, index)
    said: Path = ("api", "region_domains")
    if not places.has(*said):
        said = ("api", "disable_execute_api")
    for region in app.regions:
        if region.domain:
            yield region.domain, places.at(*said)


def _place(places: Places, index: int) -> str:
    return places.at("api", "domain", index)
