"""How large a bundle may be.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from tfgen.app import Code
from tfgen.bundle.archive import MAX_FILES
from tfgen.bundle.ignore import IGNORE_FILE
from tfgen.errors import TfgenError

MAX_UNZIPPED = 250 * 1024 * 1024
MAX_ZIPPED = 50 * 1024 * 1024


def check_unzipped(sizes: Iterable[tuple[str, int]], source: str, *, place: str | None) -> None:
    """Checks the files of a bundle before any of them is compressed.

    Args:
        sizes: the path of each file in the bundle, and its bytes.
        source: the source as messages call it.
        place: where the config names the source.

    Raises:
        TfgenError: they are too large together, or too many for a zip.
    """
    sizes = list(sizes)
    total = sum(size for _, size in sizes)
    if total > MAX_UNZIPPED:
        raise TfgenError(
            f"The bundle of `{source}` is {total:,} bytes unzipped, "
            f"and Lambda allows {MAX_UNZIPPED:,} (250 MB)",
            place=place,
            hint=_less(sizes, source),
        )
    if len(sizes) > MAX_FILES:
        raise TfgenError(
            f"The bundle of `{source}` has {len(sizes):,} files, and a zip holds {MAX_FILES:,}",
            place=place,
            hint=_less([(name, 1) for name, _ in sizes], source),
        )


def check_zipped(
    size: int, sizes: Iterable[tuple[str, int]], code: Code, *, place: str | None
) -> None:
    """Checks a zip, or as much of it as is written.

    Args:
        size: bytes of the zip so far.
        sizes: the path of each file in the bundle, and its bytes unzipped.
        code: of the function. By way of S3, a zip may be as large as what is in it.
        place: where the config names the source.

    Raises:
        TfgenError: it is too large for a direct upload.
    """
    if code.delivery == "direct" and size > MAX_ZIPPED:
        less = _less(list(sizes), code.source)
        raise TfgenError(
            f"The bundle of `{code.source}` is over {MAX_ZIPPED:,} bytes (50 MB) zipped, "
            "the most that Lambda takes in an upload",
            place=place,
            hint=f"send it by way of a bucket with `code: s3`, or {less}",
        )


def _less(sizes: list[tuple[str, int]], source: str) -> str:
    """Returns a hint that names the largest files and folders at the top."""
    parts: Counter[str] = Counter()
    for name, size in sizes:
        top, slash, _ = name.partition("/")
        parts[top + slash] += size
    total = sum(parts.values()) or 1
    largest = ", ".join(
        f"`{name}` ({100 * size / total:.0f} %)" for name, size in parts.most_common(5)
    )
    how = "" if source.endswith(".zip") else f" with `{PurePosixPath(source, IGNORE_FILE)}`"
    return f"leave out what the function does not need{how}; the largest parts are {largest}"
