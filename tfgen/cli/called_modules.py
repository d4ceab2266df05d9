"""The Terraform files of the modules that a tree calls and that lie beside it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tfgen.bundle.locate import boundary
from tfgen.cli.terraform_files import TerraformFiles, read_files, read_module
from tfgen.disk import Folder

# The parser takes most of the linter's time, and what is found here and is no call does no harm.
_SOURCE: Final = re.compile(r'^[ \t{]*source[ \t]*=[ \t]*"(\.\.?(?:/[^"$%]*)?)"', re.MULTILINE)


def read_with_called(folder: Path, base: Path) -> TerraformFiles:
    """Reads all Terraform files below a folder, and the modules elsewhere that they call.

    As Terraform does, only the folder of a called module is read and not those below it. What lies
    outside of the project is not read: a source that is not trusted must not make the linter look
    around on the disk.

    Args:
        folder: where to begin. Paths in the result begin with it, or lead out of it by ``..``.
        base: the folder itself, or one above it: the project, where it is in no repository.

    Raises:
        TfgenError: there are too many folders inside each other.
    """
    found = read_files(folder, base)
    project = Folder(boundary(base))
    real = Path(os.path.realpath(base))
    seen = {posixpath.dirname(path) or "." for path in found.texts}
    waiting = list(found.texts)
    while waiting:
        for called in _called(waiting.pop(), found):
            if called in seen:
                continue
            seen.add(called)
            path = os.path.relpath(real / os.path.relpath(called, base), project.path)
            inner = None if path.startswith("..") else project.follow(path)
            if inner is None:
                found.outside.append(called)
            elif project.is_folder(inner):
                before = set(found.texts)
                read_module(project, inner, Path(called), found)
                waiting += found.texts.keys() - before
    return found


def _called(path: str, found: TerraformFiles) -> Iterator[str]:
    """Yields the folders that the modules called by a file are in."""
    for source in _SOURCE.findall(found.texts[path]):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
