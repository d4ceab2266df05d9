"""From the texts of Terraform files to what is wrong in them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tfgen.lint.arguments import Subject, check_arguments
from tfgen.lint.findings import Finding
from tfgen.lint.hcl import Block, Body, HclError, parse
from tfgen.lint.placement import check_calls, check_placement
from tfgen.lint.schema import KINDS, Kind
from tfgen.lint.tree import Module, read_tree

_PREFIX: Final = "aws_"
_SYNTAX_HINT: Final = "`terraform validate` says whether Terraform can read it"


@dataclass(frozen=True, slots=True)
class Report:
    """What a look at a tree has brought.

    Attributes:
        findings: by file and line.
        blocks: how many blocks of the AWS provider were checked.
    """

    findings: tuple[Finding, ...]
    blocks: int


def lint(files: Mapping[str, str]) -> Report:
    """Checks a tree of Terraform files.

    Args:
        files: path, with slashes → text: the ``*.tf`` files of whole modules, and the lock files of
            root modules.
    """
    bodies, findings = _parsed(files)
    tree = read_tree(bodies)
    findings |= set(tree.unknown_versions())
    checked = set()
    for module in tree.modules.values():
        for major in tree.majors[module.folder]:
            findings |= set(check_calls(module, tree, major))
            for file, kind, block in _blocks(module):
                subject = Subject(file, kind, block, major, partial=_overrides(file))
                checked.add((file, block.line))
                findings |= {*check_arguments(subject), *check_placement(subject, module, tree)}
    return Report(tuple(sorted(findings, key=_order)), len(checked))


def _parsed(files: Mapping[str, str]) -> tuple[dict[str, Body], set[Finding]]:
    """Returns what is in each file that can be parsed, and a finding for each that cannot."""
    # Trees have many copies of a file, and parsing is most of the work.
    known: dict[str, Body | HclError] = {}
    bodies, findings = {}, set()
    for path, text in files.items():
        if text not in known:
            try:
                known[text] = parse(text)
            except HclError as error:
                known[text] = error
        parsed = known[text]
        if isinstance(parsed, Body):
            bodies[path] = parsed
        else:
            findings.add(Finding(path, parsed.line, "syntax", parsed.message, _SYNTAX_HINT))
    return bodies, findings


def _blocks(module: Module) -> Iterator[tuple[str, Kind, Block]]:
    """Yields the blocks of the AWS provider in a module, each with its file and its keyword."""
    if not module.uses_aws:
        return
    for file, body in module.files.items():
        for outer in (body, *(check.body for check in body.of("check"))):
            for kind in KINDS:
                for block in outer.of(kind):
                    if len(block.labels) == 2 and block.labels[0].startswith(_PREFIX):
                        yield file, kind, block


def _overrides(file: str) -> bool:
    name = posixpath.basename(file)
    return name == "override.tf" or name.endswith("_override.tf")


def _order(finding: Finding) -> tuple[str, int, str, str]:
    return finding.file, finding.line, finding.rule, finding.message
