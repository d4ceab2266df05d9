"""Few assignments that have every pair of values in them which no rule forbids.

A greedy construction in the manner of AETG (Cohen, Dalal, Fredman and Patton, 1997): each new row
begins with a pair that no row has yet, and gives every further dimension the value that covers most
of what is left, so long as the row can still be completed. It is deterministic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

Dimensions = Mapping[str, Sequence[str]]
"""Name of a dimension → its values, of which the first is the default."""

Assignment = Mapping[str, str]
"""Name of a dimension → one of its values."""

Pair = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Values that must not come together.

    Attributes:
        values: name of a dimension → the values of it that the rule is about. An assignment breaks
            the rule if it has one of them in every dimension named.
    """

    values: Mapping[str, frozenset[str]]

    def breaks(self, assignment: Assignment) -> bool:
        """Says whether a whole assignment breaks the rule."""
        return all(assignment[name] in values for name, values in self.values.items())


@dataclass(frozen=True, slots=True)
class Covering:
    """What came of covering the pairs.

    Attributes:
        rows: whole assignments that break no rule.
        infeasible: pairs that the rules forbid, by themselves or through what they need.
    """

    rows: Sequence[Assignment]
    infeasible: Sequence[Pair]


def cover(dimensions: Dimensions, rules: Sequence[Forbidden]) -> Covering:
    """Returns rows that have all pairs of values which the rules allow.

    Args:
        dimensions: at least two.
        rules: what no row may have.
    """
    open_pairs: dict[Pair, None] = {}
    infeasible = []
    for pair in pairs(dimensions):
        if complete(dimensions, rules, dict(pair)) is None:
            infeasible.append(pair)
        else:
            open_pairs[pair] = None
    rows = []
    while open_pairs:
        row = _row(dimensions, rules, open_pairs)
        for pair in pairs_of(row):
            open_pairs.pop(pair, None)
        rows.append(row)
    return Covering(rows, infeasible)


def pairs(dimensions: Dimensions) -> Iterator[Pair]:
    """Yields every pair of values of two dimensions."""
    for one, other in combinations(dimensions, 2):
        for value in dimensions[one]:
            for beside in dimensions[other]:
                yield frozenset({(one, value), (other, beside)})


def pairs_of(row: Assignment) -> Iterator[Pair]:
    """Yields the pairs that an assignment has."""
    return map(frozenset, combinations(row.items(), 2))


def complete(
    dimensions: Dimensions, rules: Sequence[Forbidden], fixed: Assignment
) -> Assignment | None:
    """Returns a whole assignment that breaks no rule, as near to the defaults as it may be.

    Args:
        dimensions: all of them.
        rules: what it may not have.
        fixed: what it must have.

    Returns:
        None if there is no such assignment.
    """
    row = {name: fixed.get(name, values[0]) for name, values in dimensions.items()}
    broken = next((rule for rule in rules if rule.breaks(row)), None)
    if broken is None:
        return row
    # One of the rule's dimensions must have another value.
    for name in broken.values:
        if name not in fixed:
            for value in dimensions[name]:
                if value not in broken.values[name]:
                    found = complete(dimensions, rules, {**fixed, name: value})
                    if found is not None:
                        return found
    return None


def _row(
    dimensions: Dimensions, rules: Sequence[Forbidden], open_pairs: Mapping[Pair, None]
) -> Assignment:
    row = dict(next(iter(open_pairs)))
    for name, values in dimensions.items():
        if name in row:
            continue
        gains = {
            value: sum(frozenset({(name, value), known}) in open_pairs for known in row.items())
            for value in values
        }
        # Sorting is stable: of values that cover as much, the first stands first.
        for value in sorted(values, key=lambda value: -gains[value]):
            if complete(dimensions, rules, {**row, name: value}) is not None:
                row[name] = value
                break
    return row
