"""Configs that nobody would write: from the config language, from hostile values, and from noise.

Each is made from its number alone, so that any of them can be made again. Nothing here is bigger or
deeper than a little over the limits of ``tfgen.config.yaml_limits``.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import yaml

from tests.combinations.documents import document
from tests.combinations.language import DIMENSIONS

MARK = "injected_9f3"
"""Stands in hostile values where it would be code if it got out of them."""

# Configs that are refused for two keys that do not go together are many, and all alike.
_DEFAULT_SHARE = 0.96

TEXTS = (
    "",
    " ",
    "x" * 300,
    "x" * 5000,
    "../../x",
    "/etc",
    "a/../../b",
    "~",
    ".",
    "..",
    "C:\\x",
    "-",
    "--version",
    "a\nb",
    "a\r\nb",
    "\t",
    "\u2028",
    "\u202e",
    "\u0000",
    "\u001b[31m",
    "ünï",
    "e\u0301",
    "😀",
    "${",
    "$${",
    "%{",
    "%%{",
    "x${",
    "}}",
    "{{ name }}",
    "{% raw %}",
    f"${{{MARK}}}",
    f"%{{ if {MARK} }}",
    f"$${{{MARK}}}",
    f'"\n}}\nresource "{MARK}" "x" {{\n  a = "',
    f"EOT\n{MARK} = 1\n",
    f'\\"${{{MARK}}}',
    f"*/ {MARK} = 1",
    "# tfgen: when tracing",
    "# tfgen: end",
    '"',
    "'",
    "`",
    "\\",
    "\\n",
    "null",
    "~",
    "on",
    "0123",
    "1e3",
    "aws:x",
    "arn:aws:iam::123456789012:role/x",
    "us-west-2",
    "us-west-9",
    "*",
    "<<",
    "kms",
    "default",
)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    3,
    10**30,
    1.5,
    float("inf"),
    float("nan"),
    [],
    {},
    [None],
    [[]],
    {"": ""},
    {"a": {"b": {"c": {}}}},
)
# Written as they are, for YAML cannot be made to write them.
WORDS = (
    "2023-02-30",
    "!!int",
    "!!float x",
    "!!binary aGk=",
    "!!timestamp 1",
    "!x y",
    "&a [*a]",
    "*none",
    "0x" + "f" * 3000,
    "9" * 5000,
    "{<<: {[a]: b}}",
    "{<<: *none}",
    "[" * 70,
    '"\\0"',
    '"\\ud800"',
    '"\\x1b"',
    ".inf",
    "1:2:3",
    "|\n  x",
    ">-\n\n",
    "? [a]",
    "---",
    "...",
    "%YAML 9.9",
    "\t",
    "\x07",
    "\ufeff",
    "@x",
    "- - - x",
)


def config(number: int) -> str:
    """Returns the config of a number."""
    random = Random(number)  # noqa: S311 - its numbers are to be the same every time
    row = {
        name: values[0] if random.random() < _DEFAULT_SHARE else random.choice(values)
        for name, values in DIMENSIONS.items()
    }
    row["aws_provider"] = random.choice(("5", "6"))
    # Parts of the language's documents are shared, and must not be changed.
    data: Any = deepcopy(document(row))
    if random.random() < 0.5:
        data.setdefault("env", {})[f"V{random.randrange(9)}"] = random.choice(TEXTS)
    for _ in range(random.choice((0, 0, 0, 1, 1, 4))):
        data = _mutated(data, random)
    text = str(yaml.safe_dump(data, sort_keys=False, allow_unicode=random.random() < 0.5))
    return noisy(text, random, random.choice((0, 0, 0, 0, 0, 1, 3)))


def noisy(text: str, random: Random, times: int) -> str:
    """Returns a text that was damaged some times."""
    for _ in range(times):
        text = random.choice(_NOISES)(text, random)
    return text


def _mutated(data: Any, random: Random) -> Any:
    """Changes one place of a document."""
    places = list(_places(data))
    if not places:
        return deepcopy(random.choice(OTHERS))
    parent, key = random.choice(places)
    value = random.choice(TEXTS) if random.random() < 0.6 else deepcopy(random.choice(OTHERS))
    match random.randrange(7):
        case 0 | 1 | 2:
            parent[key] = value
        case 3:
            if isinstance(parent, dict):
                parent[random.choice(TEXTS)] = parent.pop(key)
        case 4:
            del parent[key]
        case 5:
            _, other = random.choice(places)
            if isinstance(parent, dict):
                parent[other] = value
        case _:
            above, below = random.choice(places)
            parent[key] = deepcopy(above[below])
    return data


def _places(data: Any) -> Any:
    """Yields every key and every index of a document, with what it is of."""
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in list(keys):
        yield data, key
        yield from _places(data[key])


def _insert(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(random.choice((WORDS, TEXTS))) + text[at:]


def _replace_value(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    name, colon, _ = lines[at].partition(":")
    lines[at] = f"{name}{colon} {random.choice(WORDS)}"
    return "\n".join(lines)


def _cut(text: str, random: Random) -> str:
    start, end = sorted(random.randrange(len(text) + 1) for _ in range(2))
    return text[:start] + text[min(end, start + random.choice((1, 5, 50))) :]


def _twice(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    return "\n".join([*lines[:at], lines[at], *lines[at:]])


def _indent(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at] = random.choice((" ", "  ", "\t", "- ")) + lines[at]
    return "\n".join(lines)


def _aliases(text: str, random: Random) -> str:
    count = random.choice((3, 19))
    lines = [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, count)]
    return "\n".join(["a0: &a0 [x]", *lines, text])


_NOISES: tuple[Callable[[str, Random], str], ...] = (
    _insert,
    _replace_value,
    _replace_value,
    _cut,
    _twice,
    _indent,
    _aliases,
)
