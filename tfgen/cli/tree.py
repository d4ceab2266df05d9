"""The committed tree, beside commands that have another purpose: kept as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.disk import paths
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.cli.project import Project
    from tfgen.ui.console import Console


def is_current(project: Project) -> bool:
    """Says whether the tree is what the config and the ciphertexts say, untouched by hand."""
    from tfgen.render.render import render
    from tfgen.write import compare, refuse_conflicts

    try:
        if not paths.is_folder(project.tree):
            return False
        comparison = compare(render(project.apps), project.tree)
        refuse_conflicts(comparison)
    except TfgenError:
        # It is not up to a command about secrets to complain: `render` will.
        return False
    return not comparison.stale


@contextmanager
def unchanged_by_failure(project: Project) -> Iterator[None]:
    """Renders a tree that was current again, if what was rendered meanwhile was for nothing."""
    current = is_current(project)
    try:
        yield
    except BaseException:
        if current:
            restore(project)
        raise


def restore(project: Project) -> None:
    """Renders the tree of a project again, in place of what was rendered meanwhile."""
    from tfgen.render.render import render
    from tfgen.scratch import make_scratch
    from tfgen.write import compare, write

    write(compare(render(project.apps), project.tree), make_scratch(project.folder))


def render_again(console: Console, chdir: Path, config: Path) -> None:
    """Renders the project anew, or says what keeps it from being rendered.

    Args:
        console: where it is told.
        chdir: the folder that paths on the command line are relative to.
        config: the config file, relative to it.
    """
    from tfgen.cli.project import open_project
    from tfgen.render.render import render
    from tfgen.scratch import make_scratch
    from tfgen.ui.changes import show_changes
    from tfgen.write import compare, refuse_conflicts, write

    try:
        project = open_project(chdir, config)
        comparison = compare(render(project.apps), project.tree)
        refuse_conflicts(comparison)
        if comparison.stale:
            write(comparison, make_scratch(project.folder))
            show_changes(console, comparison.changes)
            console.step("Rendered", project.apps[0].terraform.output)
    except TfgenError as error:
        places = (error.place,) if error.place else ()
        console.report(
            "warning", f"Not rendered yet: {error.message}", places=places, hint=error.hint
        )
