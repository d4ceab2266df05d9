"""The combinations that are tested, and what they are rendered to: ``python -m
tests.combinations.rows`` lists them, with the pairs that the language refuses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, product

import yaml

from tests.combinations.covering import Assignment, Covering, Forbidden, Pair, complete, cover
from tests.combinations.documents import ciphertexts, document
from tests.combinations.language import DIMENSIONS
from tests.combinations.rules import REFUSALS, Refusal
from tfgen.app import App, ProviderMajor
from tfgen.config.load import loads
from tfgen.render.render import render
from tfgen.resolve import resolve_all

RULES: tuple[Forbidden, ...] = tuple(
    forbidden for refusal in REFUSALS for forbidden in refusal.combinations
)


@cache
def covering() -> Covering:
    """Returns rows that have every pair which the rules allow."""
    return cover(DIMENSIONS, RULES)


def alone() -> Iterator[Assignment]:
    """Yields, for each value that is no default, the plainest assignment that has it."""
    for name, values in DIMENSIONS.items():
        for value in values[1:]:
            row = complete(DIMENSIONS, RULES, {name: value})
            if row is not None:
                yield row


@cache
def rows() -> Mapping[str, Assignment]:
    """Returns every combination that is tested, by a name that Terraform can take."""
    named: dict[str, Assignment] = {
        "plain": {name: values[0] for name, values in DIMENSIONS.items()}
    }
    named |= {f"alone_{index}": row for index, row in enumerate(alone())}
    named |= {f"pairs_{index}": row for index, row in enumerate(covering().rows)}
    different: dict[str, Assignment] = {}
    for name, row in named.items():
        if row not in different.values():
            different[name] = row
    return different


def apps_of_row(row: Assignment) -> tuple[App, ...]:
    """Returns the apps of an assignment.

    Raises:
        TfgenError: the language refuses it.
    """
    loaded = loads(yaml.safe_dump(document(row), sort_keys=False))
    return resolve_all(replace(loaded, ciphertexts=ciphertexts()))


@cache
def rows_for(major: ProviderMajor) -> Mapping[str, Assignment]:
    """Returns every combination for a major version of the provider.

    One that there is for the other version only is changed in as few values as will do.
    """
    return {name: _nearest({**row, "aws_provider": str(major)}) for name, row in rows().items()}


def _nearest(row: Assignment) -> Assignment:
    if not _is_refused(row):
        return row
    # The dimensions that decide the most stand first, and are to stay.
    names = [name for name in reversed(list(DIMENSIONS)) if name != "aws_provider"]
    return next(
        changed
        for count in range(1, len(names))
        for chosen in combinations(names, count)
        for values in product(*(DIMENSIONS[name] for name in chosen))
        if not _is_refused(changed := {**row, **dict(zip(chosen, values, strict=True))})
    )


def _is_refused(row: Assignment) -> bool:
    return any(rule.breaks(row) for rule in RULES)


@cache
def trees(major: ProviderMajor) -> Mapping[str, Mapping[str, str]]:
    """Returns the rendered files of every combination for a major version of the provider."""
    return {name: render(apps_of_row(row)).files for name, row in rows_for(major).items()}


def explanation(pair: Pair) -> Sequence[Refusal]:
    """Returns the rules without which a pair that is infeasible would not be; at least one.

    With several reasons at once, none alone decides: then those are returned that the pair with
    defaults beside it breaks.
    """
    deciding = []
    for refusal in REFUSALS:
        others = [each for other in REFUSALS if other is not refusal for each in other.combinations]
        if complete(DIMENSIONS, others, dict(pair)) is not None:
            deciding.append(refusal)
    if deciding:
        return deciding
    row = {name: values[0] for name, values in DIMENSIONS.items()} | dict(pair)
    return [refusal for refusal in REFUSALS if refusal.breaks(row)]


def summary() -> str:
    """Returns how many pairs there are, and how many each rule takes away."""
    found = covering()
    reasons = Counter(
        " + ".join(refusal.message for refusal in explanation(pair)) for pair in found.infeasible
    )
    lines = [
        f"{len(DIMENSIONS)} dimensions, {sum(map(len, DIMENSIONS.values()))} values",
        f"{len(found.rows)} rows for all pairs, {len(rows())} combinations in all",
        f"{len(found.infeasible)} pairs are refused:",
        *(f"  {count:4}  {reason}" for reason, count in reasons.most_common()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(summary())  # noqa: T201 - it is what the program is for
    for name, row in rows().items():
        said = {key: value for key, value in row.items() if value != DIMENSIONS[key][0]}
        print(name, said)  # noqa: T201 - likewise
