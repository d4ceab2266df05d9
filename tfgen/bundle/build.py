"""Makes the bundle of a function, or finds that it is made already."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from tfgen.app import Code
from tfgen.bundle import stamps
from tfgen.bundle.elf import may_be_native
from tfgen.bundle.handler import check_handler
from tfgen.bundle.limits import check_unzipped, check_zipped
from tfgen.bundle.links import plain
from tfgen.bundle.locate import Source, find_source
from tfgen.bundle.parts import AddedFile, FolderFile, Part, ZipMember, merge
from tfgen.bundle.source import scan
from tfgen.bundle.write import Build, Bundle, Progress, Request, sha256_of, sizes_of
from tfgen.bundle.zips import check_links, check_names, opened
from tfgen.disk.reader import Reader
from tfgen.errors import TfgenError
from tfgen.scratch import SCRATCH

__all__ = ["Bundle", "Progress", "build"]


def build(
    code: Code,
    project: Path,
    *,
    added: Sequence[AddedFile] = (),
    place: str | None = None,
    exclude: Sequence[Path] = (),
    on_progress: Progress | None = None,
) -> Bundle:
    """Makes the bundle of a function, or finds that it is made already.

    A source that is a zip is its own bundle and is only checked, unless something is added: then
    the bundle holds what the zip does, and that. Killed at any moment, a build leaves the old zip
    or the new one; builds at the same time wait for each other.

    Args:
        code: of the function; its ``source`` and ``bundle`` are relative to ``project``.
        project: the folder of the config.
        added: what the bundle gets beside the files of the source.
        place: where the config names the source, for errors.
        exclude: folders and files that are never part of a bundle, relative to ``project`` or
            absolute: the rendered tree and the config, when the source is the project itself.
        on_progress: told how far the build is; not called when there is nothing to do.

    Raises:
        TfgenError: the source is missing, empty, unreadable or outside of the repository, lacks the
            handler's file, is too large for Lambda, has a link that leaves it, or has a file that
            is to be added; or a link is where the bundle is written.
    """
    source = find_source(code, project, place)
    began = time.time_ns()
    request = Request(code, project, added, began, place, on_progress)
    if source.name:
        return _from_zip(request, source)
    never = [project / SCRATCH, *(project / path for path in exclude)]
    files = scan(source.folder, shown=code.source, exclude=never, place=place)
    if not files:
        raise TfgenError(
            f"The function's source `{code.source}` has no file to bundle",
            place=place,
            hint="put the function's code there, and check its `.tfgenignore`",
        )
    with Reader(source.folder) as reader:
        folder_files = [FolderFile(file, reader, code.source, place) for file in files]
        parts = merge(folder_files, added, code, place)
        return Build(request, files, parts, _check(code, parts, place)).run()


def _from_zip(request: Request, source: Source) -> Bundle:
    """Checks a zip that is its own bundle, or makes one of it and of what is added."""
    code, place = request.code, request.place
    if request.added and code.bundle == code.source:
        raise ValueError(f"the bundle would replace its own source {code.source}")
    with opened(code, source, place) as archive:
        check_names(archive, code, place)
        members = [ZipMember(archive, each, code.source, place) for each in archive.infolist()]
        check_links([each.name for each in members], _links(members), code, place)
        parts = merge(members, request.added, code, place)
        starts = _check(code, parts, place)
        if request.added:
            return Build(request, [stamps.file_of(source)], parts, starts).run()
        sizes = sizes_of(parts)
        status = source.folder.status(source.name)
        zipped = status.st_size if status else 0
        check_zipped(zipped, sizes, code, place=place)
        unzipped = sum(size for _, size in sizes)
        machines = {
            each.name: machine
            for each in members
            if may_be_native(each.name, each.mode) and (machine := each.machine())
        }
        return Bundle(
            path=request.project / code.source,
            sha256=sha256_of(source.folder, source.name),
            zipped=zipped,
            unzipped=unzipped,
            files=len(sizes),
            rebuilt=False,
            machines=machines,
            starts=starts,
        )


def _check(code: Code, parts: Sequence[Part], place: str | None) -> str | None:
    """Checks what is in a bundle, and returns the file with which the function starts."""
    files = {
        plain(part.name): part.mode
        for part in parts
        if part.target is None and not part.name.endswith("/")
    }
    starts = check_handler(code, files, _links(parts), place=place)
    check_unzipped(sizes_of(parts), code.source, place=place)
    return starts


def _links(parts: Sequence[Part]) -> dict[str, str]:
    return {plain(part.name): part.target for part in parts if part.target is not None}
