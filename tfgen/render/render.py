"""The apps of a config become one tree of Terraform. Pure: the same bytes for the same apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfgen.app import App
from tfgen.render.align import align
from tfgen.render.features import Features, features
from tfgen.render.modules import child_module, provider_version
from tfgen.render.rendering import Rendering
from tfgen.render.shapes import Shape, region_modules, root_modules, shape_of
from tfgen.render.templates import environment
from tfgen.render.views.region import region_module_view
from tfgen.render.views.stage import StageView, stage_view

# 1.11 is the oldest version that the tests run.
REQUIRED_VERSION = ">= 1.11"

HEADER = """\
# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

"""

GITATTRIBUTES = """\
# Written by tfgen: these files have the same line ends everywhere, and are folded in a diff.
*.tf text eol=lf linguist-generated
.tfgen.json text eol=lf linguist-generated
.gitattributes text eol=lf
.gitignore text eol=lf
"""

GITIGNORE = """\
# Written by tfgen: what Terraform leaves here holds the environment in plain text.
.terraform/
*.tfstate
*.tfstate.*
*.tfplan
"""

Modules = Mapping[str, Mapping[str, str]]
"""Library module → file name → text, before it is aligned."""


def render(apps: Sequence[App]) -> Rendering:
    """Renders every stage of a config.

    Args:
        apps: at least one, all with the same output folder and provider major.

    Returns:
        The files below the output folder.
    """
    used = features(apps)
    shapes = region_modules(apps)
    library = _library(apps, shapes, used)
    files = {".gitattributes": GITATTRIBUTES, ".gitignore": GITIGNORE}
    for module, texts in library.items():
        files |= {f"modules/{module}/{name}": HEADER + align(text) for name, text in texts.items()}
    for shape, name in shapes.items():
        files |= _region_module(name, shape, library, used)
    for app in apps:
        files |= _stage(stage_view(app, shapes[shape_of(app)]), app.stage, used)
    return Rendering(dict(sorted(files.items())))


def _library(apps: Sequence[App], shapes: Mapping[Shape, str], used: Features) -> Modules:
    names = sorted(
        {module for shape in shapes for module in shape.modules}
        | {module for app in apps for module in root_modules(app)}
    )
    provider = apps[0].terraform.aws_provider
    return {name: child_module(name, provider, used) for name in names}


def _region_module(name: str, shape: Shape, library: Modules, used: Features) -> dict[str, str]:
    names = ["main.tf", "outputs.tf", "variables.tf"]
    if shape.databases:
        names.append("database.tf")
    view = region_module_view(shape, used)
    files = {
        f"modules/{name}/{file}": _template(
            f"region/{file}", shape=shape, region=view, used=used, library=library
        )
        for file in names
    }
    files[f"modules/{name}/terraform.tf"] = HEADER + align(library["function"]["terraform.tf"])
    return files


def _stage(stage: StageView, folder: str, used: Features) -> dict[str, str]:
    names = ["main.tf", "outputs.tf", "providers.tf", "terraform.tf"]
    if stage.dns:
        names += ["certificates.tf", "dns.tf"]
        if stage.dns.check:
            names.append("health.tf")
    if stage.tables:
        names.append("database.tf")
    return {
        f"{folder}/{name}": _template(
            f"stage/{name}",
            stage=stage,
            used=used,
            required_version=REQUIRED_VERSION,
            provider_version=provider_version(stage.provider, used),
        )
        for name in names
    }


def _template(name: str, **context: Any) -> str:
    text = environment().get_template(f"{name}.j2").render(context)
    return HEADER + align(text.rstrip("\n") + "\n")
