"""Encrypting values with the keys of their regions, which are made first where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfgen.app import Region
    from tfgen.aws.keys import Sealed
    from tfgen.cli.env.stage import StageSecrets
    from tfgen.ui.console import Console


def seal(
    console: Console,
    stage: StageSecrets,
    regions: Sequence[Region],
    values: Mapping[str, str],
    *,
    approved: bool,
) -> Sequence[Sealed]:
    """Encrypts values for regions, each with the region's own key.

    Args:
        console: where the creation of keys is shown and asked for.
        stage: the stage.
        regions: some of its regions.
        values: by the names of their variables.
        approved: keys may be made without asking.

    Raises:
        TfgenError: a key does not exist and is not the app's own, or cannot be made or used.
        typer.Exit: the user did not want a key to be made.
    """
    from tfgen.aws.keys import MissingKeyError, Plaintext, encrypt

    wanted = [
        Plaintext(stage.subject(region.name, name), stage.key(region), value.encode("utf-8"))
        for region in regions
        for name, value in values.items()
    ]
    done = encrypt(stage.aws, wanted)
    if not done.missing:
        return done.sealed
    make_keys(console, stage, done.missing, approved=approved)
    done = encrypt(stage.aws, wanted, new=True)
    for region in regions:
        if region.name in done.missing:
            raise MissingKeyError(stage.key(region), region.name)
    return done.sealed


def make_keys(
    console: Console, stage: StageSecrets, regions: Sequence[str], *, approved: bool
) -> None:
    """Makes the app's own keys in regions that have none, and nothing else of the app.

    Args:
        console: where the plan is shown and asked about.
        stage: the stage.
        regions: where there is no key.
        approved: nobody needs to be asked.

    Raises:
        TfgenError: a region's key is not the app's own, or a key cannot be made.
        typer.Exit: the user did not want it.
    """
    from tfgen.aws.keys import MissingKeyError
    from tfgen.cli.deploy import Deployment, deploy
    from tfgen.cli.workspace import open_workspace
    from tfgen.render.addresses import key_addresses

    for region in stage.regions(regions):
        if region.kms_key is not None:
            raise MissingKeyError(region.kms_key, region.name)
    one = len(regions) == 1
    console.notice(f"`{stage.app.full_name}` has no key in {', '.join(regions)} yet")
    with open_workspace(
        console,
        stage.project,
        stage.app.stage,
        sandbox=stage.sandbox,
        render_first=True,
        bundles=False,
    ) as workspace:
        deployment = Deployment(
            regions=(),
            destroy=False,
            approved=approved,
            question=f"Create {'this key' if one else 'these keys'} in {workspace.where}?",
            nothing_to_do="The state says that the key exists",
            targets=key_addresses(regions),
        )
        deploy(console, workspace, deployment)
