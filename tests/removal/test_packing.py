"""Transitions come together where none hides another."""

from __future__ import annotations

import pytest

from tests.removal.edits import accepted, at, edited
from tests.removal.packing import ALONE, Packed, claims_of, merged, packed
from tests.removal.transitions import transitions


def test_every_transition_is_in_one_app() -> None:
    # Tables have got other names, which are in no transition's.
    found = sorted(each.name for app in packed() for each in app.transitions)
    assert found == sorted(each.name for each in transitions())


def test_the_language_takes_every_app() -> None:
    refused = [app.name for app in packed() if not (accepted(app.before) and accepted(app.after))]
    assert refused == []


@pytest.mark.parametrize("app", packed(), ids=str)
def test_an_app_changes_what_each_transition_changes(app: Packed) -> None:
    for transition in app.transitions:
        for edit in transition.edits():
            assert at(app.before, edit.path) == at(transition.before, edit.path)
            assert at(app.after, edit.path) == edit.value


def test_an_app_changes_nothing_else() -> None:
    for app in packed():
        edits = [edit for each in app.transitions for edit in each.edits()]
        assert edited(app.before, edits) == app.after


def test_what_is_replaced_is_changed_by_one_transition() -> None:
    for app in packed():
        claims = [set(claims_of(each)) for each in app.transitions]
        assert not any(ALONE in each for each in claims) or len(claims) == 1
        assert len({claim for each in claims for claim in each if claim[0] == "API"}) <= 1


def test_documents_are_merged_unless_they_contradict() -> None:
    assert merged({"a": {"b": 1}}, {"a": {"c": 2}, "d": [3]}) == {"a": {"b": 1, "c": 2}, "d": [3]}
    assert merged({"a": {"b": 1}}, {"a": {"b": 2}}) is None
    assert merged({"a": {"b": 1}}, {"a": 1}) is None
