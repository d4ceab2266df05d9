"""Rules about the regions, and about names that carry them."""

from __future__ import annotations

from tfgen.app import App
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS, suggest

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE_NAME_LIMIT = 64


def check_regions(app: App, places: Places) -> None:
    if not app.regions:
        raise TfgenError(
            "The app has no region",
            place=places.at("regions"),
            hint="add one: `regions: {us-west-2: {}}`",
        )
    for region in app.regions:
        if region.name not in REGIONS:
            close = suggest(region.name)
            raise TfgenError(
                f"There is no AWS region `{region.name}`",
                place=places.at("regions", region.name),
                hint=f"did you mean `{close}`?" if close else "for example `us-west-2`",
            )
    first = app.regions[0].name
    for region in app.regions:
        partition = REGIONS[region.name].partition
        if partition != REGIONS[first].partition:
            raise TfgenError(
                f"`{first}` and `{region.name}` are in different AWS partitions",
                place=places.at("regions", region.name),
                hint="one account cannot reach both; make the regions of each a stage of its own",
            )
    _check_names(app, places)


def _check_names(app: App, places: Places) -> None:
    for region in app.regions:
        role = f"{app.full_name}-{region.name}"
        if len(role) > ROLE_NAME_LIMIT:
            raise TfgenError(
                f"The IAM role `{role}` would have a name of {len(role)} characters; "
                f"IAM allows {ROLE_NAME_LIMIT}",
                place=places.at("name"),
                hint=f"shorten `name` or the stage's name by {len(role) - ROLE_NAME_LIMIT}",
            )
