"""Symbolic links of a bundle: Lambda unpacks them, so a path in it may lead through them.

https://libzip.org/specifications/extrafld.txt and Info-ZIP's documentation of ``zip --symlinks``
describe them: the type is in the upper half of the external attributes, the content is the target.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from tfgen.disk.links import follow_links


def resolve(path: str, links: Mapping[str, str]) -> str | None:
    """Returns where a path in a bundle leads to.

    Args:
        path: in the bundle, with ``/``; need not exist.
        links: the path of each link → its target.

    Returns:
        The path without links, empty for the top of the bundle; None if it leads out of the
        bundle, or in a circle.
    """
    return follow_links(path, links.get)


def plain(path: str) -> str:
    """Returns a path in a bundle without ``.`` and empty parts."""
    if "//" in path or "./" in path or path.endswith(("/", "/.")):
        return posixpath.normpath(path)
    return path
