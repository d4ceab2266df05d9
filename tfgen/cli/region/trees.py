"""The trees between an app with a region and the app without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfgen.app import App


@dataclass(frozen=True, slots=True)
class Trees:
    """What a tree is made from while a region goes from one stage after the other.

    Attributes:
        before: the apps of all stages, with the region.
        after: the apps of all stages, without it.
        region: its name.
        stages: those that it goes from, in this order.
    """

    before: Sequence[App]
    after: Sequence[App]
    region: str
    stages: tuple[str, ...]

    def out_of_dns(self, stage: str) -> tuple[App, ...]:
        """Returns the apps when a stage has everything of the region but its records."""
        app = next(each for each in self.before if each.stage == stage)
        regions = tuple(
            replace(region, in_dns=region.in_dns and region.name != self.region)
            for region in app.regions
        )
        return self._with(replace(app, regions=regions))

    def destroyed(self, stage: str) -> tuple[App, ...]:
        """Returns the apps when a stage has nothing of the region but the way to destroy it."""
        app = next(each for each in self.after if each.stage == stage)
        return self._with(replace(app, retired_regions=(*app.retired_regions, self.region)))

    def __iter__(self) -> Iterator[Sequence[App]]:
        """Yields all of them, the last one included."""
        for stage in self.stages:
            yield self.out_of_dns(stage)
            yield self.destroyed(stage)
        yield self.after

    def _with(self, app: App) -> tuple[App, ...]:
        done = self.stages[: self.stages.index(app.stage)]
        after = {each.stage: each for each in self.after if each.stage in done}
        now = {**after, app.stage: app}
        return tuple(now.get(each.stage, each) for each in self.before)
