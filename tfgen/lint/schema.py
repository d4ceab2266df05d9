"""The schema of the AWS provider, version 5 and 6, for every type of block.

``schemas/aws-6.69.1.txt`` has a line per type: kind, name, and its arguments in the notation of
`tfgen.lint.spec`. ``schemas/aws-5.100.0.txt`` has what is different in version 5: ``-`` for a type
that it lacks, ``=`` for one that only it has, and ``~`` with the arguments that it lacks
(``-path``) or has in another form (``+path``). That version 5 lacks the argument ``region`` goes
without saying; where it has one of its own, it is there as ``+region``. Both files are written by
``python -m tests.lint.update``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from tfgen.lint.spec import Argument, Spec, read_spec

Kind: TypeAlias = Literal["resource", "data", "ephemeral"]
Major: TypeAlias = Literal[5, 6]

KINDS: Final[tuple[Kind, ...]] = ("resource", "data", "ephemeral")
MAJORS: Final[tuple[Major, ...]] = (5, 6)

VERSIONS: Mapping[Major, str] = {5: "5.100.0", 6: "6.69.1"}
"""The release of each major version whose schema this is: the last 5, and a recent 6."""

_SCHEMAS: Final = Path(__file__).with_name("schemas")


@cache
def spec_of(kind: Kind, name: str, major: Major) -> Spec | None:
    """Returns what a block of a type may say.

    Args:
        kind: the keyword of the block.
        name: the type, for example ``aws_lambda_function``.
        major: the major version of the provider.

    Returns:
        None when the version has no such type.
    """
    text = _lines(6).get((kind, name))
    six = None if text is None else read_spec(text)
    if major == 6:
        return six
    difference = _lines(5).get((kind, name), "~")
    sign, _, rest = difference.partition(" ")
    if sign == "=":
        return read_spec(rest)
    if sign == "-" or six is None:
        return None
    return apply_difference(six, rest)


def types(kind: Kind, major: Major) -> Iterator[str]:
    """Yields the names of all types of a kind."""
    for of_kind, name in {**_lines(6), **_lines(5)}:
        if of_kind == kind and spec_of(kind, name, major) is not None:
            yield name


def region_aware(kind: Kind, name: str) -> bool:
    """Says whether what a block stands for lies in a region.

    That is what version 6 lets say where it lies, with an argument ``region``. What it has as a
    nested block of that name is something else: the regions that a global thing spans.
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
    """
    spec = spec_of(kind, name, 6)
    region = spec.arguments.get("region") if spec else None
    return region is not None and region.block is None


def apply_difference(six: Spec, difference: str) -> Spec:
    """Returns a body of version 5.

    Args:
        six: the body in version 6.
        difference: the signed paths that stand behind ``~``.
    """
    changed = Spec({name: each for name, each in six.arguments.items() if name != "region"})
    for signed, argument in read_spec(difference).arguments.items():
        sign, path = signed[0], signed[1:].split(".")
        changed = _changed(changed, path, argument if sign == "+" else None)
    return replace(changed, open=six.open)


def _changed(spec: Spec, path: list[str], argument: Argument | None) -> Spec:
    arguments = dict(spec.arguments)
    name, *below = path
    if below:
        outer = arguments[name]
        arguments[name] = replace(outer, block=_changed(outer.block or Spec(), below, argument))
    elif argument is None:
        del arguments[name]
    else:
        arguments[name] = argument
    return replace(spec, arguments=arguments)


@cache
def _lines(major: Major) -> Mapping[tuple[str, str], str]:
    text = (_SCHEMAS / f"aws-{VERSIONS[major]}.txt").read_text("utf-8")
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, name, rest = (*line.split(" ", 2), "")[:3]
            found[kind, name] = rest
    return found
