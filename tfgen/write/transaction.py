"""The write: wait for the lock, finish what was left, look again, build, exchange, clean up."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfgen.disk import Folder, shown
from tfgen.errors import TfgenError
from tfgen.write.build import build
from tfgen.write.compare import Comparison, compare, refuse_conflicts
from tfgen.write.failures import explained, located, real
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
        scratch: tfgen's folder for this work, made if missing; best on the tree's file system. As
            with `compare`, no link below a project is followed.
        overwrite: replace files at rendered paths that tfgen did not write, or that were edited.

    Raises:
        TfgenError: there are conflicts, another process is at work in the tree, or the file system
            refuses. The tree is as it was, unless the message says otherwise.
    """
    root, aside = located(comparison.root), located(scratch)
    here, there = real(root.path), real(aside.path)
    if there.is_relative_to(here) or here.is_relative_to(there):
        raise TfgenError(
            "the output folder and tfgen's scratch folder are one inside the other",
            place=shown(comparison.root),
            hint="give `terraform.output` a folder of its own, such as infra",
        )
    if not comparison.stale and not any(Slot.left_over(aside, root)):
        return

    with hold(scratch), _working_directory_kept(here), explained(comparison.root):
        for slot in Slot.left_over(aside, root):
            _settle(slot)
        now = compare(comparison.rendering, comparison.root, overwrite=overwrite)
        refuse_conflicts(now, overwrite=overwrite)
        if now.stale:
            refuse_running(root)
            _replace(now, root, aside)


def _replace(comparison: Comparison, root: Folder, scratch: Folder) -> None:
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
        outer = Folder(root.base, root.inner.rpartition("/")[0])
        if is_beside:
            outer.make()
            slot.beside.make_new(mode=0o700)
        aside = slot.beside if is_beside else slot.home
        slot.save(build(comparison, root, aside, link=_has_links(aside)))
        refuse_running(root)
        outer.make()
        swap(aside, root)
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
            place=shown(Path(os.fsdecode(error.filename or slot.home.path))),
            hint=f"move what is yours to {shown(slot.root.path)} and delete "
            f"{shown(slot.home.path)}",
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


def _has_links(folder: Folder) -> bool:
    """Says whether a file system has hard links.

    Asked once, so that a refusal for one file of the user's is known to be about that file.
    """
    folder.open("probe", "xb").close()
    try:
        with folder.opened() as here:
            os.link("probe", "probe.link", src_dir_fd=here, dst_dir_fd=here, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    else:
        folder.remove("probe.link")
    finally:
        folder.remove("probe")
    return True


def _device(folder: Folder) -> int:
    """Returns the device of a folder or, while it does not exist, of the one that it goes into."""
    outer = folder
    while (status := outer.status()) is None:
        outer = Folder(outer.base, outer.inner.rpartition("/")[0])
    return status.st_dev
