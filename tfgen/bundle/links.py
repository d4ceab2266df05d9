"""Symbolic links of a bundle: Lambda unpacks them, so a path in it may lead through them.

https://libzip.org/specifications/extrafld.txt and Info-ZIP's documentation of ``zip --symlinks``
describe them: the type is in the upper half of the external attributes, the content is the target.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

_MOST = 40  # as many as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html


def resolve(path: str, links: Mapping[str, str]) -> str | None:
    """Returns where a path in a bundle leads to.

    Args:
        path: in the bundle, with ``/``; need not exist.
        links: the path of each link → its target.

    Returns:
        The path without links, empty for the top of the bundle; None if it leads out of the
        bundle, or in a circle.
    """
    left, reached, followed = _parts(path), list[str](), 0
    left.reverse()
    while left:
        name = left.pop()
        if name == "..":
            if not reached:
                return None
            reached.pop()
            continue
        reached.append(name)
        target = links.get("/".join(reached)) if links else None
        if target is None:
            continue
        followed += 1
        if followed > _MOST or target.startswith("/"):
            return None
        reached.pop()
        left.extend(reversed(_parts(target)))
    return "/".join(reached)


def plain(path: str) -> str:
    """Returns a path in a bundle without ``.`` and empty parts."""
    if "//" in path or "./" in path or path.endswith(("/", "/.")):
        return posixpath.normpath(path)
    return path


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]
