"""Rules about the API: what each kind of it has, and what AWS refuses together."""

from __future__ import annotations

from tfgen.app import App
from tfgen.config.places import Places
from tfgen.errors import TfgenError


def check_api(app: App, places: Places) -> None:
    """Checks what is in front of the function.

    Raises:
        TfgenError: the first broken rule.
    """
    if app.api.endpoint == "edge":
        _refuse_edge(app, places)


def _refuse_edge(app: App, places: Places) -> None:
    if len(app.regions) > 1:
        raise TfgenError(
            f"An edge endpoint serves one region, and the app has {len(app.regions)}",
            place=places.at("api", "endpoint"),
            hint="use `endpoint: regional`: latency records send clients to the nearest region",
        )
    raise TfgenError(
        "This version of tfgen does not render edge endpoints",
        place=places.at("api", "endpoint"),
        hint="use `endpoint: regional`",
    )
