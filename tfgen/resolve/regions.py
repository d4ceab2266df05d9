"""The regions of a stage, each with what it changes already applied."""

from __future__ import annotations

from dataclasses import dataclass

from tfgen import app as a
from tfgen.config.ciphertexts import Ciphertexts
from tfgen.config.model import Config, RegionOverrides
from tfgen.config.places import Places
from tfgen.resolve.api import truststore, web_acl_arn
from tfgen.resolve.database import region_tables
from tfgen.resolve.function import Packing, resolve_function
from tfgen.resolve.rds import region_database
from tfgen.resolve.secrets import resolve_secrets, wrapper_renamed


@dataclass(frozen=True, slots=True)
class StageOfRegions:
    """What the regions of a stage have in common.

    Attributes:
        config: with the stage merged into it.
        name: of the stage.
        places: of the config, as the stage sees it.
        domain: of the API, if it has one.
        ciphertexts: of the stage.
        packing: what bundles have beside their source.
        database: the tables that are made here.
    """

    config: Config
    name: str
    places: Places
    domain: a.Domain | None
    ciphertexts: Ciphertexts
    packing: Packing
    database: a.Database


def resolve_regions(stage: StageOfRegions) -> tuple[a.Region, ...]:
    """Returns the regions of a stage by name.

    Raises:
        TfgenError: the function of a region is neither a bundle nor an image, or says what is for
            all; or it is not clear which database it uses.
    """
    return tuple(_region(stage, name) for name in sorted(stage.config.regions))


def _region(stage: StageOfRegions, name: str) -> a.Region:
    config, domain = stage.config, stage.domain
    overrides = config.regions[name] or RegionOverrides()
    env = dict(sorted({**config.env, **overrides.env}.items()))
    secrets = resolve_secrets(config, stage.name, name, stage.ciphertexts)
    database = region_database(config, name, stage.places)
    resolves = bool(secrets) or (database is not None and database.auth == "secret")
    return a.Region(
        name=name,
        function=resolve_function(
            config.function,
            overrides.function,
            overrides.vpc,
            stage.places.for_region(name),
            stage.packing,
        ),
        env=wrapper_renamed(env) if resolves and stage.packing.wrapper else env,
        secrets=secrets,
        tables=region_tables(config, stage.database, name),
        rds=database,
        kms_key=overrides.kms_key or config.kms_key,
        weight=overrides.routing.weight,
        failover=overrides.routing.failover,
        locations=tuple(overrides.routing.locations),
        web_acl_arn=web_acl_arn(config.api, overrides),
        truststore=truststore(config.api, overrides),
        domain=_own_domain(name, domain) if domain else None,
    )


def _own_domain(region: str, domain: a.Domain) -> str | None:
    """Returns the domain that leads to a region alone; None without a name to put it below."""
    return f"{region}.{domain.host}" if domain.region_domains and domain.host else None
