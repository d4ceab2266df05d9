"""Which regions a command changes: those of the app, which stages share, or those of one stage."""

from __future__ import annotations

from dataclasses import dataclass

from tfgen.config.model import Config
from tfgen.errors import ExitCode, TfgenError
from tfgen.resolve import choose_stage, stage_names


@dataclass(frozen=True, slots=True)
class RegionSet:
    """A set of regions in the config.

    Attributes:
        path: where it is in the config.
        regions: their names, in the config's order.
        stages: the stages that run in them.
    """

    path: tuple[str, ...]
    regions: tuple[str, ...]
    stages: tuple[str, ...]

    @property
    def key(self) -> str:
        """The set as messages call it."""
        return f"`{'.'.join(self.path)}`"

    @property
    def used_by(self) -> str:
        """The stages, as they stand in a sentence."""
        return " and ".join(f"`{stage}`" for stage in self.stages)


def region_set(config: Config, stage: str | None) -> RegionSet:
    """Returns the set that a command is about.

    Args:
        config: the config.
        stage: what the user asked for, if anything.

    Raises:
        TfgenError: there is no such stage, it shares its regions with others, or each stage has
            regions of its own and none was asked for.
    """
    stages = stage_names(config)
    own = {name for name in stages if (it := config.stages.get(name)) and it.regions is not None}
    shared = tuple(name for name in stages if name not in own)
    if stage is None:
        if not shared:
            raise TfgenError(
                "Every stage has regions of its own",
                hint=f"say which one is meant, for example with `--stage {stages[0]}`",
                exit_code=ExitCode.USAGE,
            )
        return _set(config, ("regions",), shared)
    chosen = choose_stage(config, stage)
    if chosen in own:
        return _set(config, ("stages", chosen, "regions"), (chosen,))
    if len(shared) > 1:
        others = " and ".join(f"`{name}`" for name in shared if name != chosen)
        raise TfgenError(
            f"`{chosen}` has no regions of its own: it shares the app's with {others}",
            hint="leave `--stage` out to change them for all, or give the stage its own set "
            f"first: copy `regions` to `stages.{chosen}.regions`",
            exit_code=ExitCode.USAGE,
        )
    return _set(config, ("regions",), shared)


def regions_at(config: Config, path: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the regions of a set, in the config's order; none where there is no such set.

    Args:
        config: the config.
        path: the path of a ``RegionSet``.
    """
    if path == ("regions",):
        return tuple(config.regions)
    stage = config.stages.get(path[1])
    return tuple(stage.regions or ()) if stage else ()


def _set(config: Config, path: tuple[str, ...], stages: tuple[str, ...]) -> RegionSet:
    return RegionSet(path, regions_at(config, path), stages)
