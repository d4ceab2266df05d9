"""An API as the ``api`` variable of the modules takes it."""

from __future__ import annotations

from tfgen.app import App, Region
from tfgen.render.hcl import Value
from tfgen.render.views.values import merged


def api_settings(app: App) -> dict[str, Value]:
    """Returns what the APIs of all regions of a stage have in common."""
    return _shared(app)


def region_api(app: App, region: Region) -> Value:
    """Returns the API of a region in terms of ``local.api``."""
    return merged("local.api", _shared(app), _shared(app) | _own(region))


def _shared(app: App) -> dict[str, Value]:
    return {"ip_address_type": app.api.ip_address_type}


def _own(region: Region) -> dict[str, Value]:
    return {"web_acl_arn": region.web_acl_arn} if region.web_acl_arn else {}
