"""Lines up the equals signs, as ``terraform fmt`` does, without calling Terraform.

Works on what the templates and ``to_hcl`` produce: indentation already right, no heredocs, no
comments behind code.
Rule: https://developer.hashicorp.com/terraform/language/style#code-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ASSIGNMENT = re.compile(r'(?P<key> *(?:[A-Za-z_][\w-]*|"(?:[^"\\]|\\.)*")) += (?P<value>.*)')
_QUOTED = re.compile(r'^( *")|(")$')
# In a grapheme cluster. The second is a zero-width joiner.
_JOINED = r"(?<=[\p{GCB=Extend}\u200d])(?!\p{GCB=SpacingMark})\p{Lo}"
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


def align(text: str) -> str:
    """Returns HCL with the equals signs of neighboring one-line attributes lined up."""
    return "\n".join(_aligned(text.split("\n")))


def _aligned(lines: list[str]) -> Iterator[str]:
    group: list[tuple[str, str]] = []
    for line in lines:
        match = _ASSIGNMENT.fullmatch(line)
        if match and _ends_on_its_line(match["value"]):
            group.append((match["key"], match["value"]))
            continue
        yield from _flush(group)
        group = []
        yield line
    yield from _flush(group)


def _flush(group: list[tuple[str, str]]) -> Iterator[str]:
    width = max((_width(key) for key, _ in group), default=0)
    for key, value in group:
        yield f"{key}{' ' * (width - _width(key))} = {value}"


def _ends_on_its_line(value: str) -> bool:
    depth = 0
    quoted = False
    characters = iter(value)
    for character in characters:
        if quoted and character == "\\":
            next(characters, None)
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character in _OPENING) - (character in _CLOSING)
    return depth == 0


def _width(text: str) -> int:
    """Returns the columns of a key as ``terraform fmt`` counts them.

    These are the grapheme clusters of each token, and a quote is a token of its own: a combining
    character behind it does not become one with it. Terraform's are those of Unicode 15.0. Since
    15.1, consonants of Indic scripts that a sign joins are one: https://www.unicode.org/reports/tr29/
    """
    if text.isascii():
        return len(text)
    import regex

    clusters = [
        cluster for token in _QUOTED.split(text) if token for cluster in regex.findall(r"\X", token)
    ]
    return len(clusters) + sum(len(regex.findall(_JOINED, cluster)) for cluster in clusters)
