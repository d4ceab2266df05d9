"""The bundles of a stage, with what they have beside the function's source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.cli.project import Project

if TYPE_CHECKING:
    from tfgen.app import App, Architecture, Code
    from tfgen.bundle.parts import AddedFile
    from tfgen.ui.console import Console


def build_bundles(console: Console, project: Project, app: App, *, sandbox: bool) -> dict[str, str]:
    """Builds the bundle of every function of a stage that is not built already.

    Args:
        console: where progress is told.
        project: the project.
        app: the stage.
        sandbox: the functions will run on this machine, whatever their architecture is.

    Returns:
        Path → SHA-256 of each bundle.

    Raises:
        TfgenError: a source is missing or cannot become a bundle, or starts with a program that is
            for another machine.
    """
    from tfgen.app import Code
    from tfgen.bundle.build import build
    from tfgen.bundle.elf import check_machine, foreign
    from tfgen.bundle.limits import MAX_ZIPPED
    from tfgen.ui.text import count

    places = project.loaded.places.for_stage(app.stage)
    never = [Path(app.terraform.output), project.config.resolve()]
    # Regions mostly share a bundle, but a handler of one's own is checked against it, too.
    wanted: dict[Code, dict[Architecture, str]] = {}
    for region in app.regions:
        if isinstance(code := region.function.code, Code):
            wanted.setdefault(code, {}).setdefault(region.function.architecture, region.name)
    built = {}
    for code, architectures in wanted.items():
        at = {
            architecture: places.for_region(region).at("function", "source")
            for architecture, region in architectures.items()
        }
        place = next(iter(at.values()))
        added = _beside_source(app, code)
        bundle = build(code, project.folder, added=added, place=place, exclude=never)
        built[str(code.bundle)] = bundle.sha256
        for architecture in () if sandbox else architectures:
            check_machine(
                code, architecture, bundle.machines, bundle.starts, place=at[architecture]
            )
            if others := foreign(bundle.machines, architecture):
                console.notice(
                    f"Native code for another machine: the bundle of `{code.source}` has "
                    f"`{others[0]}` for {bundle.machines[others[0]]}, and none for "
                    f"{architecture}, the function's architecture"
                )
        size = f"{bundle.zipped / 1000:,.1f} kB"
        if bundle.rebuilt:
            console.step("Bundled", f"{code.source} ({count(bundle.files, 'file')}, {size})")
        if code.delivery == "s3" and bundle.zipped <= MAX_ZIPPED:
            console.notice(
                f"S3 delivery without need: the bundle of `{code.source}` has {size}, and Lambda "
                "takes 50 MB without a bucket. Remove `code: s3` unless it is going to grow"
            )
    return built


def _beside_source(app: App, code: Code) -> list[AddedFile]:
    """Returns what resolves the secrets, and the ciphertexts that the environment does not have."""
    from tfgen.app import KmsSecret
    from tfgen.start.files import ciphertexts_file, start_files

    added = list(start_files(code.runtime)) if code.wrapper else []
    if app.secrets_delivery == "bundle":
        sealed = {
            region.name: {
                name: secret.ciphertext
                for name, secret in region.secrets.items()
                if isinstance(secret, KmsSecret) and secret.ciphertext is not None
            }
            for region in app.regions
        }
        if any(sealed.values()):
            added.append(ciphertexts_file(sealed))
    return added
