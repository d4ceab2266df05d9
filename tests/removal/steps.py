"""The way of an app from one document to another, where AWS cannot take it in one step.

tfgen refuses such a change before it plans, and names the steps: each an apply of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tests.combinations.language import Document
from tests.removal.edits import REMOVE, edited
from tests.removal.edits import Edit as OwnEdit
from tfgen.app import App


class Edit(Protocol):
    """A change of one key; ``value`` may be what stands for its removal."""

    @property
    def path(self) -> tuple[str, ...]: ...
    @property
    def value(self) -> object: ...


class Step(Protocol):
    """One apply: edits of what is ``deployed``, or of what is ``wanted``."""

    @property
    def edits(self) -> Sequence[Edit]: ...
    @property
    def base(self) -> str: ...


class Refusal(Protocol):
    """A change that tfgen refuses, with the steps that make it; the last is what is wanted."""

    @property
    def message(self) -> str: ...
    @property
    def steps(self) -> Sequence[Step]: ...


def refusals(_before: App, _after: App) -> Sequence[Refusal]:
    """Returns what tfgen refuses to change in one step. So far, it refuses nothing."""
    return ()


def stops(before: Document, after: Document, refused: Sequence[Refusal]) -> list[Document]:
    """Returns the documents to apply one after the other, from ``before`` on.

    Args:
        before: what is deployed.
        after: what is wanted, which is the last.
        refused: from ``refusals``. Tables that are side by side take their steps at once, and wait
            for each other at the end.
    """
    count = max((len(each.steps) for each in refused), default=1)
    return [_stop(before, after, refused, number) for number in range(count - 1)] + [after]


def _stop(before: Document, after: Document, refused: Sequence[Refusal], number: int) -> Document:
    taken = [each.steps[number] for each in refused if number < len(each.steps)]
    if len(refused) == 1:
        [step] = taken
        return _edited(before if step.base == "deployed" else after, step)
    stop = after
    for step in taken:
        tables = {edit.path[:3] for edit in step.edits}
        if step.base == "deployed":
            # All else is the way it is wanted, the table as it is.
            for path in tables:
                stop = _with(stop, before, path)
        stop = _edited(stop, step)
    return stop


def _with(document: Document, source: Document, path: tuple[str, ...]) -> Document:
    first, second, name = path
    return edited(document, [OwnEdit(path, source[first][second][name])])


def _edited(document: Document, step: Step) -> Document:
    return edited(document, [OwnEdit(edit.path, _value(edit.value)) for edit in step.edits])


def _value(value: object) -> object:
    return REMOVE if repr(value) == "REMOVE" else value
