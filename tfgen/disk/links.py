"""Follows symbolic links inside a folder, in a file system or in an archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# As many as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html
_MOST: Final = 40


def parts(path: str) -> list[str]:
    """Splits a path at ``/``, without ``.`` and empty parts."""
    return [part for part in path.split("/") if part not in {"", "."}]


def follow_links(
    path: str,
    target_of: Callable[[str], str | None],
    below_top: Callable[[str], str | None] = lambda _: None,
) -> str | None:
    """Returns where a path leads to when all links are followed.

    Args:
        path: relative to the top of the folder; need not exist.
        target_of: returns the target of the link at a path without links, None if it is no link.
        below_top: returns the path below the top that an absolute target is, None if it is
            elsewhere.

    Returns:
        The path without links, empty for the top; None if it leads out of the folder, or in a
        circle.
    """
    left, reached, followed = parts(path)[::-1], list[str](), 0
    while left:
        name = left.pop()
        if name == "..":
            if not reached:
                return None
            reached.pop()
            continue
        reached.append(name)
        target = target_of("/".join(reached))
        if target is None:
            continue
        followed += 1
        if followed > _MOST:
            return None
        reached.pop()
        if target.startswith("/"):
            inside = below_top(target)
            if inside is None:
                return None
            reached, target = [], inside
        left.extend(reversed(parts(target)))
    return "/".join(reached)
