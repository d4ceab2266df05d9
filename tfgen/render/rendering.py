"""An app becomes a rendering: the set of files of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rendering:
    """The files that one config becomes.

    Attributes:
        files: path relative to the output folder, with ``/`` → UTF-8 text with ``\\n`` line ends.
    """

    files: Mapping[str, str]
