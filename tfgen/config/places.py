"""Where each value of a config file stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The line of every key and item of one file.

    Attributes:
        file: the file's name, as errors show it.
        lines: path of keys and indices → line, counted from 1.
        stage: when set, what that stage says stands before what the file says for every stage.
    """

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    stage: str | None = None

    def at(self, *path: str | int) -> str:
        """Returns ``file:line`` of a path, or of its nearest parent that the file has."""
        return f"{self.file}:{self._line(path)}"

    def for_stage(self, stage: str) -> Places:
        """Returns the places as one stage sees them."""
        return Places(self.file, self.lines, stage)

    def has(self, *path: str | int) -> bool:
        """Says whether the file has exactly this path."""
        return self._exact(path) is not None

    def _line(self, path: Path) -> int:
        for length in range(len(path), 0, -1):
            line = self._exact(path[:length])
            if line is not None:
                return line
        return 1

    def _exact(self, path: Path) -> int | None:
        if self.stage is not None:
            staged = self.lines.get(("stages", self.stage, *path))
            if staged is not None:
                return staged
        return self.lines.get(path)
