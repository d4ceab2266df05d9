"""Documents that have each value of the language's dimensions, and little else.

A key of the API means another module for each type of API, so what is said of it is said for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.combinations.covering import Assignment, complete
from tests.combinations.documents import document
from tests.combinations.language import CHANGES, DIMENSIONS, Document
from tests.combinations.rows import RULES
from tests.removal.edits import REMOVE, Path, at, copied, leaves

# The provider that there is here; what it cannot do is not applied.
PROVIDER = "5"

NOT_APPLIED: Mapping[str, str] = {
    "aws_provider": "another major version is another tree, and no change of the account",
    "security_policy": "takes version 6 of the AWS provider",
    "backend": "says where the state is, which is not in the account",
    "stages": "a stage's keys are merged over the app's before anything else",
    "place": "a region's keys are merged over the app's before anything else",
}

# A region is enough for most. These have another one to be about.
_IN_TWO_REGIONS: Mapping[str, tuple[str, ...]] = {
    "tables": ("replicated", "strong"),
    "routing": DIMENSIONS["routing"],
    "regions": ("two",),
    "rds": ("global",),
}
# What is in front of the API, which is the same for every type of one; HTTP APIs are the smallest.
_IN_FRONT = (
    "domain",
    "zone",
    "routing",
    "region_domains",
    "allow_overwrite_records",
    "mtls",
)
# What else decides what becomes of a key: these are looked at with it as well, or only with it.
_BESIDE: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "type": ({}, {"domain": "one"}),
    "endpoint": ({"domain": "one"},),
    "ip_address_type": ({"domain": "one"},),
    "health_check": ({"domain": "one", "auth": "iam"},),
    "cors": ({"auth": "iam"},),
}


@dataclass(frozen=True)
class Case:
    """A document for one value of a dimension.

    Attributes:
        dimension: its name.
        value: the value.
        context: what decides what else there is: the type of the API, and the like.
        document: as it would stand in ``tfgen.yaml``.
        without: the same with the dimension's default.
    """

    dimension: str
    value: str
    context: tuple[tuple[str, str], ...]
    document: Document
    without: Document

    def has_own(self, path: Path) -> bool:
        """Says whether a key is there for the value, with all that is below it."""
        before = at(self.without, path)
        now = at(self.document, path)
        return before is REMOVE or (before != now and not isinstance(now, dict))


def cases() -> Iterator[Case]:
    """Yields the cases of all dimensions: those in one region first, and of them what says most."""
    for dimension, changes in CHANGES.items():
        if dimension not in NOT_APPLIED:
            for context in contexts(dimension):
                found = [
                    case
                    for value in list(changes)[1:]
                    for case in _cases(dimension, value, context)
                ]
                yield from sorted(found, key=_size)


def _size(case: Case) -> tuple[int, int]:
    return len(case.document["regions"]), -len(list(leaves(case.document)))


def contexts(dimension: str) -> Iterator[dict[str, str]]:
    """Yields what the values of a dimension are looked at in."""
    changes = CHANGES[dimension].values()
    types: Sequence[str | None] = (None,)
    if dimension in _IN_FRONT:
        types = ("http",)
    elif dimension != "type" and any("api" in (change.app or {}) for change in changes):
        types = DIMENSIONS["type"]
    for type_ in types:
        context = {} if type_ is None else {"type": type_}
        for beside in _BESIDE.get(dimension, ({},)):
            if type_ != "url" or "domain" not in beside:
                yield {**context, **beside}


def row_of(dimension: str, value: str, context: Assignment) -> Assignment | None:
    """Returns the plainest row that has a value in a context, if the rules let it be."""
    fixed = {"aws_provider": PROVIDER, **context, dimension: value}
    if value in _IN_TWO_REGIONS.get(dimension, ()):
        fixed.setdefault("regions", "two")
    return complete(DIMENSIONS, RULES, fixed)


def document_of(row: Assignment) -> Document:
    """Returns the document of a row."""
    return {**document(row), "terraform": {"aws_provider": int(PROVIDER)}}


def _cases(dimension: str, value: str, context: dict[str, str]) -> Iterator[Case]:
    row = row_of(dimension, value, context)
    if row is None:
        return
    default = DIMENSIONS[dimension][0]
    plain = document_of({**row, dimension: default})
    found = document_of(row)
    named = tuple(context.items())
    if dimension != "tables":
        yield Case(dimension, value, named, found, plain)
        return
    # Tables are side by side, and each is a case.
    for name in found["database"]["dynamodb"]:
        alone = copied(found)
        alone["database"]["dynamodb"] = {name: found["database"]["dynamodb"][name]}
        yield Case(dimension, f"{value}, {name}", named, alone, plain)
