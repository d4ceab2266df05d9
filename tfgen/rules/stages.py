"""Rules between the stages of a config."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tfgen.app import WILDCARD, App, CloudBackend, S3Backend
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.rules.code import check_same_kind
from tfgen.rules.database import check_same_capacity


def check_stages(apps: Iterable[App], places: Places) -> None:
    """Checks that no two stages would own the same thing.

    Raises:
        TfgenError: two stages share a domain, the record that validates a certificate, a zone that
            both create, a table that both make, a rule that opens a database, or a state; or their
            functions get their code, or their tables their capacity, in different ways.
    """
    apps = tuple(apps)
    check_same_kind(apps, places)
    check_same_capacity(apps, places)
    _check_account_role(apps, places)
    _refuse_shared(
        apps,
        _domains,
        what="the domain `{}`",
        path=("api", "domain"),
        hint="give each stage a domain of its own: `stages: {{{stage}: {{api: {{domain: …}}}}}}`",
        places=places,
    )
    _check_validations(apps, places)
    _refuse_shared(
        apps,
        _created_zone,
        what="the hosted zone `{}` and would both create it",
        path=("api", "create_zone"),
        hint="let one stage create it, and set `create_zone: false` for `{stage}`",
        places=places,
    )
    _refuse_shared(
        apps,
        _tables,
        what="the table `{}` and would both make it",
        path=("database", "dynamodb"),
        hint="call the table or the stage `{stage}` something else",
        places=places,
    )
    _refuse_shared(
        apps,
        _opened,
        what="the rule that lets {} and would both make it",
        path=("database", "rds"),
        hint="give each stage security groups of its own, or leave `open:` out for `{stage}`",
        places=places,
    )
    _refuse_shared(
        apps,
        _state_of,
        what="the state {}",
        path=("terraform", "backend"),
        hint="leave `key` or `workspace` out: every stage then gets its own",
        places=places,
    )


def _check_account_role(apps: tuple[App, ...], places: Places) -> None:
    """Refuses two stages that set the one role which an account has in a region for its logs.

    Each would put its own role in the place of the other's with every apply.
    """
    claims: dict[str, list[App]] = {}
    for app in apps:
        logs = app.api.access_logs
        for region in app.regions if logs and logs.account_role else ():
            others = claims.setdefault(region.name, [])
            for other in others:
                if _may_share_account(app, other):
                    raise TfgenError(
                        f"The stages `{other.stage}` and `{app.stage}` both set the role with "
                        f"which API Gateway writes logs in `{region.name}`, and an account has one",
                        place=places.for_stage(app.stage).at("api", "access_logs", "account_role"),
                        hint="let one stage set it: "
                        f"`stages: {{{app.stage}: {{api: {{access_logs: true}}}}}}`; if each is "
                        "in an account of its own, name it with `account:` in both",
                    )
            others.append(app)


def _check_validations(apps: tuple[App, ...], places: Places) -> None:
    """Refuses two stages of which each would make the record that validates a certificate.

    ACM asks for one record for a wildcard and for the name that it is below, and every account has
    its own: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html.
    """
    claims: dict[str, list[App]] = {}
    for app in apps:
        for name in sorted({name.removeprefix(WILDCARD) for name in _domains(app)}):
            others = claims.setdefault(name, [])
            for other in others:
                if _may_share_account(app, other):
                    raise TfgenError(
                        f"The stages `{other.stage}` and `{app.stage}` share the validation record "
                        f"of `{name}`, which is also that of `{WILDCARD}{name}`",
                        place=places.for_stage(app.stage).at("api", "domain"),
                        hint="give both names to one stage; if each stage is in an account of its "
                        "own, name it with `account:` in both",
                    )
            others.append(app)


def _may_share_account(one: App, other: App) -> bool:
    return one.account is None or other.account is None or one.account == other.account


def _domains(app: App) -> tuple[str, ...]:
    names = app.api.domain.names if app.api.domain else ()
    return (*names, *(region.domain for region in app.regions if region.domain))


def _created_zone(app: App) -> tuple[str, ...]:
    zone = app.api.domain.zone if app.api.domain else None
    return (zone.name,) if zone and zone.create and zone.name else ()


def _tables(app: App) -> tuple[str, ...]:
    return tuple(table.full_name for table in app.database.tables)


def _opened(app: App) -> tuple[str, ...]:
    return tuple(
        f"`{group}` into the database `{region.rds.identifier}` in `{region.name}`"
        for region in app.regions
        if region.rds and region.rds.open and region.function.vpc
        for group in region.function.vpc.security_group_ids
    )


def _state_of(app: App) -> tuple[str, ...]:
    match app.terraform.backend:
        case S3Backend(bucket=bucket, key=key):
            return (f"`s3://{bucket}/{key}`",)
        case CloudBackend(organization=organization, workspace=workspace):
            return (f"`{organization}/{workspace}`",)
    return ()


def _refuse_shared(
    apps: tuple[App, ...],
    owned: Callable[[App], Iterable[str]],
    *,
    what: str,
    path: tuple[str, ...],
    hint: str,
    places: Places,
) -> None:
    owners: dict[str, str] = {}
    for app in apps:
        for thing in owned(app):
            if owners.setdefault(thing, app.stage) != app.stage:
                raise TfgenError(
                    f"The stages `{owners[thing]}` and `{app.stage}` share {what.format(thing)}",
                    place=places.for_stage(app.stage).at(*path),
                    hint=hint.format(stage=app.stage),
                )
