"""``tfgen lint``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, check_path
from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tfgen.cli.terraform_files import TerraformFiles
    from tfgen.lint.findings import Finding
    from tfgen.ui.console import Console


def lint(
    *,
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            help="Folder of Terraform; it needs no config.",
            show_default="the output folder",
            callback=check_path,
        ),
    ] = None,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Check regions and arguments, also in files of your own."""
    from tfgen.cli.called_modules import read_with_called
    from tfgen.lint.lint import lint as lint_texts
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    folder, base = _folder(path, chdir, config)
    files = read_with_called(folder, base)
    for unread in files.json:
        console.report("warning", "Terraform in JSON syntax is not checked", places=(unread,))
    for outside in files.outside:
        console.report(
            "warning",
            "A module outside of the project is called, and is not checked",
            places=(outside,),
        )
    if not files.count:
        raise TfgenError(
            f"There is no Terraform to check in the folder `{folder}`",
            hint="`tfgen lint PATH` takes the folder of a root module, or one above several",
            exit_code=ExitCode.USAGE,
        )
    report = lint_texts(files.texts)
    findings = sorted([*files.unreadable, *report.findings])
    if json:
        console.json(_summary(findings, files, report.blocks))
    else:
        _show(console, findings, files.count, report.blocks)
    if findings:
        raise typer.Exit(ExitCode.FAILED)


def _folder(path: Path | None, chdir: Path, config: Path) -> tuple[Path, Path]:
    """Returns the folder that is checked, and the one that no link leads out of.

    Raises:
        TfgenError: there is no such folder, or the project was not rendered yet.
    """
    from tfgen.cli.project import open_project

    if path is None:
        project = open_project(chdir, config, complete=False)
        tree = project.tree
        if not paths.is_folder(tree):
            raise TfgenError(
                f"There is no folder `{tree}`",
                hint="`tfgen render` writes it",
                exit_code=ExitCode.USAGE,
            )
        return tree, project.folder
    folder = chdir / path
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise TfgenError(
            f"`{folder}` {what}",
            hint="`tfgen lint` takes a folder, because a module is one",
            exit_code=ExitCode.USAGE,
        )
    # What is named from where the user stands may be a link that came with the repository.
    is_below = not path.is_absolute() and ".." not in path.parts
    return folder, chdir if is_below else folder


def _summary(findings: Sequence[Finding], files: TerraformFiles, blocks: int) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "files": files.count,
        "blocks": blocks,
        "unchecked": files.json,
        "findings": [asdict(finding) for finding in findings],
    }


def _show(console: Console, findings: Sequence[Finding], files: int, blocks: int) -> None:
    from tfgen.ui.text import count

    for finding in findings:
        console.data(f"{finding.place}: {finding.message}")
        if finding.hint:
            console.data(f"  hint: {finding.hint}")
    looked = f"{count(blocks, 'block')} in {count(files, 'file')}"
    if findings:
        console.report("error", f"Found {count(len(findings), 'problem')} ({looked} checked)")
    elif blocks:
        console.success(f"Nothing is wrong: {looked} checked")
    else:
        console.notice(f"There is no block of the AWS provider in {count(files, 'file')}")
