"""Checks that everything that lies in a region says which, and that the region is the right one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tfgen.lint.arguments import Subject
from tfgen.lint.findings import Finding, Rule
from tfgen.lint.hcl import Attribute, Block, is_null, literal_text, outcomes, reference
from tfgen.lint.schema import Major, region_aware
from tfgen.lint.tree import Module, Tree
from tfgen.regions import CONTROL_PLANE, REGIONS, suggest

_OWN: Final = "var.region"
# CloudFront reads certificates and web ACLs there; Route 53 and billing put their metrics there.
_HOMES: Final = frozenset(CONTROL_PLANE.values())


def check_placement(subject: Subject, module: Module, tree: Tree) -> Iterator[Finding]:
    """Yields what is wrong with the region of a block.

    Args:
        subject: the block.
        module: the one that it stands in.
        tree: where its callers are.
    """
    if not region_aware(subject.kind, subject.type):
        return
    body, line = subject.block.body, subject.block.line
    attribute = body.arguments.get("region")
    if subject.major == 6 and attribute is not None:
        yield from _check_value(subject.file, attribute, f"`{subject.address}`", module)
    elif subject.partial or "provider" in body.arguments:
        return
    elif subject.major == 6:
        yield subject.finding(
            line, "region-missing", f"`{subject.address}` does not say its region", _advice(module)
        )
    elif alias := _forced_alias(module, tree):
        yield subject.finding(
            line,
            "region-missing",
            f"`{subject.address}` names no provider configuration, and there is no default one",
            f"add one, such as `provider = aws.{alias}`",
        )


def check_calls(module: Module, tree: Tree, major: Major) -> Iterator[Finding]:
    """Yields what is wrong with the regions that a module calls others for.

    Args:
        module: the calling one.
        tree: where the called ones are.
        major: the version of the provider.
    """
    for file, block, path in module.calls:
        called = tree.modules.get(path)
        if called is None:
            continue
        if major == 6:
            yield from _check_call(file, block, module, called)
        elif (
            (alias := _forced_alias(module, tree))
            and "providers" not in block.body.arguments
            and any(_is_regional(each) for each in tree.below(called))
        ):
            yield Finding(
                file,
                block.line,
                "region-missing",
                f"`{_address(block)}` is handed no provider configuration, and there is no default"
                " one",
                f"add one, such as `providers = {{ aws = aws.{alias} }}`",
            )


def _check_call(file: str, block: Block, module: Module, called: Module) -> Iterator[Finding]:
    if not called.per_region:
        return
    attribute = block.body.arguments.get("region")
    if attribute is not None:
        yield from _check_value(file, attribute, f"`{_address(block)}`", module)
    else:
        yield Finding(
            file,
            block.line,
            "region-missing",
            f"`{_address(block)}` does not say for which region it is called",
            _advice(module),
        )


def _check_value(file: str, attribute: Attribute, shown: str, module: Module) -> Iterator[Finding]:
    for outcome in outcomes(attribute.value):
        problem = _problem(outcome, module)
        if problem is not None:
            message, hint = problem
            rule: Rule = "region-missing" if is_null(outcome) else "region-value"
            yield Finding(file, attribute.line, rule, f"The region of {shown} {message}", hint)


def _problem(value: Any, module: Module) -> tuple[str, str] | None:
    """Returns what is wrong with one outcome of an expression, and what to do about it."""
    text, referred = literal_text(value), reference(value)
    if referred in REGIONS:
        # A dash is a letter in HCL.
        return f"is `{referred}` without quotes", f'write `"{referred}"`'
    if referred is not None:
        return None
    if is_null(value):
        return "may be null, which leaves it to the provider configuration", _advice(module)
    if text is not None and text not in REGIONS:
        close = suggest(text)
        hint = f"did you mean `{close}`?" if close else _advice(module)
        return f"is `{text}`, which is no region of AWS", hint
    if text is not None:
        if not module.per_region or text in _HOMES:
            return None
        return (
            f"is `{text}` whatever region the module is called for",
            f"say `region = {_OWN}`, or hand the other region in through a variable of its own",
        )
    if value.data in ("int_lit", "float_lit", "literal_value", "tuple", "object"):
        return "is no text", _advice(module)
    if module.per_region:
        return (
            "is calculated, so that nobody can see where it lies",
            f"say `region = {_OWN}`, or give the calculated one a name under `locals`",
        )
    return None


def _advice(module: Module) -> str:
    if module.per_region:
        return f"add `region = {_OWN}`"
    if module.is_root:
        return 'add the argument, such as `region = "us-east-1"`'
    return f"give the module a variable `region`, and say `region = {_OWN}`"


def _forced_alias(module: Module, tree: Tree) -> str | None:
    """Returns an alias of a module that has no default configuration of the AWS provider.

    A module that is called has its caller's, whichever aliased ones it adds itself:
    https://developer.hashicorp.com/terraform/language/modules/develop/providers
    """
    if None in module.aliases or module.expects_providers or module.folder in tree.called:
        return None
    return next((alias for alias in module.aliases), None)


def _is_regional(module: Module) -> bool:
    return any(
        block.labels
        and region_aware(kind, block.labels[0])
        and "provider" not in block.body.arguments
        for kind in ("resource", "data")
        for _, block in module.blocks(kind)
    )


def _address(block: Block) -> str:
    return ".".join(("module", *block.labels))
