"""The way of an app from one document to another, where AWS cannot take it in one step.

tfgen refuses such a change before it plans, and names the steps: each an apply of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.combinations.language import Document
from tests.removal.edits import Edit as OwnEdit
from tests.removal.edits import edited
from tests.support.steps import config_of
from tfgen.changes import DEPLOYED, Refusal
from tfgen.config.places import Path


def stops(before: Document, after: Document, refused: Sequence[Refusal]) -> list[Document]:
    """Returns the documents to apply one after the other, from ``before`` on.

    Args:
        before: what is deployed.
        after: what is wanted, which is the last.
        refused: what tfgen refuses. Tables that are side by side take their steps at once, and wait
            for each other at the end. What has no steps cannot change: its table stays.
    """
    for refusal in refused:
        if not refusal.steps:
            after = _with(after, before, refusal.path[:3])
    refused = [refusal for refusal in refused if refusal.steps]
    count = max((len(each.steps) for each in refused), default=1)
    return [_stop(before, after, refused, number) for number in range(count - 1)] + [after]


def _stop(before: Document, after: Document, refused: Sequence[Refusal], number: int) -> Document:
    taken = [each.steps[number] for each in refused if number < len(each.steps)]
    if len(refused) == 1:
        [step] = taken
        return config_of(step, before, after)
    stop = after
    for step in taken:
        tables = {edit.path[:3] for edit in step.edits}
        if step.base == DEPLOYED:
            # All else is the way it is wanted, the table as it is.
            for path in tables:
                stop = _with(stop, before, path)
        stop = config_of(step, stop, stop)
    return stop


def _with(document: Document, source: Document, path: Path) -> Document:
    first, second, name = map(str, path)
    return edited(document, [OwnEdit((first, second, name), source[first][second][name])])
