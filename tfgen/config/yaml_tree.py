"""Where everything in a YAML text stands, character by character, for edits that keep the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a YAML text.

    Attributes:
        start: the offset of its first character; that of its anchor or tag if it has one.
        end: the offset behind the last character of it or of what is in it.
        flow: whether it stands in braces or brackets.
        key: the text of a scalar, which keys are compared by; None for anything else.
        pairs: the keys and values of a mapping, in order; None for anything else. An alias has
            none, whatever it stands for: what is there is written elsewhere.
    """

    start: int
    end: int
    flow: bool = False
    key: str | None = None
    pairs: tuple[tuple[Node, Node], ...] | None = None


def parse(text: str) -> Node:
    """Returns the one document of a text.

    Args:
        text: YAML that can be loaded.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    # libyaml counts bytes in some places, so this is the loader in Python.
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            return _node(next(events), events, text)
    return Node(0, 0)


def commas(text: str) -> list[int]:
    """Returns the offsets of the commas between the entries of mappings and sequences in flow."""
    tokens = yaml.scan(text, Loader=yaml.SafeLoader)
    return [token.start_mark.index for token in tokens if isinstance(token, yaml.FlowEntryToken)]


def find(node: Node, path: tuple[str, ...]) -> Node | None:
    """Returns what stands at a path of keys, if it is written there.

    Args:
        node: where the path begins.
        path: the keys.
    """
    for key in path:
        values = [value for name, value in node.pairs or () if name.key == key]
        if not values:
            return None
        node = values[-1]
    return node


def _node(event: Any, events: Iterator[Any], text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.MappingStartEvent):
        pairs = []
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = _node(event, events, text)
            pairs.append((key, _node(next(events), events, text)))
        inside = [part.end for pair in pairs for part in pair]
        return _collection(start, end, event, inside, tuple(pairs))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events, text).end)
        return _collection(start, end, event, items, None)
    # A block of text ends where the next line begins.
    end = start + len(text[start:end].rstrip())
    return Node(start, end, key=event.value if isinstance(event, yaml.ScalarEvent) else None)


def _collection(
    start: int,
    opened: int,
    end: Any,
    inside: list[int],
    pairs: tuple[tuple[Node, Node], ...] | None,
) -> Node:
    # Only in flow something stands at the end: the closing brace or bracket.
    flow = end.end_mark.index > end.start_mark.index
    return Node(
        start, end.end_mark.index if flow else max([opened, *inside]), flow=flow, pairs=pairs
    )
