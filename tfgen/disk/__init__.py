"""Reads and writes below a folder that came with somebody else's repository.

A repository is not trusted: any name in it may be a symbolic link to a file of the user's, a named
pipe that never ends, or a file of a terabyte. One class, `Folder`, holds the rule for all of tfgen:

- every part of a path below the folder is opened from its parent (``dir_fd``) and never through a
  link (``O_NOFOLLOW``), so nothing can change between a look and a use;
- a file is a regular file and a folder is a real folder: what is opened is checked once it is open,
  and without waiting (``O_NONBLOCK``);
- sizes, numbers of entries and depths are bounded.

The folder itself may be reached through links: the user named it, on the command line or by where
they stand. A link below it is followed only into a folder that the user has listed in the
environment variable ``TFGEN_OUTSIDE``, which no repository can set.

`paths` has the same for code that has a path instead: it finds out which project it is below.

What the rule refuses is a `RefusedError`, a TfgenError with a place and a hint. What the operating
system refuses stays an OSError: a missing file is a FileNotFoundError, as everywhere.
"""

from __future__ import annotations

from tfgen.disk import paths
from tfgen.disk.folder import Folder
from tfgen.disk.limits import DEPTH_LIMIT, ENTRY_LIMIT, FILE_LIMIT
from tfgen.disk.listing import Entry
from tfgen.disk.refusals import OUTSIDE, RefusedError, shown

__all__ = [
    "DEPTH_LIMIT",
    "ENTRY_LIMIT",
    "FILE_LIMIT",
    "OUTSIDE",
    "Entry",
    "Folder",
    "RefusedError",
    "paths",
    "shown",
]
