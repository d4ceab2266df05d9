"""The rows have every pair that some whole assignment has, by trying all of them."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.combinations.covering import Forbidden, complete, cover, pairs, pairs_of

DIMENSIONS = {
    "a": ("0", "1", "2"),
    "b": ("0", "1", "2", "3"),
    "c": ("0", "1"),
    "d": ("0", "1"),
    "e": ("0", "1", "2"),
}
ALL = [dict(zip(DIMENSIONS, values, strict=True)) for values in product(*DIMENSIONS.values())]

RULES = st.lists(
    st.lists(st.sampled_from(sorted(DIMENSIONS)), min_size=1, max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries(
            {
                name: st.frozensets(st.sampled_from(DIMENSIONS[name]), min_size=1, max_size=2)
                for name in names
            }
        )
    ),
    max_size=6,
).map(lambda rules: [Forbidden(values) for values in rules])


@given(rules=RULES)
def test_every_pair_that_can_be_is_in_a_row(rules: list[Forbidden]) -> None:
    allowed = [row for row in ALL if not any(rule.breaks(row) for rule in rules)]
    possible = {pair for row in allowed for pair in pairs_of(row)}
    found = cover(DIMENSIONS, rules)
    assert {pair for row in found.rows for pair in pairs_of(row)} == possible
    assert set(found.infeasible) == set(pairs(DIMENSIONS)) - possible
    assert all(row in allowed for row in found.rows)


@given(rules=RULES, fixed=st.sampled_from(ALL), names=st.frozensets(st.sampled_from("abcde")))
def test_an_assignment_is_completed_if_it_can_be(
    rules: list[Forbidden], fixed: dict[str, str], names: frozenset[str]
) -> None:
    part = {name: fixed[name] for name in names}
    fitting = [
        row
        for row in ALL
        if part.items() <= row.items() and not any(rule.breaks(row) for rule in rules)
    ]
    row = complete(DIMENSIONS, rules, part)
    assert (row in fitting) if fitting else (row is None)


def test_without_rules_few_rows_are_enough() -> None:
    # No fewer than the two largest dimensions have pairs.
    assert 12 <= len(cover(DIMENSIONS, []).rows) <= 15


def test_the_rows_are_always_the_same() -> None:
    assert cover(DIMENSIONS, []) == cover(DIMENSIONS, [])
