"""The databases of RDS that a stage's functions use."""

from __future__ import annotations

from typing import Final

from tfgen import app as a
from tfgen.config.model import Config
from tfgen.config.places import Places
from tfgen.config.rds import Rds
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS, suggest

_KINDS: Final[tuple[a.RdsKind, ...]] = ("cluster", "instance", "proxy", "global_cluster")


def region_database(config: Config, region: str, places: Places) -> a.DatabaseUse | None:
    """Returns the database that the function of a region uses; None if the config names none.

    Args:
        config: with the stage merged into it.
        region: one of the config's.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: it is not said which database it is, or it is said twice.
    """
    said = config.database.rds.get(region)
    if said is None:
        return None
    kind, identifier = _named(said, region, places)
    return a.DatabaseUse(
        kind=kind,
        identifier=identifier,
        region=said.region or region,
        name=said.name,
        user=said.user,
        auth=said.auth,
        secret=said.secret,
        kms_key=said.kms_key,
        url=said.url,
        public=said.public,
        open=said.open,
        variables=a.RdsVariables(**said.variables.model_dump()),
    )


def check_regions_of_databases(config: Config, places: Places) -> None:
    """Checks that databases are named for regions which exist.

    A stage may have fewer regions than the app, so they need not be the stage's.

    Args:
        config: with the stage merged into it.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: there is no such region.
    """
    for region, said in config.database.rds.items():
        where = ("database", "rds", region)
        for name, path in ((region, where), (said.region or region, (*where, "region"))):
            if name not in REGIONS:
                close = suggest(name)
                raise TfgenError(
                    f"There is no AWS region `{name}`",
                    place=places.at(*path),
                    hint=f"did you mean `{close}`?" if close else "for example `us-west-2`",
                )


def has_secret(config: Config) -> bool:
    """Says whether the function of some region resolves a secret for its database.

    Args:
        config: with the stage merged into it.
    """
    return any(
        said.auth == "secret"
        for region, said in config.database.rds.items()
        if region in config.regions
    )


def _named(said: Rds, region: str, places: Places) -> tuple[a.RdsKind, str]:
    where = ("database", "rds", region)
    names = [(kind, getattr(said, kind)) for kind in _KINDS if getattr(said, kind) is not None]
    if not names:
        raise TfgenError(
            f"It is not said which database `{region}` uses",
            place=places.at(*where),
            hint="add `cluster: NAME`, or one of `instance:`, `proxy:` and `global_cluster:`",
        )
    if len(names) > 1:
        (first, _), (second, _) = names[:2]
        raise TfgenError(
            f"Both `{first}` and `{second}` are said of the database of `{region}`",
            place=places.at(*where, second),
            hint=f"remove `{first}:` or `{second}:`; a stage unsays what the app says with "
            f"`{first}: null`",
        )
    return names[0]
