"""Every way for a key to leave a config, or to be changed to another of its few values.

``python -m tests.removal.transitions`` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from tests.combinations.keys import choices, choices_of, parts
from tests.combinations.language import DIMENSIONS, Document
from tests.combinations.rows import RULES
from tests.removal.cases import Case, cases, contexts, document_of, row_of
from tests.removal.companions import with_companions
from tests.removal.edits import (
    REMOVE,
    Edit,
    Key,
    Path,
    at,
    differences,
    edited,
    keys_in,
)
from tfgen.config.model import Config
from tfgen.resolve import FUNCTION_DEFAULTS

GONE = "gone"

# Kinds of a thing, which say in several keys what they are.
SWITCHED: Mapping[str, Sequence[str]] = {
    "type": DIMENSIONS["type"],
    "code": ("bundle", "s3", "image"),
    "regions": DIMENSIONS["regions"],
    "domain": ("one", "several"),
    "cors": ("any", "several"),
}

# What the function's alias, its permission and its URL go with is not the same for every type.
_ALSO_IN = {"code": ({"type": "http"}, {"type": "url"})}

# Values that are other resources: each of them leaves once, and comes once.
_IN_A_RING = {("Api", "routing"): ("latency", "weighted", "failover", "geolocation")}

# What replicas have as the table has it.
_OF_THE_TABLE_ALONE = ("table.attributes", "table.indexes", "table.local_indexes")

# What a table has for good: another one has to take its place.
_OF_THE_BEGINNING = ("hash_key", "range_key", "local_indexes")


@dataclass(frozen=True)
class Change:
    """What one key does in a transition.

    Attributes:
        part: the part of the language.
        key: its name there.
        before: its value, if it is one of few; otherwise empty.
        after: its value afterwards, or ``GONE``.
    """

    part: str
    key: str
    before: str
    after: str

    def __str__(self) -> str:
        if self.after == GONE:
            return f"{self.part}.{self.key} {self.before} {GONE}".replace("  ", " ")
        return f"{self.part}.{self.key} {self.before} → {self.after}"


@dataclass(frozen=True)
class Transition:
    """Two documents that the language takes.

    Attributes:
        name: the key, what becomes of it, and where.
        case: what the key is there for.
        before: what is applied first.
        after: what is applied then.
        changes: what it does.
    """

    name: str
    case: Case
    before: Document
    after: Document
    changes: frozenset[Change]

    def edits(self) -> list[Edit]:
        """Returns what makes the one document of the other."""
        return list(differences(self.before, self.after))


@cache
def transitions() -> tuple[Transition, ...]:
    """Returns all transitions. Those that do the same are one."""
    found: dict[object, Transition] = {}
    by_documents: dict[str, object] = {}
    for each in _all():
        documents = repr((each.before, each.after))
        name = by_documents.setdefault(documents, _identity(each))
        first = found.setdefault(name, each)
        if first is not each:
            found[name] = replace(first, changes=first.changes | each.changes)
    return tuple(_unprotected(_without_the_role(each)) for each in found.values())


def _without_the_role(transition: Transition) -> Transition:
    """Takes the role away that an account has one of, unless it is what the transition is about."""
    path = ("api", "access_logs", "account_role")
    if path[-1] in transition.name:
        return transition
    before, after = (
        document if at(document, path) is REMOVE else edited(document, [Edit(path, REMOVE)])
        for document in (transition.before, transition.after)
    )
    return replace(transition, before=before, after=after)


def _unprotected(transition: Transition) -> Transition:
    """Lets a table be deleted that is not there afterwards, or is another.

    DynamoDB refuses to delete one that is protected, and tfgen says so before it plans.
    """
    before, after = transition.before, transition.after
    for name, table in before.get("database", {}).get("dynamodb", {}).items():
        path = ("database", "dynamodb", name)
        then = at(after, path)
        if "existing" in table or (
            then is not REMOVE and all(table.get(key) == then.get(key) for key in _OF_THE_BEGINNING)
        ):
            continue
        open_ = [Edit((*path, "deletion_protection"), False)]
        before = edited(before, open_)
        if then is not REMOVE:
            after = edited(after, open_)
    return replace(transition, before=before, after=after)


def _identity(transition: Transition) -> object:
    # A region is like another, and what else a table has is no matter, but replicas.
    name = re.sub(r"^regions\.[^.]+\.", "", transition.name)
    name = re.sub(r"attributes\.[a-z]+", "attributes.*", name)
    name = re.sub(r"^database\.rds\.[^.]+", "rds", name)
    if not name.startswith("table") or name.startswith(_OF_THE_TABLE_ALONE):
        return name
    tables = transition.case.document["database"]["dynamodb"].values()
    return any("replicate" in table for table in tables), name


def _all() -> Iterator[Transition]:
    every = list(cases())
    for case in every:
        config = Config.model_validate(case.document)
        for key in keys_in(config):
            if not case.has_own(key.path):
                continue
            if key.optional and not _stands_for_what_is_in_it(config, case, key):
                yield from _removal(case, key)
            beside = [other for other in every if other.context == case.context]
            yield from _switches(case, key, beside)
    yield from _kinds()


def _stands_for_what_is_in_it(config: Config, case: Case, key: Key) -> bool:
    """Says whether a key goes with the only key below it, which is looked at by itself."""
    inside = at(case.document, key.path)
    if not isinstance(inside, dict) or len(inside) != 1:
        return False
    [name] = inside
    return any(other.path == (*key.path, name) and other.optional for other in keys_in(config))


def _removal(case: Case, key: Key) -> Iterator[Transition]:
    ring = _IN_A_RING.get((key.part, key.name))
    if ring is not None and at(case.document, key.path) != ring[-1]:
        return
    after = with_companions(case.document, Edit(key.path, REMOVE))
    if after is not None:
        changes = frozenset(_removed(case.document, after))
        few = (key.part, key.name) in _choices() and _is_choice(at(case.document, key.path))
        what = f"{_said(at(case.document, key.path))} → {GONE}" if few else GONE
        yield Transition(_name(key.path, case, what), case, case.document, after, changes)


def _removed(before: Document, after: Document) -> Iterator[Change]:
    """Yields what a document has and another has not, or has with nothing in it."""
    for key in keys_in(Config.model_validate(before)):
        if at(before, key.path) not in ({}, []) and at(after, key.path) in (REMOVE, {}, []):
            value = at(before, key.path)
            few = (key.part, key.name) in _choices() and _is_choice(value)
            yield Change(key.part, key.name, "", GONE)
            if few and _default(key) not in (REMOVE, value):
                yield Change(key.part, key.name, _said(value), _said(_default(key)))


def _switches(case: Case, key: Key, beside: Sequence[Case]) -> Iterator[Transition]:
    """Yields a transition between any two values of a key, unless it is the key's removal."""
    few = _choices().get((key.part, key.name), ())
    value = at(case.document, key.path)
    if not few or isinstance(value, list):
        return
    default = _default(key)
    states: dict[str, Document] = {_said(value): case.document}
    for choice in few:
        if _said(choice) not in states:
            edit = Edit(key.path, REMOVE if key.optional and choice == default else choice)
            state = with_companions(case.document, edit, beside)
            if state is not None:
                states[_said(choice)] = state
    ring = _IN_A_RING.get((key.part, key.name))
    for (said, before), (then, after) in permutations(states.items(), 2):
        if (said, then) == (_said(value), _said(default)):
            continue
        if ring is not None and ring.index(then) != (ring.index(said) + 1) % len(ring):
            continue
        changes = frozenset({Change(key.part, key.name, said, then)})
        name = _name(key.path, case, f"{said} → {then}")
        yield Transition(name, case, before, after, changes)


@cache
def _choices() -> Mapping[tuple[str, str], Sequence[Any]]:
    """Returns the values of keys, and of entries of mappings, that have few."""
    found: dict[tuple[str, str], Sequence[Any]] = dict(choices_of(Config))
    models: list[type[BaseModel]] = [Config, *parts(Config)]
    for part in models:
        for name, field in part.model_fields.items():
            if get_origin(field.annotation) is dict:
                few = tuple(choices(get_args(field.annotation)[1]))
                if few:
                    found[part.__name__, f"{name}.*"] = few
    return found


def _is_choice(value: object) -> bool:
    return isinstance(value, str | bool)


def _said(value: object) -> str:
    if value is None or value is REMOVE:
        return "none"
    return str(value).lower() if _is_choice(value) else "settings"


def _default(key: Key) -> Any:
    """Returns what a key is taken to be if it is not said."""
    if key.part == "Function" and key.name in FUNCTION_DEFAULTS:
        return FUNCTION_DEFAULTS[key.name]
    return key.default


def _kinds() -> Iterator[Transition]:
    for dimension, kinds in SWITCHED.items():
        everywhere = [*contexts(dimension), *_ALSO_IN.get(dimension, ())]
        # Of the origins, a REST API makes templates.
        for context in everywhere[:1] if dimension == "cors" else everywhere:
            also = context in _ALSO_IN.get(dimension, ())
            values = [each for each in kinds if not also or each in ("bundle", "image")]
            for value, other in permutations(values, 2):
                rows = _rows_of_both(dimension, value, other, context)
                if rows is not None:
                    first, then = map(document_of, rows)
                    case = Case(dimension, value, tuple(context.items()), first, then)
                    name = _name((dimension,), case, f"{value} → {other}")
                    changes = frozenset(_removed(first, then))
                    yield Transition(name, case, first, then, changes)


def _rows_of_both(
    dimension: str, value: str, other: str, context: dict[str, str]
) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
    """Returns rows with two values of a dimension, as alike as the rules let them be."""
    first, then = (row_of(dimension, each, context) for each in (value, other))
    if first is None or then is None:
        return None
    if not _breaks({**then, dimension: value}):
        return {**then, dimension: value}, then
    if not _breaks({**first, dimension: other}):
        return first, {**first, dimension: other}
    return first, then


def _breaks(row: Mapping[str, str]) -> bool:
    return any(rule.breaks(row) for rule in RULES)


def _name(path: Path, case: Case, what: str) -> str:
    context = ", ".join(value for _, value in case.context)
    if case.dimension == "tables":
        # Its name is no matter.
        path = ("table", *path[3:]) if path[:2] == ("database", "dynamodb") else path
    return " ".join(
        filter(None, [".".join(map(str, path)), what, f"({context})" if context else ""])
    )


if __name__ == "__main__":
    for each in transitions():
        print(each.name)  # noqa: T201 - it is what the program is for
