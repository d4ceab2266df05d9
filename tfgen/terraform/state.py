"""What is in a state, and the state of the local backend, which a kill can tear."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from tfgen.disk import paths

_STATE: Final = "terraform.tfstate"
_BACKUP: Final = "terraform.tfstate.backup"
_LIMIT: Final = 1024**3  # bytes


def is_torn(root: Path) -> bool:
    """Say whether a Terraform was killed while it wrote the state, and an older one is at hand.

    Terraform writes the local state after each resource: it empties the file, then fills it. To a
    plan an empty file is a state in which nothing exists.

    Args:
        root: the folder of a root module whose backend is local, with no Terraform at work in it.
    """
    state = root / _STATE
    return paths.is_file(state) and not _is_whole(state) and _is_whole(root / _BACKUP)


def restore(root: Path) -> bool:
    """Put back the state as it was before the run that tore it.

    That is what Terraform keeps as the backup: it makes it before it first writes the state. What
    the run did since is in its journal and in AWS.

    Args:
        root: the folder of a root module whose backend is local.

    Returns:
        Whether there was anything to do.
    """
    if not is_torn(root):
        return False
    with paths.open_file(root / _STATE, "r+b") as file:
        try:
            # The lock that Terraform takes on the same file, so as to leave one at work alone.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        # In place, for the lock is on this file; torn again, it is put back again.
        _fill(file, paths.read(root / _BACKUP, limit=_LIMIT))
    return True


def mentions(root: Path, *texts: str) -> bool:
    """Say whether one of some texts is anywhere in the local state.

    Args:
        root: the folder of a root module whose backend is local.
        texts: in ASCII.
    """
    try:
        content = paths.read(root / _STATE, limit=_LIMIT)
    except FileNotFoundError:
        return False
    return any(text.encode() in content for text in texts)


@dataclass(frozen=True, slots=True)
class Instance:
    """A resource in a state.

    Attributes:
        address: without the key of the instance.
        type: its type.
        attributes: as they were when the state was written.
    """

    address: str
    type: str
    attributes: Mapping[str, Any]


def instances(pulled: str, *, data: bool = False) -> list[Instance]:
    """Return the resources in a state, each instance on its own.

    Args:
        pulled: what ``terraform state pull`` prints: JSON, or nothing when there is no state.
        data: with the data sources, as they were read at the last apply.
    """
    resources = json.loads(pulled)["resources"] if pulled.strip() else []
    return [
        Instance(_address(resource), resource["type"], instance.get("attributes") or {})
        for resource in resources
        if data or resource["mode"] == "managed"
        for instance in resource["instances"]
    ]


def addresses(pulled: str) -> list[str]:
    """Return the addresses of the resources in a state, without the keys of their instances.

    Args:
        pulled: what ``terraform state pull`` prints: JSON, or nothing when there is no state.
    """
    resources = json.loads(pulled)["resources"] if pulled.strip() else []
    return [_address(resource) for resource in resources if resource["mode"] == "managed"]


def _address(resource: Mapping[str, Any]) -> str:
    data = "data" if resource["mode"] == "data" else None
    parts = (resource.get("module"), data, resource["type"], resource["name"])
    return ".".join(filter(None, parts))


def _fill(file: BinaryIO, content: bytes) -> None:
    file.truncate(0)
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _is_whole(path: Path) -> bool:
    try:
        document = json.loads(paths.read(path, limit=_LIMIT))
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(document, dict) and "resources" in document
