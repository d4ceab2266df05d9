"""The region module, as its templates see it: what its calls of other modules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tfgen.render.features import Features
from tfgen.render.hcl import Expression, Value
from tfgen.render.shapes import Shape


@dataclass(frozen=True, slots=True)
class LookupView:
    """The call of a module that looks up a database.

    Attributes:
        module: its name, here and in the library.
        key: what the config calls the database's kind.
        count: how often it is called; None is once.
    """

    module: str
    key: str
    count: Value


@dataclass(frozen=True, slots=True)
class RegionModuleView:
    """What depends on whether a region uses a database.

    Attributes:
        environment: of the function; None leaves it out, and so it is with the others.
        secrets: of the function.
        database_user: the user that IAM lets the function in as.
        lookups: of databases, by kind.
        database_count: how often the module is called that a lookup's result goes to.
        database_region: where the database is, if that may be another region.
        found: what the lookup has found.
    """

    environment: Value
    secrets: Value
    database_user: Value
    lookups: Sequence[LookupView]
    database_count: Value
    database_region: Value
    found: Value


def region_module_view(shape: Shape, used: Features) -> RegionModuleView:
    """Returns what the templates of a region module need to know beside its shape.

    Args:
        shape: of the module.
        used: the features of the tree.
    """
    has_secret = bool(shape.databases) and "rds_secret" in used
    return RegionModuleView(
        environment=_together(
            shape,
            "environment",
            own="config_environment" in used,
            of_database=bool(shape.databases),
        ),
        secrets=_together(shape, "secrets", own="config_secrets" in used, of_database=has_secret),
        database_user=_database_user(shape, used),
        lookups=[LookupView(f"rds_{kind}", kind, _count(shape, kind)) for kind in shape.databases],
        database_count=None if shape.database_everywhere else _once_unless("var.rds == null"),
        database_region=_database_region(shape),
        found=_found(shape),
    )


def _together(shape: Shape, name: str, *, own: bool, of_database: bool) -> Value:
    """Returns what the config says together with what the database brings along."""
    variable, output = f"var.{name}", f"module.database.{name}"
    if not of_database:
        return Expression(variable) if own else None
    if not shape.database_everywhere:
        # Without a database there is nothing to merge.
        output = f"module.database[*].{name}..."
    elif not own:
        return Expression(output)
    return Expression(f"merge({variable}, {output})" if own else f"merge({output})")


def _database_user(shape: Shape, used: Features) -> Value:
    if not shape.databases or "rds_iam" not in used:
        return None
    if shape.database_everywhere:
        return Expression("module.database.user_arn")
    return Expression("one(module.database[*].user_arn)")


def _database_region(shape: Shape) -> Value:
    if not shape.database_elsewhere:
        return None
    said = "var.rds.region" if shape.database_everywhere else "one(var.rds[*].region)"
    return Expression(f"coalesce({said}, var.region)")


def _count(shape: Shape, kind: str) -> Value:
    if len(shape.databases) == 1:
        return None if shape.database_everywhere else _once_unless("var.rds == null")
    named = f"var.rds.{kind}" if shape.database_everywhere else f"try(var.rds.{kind}, null)"
    return _once_unless(f"{named} == null")


def _once_unless(condition: str) -> Expression:
    return Expression(f"{condition} ? 0 : 1")


def _found(shape: Shape) -> Value:
    modules = [f"module.rds_{kind}" for kind in shape.databases]
    if len(modules) > 1:
        return Expression(f"one(concat({', '.join(modules)}))")
    if not modules or shape.database_everywhere:
        return Expression(modules[0]) if modules else None
    return Expression(f"one({modules[0]})")
