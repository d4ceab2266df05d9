"""The steps of refused changes, as edits of a config."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tfgen.changes import DEPLOYED, REMOVE, Step

Document = dict[str, Any]


def config_of(step: Step, deployed: Document, wanted: Document) -> Document:
    """Returns the config that a step applies.

    Args:
        step: of a refusal.
        deployed: the config that is deployed before the first step.
        wanted: the config that was refused.
    """
    # Not as `copy.deepcopy` does it: parts that are one object here are not one in the config.
    document: Document = json.loads(json.dumps(deployed if step.base == DEPLOYED else wanted))
    for edit in step.edits:
        *parents, key = edit.path
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        if edit.value is REMOVE:
            place.pop(key, None)
        else:
            place[key] = edit.value
    return document


def configs_of(steps: Sequence[Step], deployed: Document, wanted: Document) -> list[Document]:
    """Returns the config of each step, the wanted one last."""
    return [config_of(step, deployed, wanted) for step in steps]
