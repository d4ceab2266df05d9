"""The edits that have to go with an edit, found from what the language refuses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

from tests.combinations.language import Document
from tests.removal.cases import Case
from tests.removal.edits import REMOVE, Edit, Path, accepted, at, edited, keys_in, leaves
from tfgen.config.model import Config

# A key rarely needs more than two others to go with it.
_AT_MOST_BESIDE = 3
_NEAREST = 14


def with_companions(document: Document, edit: Edit, beside: Sequence[Case] = ()) -> Document | None:
    """Makes an edit, with the fewest others that the language asks for.

    Args:
        document: is taken.
        edit: the edit.
        beside: documents that may have the edit's value, with what it needs.

    Returns:
        The edited document; None if no few edits would do.
    """
    changed = edited(document, [edit])
    if accepted(changed):
        return changed
    pool = [
        *_swaps(document, edit),
        *_additions(document, edit, beside),
        *_removals(document, edit),
    ]
    for count in range(1, _AT_MOST_BESIDE + 1):
        for chosen in combinations(pool, count):
            changed = edited(document, [edit, *chosen])
            if accepted(changed):
                return changed
    return None


def _swaps(document: Document, edit: Edit) -> list[Edit]:
    """Gives what had the edit's value the one that the edit's key had."""
    return [
        Edit(path, at(document, edit.path))
        for path, value in leaves(document)
        if path[-1] == edit.path[-1] and path != edit.path and value == edit.value
    ]


def _additions(document: Document, edit: Edit, beside: Sequence[Case]) -> list[Edit]:
    said = dict(leaves(document))
    found: dict[Path, Edit] = {}
    for case in beside:
        if edit.value is not REMOVE and at(case.document, edit.path) == edit.value:
            for path, value in leaves(case.document):
                if path not in said and path != edit.path:
                    found.setdefault(path, Edit(path, value))
    return list(islice(found.values(), _NEAREST))


def _removals(document: Document, edit: Edit) -> list[Edit]:
    optional = {
        key.path
        for key in keys_in(Config.model_validate(document))
        if key.optional
        # The provider is the one that there is.
        and key.path[0] != "terraform"
        and key.path != edit.path[: len(key.path)]
        and key.path[: len(edit.path)] != edit.path
    }
    nearest = sorted(optional, key=lambda path: (-_shared(path, edit.path), len(path), str(path)))
    return [Edit(path, REMOVE) for path in nearest[:_NEAREST]]


def _shared(path: Path, other: Path) -> int:
    count = 0
    for one, two in zip(path, other, strict=False):
        if one != two:
            break
        count += 1
    return count
