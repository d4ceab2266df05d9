"""What a bundle was built from, noted beside it, so that an unchanged folder costs only a look.

The look compares names, sizes, times, modes and inodes, never content. That leaves the case that
git calls racy (https://git-scm.com/docs/racy-git): a file that changes twice within one tick of
the file system's clock looks the same after the second change. A stamp therefore vouches for a
folder only if everything in it was older than ``_SETTLED`` when the build began; until then every
build reads the files again.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass

from tfgen.bundle.deflate import ALGORITHM
from tfgen.bundle.locate import Source
from tfgen.bundle.parts import AddedFile
from tfgen.bundle.source import SourceFile
from tfgen.disk import Folder

_SETTLED = 2_000_000_000  # nanoseconds: the coarsest clock of a file system, FAT's
_LARGEST = 16 * 1024 * 1024  # bytes of a stamp: it names all native code in a bundle
_LAYOUT = 2  # raised by any change to what a zip holds beside the streams, or to this file


@dataclass(frozen=True, slots=True)
class Stamp:
    """A bundle and what it was built from.

    Attributes:
        version: of the encoder and the layout that made it.
        fingerprint: of the files that it was built from; None if they had only just changed.
        zip_size: bytes of the zip.
        zip_mtime_ns: when the zip was written, in nanoseconds since 1970.
        zip_inode: which file the zip is.
        sha256: of the zip, in base64.
        unzipped: bytes of the files in it.
        machines: path in the bundle → machine, of the native code in it.
    """

    version: str
    fingerprint: str | None
    zip_size: int
    zip_mtime_ns: int
    zip_inode: int
    sha256: str
    unzipped: int
    machines: dict[str, str]

    def describes(self, project: Folder, bundle: str) -> bool:
        """Whether the zip on disk is the one that the stamp was written for."""
        info = project.status(bundle)
        if info is None or not stat.S_ISREG(info.st_mode):
            return False
        zip_now = (info.st_size, info.st_mtime_ns, info.st_ino)
        return zip_now == (self.zip_size, self.zip_mtime_ns, self.zip_inode)


def make(
    files: Sequence[SourceFile],
    added: Sequence[AddedFile],
    info: os.stat_result,
    *,
    began_ns: int,
    sha256: str,
    unzipped: int,
    machines: Mapping[str, str],
) -> Stamp:
    """Returns the stamp of a bundle that was just built.

    Args:
        files: what it was built from, as the build found them before it read them.
        added: what it got beside them.
        info: of the zip.
        began_ns: when the build began to look, in nanoseconds since 1970.
        sha256: of the zip, in base64.
        unzipped: bytes of the files in it.
        machines: path in the bundle → machine, of the native code in it.
    """
    newest = max(max(file.mtime_ns, file.ctime_ns) for file in files)
    return Stamp(
        version=_version(),
        fingerprint=fingerprint(files, added) if newest < began_ns - _SETTLED else None,
        zip_size=info.st_size,
        zip_mtime_ns=info.st_mtime_ns,
        zip_inode=info.st_ino,
        sha256=sha256,
        unzipped=unzipped,
        machines=dict(machines),
    )


def file_of(source: Source) -> SourceFile:
    """Returns what a source that is one file looks like.

    Raises:
        OSError: it is gone.
    """
    with source.folder.open(source.name) as file:
        info = os.fstat(file.fileno())
    return SourceFile(
        name=source.name,
        path=source.name,
        mode=0o644,
        size=info.st_size,
        mtime_ns=info.st_mtime_ns,
        ctime_ns=info.st_ctime_ns,
        inode=info.st_ino,
    )


def fingerprint(files: Sequence[SourceFile], added: Sequence[AddedFile]) -> str:
    """Returns what changes when any of the files does."""
    known: list[tuple[object, ...]] = [astuple(file) for file in files]
    known += [(each.name, each.mode, hashlib.sha256(each.content).hexdigest()) for each in added]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def load(project: Folder, path: str) -> Stamp | None:
    """Reads a stamp; None if there is none, or none that this version of tfgen wrote.

    Raises:
        RefusedError: it is no regular file.
    """
    try:
        stamp = Stamp(**json.loads(project.read(path, limit=_LARGEST)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return stamp if stamp.version == _version() else None


def save(stamp: Stamp, project: Folder, path: str) -> None:
    """Writes a stamp, wholly or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    project.write(path, (json.dumps(asdict(stamp), indent=2) + "\n").encode())


def _version() -> str:
    return f"{ALGORITHM}.{_LAYOUT}"
