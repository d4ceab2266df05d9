"""What is still to be set before the app can be applied."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfgen.cli.env.stage import StageSecrets


def missing(stage: StageSecrets, names: Collection[str]) -> dict[str, list[str]]:
    """Returns which of some secrets have no value, and where.

    Other stages count as well: all are rendered together.

    Args:
        stage: the stage, whose file is read anew.
        names: variables.

    Returns:
        Name → regions; those of other stages with the stage's name.
    """
    from tfgen.app import KmsSecret
    from tfgen.cli.project import open_project

    project = open_project(
        stage.project.folder,
        stage.project.config.relative_to(stage.project.folder),
        sandbox=stage.sandbox,
        complete=False,
    )
    found: dict[str, list[str]] = {}
    for app in project.apps:
        # A sandbox is applied stage by stage, but the rules are the same.
        of_stage = "" if app.stage == stage.app.stage else f" of `{app.stage}`"
        for region in app.regions:
            for name, secret in region.secrets.items():
                if name in names and isinstance(secret, KmsSecret) and secret.ciphertext is None:
                    found.setdefault(name, []).append(f"`{region.name}`{of_stage}")
    return found
