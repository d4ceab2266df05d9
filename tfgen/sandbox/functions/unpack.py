"""Unpacks what was uploaded: every zip once, whatever uses it."""

from __future__ import annotations

import hashlib
import io
import secrets
import shutil
import stat
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from tfgen.sandbox.functions.deployed import Archive
from tfgen.sandbox.invocation import InvokeError


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
            for entry in links:
                _link(archive, entry, folder)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
        raise InvokeError(
            "InvalidZipFileException", 502, f"Lambda could not unzip the function's code: {error}"
        ) from error


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    # zipfile makes every path a relative one within the folder, but forgets who may execute it.
    path = Path(archive.extract(entry, folder))
    if not entry.is_dir() and _mode(entry):
        path.chmod(stat.S_IMODE(_mode(entry)) | stat.S_IRUSR | stat.S_IWUSR)


def _link(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = folder / entry.filename
    if path.resolve().is_relative_to(folder.resolve()) and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(archive.read(entry).decode())
