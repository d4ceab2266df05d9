"""The tables of a stage, and what each region's function has of them."""

from __future__ import annotations

from collections.abc import Sequence

from tfgen import app as a
from tfgen.config.database import Index, LocalIndex, Provisioned, Scaling, Table, TimeToLive
from tfgen.config.model import Config
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS, suggest

# What a table that is not made here has.
_OF_EXISTING = frozenset({"existing", "access"})


def resolve_database(config: Config, full_name: str, places: Places) -> a.Database:
    """Returns the tables that a stage makes.

    Args:
        config: with the stage merged into it.
        full_name: of the stage's app.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: a table has no key, or both a key and a name of its own; or it is not said
            which region is home.
    """
    tables = sorted(config.database.dynamodb.items())
    made = {name: table for name, table in tables if _is_made(name, table, places)}
    home = _home(config, next(iter(made), None), places)
    others = [region for region in sorted(config.regions) if region != home]
    return a.Database(
        home,
        tuple(_table(name, table, full_name, others, places) for name, table in made.items()),
    )


def region_tables(config: Config, database: a.Database, region: str) -> tuple[a.TableUse, ...]:
    """Returns the tables that the function of a region uses, by name.

    Args:
        config: with the stage merged into it.
        database: what came of it.
        region: one of the config's.
    """
    uses = [
        a.TableUse(
            name=table.name,
            full_name=table.full_name,
            variable=table_variable(table.name),
            access=table.access,
            made_here=True,
            indexes=bool(table.indexes or table.local_indexes),
            stream=_has_stream(table, region, database.home),
        )
        for table in database.tables
        if region in (database.home, *table.replicas)
    ]
    for name, said in config.database.dynamodb.items():
        existing = said.existing
        full_name = existing.get(region) if isinstance(existing, dict) else existing
        if full_name is not None:
            # What there is of it is nowhere said.
            uses.append(
                a.TableUse(
                    name=name,
                    full_name=full_name,
                    variable=table_variable(name),
                    access=said.access,
                    made_here=False,
                    indexes=True,
                    stream=True,
                )
            )
    return tuple(sorted(uses, key=lambda use: use.name))


def _has_stream(table: a.Table, region: str, home: str) -> bool:
    """Says whether a region has a stream of a table.

    Strongly consistent replicas need none, and the provider gives theirs none:
    https://github.com/hashicorp/terraform-provider-aws/issues/48213
    """
    return table.stream is not None and (region == home or table.consistency == "eventual")


def table_variable(name: str) -> str:
    """Returns the environment variable that has the name of a table in DynamoDB."""
    return f"{name.replace('-', '_').upper()}_TABLE"


def _is_made(name: str, table: Table, places: Places) -> bool:
    where = ("database", "dynamodb", name)
    if table.existing is None:
        if table.hash_key is None:
            raise TfgenError(
                f"`database.dynamodb.{name}.hash_key` is missing",
                place=places.at(*where),
                hint="add `hash_key: id`, or `existing: NAME` for a table that is not made here",
            )
        return True
    if isinstance(table.existing, dict):
        for region in table.existing:
            # A stage may have fewer regions than the app.
            if region not in REGIONS:
                close = suggest(region)
                raise TfgenError(
                    f"There is no AWS region `{region}`",
                    place=places.at(*where, "existing", region),
                    hint=f"did you mean `{close}`?" if close else "for example `us-west-2`",
                )
    said = sorted(table.model_fields_set - _OF_EXISTING)
    if said:
        raise TfgenError(
            f"The table `{name}` exists already, so `{said[0]}` has no effect",
            place=places.at(*where, said[0]),
            hint=f"remove `{said[0]}:`, or `existing:` if the table is to be made here",
        )
    return False


def _home(config: Config, first: str | None, places: Places) -> str:
    home, regions = config.database.home, list(config.regions)
    if home is not None:
        if home not in regions:
            raise TfgenError(
                f"The home of the tables, `{home}`, is not a region of the app",
                place=places.at("database", "home"),
                hint=f"the regions are {', '.join(regions)}",
            )
        return home
    if first is not None and len(regions) > 1:
        raise TfgenError(
            "It is not said in which region the tables are at home",
            place=places.at("database", "dynamodb", first),
            hint=f"add `home: {regions[0]}` under `database:`, or another of "
            f"{', '.join(regions)}; where there are tables already, it is the region that has them",
        )
    return regions[0] if first is not None and regions else ""


def _table(
    name: str, table: Table, full_name: str, others: Sequence[str], places: Places
) -> a.Table:
    keys = [key for key in (table.hash_key, table.range_key) if key is not None]
    attributes: dict[str, a.AttributeType] = {**dict.fromkeys(keys, "S"), **table.attributes}
    return a.Table(
        name=name,
        full_name=f"{full_name}-{name}",
        hash_key=keys[0],
        range_key=table.range_key,
        attributes=dict(sorted(attributes.items())),
        indexes={key: _index(index) for key, index in sorted(table.indexes.items())},
        local_indexes={key: _index(index) for key, index in sorted(table.local_indexes.items())},
        ttl=_time_to_live(table),
        billing=_billing(table),
        stream=_stream(name, table, places),
        point_in_time_recovery=table.point_in_time_recovery,
        deletion_protection=table.deletion_protection,
        encryption=table.encryption,
        replicas=tuple(others) if table.replicate else (),
        consistency=table.consistency,
        witness=table.witness,
        access=table.access,
    )


def _stream(name: str, table: Table, places: Places) -> a.StreamView | None:
    """Returns what the stream of a table has of an item.

    It is how DynamoDB carries changes to replicas; a strongly consistent table needs none. With the
    first replica still to come it is there as well: with the last one gone it could not be taken
    away in the same step.
    """
    if not table.replicate or table.consistency == "strong":
        return table.stream or None
    if table.stream not in (False, "new_and_old"):
        raise TfgenError(
            f"The stream of `{name}` carries its changes to the replicas, which takes "
            "`new_and_old`",
            place=places.at("database", "dynamodb", name, "stream"),
            hint="remove `stream:`, or `replicate:`",
        )
    return "new_and_old"


def _time_to_live(table: Table) -> a.TimeToLive | None:
    match table.ttl:
        case None:
            return None
        case TimeToLive(attribute=attribute, enabled=enabled):
            return a.TimeToLive(attribute, enabled)
        case attribute:
            return a.TimeToLive(attribute, enabled=True)


def _index(index: Index | LocalIndex) -> a.Index:
    projection = index.projection
    return a.Index(
        hash_key=index.hash_key if isinstance(index, Index) else None,
        range_key=index.range_key,
        projection=tuple(projection) if isinstance(projection, list) else projection,
    )


def _billing(table: Table) -> a.Provisioned | None:
    if not isinstance(table.billing, Provisioned):
        return None
    return a.Provisioned(_capacity(table.billing.read), _capacity(table.billing.write))


def _capacity(said: int | Scaling) -> a.Capacity:
    return a.Scaling(said.min, said.max, said.target) if isinstance(said, Scaling) else said
