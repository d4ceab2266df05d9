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
from tfgen.terraform.documents import document

_STATE: Final = "terraform.tfstate"
_BACKUP: Final = "terraform.tfstate.backup"
_ERRORED: Final = "errored.tfstate"
LIMIT: Final = 1024**3  # bytes


def is_torn(root: Path) -> bool:
    """Say whether a Terraform was cut off while it wrote the state.

    Terraform writes the local state after each resource: it empties the file, then fills it. To a
    plan an empty file is a state in which nothing exists, and it makes one before its first apply.
    So an empty file is torn only where there is a backup.

    Args:
        root: the folder of a root module whose backend is local, with no Terraform at work in it.
    """
    state = root / _STATE
    if not paths.is_file(state) or is_whole(state):
        return False
    return state.stat().st_size > 0 or is_whole(root / _BACKUP)


def backup(root: Path) -> Path | None:
    """Return the state as it was before the last run that wrote it, if it is there and whole.

    Terraform makes the backup before it first writes the state. There is none of a first apply.

    Args:
        root: the folder of a root module whose backend is local.
    """
    path = root / _BACKUP
    return path if is_whole(path) else None


def errored(root: Path) -> Path | None:
    """Return the state that Terraform wrote beside when its backend did not take it, if whole.

    https://developer.hashicorp.com/terraform/cli/state/recover

    Args:
        root: the folder of a root module.
    """
    path = root / _ERRORED
    return path if is_whole(path) else None


def put_back(root: Path, content: bytes) -> bool:
    """Write the local state.

    Args:
        root: the folder of a root module whose backend is local.
        content: the state; nothing is a state in which nothing exists.

    Returns:
        Whether it was written: a Terraform at work is left alone.
    """
    with paths.open_file(root / _STATE, "r+b") as file:
        try:
            # The lock that Terraform takes on the same file, so as to leave one at work alone.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        # In place, for the lock is on this file; torn again, it is put back again.
        _fill(file, content)
    return True


def is_newer(pulled: str, content: str) -> bool:
    """Say whether a state holds all that another one does, because it was written later.

    Args:
        pulled: what ``terraform state pull`` prints.
        content: the other one.
    """
    if not pulled.strip():
        return False
    current, other = document(pulled), json.loads(content)
    same = current.get("lineage") == other.get("lineage")
    return same and int(current.get("serial", 0)) >= int(other.get("serial", 0))


def mentions(root: Path, *texts: str) -> bool:
    """Say whether one of some texts is anywhere in the local state.

    Args:
        root: the folder of a root module whose backend is local.
        texts: in ASCII.
    """
    try:
        content = paths.read(root / _STATE, limit=LIMIT)
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
    resources = document(pulled)["resources"] if pulled.strip() else []
    return [
        Instance(_address(resource), resource["type"], dict(instance.get("attributes") or {}))
        for resource in resources
        if data or resource["mode"] == "managed"
        for instance in resource["instances"]
    ]


def addresses(pulled: str) -> list[str]:
    """Return the addresses of the resources in a state, without the keys of their instances.

    Args:
        pulled: what ``terraform state pull`` prints: JSON, or nothing when there is no state.
    """
    resources = document(pulled)["resources"] if pulled.strip() else []
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


def is_whole(path: Path) -> bool:
    """Say whether a file is a state from its first to its last byte."""
    try:
        content = json.loads(paths.read(path, limit=LIMIT))
    except (FileNotFoundError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "resources" in content
