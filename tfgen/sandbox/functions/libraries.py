"""The libraries that Lambda's Python brings along, as a folder that functions may see."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Final

# What Lambda's Python runtimes bring along, with all that it needs itself:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
_LIBRARIES: Final = (
    *("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"),
    *("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"),
)


def are_installed() -> bool:
    """Says whether Lambda's runtime for Python is among this Python's packages."""
    return importlib.util.find_spec("awslambdaric") is not None


def origins() -> list[Path]:
    """Returns where the libraries are installed: folders of packages, and modules."""
    found = []
    for name in _LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            found.append(origin.parent if spec.submodule_search_locations else origin)
    return found


def link(folder: Path) -> None:
    """Makes a folder of links to the libraries.

    Its own folders are real, so that what Python keeps of a module it has compiled gets into them,
    and not among the packages of tfgen's own Python; what is there already is linked as well.

    Args:
        folder: to make.
    """
    folder.mkdir(parents=True)
    for origin in origins():
        if origin.is_file():
            (folder / origin.name).symlink_to(origin)
        else:
            _link_folder(origin, folder / origin.name)


def _link_folder(origin: Path, folder: Path) -> None:
    folder.mkdir()
    with os.scandir(origin) as entries:
        for entry in entries:
            path = folder / entry.name
            if entry.is_dir() and _has_modules(Path(entry.path)):
                _link_folder(Path(entry.path), path)
            else:
                path.symlink_to(entry.path)


def _has_modules(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return any(entry.name.endswith((".py", ".pyc")) for entry in entries)
