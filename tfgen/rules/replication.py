"""Rules about tables that are in several regions."""

from __future__ import annotations

from typing import Final

from tfgen.app import App, Table
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS

# A strongly consistent table stays within one of these:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
_STRONG_REGIONS: Final = (
    ("us-east-1", "us-east-2", "us-west-2"),
    ("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
)
_STRONG_COUNT: Final = 3


def check_replication(app: App, table: Table, places: Places) -> None:
    """Checks that DynamoDB can replicate a table as the config asks.

    Args:
        app: the stage.
        table: one of its tables.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: the first broken rule.
    """
    where = ("database", "dynamodb", table.name)
    if table.replicas and table.billing is not None:
        raise TfgenError(
            f"The table `{table.name}` is replicated, and has a capacity of its own",
            place=places.at(*where, "billing"),
            hint="remove `billing:`; DynamoDB replicates no table whose capacity for writes does "
            "not scale by itself, and Terraform makes replicas before anything can scale it",
        )
    if table.consistency == "strong":
        _check_strong(app, table, places)
    elif table.witness is not None:
        raise TfgenError(
            f"The table `{table.name}` has a witness, which has no effect without "
            "`consistency: strong`",
            place=places.at(*where, "witness"),
            hint="remove `witness:`, or add `consistency: strong`",
        )


def check_provider_of_tables(app: App, places: Places) -> None:
    """Checks that the version of the provider that a stage is rendered for knows its tables.

    Args:
        app: the stage. In the sandbox it may be rendered for another version than the config's.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: it does not.
    """
    if app.terraform.aws_provider == 6:
        return
    for table in app.database.tables:
        if table.consistency == "strong":
            raise TfgenError(
                f"Version 5 of the AWS provider cannot make `{table.name}` strongly consistent",
                place=places.at("database", "dynamodb", table.name, "consistency"),
                hint="use `aws_provider: 6`, or `consistency: eventual`; the sandbox uses the "
                "version that this machine has",
            )


def _check_strong(app: App, table: Table, places: Places) -> None:
    where = ("database", "dynamodb", table.name)
    at = places.at(*where, "consistency")
    regions = [region.name for region in app.regions]
    if table.witness is not None:
        _check_witness(table.witness, regions, places.at(*where, "witness"))
    if not table.replicas and len(regions) > 1:
        raise TfgenError(
            f"The table `{table.name}` is strongly consistent in one region alone",
            place=at,
            hint="add `replicate: true`, or remove `consistency:`",
        )
    taking_part = [*regions, table.witness] if table.witness else regions
    if len(taking_part) != _STRONG_COUNT:
        missing = len(regions) == _STRONG_COUNT - 1
        raise TfgenError(
            f"The table `{table.name}` is strongly consistent in {len(taking_part)} "
            f"region{'s' if len(taking_part) > 1 else ''}; DynamoDB takes exactly three",
            place=at,
            hint=f"add a third region as `witness:`, which keeps no items: {_third(regions)}"
            if missing
            else "run in three regions, or in two with a `witness:`; or remove `consistency:`",
        )
    if not any(set(taking_part) <= set(each) for each in _STRONG_REGIONS):
        raise TfgenError(
            f"DynamoDB keeps no table strongly consistent across {', '.join(taking_part)}",
            place=at,
            hint="it does within one of: "
            + "; ".join(", ".join(regions) for regions in _STRONG_REGIONS),
        )
    for key, what in (("ttl", "a time to live"), ("local_indexes", "local indexes")):
        if getattr(table, key):
            raise TfgenError(
                f"The table `{table.name}` is strongly consistent, and cannot have {what}",
                place=places.at(*where, key),
                hint=f"remove `{key}:` or `consistency:`",
            )


def _check_witness(witness: str, regions: list[str], place: str) -> None:
    if witness not in REGIONS:
        raise TfgenError(
            f"There is no AWS region `{witness}`", place=place, hint="for example `us-east-2`"
        )
    if witness in regions:
        raise TfgenError(
            f"The witness `{witness}` is a region of the app, which has the items already",
            place=place,
            hint=f"name a third region: {_third(regions)}",
        )


def _third(regions: list[str]) -> str:
    """Returns the regions that could be a witness for others."""
    for each in _STRONG_REGIONS:
        if set(regions) <= set(each):
            return ", ".join(region for region in each if region not in regions)
    return "one that is near both"
