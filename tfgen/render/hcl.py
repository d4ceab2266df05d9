"""Python values as HCL, the way ``terraform fmt`` would leave them.

Every value that reaches a rendered file goes through ``to_hcl``; templates carry structure only.
Rules: https://developer.hashicorp.com/terraform/language/expressions/strings and
https://developer.hashicorp.com/terraform/language/style.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Strings that HCL reads as something else when they stand bare as the key of an object.
_KEYWORDS = frozenset({"null", "true", "false", "for"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Expression:
    """HCL that is code already: a reference, a call, a template with interpolation."""

    code: str


Value = str | int | float | bool | None | Expression | Sequence["Value"] | Mapping[str, "Value"]


def to_hcl(value: Value, depth: int = 0) -> str:
    """Returns a value as an HCL expression.

    Args:
        value: text, number, boolean, None, Expression, or sequences and mappings of these.
            Mappings keep their order.
        depth: levels of indentation of the line that the expression starts on.

    Raises:
        TypeError: the value is of another type.
        ValueError: the text has a character that no HCL file can hold.
    """
    match value:
        case Expression(code):
            return code
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return quote(value)
        case Mapping():
            return _object(value, depth)
        case Sequence():
            return _tuple(value, depth)
    raise TypeError(f"no HCL for {type(value).__name__}")


def quote(text: str) -> str:
    """Returns text as an HCL string in which nothing is interpolated.

    Raises:
        ValueError: the text has a lone surrogate, which UTF-8 cannot hold, or is not in
            Unicode's normal form C, into which Terraform would change it.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("text with a lone surrogate is not Unicode text")
    escaped = "".join(_escape(character) for character in text)
    escaped = escaped.replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    # Control characters, line separators and the byte order mark: legal, but unreadable or lost.
    if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
        code = ord(character)
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return character


def _object(items: Mapping[str, Value], depth: int) -> str:
    if not items:
        return "{}"
    inner = _INDENT * (depth + 1)
    lines = [f"{inner}{key(name)} = {to_hcl(item, depth + 1)}" for name, item in items.items()]
    return "\n".join(["{", *lines, f"{_INDENT * depth}}}"])


def _tuple(items: Sequence[Value], depth: int) -> str:
    parts = [to_hcl(item, depth + 1) for item in items]
    one_line = f"[{', '.join(parts)}]"
    if len(one_line) <= 80 and "\n" not in one_line:
        return one_line
    inner = _INDENT * (depth + 1)
    return "\n".join(["[", *(f"{inner}{part}," for part in parts), f"{_INDENT * depth}]"])


def key(name: str) -> str:
    """Returns the key of an object: bare where HCL allows it, quoted otherwise."""
    if _IDENTIFIER.fullmatch(name) and name not in _KEYWORDS:
        return name
    return quote(name)
