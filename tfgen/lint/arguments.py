"""Checks what blocks say against the schema: types, arguments, nested blocks, at any depth."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tfgen.lint.findings import Finding, Rule
from tfgen.lint.hcl import Block, Body, is_null
from tfgen.lint.schema import KINDS, MAJORS, VERSIONS, Kind, Major, spec_of, types
from tfgen.lint.spec import Argument, Spec

# https://developer.hashicorp.com/terraform/language/meta-arguments
_META: Mapping[Kind, frozenset[str]] = {
    "resource": frozenset(
        {"count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"}
    ),
    "data": frozenset({"count", "for_each", "provider", "depends_on", "lifecycle"}),
    "ephemeral": frozenset({"count", "for_each", "provider", "depends_on", "lifecycle"}),
}
# Quotes arguments that are called like a meta-argument.
_ESCAPE: Final = "_"
_NAMES: Mapping[Kind, str] = {
    "resource": "resource",
    "data": "data source",
    "ephemeral": "ephemeral resource",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A block of the AWS provider.

    Attributes:
        file: the file that it stands in.
        kind: its keyword.
        block: itself.
        major: the version of the provider that it is for.
        partial: whether it only changes another block, as those in override files do.
            https://developer.hashicorp.com/terraform/language/files/override
    """

    file: str
    kind: Kind
    block: Block
    major: Major
    partial: bool

    @property
    def type(self) -> str:
        """Its type."""
        return self.block.labels[0]

    @property
    def address(self) -> str:
        """What Terraform calls it within its module."""
        prefix = "" if self.kind == "resource" else f"{self.kind}."
        return prefix + ".".join(self.block.labels)

    @property
    def spec(self) -> Spec | None:
        """What it may say."""
        return spec_of(self.kind, self.type, self.major)

    def finding(self, line: int, rule: Rule, message: str, hint: str | None) -> Finding:
        """Returns a finding in it."""
        return Finding(self.file, line, rule, message, hint)


def check_arguments(subject: Subject) -> Iterator[Finding]:
    """Yields what the schema says against a block."""
    spec = subject.spec
    if spec is None:
        yield from _unknown_type(subject)
    else:
        yield from _Check(subject).body(subject.block.body, spec, subject.block.line, ())


def _unknown_type(subject: Subject) -> Iterator[Finding]:
    kind, name, major = subject.kind, subject.type, subject.major
    others = [other for other in KINDS if spec_of(other, name, major)]
    elsewhere = [other for other in MAJORS if spec_of(kind, name, other)]
    if others:
        hint = f"`{name}` is a {_NAMES[others[0]]}"
    elif elsewhere:
        hint = f"version {elsewhere[0]} has it"
    else:
        hint = _suggestion(name, types(kind, major), major)
    yield subject.finding(
        subject.block.line,
        "unknown-type",
        f"AWS provider {major} has no {_NAMES[kind]} `{name}`",
        hint,
    )


@dataclass(frozen=True, slots=True)
class _Check:
    subject: Subject

    def body(self, body: Body, spec: Spec, line: int, path: tuple[str, ...]) -> Iterator[Finding]:
        """Yields what is wrong in a body.

        Args:
            body: the body.
            spec: what it may say.
            line: where its block begins.
            path: the nested blocks that lead to it.
        """
        meta = frozenset() if path else _META[self.subject.kind] | {_ESCAPE}
        said = set()
        for name, attribute in body.arguments.items():
            if not is_null(attribute.value):
                said.add(name)
            if name not in meta:
                yield from self._argument(name, attribute.line, spec, path)
        for block in body.blocks:
            if block.type in meta:
                continue
            name, bodies = _nested(block)
            said.add(name)
            argument = spec.arguments.get(name)
            if argument is None or argument.block is None:
                yield from self._no_block(name, block.line, argument, spec, path)
                continue
            for inner, inner_line in bodies:
                yield from self.body(inner, argument.block, inner_line, (*path, name))
        if not self.subject.partial:
            yield from self._missing(said, spec, line, path)

    def _argument(
        self, name: str, line: int, spec: Spec, path: tuple[str, ...]
    ) -> Iterator[Finding]:
        argument = spec.arguments.get(name)
        if argument is None:
            if name == "region" and not path:
                yield self._no_region(line)
            elif not spec.open:
                yield self._unknown("argument", name, line, spec, path)
        elif argument.block is not None and not argument.either:
            yield self.subject.finding(
                line,
                "unknown-argument",
                f"{self._shown(path)} has a block `{name}`, and no argument of that name",
                f"write `{name} {{ … }}`, without the equals sign",
            )

    def _no_block(
        self, name: str, line: int, argument: Argument | None, spec: Spec, path: tuple[str, ...]
    ) -> Iterator[Finding]:
        if argument is not None:
            yield self.subject.finding(
                line,
                "unknown-argument",
                f"{self._shown(path)} has an argument `{name}`, and no block of that name",
                f"write `{name} = …`",
            )
        elif not spec.open:
            yield self._unknown("block", name, line, spec, path)

    def _unknown(
        self, what: str, name: str, line: int, spec: Spec, path: tuple[str, ...]
    ) -> Finding:
        return self.subject.finding(
            line,
            "unknown-argument",
            f"{self._shown(path)} has no {what} `{name}`",
            _suggestion(name, spec.arguments, self.subject.major),
        )

    def _no_region(self, line: int) -> Finding:
        subject = self.subject
        if subject.major == 6:
            return subject.finding(
                line,
                "region-unexpected",
                f"`{subject.address}` is global and has no argument `region`",
                "remove the line",
            )
        return subject.finding(
            line,
            "region-unexpected",
            f"`{subject.address}` has no argument `region` in AWS provider 5",
            "remove the line: the region is that of the provider configuration, which `provider`"
            " or the `providers` of the module call choose",
        )

    def _missing(
        self, said: set[str], spec: Spec, line: int, path: tuple[str, ...]
    ) -> Iterator[Finding]:
        for name, argument in spec.arguments.items():
            if argument.required and name not in said:
                what = "argument" if argument.block is None else "block"
                yield self.subject.finding(
                    line, "missing-argument", f"{self._shown(path)} needs the {what} `{name}`", None
                )

    def _shown(self, path: tuple[str, ...]) -> str:
        address = f"`{self.subject.address}`"
        return f"`{'.'.join(path)}` of {address}" if path else address


def _nested(block: Block) -> tuple[str, list[tuple[Body, int]]]:
    """Returns the name of a nested block, and the bodies that it has, each with its line.

    https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
    """
    if block.type != "dynamic" or len(block.labels) != 1:
        return block.type, [(block.body, block.line)]
    return block.labels[0], [(each.body, each.line) for each in block.body.of("content")]


def _suggestion(name: str, known: Iterable[str], major: Major) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"checked against AWS provider {VERSIONS[major]}"
