"""Reads HCL: blocks and arguments with their lines.

python-hcl2 builds a tree of the text, whose tokens know where they stand. Only what is asked for is
looked at, body by body: the expressions of a file matter to the linter where they say a region.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from tfgen.lint.mask import TooDeepError, mask

if TYPE_CHECKING:
    from lark import Tree

_BYTE_ORDER_MARK: Final = "\ufeff"
_SHOWN: Final = 30
_WORDS: Final = ("identifier", "keyword", "literal_value", "string")


class HclError(Exception):
    """A text that is not HCL.

    Args:
        line: where.
        message: what is wrong there.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Body:
    """What stands between the braces of a block, or in a whole file."""

    tree: Tree[Any]

    @cached_property
    def arguments(self) -> dict[str, Attribute]:
        """Name → argument."""
        found = [
            Attribute(_word(node.children[0]), node.meta.line, node.children[-1])
            for node in self.tree.children
            if _is(node, "attribute")
        ]
        return {attribute.name: attribute for attribute in found}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in it, in order."""
        return tuple(_block(node) for node in self.tree.children if _is(node, "block"))

    def of(self, *types: str) -> Iterator[Block]:
        """Yields the blocks of some types."""
        return (block for block in self.blocks if block.type in types)

    def text(self, name: str) -> str | None:
        """Returns an argument that is a text without interpolation; None if there is none such."""
        attribute = self.arguments.get(name)
        return literal_text(attribute.value) if attribute else None


@dataclass(frozen=True)
class Attribute:
    """An argument.

    Attributes:
        line: where its name stands.
        value: its expression.
    """

    name: str
    line: int
    value: Tree[Any]


@dataclass(frozen=True)
class Block:
    """A block.

    Attributes:
        type: its first word.
        labels: the words behind it.
        line: where it begins.
    """

    type: str
    labels: tuple[str, ...]
    line: int
    body: Body


def parse(text: str) -> Body:
    """Returns the body of a file.

    Raises:
        HclError: it is none.
    """
    from hcl2 import parses_to_tree

    # python-hcl2 is built on lark, and has no errors of its own for a text that it cannot read.
    from lark.exceptions import LarkError, UnexpectedInput

    # Terraform takes both, and neither says anything.
    text = text.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n")
    try:
        masked = mask(text)
        tree = parses_to_tree(masked.text)
    except TooDeepError as error:
        line = text.count("\n", 0, error.offset) + 1
        raise HclError(line, "Templates are inside each other too often") from None
    except UnexpectedInput as error:
        raise _not_hcl(error, text) from None
    except LarkError as error:
        raise HclError(1, f"This is not HCL: {error}") from None
    _restore(tree, text, masked.changed)
    return Body(tree.children[0])


def _restore(tree: Tree[Any], text: str, changed: Sequence[int]) -> None:
    """Puts the words of a text into its tree where others stood for them."""
    if not changed:
        return
    from lark import Token

    for node in tree.iter_subtrees():
        for index, child in enumerate(node.children):
            if isinstance(child, Token):
                start, end = child.start_pos or 0, child.end_pos or 0
                first = bisect_left(changed, start)
                if first < len(changed) and changed[first] < end:
                    word = text[start:end]
                    node.children[index] = Token.new_borrow_pos(child.type, word, child)


def literal_text(value: Tree[Any]) -> str | None:
    """Returns what an expression says that is a text without interpolation."""
    value = unwrapped(value)
    return _string(value) if _is(value, "string") else None


def is_null(value: Tree[Any]) -> bool:
    """Says whether an expression is nothing but ``null``, which is as good as no argument."""
    value = unwrapped(value)
    return bool(value.data == "literal_value" and value.children[0] == "null")


def unwrapped(value: Tree[Any]) -> Tree[Any]:
    """Returns an expression without parentheses, and without ``"${…}"`` that is all of a text."""
    while True:
        inner = _operands(value)
        if len(inner) != 1:
            return value
        parts = value.data == "string" and inner[0].children
        if value.data == "expr_term":
            value = inner[0]
        elif parts and _is(parts[0], "interpolation"):
            value = parts[0].children[1]
        else:
            return value


def reference(value: Tree[Any]) -> str | None:
    """Returns what an expression refers to, such as ``var.region``; None if it is more than that.

    An index stands there as ``[]``, whatever it is.
    """
    parts: list[str] = []
    while True:
        value = unwrapped(value)
        if value.data == "identifier":
            return "".join([str(value.children[0]), *reversed(parts)])
        if value.data == "get_attr_expr_term":
            parts.append(f".{value.children[1].children[1].children[0]}")
        elif value.data == "index_expr_term":
            parts.append("[]")
        else:
            return None
        value = value.children[0]


def outcomes(value: Tree[Any]) -> Iterator[Tree[Any]]:
    """Yields what an expression may come to: the branches of a conditional, or itself."""
    waiting = [value]
    while waiting:
        value = unwrapped(waiting.pop())
        if value.data == "conditional":
            _, yes, no = _operands(value)
            waiting += [no, yes]
        else:
            yield value


def members(value: Tree[Any]) -> dict[str, Tree[Any]]:
    """Returns the members of an object whose keys are words or texts."""
    value = unwrapped(value)
    if value.data != "object":
        return {}
    found = {}
    for element in value.children:
        if _is(element, "object_elem"):
            key = unwrapped(element.children[0].children[0])
            if _is(key, *_WORDS):
                found[_word(key)] = element.children[-1]
    return found


def _operands(value: Tree[Any]) -> list[Tree[Any]]:
    return [
        child
        for child in value.children
        if hasattr(child, "data") and child.data != "new_line_or_comment"
    ]


def _block(node: Tree[Any]) -> Block:
    body = next(child for child in node.children if _is(child, "body"))
    words = [_word(child) for child in node.children if _is(child, *_WORDS)]
    return Block(words[0], tuple(words[1:]), node.meta.line, Body(body))


def _is(node: Any, *kinds: str) -> bool:
    return getattr(node, "data", None) in kinds


def _word(node: Tree[Any]) -> str:
    return (_string(node) if node.data == "string" else str(node.children[0])) or ""


def _string(node: Tree[Any]) -> str | None:
    """Returns a text; None when something in it is only known to Terraform."""
    parts = [part.children[0] for part in node.children if _is(part, "string_part")]
    if any(hasattr(part, "data") for part in parts):
        return None
    return "".join(map(str, parts))


def _not_hcl(error: Any, text: str) -> HclError:
    """Returns where a text stops being HCL, and what stands there."""
    token = getattr(error, "token", None)
    lines = max(1, len(text.rstrip().splitlines()))
    if token is None or token.type == "$END" or error.line > lines:
        return HclError(min(max(error.line, 1), lines), "The file ends where more has to follow")
    shown = str(token).strip().partition("\n")[0]
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    what = f"`{shown}`" if shown else "the end of the line"
    return HclError(error.line, f"This is not HCL: {what} cannot stand here")
