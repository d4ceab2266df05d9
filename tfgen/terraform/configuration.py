"""The files that configure a root module, and their digests."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tfgen.disk import Folder, paths

# https://developer.hashicorp.com/terraform/language/files, OpenTofu's own beside them, and the
# ending that the docs of `templatefile` recommend for templates.
_ENDINGS = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json", ".tftpl")

# A path in a `source` that begins like this is a local module's:
# https://developer.hashicorp.com/terraform/language/modules/sources#local-paths
_LOCAL_MODULE = re.compile(rb'"?\bsource"?\s*[=:]\s*"(\.\.?/[^"$]*)"')


def digests(root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that configures a root module.

    These are the files of the root module and of the local modules that it calls, directly or not.
    It need not be initialized.

    Args:
        root: the folder of the root module.

    Returns:
        Path, relative to the folder → digest in hexadecimal. Of a link, its target is part of it.

    Raises:
        TfgenError: a file is too large, or what is there in its place is no file.
        OSError: a file cannot be read.
    """
    found, seen, waiting = {}, {os.path.realpath(root)}, [root]
    while waiting:
        folder = waiting.pop()
        for name, content in _files(folder):
            found[os.path.relpath(folder / name, root)] = hashlib.sha256(content).hexdigest()
            for source in _LOCAL_MODULE.findall(content):
                module = Path(os.path.normpath(folder / os.fsdecode(source)))
                real = os.path.realpath(module)
                if real not in seen and module.is_dir():
                    seen.add(real)
                    waiting.append(module)
    return dict(sorted(found.items()))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yields the name and the content of each file of a module."""
    for entry in paths.entries(folder):
        if not entry.name.endswith(_ENDINGS) or entry.is_folder:
            continue
        content = b""
        if entry.is_link:
            content = f"link to {(folder / entry.name).readlink()}\n".encode()
        yield entry.name, content + _read(folder, entry.name)


def _read(folder: Path, name: str) -> bytes:
    """Reads a file, also behind a link that does not lead out of the project."""
    place = paths.folder_of(folder)
    base = Folder(place.base)
    inner = base.follow(f"{place.inner}/{name}".lstrip("/"))
    # Terraform reads what is elsewhere, too; that it is somewhere else now is seen by the target.
    return b"" if inner is None else base.read(inner)
