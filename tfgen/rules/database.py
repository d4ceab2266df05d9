"""Rules about tables: what DynamoDB or Terraform would refuse much later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tfgen.app import App, Provisioned, Region, Scaling, Table
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.rules.keys import check_keys
from tfgen.rules.replication import check_provider_of_tables, check_replication

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_NAME_LIMIT: Final = 255


def check_database(app: App, places: Places) -> None:
    """Checks the tables of a stage, and what the regions make of them.

    Raises:
        TfgenError: the first broken rule.
    """
    for table in app.database.tables:
        _check_name(table, places)
        check_keys(table, places)
        _check_billing(table, places)
        check_replication(app, table, places)
    check_provider_of_tables(app, places)
    for region in app.regions:
        _check_uses(region, places.for_region(region.name))


def check_same_capacity(apps: Iterable[App], places: Places) -> None:
    """Checks that all tables get their capacity in one way, as they share a module.

    What scales must be left alone by Terraform, and that cannot depend on a variable:
    https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle

    Args:
        apps: the stages.
        places: of the config.

    Raises:
        TfgenError: the capacity of one table scales, that of another does not.
    """
    seen: dict[bool, tuple[App, Table]] = {}
    for app in apps:
        for table in app.database.tables:
            if table.billing is not None:
                seen.setdefault(_scales(table.billing), (app, table))
    if len(seen) > 1:
        app, table = seen[False]
        raise TfgenError(
            f"The capacity of the table `{seen[True][1].name}` scales, that of `{table.name}` does "
            "not",
            place=places.for_stage(app.stage).at("database", "dynamodb", table.name, "billing"),
            hint=f"give `{table.name}` bounds as well, which may be the same: "
            "`{min: 5, max: 5}`; or remove its `billing:`",
        )


def _check_name(table: Table, places: Places) -> None:
    length = len(table.full_name)
    if length > _NAME_LIMIT:
        raise TfgenError(
            f"The table `{table.name}` would have a name of {length} characters; DynamoDB allows "
            f"{_NAME_LIMIT}",
            place=places.at("database", "dynamodb", table.name),
            hint=f"use a name that is shorter by {length - _NAME_LIMIT}",
        )


def _scales(billing: Provisioned) -> bool:
    return isinstance(billing.read, Scaling)


def _check_billing(table: Table, places: Places) -> None:
    billing = table.billing
    if billing is None:
        return
    where = ("database", "dynamodb", table.name, "billing")
    if isinstance(billing.read, Scaling) != isinstance(billing.write, Scaling):
        raise TfgenError(
            f"Of the capacity of the table `{table.name}`, one half scales and the other does not",
            place=places.at(*where),
            hint="give both bounds, which may be the same: `{min: 5, max: 5}`",
        )
    for key, capacity in (("read", billing.read), ("write", billing.write)):
        if isinstance(capacity, Scaling) and capacity.min > capacity.max:
            raise TfgenError(
                f"`min` is {capacity.min}, and `max` is {capacity.max}",
                place=places.at(*where, key, "max"),
                hint="`min` cannot be more than `max`",
            )
    if _scales(billing) and table.indexes:
        raise TfgenError(
            f"The capacity of the table `{table.name}` scales, and that of its indexes cannot",
            place=places.at("database", "dynamodb", table.name, "indexes"),
            hint="remove `billing:`, or give numbers: what scales an index looks to Terraform like "
            "a change to take back",
        )


def _check_uses(region: Region, places: Places) -> None:
    variables: dict[str, str] = {}
    names: dict[str, str] = {}
    for use in region.tables:
        where = ("database", "dynamodb", use.name)
        other = variables.setdefault(use.variable, use.name)
        if other != use.name:
            raise TfgenError(
                f"The tables `{other}` and `{use.name}` would share the variable `{use.variable}`",
                place=places.at(*where),
                hint="call one of them something else",
            )
        other = names.setdefault(use.full_name, use.name)
        if other != use.name:
            raise TfgenError(
                f"`{other}` and `{use.name}` are both the table `{use.full_name}`",
                place=places.at(*where),
                hint="remove one of them, or name another table",
            )
        for kind, taken in (("env", region.env), ("secrets", region.secrets)):
            if use.variable in taken:
                raise TfgenError(
                    f"`{use.variable}` has the name of the table `{use.name}`, so `{kind}` cannot "
                    "set it",
                    place=places.at(kind, use.variable),
                    hint=f"remove it from `{kind}`, or call the table something else",
                )
