"""The steps that a refusal names are walked one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.combinations.language import Document
from tests.removal.steps import stops


class _Remove:
    def __repr__(self) -> str:
        return "REMOVE"


@dataclass(frozen=True)
class Edit:
    """An edit as tfgen says it."""

    path: tuple[str, ...]
    value: object


@dataclass(frozen=True)
class Step:
    """A step as tfgen says it."""

    base: str = "wanted"
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A refusal as tfgen says it."""

    steps: tuple[Step, ...]
    message: str = ""
    field: str = field(default="")


def tables(**tables: Document) -> Document:
    """Returns a config with tables."""
    return {"database": {"dynamodb": tables}}


def on(table: str, key: str) -> tuple[str, ...]:
    return ("database", "dynamodb", table, key)


REPLICATED = {"hash_key": "id", "replicate": True}
PLAIN = {"hash_key": "id"}
OPENED = Step("deployed", (Edit(on("a", "deletion_protection"), False),))
STREAMING = Step("wanted", (Edit(on("a", "stream"), "new_and_old"),))
WAY = Refusal((OPENED, STREAMING, Step()))


def test_without_a_refusal_it_is_one_step() -> None:
    assert stops(tables(a=REPLICATED), tables(a=PLAIN), ()) == [tables(a=PLAIN)]


def test_each_step_is_made_of_what_it_begins_with() -> None:
    assert stops(tables(a=REPLICATED), tables(a=PLAIN), [WAY]) == [
        tables(a={**REPLICATED, "deletion_protection": False}),
        tables(a={**PLAIN, "stream": "new_and_old"}),
        tables(a=PLAIN),
    ]


def test_a_step_can_remove_a_key() -> None:
    removal = Refusal((Step("deployed", (Edit(on("a", "replicate"), _Remove()),)), Step()))
    first, _ = stops(tables(a=REPLICATED), tables(a=PLAIN), [removal])
    assert first == tables(a=PLAIN)


def test_tables_side_by_side_take_their_steps_at_once() -> None:
    other = Refusal((Step("deployed", (Edit(on("b", "ttl"), "off"),)), Step()))
    before = tables(a=REPLICATED, b={**PLAIN, "ttl": "on"}, c=REPLICATED)
    after = tables(a=PLAIN, b=PLAIN, c=PLAIN)
    first, second, last = stops(before, after, [WAY, other])
    assert first == tables(
        a={**REPLICATED, "deletion_protection": False}, b={**PLAIN, "ttl": "off"}, c=PLAIN
    )
    assert second == tables(a={**PLAIN, "stream": "new_and_old"}, b=PLAIN, c=PLAIN)
    assert last == after
