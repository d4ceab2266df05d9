"""What a block may say, and the one-line notation that the package carries it in.

An argument is its name, with ``!`` in front of it when it is required. A nested block has its own
arguments behind it in braces, ``vpc_config{!security_group_ids !subnet_ids}``; in brackets when it
may also be written as an argument, ``ingress[from_port to_port]``. A ``*`` among the arguments says
that there are others, which are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(r"[][{}]|[^][{}\s]+")
_OPEN: Final = "*"
_REQUIRED: Final = "!"
_CLOSING: Final = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Spec:
    """The body of a block.

    Attributes:
        arguments: name → argument or nested block.
        open: whether there are more arguments than these.
    """

    arguments: Mapping[str, Argument] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument or a nested block.

    Attributes:
        required: whether it has to be there.
        block: what a nested block of this name says; None is an argument only.
        either: whether a nested block may be written as an argument, too: Terraform's "attributes
            as blocks".
            https://developer.hashicorp.com/terraform/language/attr-as-blocks
    """

    required: bool = False
    block: Spec | None = None
    either: bool = False


def write_spec(spec: Spec) -> str:
    """Returns the notation of a body."""
    words = [_OPEN] if spec.open else []
    words += [write_argument(name, spec.arguments[name]) for name in sorted(spec.arguments)]
    return " ".join(words)


def write_argument(name: str, argument: Argument) -> str:
    """Returns the notation of an argument under a name."""
    text = (_REQUIRED if argument.required else "") + name
    if argument.block is None:
        return text
    opening = "[" if argument.either else "{"
    return f"{text}{opening}{write_spec(argument.block)}{_CLOSING[opening]}"


def read_spec(text: str) -> Spec:
    """Returns the body that `write_spec` wrote."""
    return _read(_Tokens(text))


class _Tokens:
    """The tokens of a text, with a look at the next one."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[str] = iter(_TOKEN.findall(text))
        self.next = next(self._tokens, "")

    def take(self) -> str:
        """Returns the next token and goes on to the one after it."""
        token, self.next = self.next, next(self._tokens, "")
        return token


def _read(tokens: _Tokens) -> Spec:
    arguments: dict[str, Argument] = {}
    is_open = False
    while tokens.next not in ("", "}", "]"):
        name = tokens.take()
        if name == _OPEN:
            is_open = True
            continue
        block, either = None, False
        if tokens.next in _CLOSING:
            either = tokens.take() == "["
            block = _read(tokens)
            tokens.take()
        arguments[name.removeprefix(_REQUIRED)] = Argument(
            required=name.startswith(_REQUIRED), block=block, either=either
        )
    return Spec(arguments, open=is_open)
