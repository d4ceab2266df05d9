"""The published figures of round trips that the estimate is calibrated on and checked against."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

from tfgen.latency import estimate_ms, way_km
from tfgen.places import find_place

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places, with what somebody measured and what we estimate.

    Attributes:
        start: as in the figures.
        end: the same.
        measured_ms: the mean of both directions where both are published.
        way_km: the way's length, as the estimate takes it.
        estimated_ms: our estimate.
    """

    start: str
    end: str
    measured_ms: float
    way_km: float
    estimated_ms: float

    @property
    def error_ms(self) -> float:
        """How much the estimate is too high; negative if it is too low."""
        return self.estimated_ms - self.measured_ms


@dataclass(frozen=True, slots=True)
class Errors:
    """How far the estimates of many pairs are off, regardless of the direction, in milliseconds."""

    pairs: int
    median: float
    p90: float
    worst: float


def read_pairs(name: str) -> list[Pair]:
    """Reads ``cloudping``, ``ibm`` or ``azure``: every pair of different places once."""
    cells = dict(_cells(_HERE / f"{name}.csv"))
    pairs = []
    for (start, end), measured in cells.items():
        back = cells.get((end, start))
        if start == end or (back is not None and end < start):
            continue
        here, there = find_place(start), find_place(end)
        mean = measured if back is None else (measured + back) / 2
        pairs.append(Pair(start, end, mean, way_km(here, there), estimate_ms(here, there)))
    return pairs


def errors_of(pairs: list[Pair]) -> Errors:
    """Sums up."""
    ordered = sorted(abs(pair.error_ms) for pair in pairs)
    return Errors(len(pairs), median(ordered), ordered[int(len(ordered) * 0.9)], ordered[-1])


def _cells(path: Path) -> Iterator[tuple[tuple[str, str], float]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    header, *rows = csv.reader(line for line in lines if not line.startswith("#"))
    for row in rows:
        for column, cell in zip(header[1:], row[1:], strict=True):
            if cell:
                yield (row[0], column), float(cell)


def share_of_right_choices(pairs: list[Pair]) -> tuple[float, float]:
    """Puts a client into every place and lets it choose between every two others.

    Returns:
        How often the estimate and the figures choose the same, from 0 to 1; and what a wrong
        choice costs in the median, in milliseconds.
    """
    ways = {(pair.start, pair.end): pair for pair in pairs}
    ways |= {(pair.end, pair.start): pair for pair in pairs}
    places = sorted({start for start, _ in ways})
    choices = [
        (ways[client, one], ways[client, other])
        for client in places
        for one, other in combinations((place for place in places if place != client), 2)
        if (client, one) in ways and (client, other) in ways
    ]
    costs = [
        abs(one.measured_ms - other.measured_ms)
        for one, other in choices
        if (one.estimated_ms < other.estimated_ms) != (one.measured_ms < other.measured_ms)
    ]
    return 1 - len(costs) / len(choices), median(costs)
