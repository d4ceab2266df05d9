"""Adds a region to the text of a config, or takes one out, and leaves every other line as it is.

The text is cut or extended at exactly one place. What comes out is read again and held against
what the config said before: when anything but that one region differs, there is no edit.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import yaml

from tfgen.config.places import Places
from tfgen.config.yaml_reader import read
from tfgen.config.yaml_tree import Node, commas, find, parse
from tfgen.errors import TfgenError

_Pairs = tuple[tuple[Node, Node], ...]


def add_region(text: str, path: tuple[str, ...], region: str, *, file: str) -> str:
    """Returns a config with one more region, the last of its set.

    Args:
        text: the config, which can be loaded.
        path: where the set is: ``("regions",)`` or ``("stages", STAGE, "regions")``.
        region: a region that is not in the set.
        file: the file's name, as errors show it.

    Raises:
        TfgenError: the set is written in a way that no single place can be found for it.
    """

    def expect(regions: dict[str, Any]) -> None:
        regions[region] = {}

    return _proven(text, path, _add, region, expect=expect, file=file)


def remove_region(text: str, path: tuple[str, ...], region: str, *, file: str) -> str:
    """Returns a config without one of its regions.

    What is written about the region goes with it: its settings, a comment behind it, and the
    comment lines right above it. Comment lines that a blank line sets off from it stay.

    Args:
        text: the config, which can be loaded.
        path: where the set is.
        region: a region of the set, but not the only one.
        file: the file's name, as errors show it.

    Raises:
        TfgenError: the region cannot be taken out of the text without changing more than it.
    """

    def expect(regions: dict[str, Any]) -> None:
        del regions[region]

    return _proven(text, path, _remove, region, expect=expect, file=file)


_Edit = Callable[[str, Node, _Pairs, str], str | None]


def _proven(
    text: str,
    path: tuple[str, ...],
    edit: _Edit,
    region: str,
    *,
    expect: Callable[[dict[str, Any]], None],
    file: str,
) -> str:
    before = read(text, file=file)
    node = find(parse(text), path)
    edited = edit(text, node, node.pairs, region) if node and node.pairs else None
    wanted = copy.deepcopy(before.data)
    expect(_at(wanted, path))
    if edited is None or not _says(edited, wanted, path, file):
        raise _refused(path, before.places)
    return edited


def _says(text: str, wanted: Any, path: tuple[str, ...], file: str) -> bool:
    """Says whether a text means exactly what is wanted, with the regions in that order."""
    try:
        data = read(text, file=file).data
    except (TfgenError, yaml.YAMLError):
        return False
    return bool(data == wanted) and list(_at(data, path)) == list(_at(wanted, path))


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def _refused(path: tuple[str, ...], places: Places) -> TfgenError:
    return TfgenError(
        f"`{'.'.join(path)}` is written in a way that tfgen cannot edit without changing more",
        place=places.at(*path),
        hint="write these regions out, without anchors, aliases and merged mappings, and run this "
        "again",
    )


def _add(text: str, regions: Node, pairs: _Pairs, region: str) -> str | None:
    last, value = pairs[-1]
    end = max(last.end, value.end)
    entry = f"{region}: {{}}"
    indent = text[_line_start(text, last.start) : last.start]
    if not regions.flow:
        if indent.strip(" "):
            return None
        return _with_line(text, _own_comments_end(text, end, len(indent)), f"{indent}{entry}")
    comma = _comma_between(text, end, regions.end)
    behind = end if comma is None else comma + 1
    rest = text[behind : _line_end(text, behind)]
    # Behind a key without a value a comma would be part of the key.
    new_comma = " ," if text[end - 1] == ":" else ","
    if not indent.strip(" ") and re.fullmatch(r"[ \t]*(#.*)?\r?", rest):
        # A line for each: the new one gets a line, too, and its comma as the others have it.
        if comma is None:
            text = text[:end] + new_comma + text[end:]
            return _with_line(text, _line_end(text, end), f"{indent}{entry}")
        return _with_line(text, _line_end(text, behind), f"{indent}{entry},")
    if comma is None:
        return f"{text[:end]}{new_comma} {entry}{text[end:]}"
    return f"{text[:behind]} {entry},{text[behind:]}"


def _remove(text: str, regions: Node, pairs: _Pairs, region: str) -> str | None:
    if len(pairs) == 1:
        return None
    for index, (key, value) in enumerate(pairs):
        if key.key != region:
            continue
        end = max(key.end, value.end)
        indent = text[_line_start(text, key.start) : key.start]
        if not regions.flow:
            if indent.strip(" "):
                return None
            end = _own_comments_end(text, end, len(indent))
            return _without_lines(text, key.start, end, first=index == 0)
        following = pairs[index + 1][0].start if index + 1 < len(pairs) else regions.end
        comma = _comma_between(text, end, following)
        behind = end if comma is None else comma + 1
        rest = text[behind : _line_end(text, behind)]
        if not indent.strip(" ") and re.fullmatch(r"[ \t]*(#.*)?\r?", rest):
            return _without_lines(text, key.start, _line_end(text, behind), first=index == 0)
        return _without_entry(text, key.start, end, comma, commas(text))
    return None


def _without_entry(
    text: str, start: int, end: int, comma: int | None, all_commas: list[int]
) -> str:
    """Takes an entry out of a line that has more in it, with one of the commas around it."""
    if comma is None:
        before = max((at for at in all_commas if at < start), default=start)
        # What stands between that comma and the entry on lines of their own is about others.
        if not text[before + 1 : start].strip(" "):
            start = before
    else:
        end = comma + 1
        end += len(text[end:]) - len(text[end:].lstrip(" "))
    comment = re.match(r"[ \t]*#[^\r\n]*", text[end:])
    if comment:
        end += comment.end()
    if text[end : end + 1] in ("\r", "\n"):
        start -= len(text[:start]) - len(text[:start].rstrip(" "))
    return text[:start] + text[end:]


def _comma_between(text: str, start: int, end: int) -> int | None:
    return next((at for at in commas(text) if start <= at < end), None)


def _with_line(text: str, end: int, line: str) -> str:
    """Puts a line below the one that ends at an offset, which may be the last one."""
    if end < len(text):
        newline = "\r\n" if text[end - 1 : end] == "\r" else "\n"
        return f"{text[: end + 1]}{line}{newline}{text[end + 1 :]}"
    newline = "\r\n" if "\r\n" in text else "\n"
    return f"{text}{newline}{line}"


def _without_lines(text: str, start: int, end: int, *, first: bool) -> str:
    """Takes out the lines of an entry and those of the comment right above it.

    Where it stood between blank lines, one of them goes as well; so does the one below the first.
    """
    begin = _line_start(text, start)
    indent = text[begin:start]
    while begin > 0:
        above = _line_start(text, begin - 1)
        if not re.match(rf"{indent}#", text[above:begin]):
            break
        begin = above
    end = min(end + 1, len(text))
    above = _line_start(text, begin - 1) if begin else 0
    if not text[end : _line_end(text, end)].strip():
        if not text[above:begin].strip():
            begin = above
        elif first:
            end = min(_line_end(text, end) + 1, len(text))
    return text[:begin] + text[end:]


def _own_comments_end(text: str, end: int, indent: int) -> int:
    """Returns where the lines of an entry end: comment lines of its own are indented deeper."""
    end = _line_end(text, end)
    while end < len(text):
        below = _line_end(text, end + 1)
        if not re.match(rf" {{{indent + 1},}}#", text[end + 1 : below]):
            break
        end = below
    return end


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, max(offset, 0)) + 1


def _line_end(text: str, offset: int) -> int:
    """Returns the offset of the line feed that ends a line, or that of the text's end."""
    end = text.find("\n", offset)
    return len(text) if end == -1 else end
