"""The texts of policies: wildcards and policy variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

#: What is known of a request: the values of each condition key, its name in lower case.
Context: TypeAlias = Mapping[str, tuple[str, ...]]

# The name of a key, and a default value in quotes, or one of the three signs that are written so
# to stand for themselves.
_VARIABLE: Final = re.compile(
    r"\$\{\s*(?:(?P<sign>[*?$])|(?P<key>[^},'\s]+)\s*(?:,\s*'(?P<default>[^'}]*)'\s*)?)\}"
)

# In the first five parts of an ARN, a wildcard stays in its part:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class _Variable:
    key: str
    default: str | None


# A piece of a text: as it is in the policy, or a sign that stands for itself, or a variable.
@dataclass(frozen=True, slots=True)
class _Literal:
    text: str


_Piece: TypeAlias = str | _Literal | _Variable


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a policy, which may have wildcards and variables.

    Attributes:
        source: as the policy has it.
        variables: whether the policy's version knows variables.
    """

    source: str
    variables: bool = True

    def plain(self, context: Context) -> str | None:
        """Returns the text with the values of its variables; None if one has no value."""
        if not self.variables or "${" not in self.source:
            return self.source
        filled = _filled(self.source, context)
        return None if filled is None else "".join(text for text, _ in filled)

    def matches(
        self, value: str, context: Context, *, per_part: bool = False, any_case: bool = False
    ) -> bool:
        """Returns whether a value is what the text says with its wildcards.

        The value of a variable has no wildcards.

        Args:
            value: for example an ARN.
            context: what is known of the request.
            per_part: whether wildcards end at the colons of an ARN.
            any_case: whether capitals do not count.
        """
        if not self.variables or "${" not in self.source:
            pieces: tuple[tuple[str, bool], ...] | None = ((self.source, True),)
        else:
            pieces = _filled(self.source, context)
        if pieces is None:
            return False
        return _expression(pieces, per_part, any_case).fullmatch(value) is not None


def wildcards(pattern: str, *, per_part: bool = False) -> re.Pattern[str]:
    """Returns IAM's wildcards as a regular expression.

    Args:
        pattern: a text without variables.
        per_part: whether wildcards end at the colons of an ARN.
    """
    return _expression(((pattern, True),), per_part, False)


def _filled(source: str, context: Context) -> tuple[tuple[str, bool], ...] | None:
    """Returns the pieces of a text, and of each whether its wildcards count."""
    filled = []
    for piece in _pieces(source):
        match piece:
            case str():
                filled.append((piece, True))
            case _Literal():
                filled.append((piece.text, False))
            case _Variable():
                values = context.get(piece.key)
                # A variable cannot stand for several values.
                value = values[0] if values and len(values) == 1 else piece.default
                if value is None:
                    return None
                filled.append((value, False))
    return tuple(filled)


@lru_cache(maxsize=1024)
def _pieces(source: str) -> tuple[_Piece, ...]:
    return tuple(_parsed(source))


def _parsed(source: str) -> Iterator[_Piece]:
    end = 0
    for found in _VARIABLE.finditer(source):
        if found.start() > end:
            yield source[end : found.start()]
        if found["sign"]:
            yield _Literal(found["sign"])
        else:
            yield _Variable(found["key"].lower(), found["default"])
        end = found.end()
    if end < len(source):
        yield source[end:]


@lru_cache(maxsize=4096)
def _expression(
    pieces: tuple[tuple[str, bool], ...], per_part: bool, any_case: bool
) -> re.Pattern[str]:
    expression = []
    colons = 0
    for text, counts in pieces:
        for sign in text:
            anything = "[^:]" if per_part and colons < _PARTS else "."
            if counts and sign == "*":
                expression.append(f"{anything}*")
            elif counts and sign == "?":
                expression.append(anything)
            else:
                expression.append(re.escape(sign))
                colons += sign == ":"
    return re.compile("".join(expression), re.DOTALL | (re.IGNORECASE if any_case else 0))
