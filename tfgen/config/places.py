"""Where each value of a config file stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The line of every key and item of one file.

    Attributes:
        file: the file's name, as errors show it.
        lines: path of keys and indices → line, counted from 1.
        stage: when set, what that stage says stands before what the file says for every stage.
        region: when set, what that region says stands before what the file says for all of them.
    """

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    stage: str | None = None
    region: str | None = None

    def at(self, *path: str | int) -> str:
        """Returns ``file:line`` of a path, or of its nearest parent that the file has."""
        return f"{self.file}:{self._line(path)}"

    def for_stage(self, stage: str) -> Places:
        """Returns the places as one stage sees them."""
        return replace(self, stage=stage)

    def for_region(self, region: str) -> Places:
        """Returns the places as one region sees them."""
        return replace(self, region=region)

    def has(self, *path: str | int) -> bool:
        """Says whether the file has exactly this path."""
        return self._exact(path) is not None

    def _line(self, path: Path) -> int:
        for length in range(len(path), 0, -1):
            line = self._exact(path[:length])
            if line is not None:
                return line
        region = None if self.region is None else self._exact(())
        return region or 1

    def _exact(self, path: Path) -> int | None:
        paths = [path] if self.region is None else [("regions", self.region, *path), path]
        stages: list[Path] = [()] if self.stage is None else [("stages", self.stage), ()]
        # What a region says stands before what its stage says, whichever wrote the region.
        candidates = ((*stage, *each) for each in paths for stage in stages)
        return next((self.lines[each] for each in candidates if each in self.lines), None)
