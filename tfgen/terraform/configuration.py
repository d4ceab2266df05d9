"""The files that configure a root module, and their digests."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

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
        Path, relative to the folder → digest in hexadecimal.

    Raises:
        OSError: a file cannot be read.
    """
    found = {}
    for folder in _folders(root):
        for file in _files(folder):
            name = os.path.relpath(file, root)
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return dict(sorted(found.items()))


def _folders(root: Path) -> list[Path]:
    folders = {os.path.realpath(root): root}
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        for file in _files(folder):
            for source in _LOCAL_MODULE.findall(file.read_bytes()):
                module = Path(os.path.normpath(folder / os.fsdecode(source)))
                real = os.path.realpath(module)
                if real not in folders and module.is_dir():
                    folders[real] = module
                    waiting.append(module)
    return list(folders.values())


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.iterdir()):
        if file.name.endswith(_ENDINGS) and file.is_file():
            yield file
