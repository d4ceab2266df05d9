"""What an app refers to in AWS, looked for before Terraform plans anything."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.app import App, DatabaseUse, Region
    from tfgen.aws.databases import Database
    from tfgen.aws.session import Aws
    from tfgen.cli.workspace import Workspace
    from tfgen.config.places import Places

_THREADS: Final = 8
_SPOKEN: Final = {
    "cluster": "cluster",
    "instance": "instance",
    "proxy": "proxy",
    "global_cluster": "global database",
}


def check_databases(workspace: Workspace, regions: Sequence[str]) -> None:
    """Checks that the databases and networks are there which a stage refers to, as it says them.

    An app that refers to none asks AWS for nothing.

    Args:
        workspace: the stage.
        regions: the regions to narrow it to; none means all.

    Raises:
        TfgenError: something is missing or is not what the config says, or AWS cannot be asked.
    """
    from tfgen.aws.session import Aws

    check_references(Aws(workspace.endpoint), workspace.app, workspace.places, regions)


def check_references(aws: Aws, app: App, places: Places, regions: Sequence[str]) -> None:
    """Checks in an account what a stage refers to: see ``check_databases``.

    Args:
        aws: the account.
        app: the stage.
        places: of the config, as the stage sees it.
        regions: the regions to narrow it to; none means all.

    Raises:
        TfgenError: the first thing that is missing or is not what the config says.
    """
    wanted = [
        region
        for region in app.regions
        if (region.rds or region.function.vpc) and (not regions or region.name in regions)
    ]
    # boto3's clients can be shared by threads, but not made by several at the same time:
    # https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    for region in wanted:
        if region.function.vpc:
            aws.client("ec2", region.name)
        if region.rds:
            aws.client("rds", region.rds.region)
    with ThreadPoolExecutor(_THREADS) as pool:
        checks = [pool.submit(_check_region, aws, app, region, places) for region in wanted]
    for check in checks:
        check.result()


def _check_region(aws: Aws, app: App, region: Region, places: Places) -> None:
    _check_network(aws, app, region, places)
    if region.rds is not None:
        found = _find(aws, region.name, region.rds, places)
        _check_found(region.name, region.rds, found, places)


def _check_network(aws: Aws, app: App, region: Region, places: Places) -> None:
    from tfgen.aws.databases import missing_from_network

    vpc = region.function.vpc
    if vpc is None:
        return
    missing = missing_from_network(aws, region.name, vpc.subnet_ids, vpc.all_security_group_ids)
    if not missing:
        return
    here = places.for_region(region.name)
    key = ("vpc",) if here.has("regions", region.name, "vpc") else ("function", "vpc")
    what = "subnet" if missing[0].startswith("subnet-") else "security group"
    others = ", ".join(f"`{each.name}`" for each in app.regions if each.name != region.name)
    elsewhere = f"; those of {others} are not its own" if others else ""
    raise TfgenError(
        f"There is no {what} `{missing[0]}` in `{region.name}`",
        place=here.at(*key),
        hint=f"name subnets and security groups that `{region.name}` has{elsewhere}",
    )


def _find(aws: Aws, region: str, use: DatabaseUse, places: Places) -> Database:
    from tfgen.aws.databases import database_names, find_database

    found = find_database(aws, use.kind, use.identifier, use.region)
    if found is not None:
        return found
    what = _SPOKEN[use.kind]
    names = database_names(aws, use.kind, use.region)
    if names:
        hint = (
            f"there {'is' if len(names) == 1 else 'are'} {', '.join(f'`{each}`' for each in names)}"
        )
    elif names is None:
        hint = "correct its name, or make it"
    else:
        hint = f"there is no {what} at all: make one, or name one of another kind"
    raise TfgenError(
        f"There is no {what} `{use.identifier}` in `{use.region}`",
        place=places.at("database", "rds", region, use.kind),
        hint=hint,
    )


def _check_found(region: str, use: DatabaseUse, found: Database, places: Places) -> None:
    where = ("database", "rds", region)
    if found.regions is not None and use.region not in found.regions:
        raise TfgenError(
            f"The global database `{use.identifier}` has no cluster in `{use.region}`",
            place=places.at(*where, use.kind),
            hint=f"add one there; it has some in {', '.join(found.regions)}"
            if found.regions
            else "add one there; it has none at all",
        )
    if use.auth == "iam" and found.iam is False:
        raise TfgenError(
            f"The {_SPOKEN[use.kind]} `{use.identifier}` takes no tokens of IAM",
            place=places.at(*where, "auth"),
            hint="enable IAM database authentication where it is made, or use `auth: secret`",
        )
    if use.public and found.public is False:
        raise TfgenError(
            f"The {_SPOKEN[use.kind]} `{use.identifier}` has no address outside its VPC",
            place=places.at(*where, "public"),
            hint=f"remove `public:`, and give the function a `vpc` under `regions.{region}`",
        )
    if use.auth == "secret" and use.secret is None and found.managed_secret is False:
        raise TfgenError(
            f"RDS manages no secret for the {_SPOKEN[use.kind]} `{use.identifier}`",
            place=places.at(*where, "auth"),
            hint="let it manage the password of the master user, or name a secret with `secret:`",
        )
