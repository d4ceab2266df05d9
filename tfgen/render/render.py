"""The apps of a config become one tree of Terraform. Pure: the same bytes for the same apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfgen.app import App
from tfgen.render.align import align
from tfgen.render.modules import PROVIDER_VERSIONS, child_module
from tfgen.render.rendering import Rendering
from tfgen.render.templates import environment
from tfgen.render.views import StageView, TreeView, stage_view, tree_view

# 1.11 is the oldest version that the tests run.
REQUIRED_VERSION = ">= 1.11"

HEADER = """\
# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

"""

GITATTRIBUTES = """\
# Written by tfgen: these files are shown folded in a diff.
*.tf linguist-generated
.tfgen.json linguist-generated
"""

GITIGNORE = """\
# Written by tfgen: what Terraform leaves here holds the environment in plain text.
.terraform/
*.tfstate
*.tfstate.*
*.tfplan
"""


def render(apps: Sequence[App]) -> Rendering:
    """Renders every stage of a config.

    Args:
        apps: at least one, all with the same output folder and provider major.

    Returns:
        The files below the output folder.
    """
    tree = tree_view(apps)
    files = {".gitattributes": GITATTRIBUTES, ".gitignore": GITIGNORE}
    files |= _modules(tree)
    for app in apps:
        files |= _stage(stage_view(app), app.stage)
    return Rendering(dict(sorted(files.items())))


def _modules(tree: TreeView) -> dict[str, str]:
    used = ["function", "rest_api"]
    if tree.domain != "never":
        used.append("domain")
    files = {
        f"modules/{module}/{name}": HEADER + align(text)
        for module in used
        for name, text in child_module(module, tree.provider).items()
    }
    for name in ("main.tf", "outputs.tf", "variables.tf"):
        files[f"modules/region/{name}"] = _template(f"region/{name}", tree=tree)
    files["modules/region/terraform.tf"] = files["modules/function/terraform.tf"]
    return files


def _stage(stage: StageView, folder: str) -> dict[str, str]:
    names = ["main.tf", "outputs.tf", "providers.tf", "terraform.tf"]
    if stage.domain:
        names.append("dns.tf")
    return {
        f"{folder}/{name}": _template(
            f"stage/{name}",
            stage=stage,
            required_version=REQUIRED_VERSION,
            provider_version=PROVIDER_VERSIONS[stage.provider],
        )
        for name in names
    }


def _template(name: str, **context: Any) -> str:
    text = environment().get_template(f"{name}.j2").render(context)
    return HEADER + align(text.rstrip("\n") + "\n")
