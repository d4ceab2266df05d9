"""Transitions side by side: many of them in one app, and many apps in one account.

What one transition changes must not hide what another does. So an app has at most one of Route 53;
one that replaces the API or its domains is alone with the API, and one that replaces the function
or adds or removes a region is the only one of its app; and tables are beside tables only. That each
change of a REST API is deployed by itself is seen in tests/golden/test_deployments.py.

``python -m tests.removal.packing`` lists the apps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tests.combinations.language import KEY_ALIAS, Document
from tests.removal.edits import Path, accepted, at, copied, edited, leaves
from tests.removal.transitions import Transition, transitions

# The variables of more names would not fit into an environment.
_TABLES = 12

# What replaces the function, its alias or its URL: nothing of the function stays.
_OF_THE_FUNCTION = (("url",), ("source",), ("image",), ("code",))
# What replaces the API or what is in front of it.
_OF_THE_API = (
    "type", "endpoint", "domain", "zone", "create_zone", "mtls", "routing", "region_domains",
    "allow_overwrite_records",
)  # fmt: skip
_KINDS_OF_THE_APP = ("type", "code", "regions")
_KINDS_OF_THE_API = ("domain", "endpoint")

Claim = tuple[str, str]
"""What only one key of an app may do, and the key."""

_KEPT = "kept"
# The provider sends an empty block of CORS with any other change of an HTTP API.
_OF_THE_HTTP_API = {"cors", "disable_execute_api", "ip_address_type"}
_OF_KEYS = {"kms_key", "key_policy", "secrets", "secrets_delivery", "decrypt", "encryption"}

# What a table has from the beginning.
_OF_ANOTHER_TABLE = ("hash_key", "range_key", "local_indexes")

ALONE: Claim = ("alone", "")


@dataclass(frozen=True)
class Packed:
    """An app with some transitions.

    Attributes:
        name: the app's.
        before: what is applied first.
        after: what is applied then.
        transitions: what happens in between.
    """

    name: str
    before: Document
    after: Document
    transitions: tuple[Transition, ...]

    def __str__(self) -> str:
        return f"{self.name}: {'; '.join(each.name for each in self.transitions)}"


@dataclass(frozen=True)
class _Bin:
    before: Document
    after: Document
    transitions: tuple[Transition, ...]
    claims: frozenset[Claim]

    def taking(self, other: _Bin) -> _Bin | None:
        """Returns what both are together, unless one would hide something of the other's."""
        if ALONE in self.claims | other.claims:
            return None
        if any(_exclude(one, two) for one in self.claims for two in other.claims):
            return None
        if len(self._types() | other._types()) > 1:
            return None
        edits = [edit for each in self.transitions for edit in each.edits()]
        more = [edit for each in other.transitions for edit in each.edits()]
        if any(_meet(one.path, two.path) for one in edits for two in more):
            return None
        before = merged(self.before, other.before)
        if before is None:
            return None
        # What is replaced or removed as a whole must be a transition's own.
        for each in (*self.transitions, *other.transitions):
            if any(at(before, edit.path) != at(each.before, edit.path) for edit in each.edits()):
                return None
        after = edited(before, [*edits, *more])
        if not (accepted(before) and accepted(after)):
            return None
        both = (*self.transitions, *other.transitions)
        return _Bin(before, after, both, self.claims | other.claims)

    def _types(self) -> set[str]:
        contexts = (dict(each.case.context) for each in self.transitions)
        return {context["type"] for context in contexts if "type" in context}


@cache
def packed() -> tuple[Packed, ...]:
    """Returns the apps that have all transitions."""
    bins: list[_Bin] = list(_of_tables())
    others = [each for each in transitions() if each.case.dimension != "tables"]
    for transition in others:
        one = _Bin(
            transition.before, transition.after, (transition,), frozenset(claims_of(transition))
        )
        # Into the one with the fewest, so that as little as possible comes together.
        for index in sorted(range(len(bins)), key=lambda index: len(bins[index].transitions)):
            together = bins[index].taking(one)
            if together is not None:
                bins[index] = together
                break
        else:
            bins.append(one)
    return tuple(
        Packed(f"r{index:03}", *_with_a_key(each.before, each.after), each.transitions)
        for index, each in enumerate(bins)
    )


def _with_a_key(before: Document, after: Document) -> tuple[Document, Document]:
    """Gives an app that is not about keys a key that exists, which is cheaper than its own."""
    about_keys = {
        str(part) for each in (before, after) for path, _ in leaves(each) for part in path
    }
    documents = tuple({**each, "kms_key": KEY_ALIAS} for each in (before, after))
    if about_keys & _OF_KEYS or not all(map(accepted, documents)):
        return before, after
    return documents[0], documents[1]


def claims_of(transition: Transition) -> Iterator[Claim]:
    """Yields what only one transition of an app may do; ``ALONE`` is all there is."""
    kind = transition.name.split()[0]
    if kind in _KINDS_OF_THE_APP:
        yield ALONE
    of_the_api = set()
    for edit in transition.edits():
        path = tuple(map(str, edit.path))
        if path[:1] == ("regions",) and len(path) == 2:
            yield ALONE
        if path[:1] == ("regions",):
            path = path[2:]
        if path == ("api",) or (path[:1] == ("function",) and path[1:2] in _OF_THE_FUNCTION):
            yield ALONE
        elif path[:1] == ("api",):
            of_the_api.add(path[1])
        elif path[:1] == ("routing",):
            of_the_api.add("routing")
    if of_the_api:
        replaced = kind in _KINDS_OF_THE_API or not of_the_api.isdisjoint(_OF_THE_API)
        yield "API", transition.name if replaced else _KEPT
    if dict(transition.case.context).get("type") == "http":
        yield from (("HTTP API", key) for key in of_the_api & _OF_THE_HTTP_API)


def _of_tables() -> Iterator[_Bin]:
    """Yields tables side by side, in as few apps as the language and an environment allow."""
    bins: list[_Bin] = []
    tables = (each for each in transitions() if each.case.dimension == "tables")
    for number, each in enumerate(tables):
        named = renamed(each, f"t{number}")
        one = _Bin(named.before, named.after, (named,), frozenset())
        for index, several in enumerate(bins):
            first = several.transitions[0]
            if len(several.transitions) < _TABLES and _alike(named) == _alike(first):
                together = several.taking(one)
                if together is not None:
                    bins[index] = together
                    break
        else:
            bins.append(one)
    for filled in bins:
        yield replace(filled, claims=frozenset({ALONE}))


def _alike(transition: Transition) -> tuple[int, bool]:
    """Returns what tables side by side have in common."""
    replaced = any(
        len(edit.path) < 4 or edit.path[3] in _OF_ANOTHER_TABLE for edit in transition.edits()
    )
    return len(transition.before["regions"]), replaced


def renamed(transition: Transition, name: str) -> Transition:
    """Returns a transition with another name of its table."""

    def called(document: Document) -> Document:
        changed: Document = copied(document)
        tables = changed.get("database", {}).get("dynamodb", {})
        for old in list(tables):
            tables[name] = tables.pop(old)
        return changed

    return replace(transition, before=called(transition.before), after=called(transition.after))


def merged(document: Mapping[str, Any], other: Mapping[str, Any]) -> Document | None:
    """Returns what two documents say together; None if they say different things of a key."""
    found: Document = copied(document)
    for key, value in other.items():
        if key not in found:
            found[key] = copied(value)
        elif isinstance(value, Mapping) and isinstance(found[key], Mapping):
            inside = merged(found[key], value)
            if inside is None:
                return None
            found[key] = inside
        elif found[key] != value:
            return None
    return found


def _exclude(claim: Claim, other: Claim) -> bool:
    # What changes parts of one block does the same thing.
    return claim[0] == other[0] and claim[1] != other[1]


def _meet(path: Path, other: Path) -> bool:
    length = min(len(path), len(other))
    return path[:length] == other[:length]


if __name__ == "__main__":
    for each in packed():
        print(each)  # noqa: T201 - it is what the program is for
