"""The bounds on what is read below a folder that is not trusted; generous for honest projects."""

from __future__ import annotations

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of one file."""

ENTRY_LIMIT = 250_000
"""Entries of one folder or, in a walk, of all folders together."""

DEPTH_LIMIT = 100
"""Folders inside each other. A walk holds one file descriptor for each of them."""
