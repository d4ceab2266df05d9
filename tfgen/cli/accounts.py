"""The account of a stage, checked before a command plans or changes anything in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.app import App
    from tfgen.aws.account import StageAccount
    from tfgen.cli.project import Project


def account_of(project: Project, app: App) -> StageAccount | None:
    """Returns the account that a stage must be in, or None if the config names none.

    Args:
        project: the project.
        app: the stage.
    """
    from tfgen.aws.account import StageAccount

    if app.account is None:
        return None
    place = project.loaded.places.for_stage(app.stage).at("account")
    return StageAccount(app.account, app.stage, place)


def check_account(project: Project, stages: Sequence[str], *, sandbox: bool) -> None:
    """Checks that the credentials belong to the account of the stages.

    AWS is asked once, and only if a stage names its account. The sandbox is an account of its own,
    with a number of its own, whatever the config says.

    Args:
        project: the project.
        stages: the stages that a command is about, at least one.
        sandbox: the command is for the sandbox.

    Raises:
        TfgenError: they belong to another account, the stages are in several, or AWS cannot be
            asked.
    """
    from tfgen.aws.session import Aws
    from tfgen.regions import CONTROL_PLANE, REGIONS

    apps = [app for app in project.apps if app.stage in stages]
    named = [account for app in apps if (account := account_of(project, app)) is not None]
    if sandbox or not named:
        return
    first = named[0]
    other = next((each for each in named if each.id != first.id), None)
    if other is not None:
        raise TfgenError(
            f"The stages `{first.stage}` and `{other.stage}` belong to different AWS accounts, and "
            "credentials belong to one",
            place=other.place,
            hint="give each stage its own regions: copy `regions` to "
            f"`stages.{first.stage}.regions` and `stages.{other.stage}.regions`, then run this for "
            "each with `--stage`",
        )
    partition = REGIONS[apps[0].regions[0].name].partition
    Aws(account=first).client("sts", CONTROL_PLANE[partition])
