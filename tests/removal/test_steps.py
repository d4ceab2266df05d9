"""The steps that a refusal names are walked one after the other."""

from __future__ import annotations

from tests.combinations.language import Document
from tests.removal.steps import stops
from tfgen.changes import DEPLOYED, REMOVE, Edit, Refusal, Step


def tables(**tables: Document) -> Document:
    """Returns a config with tables."""
    return {"database": {"dynamodb": tables}}


def on(table: str, key: str) -> tuple[str, ...]:
    return ("database", "dynamodb", table, key)


REPLICATED = {"hash_key": "id", "replicate": True}
PLAIN = {"hash_key": "id"}
OPENED = Step("", (Edit(on("a", "deletion_protection"), False),), DEPLOYED)
STREAMING = Step("", (Edit(on("a", "stream"), "new_and_old"),))
WAY = Refusal("", (), (OPENED, STREAMING, Step("")))


def test_without_a_refusal_it_is_one_step() -> None:
    assert stops(tables(a=REPLICATED), tables(a=PLAIN), ()) == [tables(a=PLAIN)]


def test_each_step_is_made_of_what_it_begins_with() -> None:
    assert stops(tables(a=REPLICATED), tables(a=PLAIN), [WAY]) == [
        tables(a={**REPLICATED, "deletion_protection": False}),
        tables(a={**PLAIN, "stream": "new_and_old"}),
        tables(a=PLAIN),
    ]


def test_a_step_can_remove_a_key() -> None:
    removal = Refusal("", (), (Step("", (Edit(on("a", "replicate"), REMOVE),), DEPLOYED), Step("")))
    first, _ = stops(tables(a=REPLICATED), tables(a=PLAIN), [removal])
    assert first == tables(a=PLAIN)


def test_tables_side_by_side_take_their_steps_at_once() -> None:
    other = Refusal("", (), (Step("", (Edit(on("b", "ttl"), "off"),), DEPLOYED), Step("")))
    before = tables(a=REPLICATED, b={**PLAIN, "ttl": "on"}, c=REPLICATED)
    after = tables(a=PLAIN, b=PLAIN, c=PLAIN)
    first, second, last = stops(before, after, [WAY, other])
    assert first == tables(
        a={**REPLICATED, "deletion_protection": False}, b={**PLAIN, "ttl": "off"}, c=PLAIN
    )
    assert second == tables(a={**PLAIN, "stream": "new_and_old"}, b=PLAIN, c=PLAIN)
    assert last == after
