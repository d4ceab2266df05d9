"""``tfgen iam``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, RegionNames, StageName
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tfgen.app import App
    from tfgen.iam.document import Document
    from tfgen.ui.console import Console

_ACCOUNT = re.compile(r"\d{12}")


def iam(
    *,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="What apply and destroy need, in all regions.")
    ] = False,
    account: Annotated[
        str | None,
        typer.Option(
            "--account", metavar="ID", help="ID of the AWS account, instead of the config's."
        ),
    ] = None,
    stage: StageName = None,
    region: RegionNames = None,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Print what the function may do, or who deploys it must, as IAM policies.

    The function has a policy in each region. All are told from the config: neither AWS nor
    Terraform is asked.
    """
    from tfgen.cli.project import check_regions, open_project
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    _check_account(account)
    app = open_project(chdir, config, complete=False).app(stage)
    account = account or app.account
    if deploy:
        _show(console, _to_deploy(app, region or [], account))
        return
    check_regions(app, region or [])
    _show(console, _of_functions(app, region or [], account))


def _check_account(account: str | None) -> None:
    if account is not None and not _ACCOUNT.fullmatch(account):
        raise TfgenError(
            f"`{account}` is not the ID of an AWS account",
            hint="it has 12 digits; `aws sts get-caller-identity` shows it",
            exit_code=ExitCode.USAGE,
        )


def _of_functions(app: App, regions: Sequence[str], account: str | None) -> dict[str, Document]:
    from tfgen.iam.function import function_policy

    return {
        region.name: function_policy(app, region, account)
        for region in app.regions
        if not regions or region.name in regions
    }


def _to_deploy(app: App, regions: Sequence[str], account: str | None) -> list[Document]:
    from tfgen.iam.deploy.policy import deploy_policies

    if regions:
        raise TfgenError(
            "What a deployment needs is needed for all regions of a stage",
            hint="leave `--region` out, or `--deploy`",
            exit_code=ExitCode.USAGE,
        )
    return deploy_policies(app, account)


def _show(console: Console, policies: dict[str, Document] | list[Document]) -> None:
    """Writes policies to standard output: one alone, several by region or in a list."""
    found = _placeholders(policies)
    if console.json_mode:
        console.json({"policies": policies, "placeholders": found})
        return
    each = list(policies.values() if isinstance(policies, dict) else policies)
    console.json(each[0] if len(each) == 1 else policies)
    if isinstance(policies, list) and len(policies) > 1:
        console.message(
            f"These are {len(policies)} policies, for IAM takes none over 6,144 characters: "
            "attach all of them"
        )
    for name, meaning in found.items():
        console.message(f"{name} is {meaning}")


def _placeholders(policies: object) -> Mapping[str, str]:
    from json import dumps

    from tfgen.iam.names import PLACEHOLDERS

    text = dumps(policies)
    return {name: meaning for name, meaning in PLACEHOLDERS.items() if name in text}
