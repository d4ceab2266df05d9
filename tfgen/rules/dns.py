"""Rules about the domains, their zone and the routing between the regions."""

from __future__ import annotations

from tfgen.app import App
from tfgen.config.places import Places
from tfgen.errors import TfgenError


def check_dns(app: App, places: Places) -> None:
    """Checks the domains and their records.

    Raises:
        TfgenError: the first broken rule.
    """
    _check_domains(app, places)


def _check_domains(app: App, places: Places) -> None:
    domain = app.api.domain
    if domain is None or domain.zone.name is None:
        return
    zone = domain.zone.name
    for name in domain.names:
        if name != zone and not name.endswith(f".{zone}"):
            raise TfgenError(
                f"The domain `{name}` is not inside the zone `{zone}`",
                place=places.at("api", "domain"),
                hint=f"use a name such as `{name.split('.')[0]}.{zone}`, or another zone",
            )
