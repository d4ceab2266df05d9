"""Unpacks what was uploaded: every zip once, whatever uses it.

Links are made as Lambda makes them, as long as they lead to something that was unpacked: on this
machine any other place is one of the user's.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import shutil
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from tfgen.sandbox.functions.deployed import Archive
from tfgen.sandbox.invocation import InvokeError

#: Where a function's code is in Lambda.
_TASK: Final = "/var/task/"

# What a file that is also a folder, a name that no file can have, and a place before the beginning
# of the zip end in.
_OF_THE_ZIP: Final = frozenset(
    {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL}
)

_LONGEST_LINK: Final = 4096  # Linux's PATH_MAX


class Unpacked:
    """Folders with what zips hold; safe for threads.

    Args:
        home: where the folders are made.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()

    def folder(self, archives: Sequence[Archive]) -> Path:
        """Returns the folder with what the archives hold, a later one over an earlier one.

        Args:
            archives: one for a function's code, several for its layers.

        Raises:
            InvokeError: one is no zip.
        """
        key = hashlib.sha256("\n".join(each.digest for each in archives).encode()).hexdigest()
        folder = self._home / key[:32]
        with self._lock:
            if not folder.is_dir():
                # Aside, so that the folder is there only when it is complete.
                aside = self._home / secrets.token_hex(8)
                try:
                    for archive in archives:
                        _unpack(archive.content, aside)
                    aside.rename(folder)
                finally:
                    shutil.rmtree(aside, ignore_errors=True)
        return folder


def _unpack(content: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            links = [each for each in archive.infolist() if stat.S_ISLNK(_mode(each))]
            for entry in archive.infolist():
                if not stat.S_ISLNK(_mode(entry)):
                    _extract(archive, entry, folder)
            # Last, so that nothing is written through one of them.
            made = [link for entry in links if (link := _link(archive, entry, folder))]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _OF_THE_ZIP:
            raise
        # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
        raise InvokeError(
            "InvalidZipFileException", 502, f"Lambda could not unzip the function's code: {error}"
        ) from error
    _keep_inside(made, folder)


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    _clear_links(entry.filename, folder)
    # zipfile makes every path a relative one within the folder, but forgets who may execute it.
    path = Path(archive.extract(entry, folder))
    if not entry.is_dir() and _mode(entry):
        path.chmod(stat.S_IMODE(_mode(entry)) | stat.S_IRUSR | stat.S_IWUSR)


def _clear_links(name: str, folder: Path) -> None:
    """Removes the link of an earlier layer where a path of this one is to be."""
    path = folder
    for part in PurePosixPath(name).parts:
        path /= part
        if part not in {"/", ".."} and path.is_symlink():
            path.unlink()
            return


def _link(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> Path | None:
    """Makes a link where its entry says; None if it has no place in the folder."""
    path = folder / entry.filename
    if ".." in path.parts or not path.is_relative_to(folder) or entry.file_size > _LONGEST_LINK:
        return None
    _clear_links(entry.filename, folder)
    if path.exists():
        return None
    target = archive.read(entry).decode()
    if target.startswith(_TASK):
        target = os.path.relpath(folder / target.removeprefix(_TASK), path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def _keep_inside(links: Iterable[Path], folder: Path) -> None:
    """Removes the links that lead out of the folder, by themselves or by way of others."""
    real = folder.resolve()
    left = list(links)
    while outside := [link for link in left if not _leads_inside(link, real)]:
        for link in outside:
            link.unlink()
        # Without these, others may lead elsewhere.
        left = [link for link in left if link not in outside]


def _leads_inside(link: Path, folder: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(folder)
    except (OSError, RuntimeError):  # nothing is there, or a circle
        return False
