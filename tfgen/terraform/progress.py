"""How far an apply has come, region by region: a fold over Terraform's events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tfgen.terraform.events import (
    ApplyComplete,
    ApplyErrored,
    ApplyStart,
    ChangeSummary,
    Event,
    PlannedChange,
    Resource,
)

GLOBAL = "global"

_REGION_MODULE = re.compile(r"module\.([a-z]{2,4}(?:_[a-z]+)+_\d+)(?:\.|$)")

# The planned actions that an apply reports on, and the steps it takes for each. Moving, forgetting
# and importing happen in the state alone.
_STEPS: Mapping[str, frozenset[str]] = {
    "create": frozenset({"create"}),
    "read": frozenset({"read"}),
    "update": frozenset({"update"}),
    "delete": frozenset({"delete"}),
    "replace": frozenset({"create", "delete"}),
}


@dataclass(frozen=True, slots=True)
class InFlight:
    """Work that is going on."""

    address: str
    action: str
    started: datetime


@dataclass(frozen=True, slots=True)
class RegionProgress:
    """How far one region has come.

    Attributes:
        name: the region, or ``global`` for what belongs to none.
        done: how many resources are finished, of ``total``.
        in_flight: the oldest first.
        errored: the addresses of what failed.
    """

    name: str
    done: int
    total: int
    in_flight: tuple[InFlight, ...]
    errored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """One resource.

    Attributes:
        steps: what is still to be done.
    """

    address: str
    steps: frozenset[str]
    running: InFlight | None = None
    errored: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an apply has come. It starts empty; every event makes a new one."""

    _work: Mapping[str, _Work] = field(default_factory=dict)

    def after(self, event: Event) -> Progress:
        """Take one more event into account.

        Args:
            event: any event; most change nothing.
        """
        match event:
            case PlannedChange(resource=resource, action=action) if action in _STEPS:
                # An object that a broken replacement left over is a change of its own.
                others = self._work.get(resource.address, _Work(resource.address, frozenset()))
                return self._with(replace(others, steps=others.steps | _STEPS[action]))
            case ApplyStart(at=at, resource=resource, action=action):
                work = self._of(resource, action)
                running = InFlight(resource.address, action, at)
                return self._with(replace(work, running=running, errored=False))
            case ApplyComplete(resource=resource, action=action):
                work = self._of(resource, action)
                return self._with(replace(work, running=None, steps=work.steps - {action}))
            case ApplyErrored(resource=resource, action=action):
                work = self._of(resource, action)
                return self._with(replace(work, running=None, errored=True))
            case ChangeSummary(operation="apply" | "destroy"):
                # Only a run without errors has one. Some planned steps have no event: a replaced
                # object that `lifecycle { destroy = false }` keeps is not deleted.
                finished = {
                    address: replace(work, running=None, steps=frozenset())
                    for address, work in self._work.items()
                }
                return Progress(finished)
        return self

    @property
    def regions(self) -> tuple[RegionProgress, ...]:
        """The regions by name, with what belongs to none at the end."""
        groups: dict[str, list[_Work]] = {}
        for work in self._work.values():
            groups.setdefault(region_of(work.address), []).append(work)
        names = sorted(groups, key=lambda name: (name == GLOBAL, name))
        return tuple(_summed(name, groups[name]) for name in names)

    def _of(self, resource: Resource, action: str) -> _Work:
        # What no plan announced, such as the removal of an object that a broken run left over.
        unplanned = _Work(resource.address, frozenset({action}))
        return self._work.get(resource.address, unplanned)

    def _with(self, work: _Work) -> Progress:
        return Progress({**self._work, work.address: work})


def region_of(address: str) -> str:
    """The region that an address belongs to.

    Args:
        address: for example ``module.us_west_2.module.function.aws_lambda_function.this``.

    Returns:
        The region, for example ``us-west-2``; ``global`` when the outermost module is not one.
    """
    match = _REGION_MODULE.match(address)
    return match[1].replace("_", "-") if match else GLOBAL


def _summed(name: str, works: list[_Work]) -> RegionProgress:
    running = [work.running for work in works if work.running is not None]
    return RegionProgress(
        name=name,
        done=sum(not work.steps for work in works),
        total=len(works),
        in_flight=tuple(sorted(running, key=lambda flight: flight.started)),
        errored=tuple(work.address for work in works if work.errored),
    )
