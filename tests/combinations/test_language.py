"""The language takes what the table of rules allows, and refuses the rest for the right reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.combinations.covering import Forbidden, complete, pairs, pairs_of
from tests.combinations.documents import document
from tests.combinations.keys import choices_of, keys
from tests.combinations.language import DIMENSIONS
from tests.combinations.rows import (
    apps_of_row,
    covering,
    explanation,
    rows,
    summary,
)
from tests.combinations.rules import REFUSALS, Refusal
from tfgen.config.model import Config
from tfgen.errors import TfgenError
from tfgen.resolve import FUNCTION_DEFAULTS

# Keys that say what a dimension says, in another place.
NOT_COMBINED = {
    ("Function", "vpc"): "`vpc` of a region says it",
    ("LocalBackend", "type"): "it is the default",
    ("Terraform", "output"): "where the tree is does not change what is in it",
}


def refusal_of(row: Mapping[str, str]) -> str | None:
    """Returns why the language refuses a combination."""
    try:
        apps_of_row(row)
    except TfgenError as error:
        return error.message
    return None


@settings(max_examples=600, derandomize=True)
@given(
    row=st.fixed_dictionaries(
        # The default as often as all else together: otherwise nearly everything is refused.
        {
            name: st.one_of(st.just(values[0]), st.sampled_from(values))
            for name, values in DIMENSIONS.items()
        }
    )
)
def test_any_combination_is_taken_or_refused_as_the_table_says(row: Mapping[str, str]) -> None:
    broken = [refusal.message for refusal in REFUSALS if refusal.breaks(row)]
    message = refusal_of(row)
    if message is None:
        assert broken == []
    else:
        assert any(expected in message for expected in broken), (message, broken)


@pytest.mark.parametrize("name", rows())
def test_what_is_rendered_is_taken(name: str) -> None:
    assert refusal_of(rows()[name]) is None


COMBINATIONS = [(refusal, forbidden) for refusal in REFUSALS for forbidden in refusal.combinations]


@pytest.mark.parametrize(
    ("refusal", "forbidden"),
    COMBINATIONS,
    ids=[f"{refusal.message}-{index}" for index, (refusal, _) in enumerate(COMBINATIONS)],
)
def test_every_rule_refuses_what_breaks_it_alone(refusal: Refusal, forbidden: Forbidden) -> None:
    others = [each for other in REFUSALS if other is not refusal for each in other.combinations]
    for values in examples(forbidden):
        row = complete(DIMENSIONS, others, values)
        assert row is not None, f"other rules refuse {values} already"
        message = refusal_of(row)
        assert message is not None, f"nothing refuses {values}"
        assert refusal.message in message


def examples(forbidden: Forbidden) -> Iterator[dict[str, str]]:
    """Yields values that break a rule, such that each value which it names is among them."""
    first = {name: min(values) for name, values in forbidden.values.items()}
    yield first
    for name, values in forbidden.values.items():
        for value in sorted(values - {first[name]}):
            yield {**first, name: value}


def test_the_rows_have_every_pair_that_is_allowed() -> None:
    found = covering()
    covered = {pair for row in found.rows for pair in pairs_of(row)}
    assert covered | set(found.infeasible) == set(pairs(DIMENSIONS))
    assert covered.isdisjoint(found.infeasible)


def test_every_pair_that_is_refused_is_so_by_a_rule() -> None:
    print(summary())  # noqa: T201 - for whoever reads the output with `-rP`
    assert [pair for pair in covering().infeasible if not explanation(pair)] == []


def test_every_key_is_in_a_combination() -> None:
    said = {(type(model).__name__, key) for model in models() for key in model.model_fields_set}
    assert keys(Config) - said == set(NOT_COMBINED)


def test_every_choice_is_in_a_combination() -> None:
    said: dict[tuple[str, str], set[Any]] = {}
    for model in models():
        for key in type(model).model_fields:
            values = getattr(model, key)
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str | bool):
                    said.setdefault((type(model).__name__, key), set()).add(value)
    for name, default in FUNCTION_DEFAULTS.items():
        said.setdefault(("Function", name), set()).add(default)
    missing = {
        key: set(values) - said[key]
        for key, values in choices_of(Config).items()
        if key not in NOT_COMBINED and not set(values) <= said[key]
    }
    # These reach the tree as they are said; one of them is like another.
    assert missing.keys() == {("Cors", "methods"), ("Api", "security_policy")}


def models() -> Iterator[BaseModel]:
    """Yields every part of every combination that the language takes."""
    for row in rows().values():
        yield from _inside(Config.model_validate(document(row)))


def _inside(value: object) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for key in value.model_fields_set:
            yield from _inside(getattr(value, key))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _inside(each)
    elif isinstance(value, list):
        for each in value:
            yield from _inside(each)
