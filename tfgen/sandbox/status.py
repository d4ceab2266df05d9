"""What a project's sandbox is, and what exists in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import Running, find


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of one kind exist in one region.

    Attributes:
        service: as boto3 names it.
        type: one thing of this kind, in the words of its service.
        region: the region, or ``global``.
        number: how many.
        seeded: how many of them the sandbox put there before the app.
    """

    service: str
    type: str
    region: str
    number: int
    seeded: int


@dataclass(frozen=True, slots=True)
class Status:
    """A project's sandbox.

    Attributes:
        running: the sandbox; None if there is none.
        counts: what exists in it, sorted by service, type and region.
        activity: what runs in it and what it has served, as `World.activity` tells.
    """

    running: Running | None
    counts: tuple[Count, ...]
    activity: Mapping[str, Any]


def status(project: Path) -> Status:
    """Looks at a project's sandbox; starts and changes nothing.

    Args:
        project: the folder of the config.

    Raises:
        TfgenError: its process runs and does not answer.
    """
    running = find(project)
    if running is None:
        return Status(running=None, counts=(), activity={})
    resources = inventory(running.endpoint, running.regions)
    numbers = Counter((each.service, each.type, each.region) for each in resources)
    seeded = Counter((each.service, each.type, each.region) for each in resources if each.seeded)
    return Status(
        running=running,
        counts=tuple(Count(*kind, number, seeded[kind]) for kind, number in numbers.items()),
        activity=Client(running).activity(),
    )
