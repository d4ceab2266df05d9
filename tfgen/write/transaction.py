"""The write: wait for the lock, finish what was left, look again, build, exchange, clean up."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfgen.errors import TfgenError
from tfgen.write.build import build
from tfgen.write.compare import Comparison, compare, refuse_conflicts
from tfgen.write.failures import explained, real, shown
from tfgen.write.locks import hold, refuse_running
from tfgen.write.settle import settle
from tfgen.write.slot import Slot
from tfgen.write.swap import swap

_NO_LINKS = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
)


def write(comparison: Comparison, scratch: Path, *, overwrite: bool = False) -> None:
    """Makes the tree what the comparison asks for, all or nothing.

    The disk is compared again under the lock, so nothing that changed since is lost. When nothing
    changes, nothing on disk is touched.

    Args:
        comparison: the rendering against the disk.
        scratch: tfgen's folder for this work, made if missing; best on the tree's file system.
        overwrite: replace files at rendered paths that tfgen did not write, or that were edited.

    Raises:
        TfgenError: there are conflicts, another process is at work in the tree, or the file system
            refuses. The tree is as it was, unless the message says otherwise.
    """
    root, scratch = real(comparison.root), real(scratch)
    if scratch.is_relative_to(root) or root.is_relative_to(scratch):
        raise TfgenError(
            "the output folder and tfgen's scratch folder are one inside the other",
            place=shown(comparison.root),
            hint="give `terraform.output` a folder of its own, such as infra",
        )
    if not comparison.stale and not any(Slot.left_over(scratch, root)):
        return

    with hold(scratch), _working_directory_kept(root), explained(comparison.root):
        for slot in Slot.left_over(scratch, root):
            _settle(slot)
        now = compare(comparison.rendering, comparison.root, overwrite=overwrite)
        refuse_conflicts(now, overwrite=overwrite)
        if now.stale:
            refuse_running(root)
            _replace(now, root, scratch)


def _replace(comparison: Comparison, root: Path, scratch: Path) -> None:
    """Builds in scratch or, when that is on another file system than the tree, beside the tree."""
    for is_beside in (False, True):
        if not is_beside and _device(root) != _device(scratch):
            continue
        slot = Slot.create(scratch, root)
        try:
            _replace_in(slot, comparison, is_beside=is_beside)
        except OSError as error:
            # Mounts of one and the same device are told apart only by the attempt.
            if error.errno not in {errno.EXDEV, errno.EBUSY}:
                raise
        else:
            return
    raise TfgenError(
        "the file system cannot replace the output folder in one step",
        place=shown(comparison.root),
        hint="replace the folder by a copy of itself if it comes from a lower layer of a container "
        "image, and keep mount points out of it; nothing was changed",
    )


def _replace_in(slot: Slot, comparison: Comparison, *, is_beside: bool) -> None:
    root = slot.root
    try:
        if is_beside:
            root.parent.mkdir(parents=True, exist_ok=True)
            slot.beside.mkdir(mode=0o700)
        aside = slot.beside if is_beside else slot.home
        new = aside / "new"
        slot.save(build(comparison, root, new, link=_has_links(aside)))
        refuse_running(root)
        root.parent.mkdir(parents=True, exist_ok=True)
        swap(new, root, aside / "old")
    except BaseException:
        _settle(slot)
        raise
    _settle(slot, live=True)


def _settle(slot: Slot, *, live: bool = False) -> None:
    try:
        settle(slot, live=live)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        outcome = "the tree was rendered, but " if live else ""
        raise TfgenError(
            f"{outcome}what a render left aside cannot be cleared away: {reason}",
            place=shown(Path(os.fsdecode(error.filename or slot.home))),
            hint=f"move what is yours to {shown(slot.root)} and delete {shown(slot.home)}",
        ) from error


@contextmanager
def _working_directory_kept(root: Path) -> Iterator[None]:
    """Keeps this process where it is in the tree, rather than in a folder that was deleted."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        here = root.parent
    try:
        yield
    finally:
        if here.is_relative_to(root):
            os.chdir(next(place for place in (here, *here.parents) if place.is_dir()))


def _has_links(folder: Path) -> bool:
    """Says whether a file system has hard links.

    Asked once, so that a refusal for one file of the user's is known to be about that file.
    """
    first, second = folder / "probe", folder / "probe.link"
    first.touch()
    try:
        os.link(first, second)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    else:
        second.unlink()
    finally:
        first.unlink()
    return True


def _device(path: Path) -> int:
    """Returns the device of a path or, while it does not exist, of the folder that it goes into."""
    return next(place for place in (path, *path.parents) if place.exists()).stat().st_dev
