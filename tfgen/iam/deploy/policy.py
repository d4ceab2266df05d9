"""The policy of whoever applies and destroys a stage, from what is rendered for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tfgen.app import App
from tfgen.iam.deploy.table import ACTIONS, ALWAYS, targets
from tfgen.iam.deploy.target import Target, Where
from tfgen.iam.document import Document, Statement, compact, document
from tfgen.iam.names import ACCOUNT_ID
from tfgen.render.render import render

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
LARGEST: Final = 6144

_BLOCK: Final = re.compile(r'^(?P<kind>resource|data) "(?P<type>aws_\w+)"', re.MULTILINE)


def deploy_policies(app: App, account: str | None = None) -> list[Document]:
    """Returns the policies that together are enough to apply and destroy a stage.

    Args:
        app: the stage.
        account: the ID of the account; without it a placeholder stands in its place.

    Returns:
        As few as IAM's limit of a managed policy allows.
    """
    where = Where(app, account or ACCOUNT_ID)
    actions = _actions(types_of(render([app]).files))
    statements = [
        Statement(target.sid, tuple(sorted(actions[target])), scope.resources, scope.conditions)
        for target in targets()
        if target in actions and (scope := target.scope(where)).resources
    ]
    return [document(each) for each in _packed(statements)]


def types_of(files: Mapping[str, str]) -> set[str]:
    """Returns the types of the resources and data sources in rendered files.

    Args:
        files: path → text.

    Returns:
        Those of data sources begin with ``data.``.
    """
    return {
        f"data.{found['type']}" if found["kind"] == "data" else found["type"]
        for text in files.values()
        for found in _BLOCK.finditer(text)
    }


def _actions(types: Iterable[str]) -> dict[Target, set[str]]:
    actions: dict[Target, set[str]] = {}
    for need in (*(need for name in types for need in ACTIONS[name]), *ALWAYS):
        actions.setdefault(need.target, set()).update(need.actions)
    return actions


def _packed(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """Yields statements such that each policy of them is small enough."""
    packed: list[Statement] = []
    for statement in (part for whole in statements for part in _parts(whole)):
        if packed and _size([*packed, statement]) > LARGEST:
            yield packed
            packed = []
        packed.append(statement)
    if packed:
        yield packed


def _parts(statement: Statement) -> Iterator[Statement]:
    """Yields a statement in as few parts as have resources enough for a policy each."""
    if _size([statement]) <= LARGEST or len(statement.resources) < 2:
        yield statement
        return
    half = len(statement.resources) // 2
    for number, resources in enumerate((statement.resources[:half], statement.resources[half:]), 1):
        part = Statement(
            f"{statement.sid}{number}",
            statement.actions,
            resources,
            statement.conditions,
            statement.effect,
        )
        yield from _parts(part)


def _size(statements: Sequence[Statement]) -> int:
    return len(compact(document(statements)))
