"""Which major versions of the provider a version constraint allows.

https://developer.hashicorp.com/terraform/language/expressions/version-constraints
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from tfgen.lint.schema import MAJORS, Major

_CLAUSE: Final = re.compile(r"\s*(?P<operator>=|!=|>=|<=|>|<|~>)?\s*v?(?P<version>\d+(\.\d+){0,2})")

_Version: TypeAlias = tuple[int, int, int]


def allowed(constraints: Sequence[str]) -> tuple[Major, ...]:
    """Returns the major versions of which some release fits all constraints.

    Args:
        constraints: as they stand in ``required_providers``. One that Terraform would not take
            says nothing.
    """
    clauses = [
        (found["operator"] or "=", found["version"])
        for constraint in constraints
        for clause in constraint.split(",")
        if (found := _CLAUSE.match(clause))
    ]
    # Whether a release fits can only change at the versions that are written, and right after.
    edges = [_padded(version) for _, version in clauses]
    after = [(major, minor, patch + 1) for major, minor, patch in edges]
    return tuple(
        major
        for major in MAJORS
        if any(
            release[0] == major and all(_fits(release, *clause) for clause in clauses)
            for release in [(major, 0, 0), (major, 10**6, 0), *edges, *after]
        )
    )


def _padded(version: str) -> _Version:
    major, minor, patch = (*map(int, version.split(".")), 0, 0)[:3]
    return major, minor, patch


def _fits(release: _Version, operator: str, written: str) -> bool:
    version = _padded(written)
    match operator:
        case "=":
            return release == version
        case "!=":
            return release != version
        case ">":
            return release > version
        case ">=":
            return release >= version
        case "<":
            return release < version
        case "<=":
            return release <= version
    # `~>` lets only the last number that is written grow.
    kept = written.count(".")
    return release >= version and release[:kept] == version[:kept]
