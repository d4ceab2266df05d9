"""Puts an entry into a mapping of a YAML text, or takes one out, and leaves all else as it is.

The text is cut or extended at exactly one place. What comes out is read again and held against
what the text said before: when anything but that one entry differs, there is no edit.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import yaml

from tfgen.config.yaml_reader import read
from tfgen.config.yaml_tree import Node, commas, parse
from tfgen.errors import TfgenError

Path = tuple[str, ...]


def proven(
    text: str,
    edit: Callable[[str, Node], str | None],
    expect: Callable[[Any], object],
    *,
    ordered: Path,
    file: str,
) -> str | None:
    """Edits a text, and looks at what it then says.

    Args:
        text: YAML that can be read.
        edit: returns the edited text, or None if it cannot.
        expect: changes what the text says into what it is to say.
        ordered: the path of the mapping whose order counts.
        file: the file's name, as errors show it.

    Returns:
        The edited text; None if it would say anything else than expected.
    """
    wanted = copy.deepcopy(read(text, file=file).data)
    expect(wanted)
    try:
        edited = edit(text, parse(text))
    except yaml.YAMLError:
        # The loader in Python, which knows the offsets, refuses some of what libyaml reads, such as
        # a tab behind a colon.
        return None
    return edited if edited is not None and _says(edited, wanted, ordered, file) else None


def _says(text: str, wanted: Any, ordered: Path, file: str) -> bool:
    try:
        data = read(text, file=file).data
    except (TfgenError, yaml.YAMLError):
        return False
    return bool(data == wanted) and list(at(data, ordered)) == list(at(wanted, ordered))


def at(data: Any, path: Path) -> Any:
    """Returns what stands at a path of keys, or an empty mapping if nothing does."""
    for key in path:
        data = data.get(key) or {}
    return data


def add_entry(text: str, mapping: Node, entry: str) -> str | None:
    """Puts an entry behind the last one of a mapping, in the way that the others are written.

    Args:
        text: the whole text.
        mapping: a mapping in it.
        entry: on one line.

    Returns:
        None if there is no single place for it.
    """
    pairs = mapping.pairs
    if not pairs:
        # Between the braces of a mapping without entries there may be a comment.
        empty = mapping.flow and re.fullmatch(r"\{\s*\}", text[mapping.start : mapping.end])
        return f"{text[: mapping.start]}{{{entry}}}{text[mapping.end :]}" if empty else None
    last, value = pairs[-1]
    end = max(last.end, value.end)
    indent = text[_line_start(text, last.start) : last.start]
    if not mapping.flow:
        if indent.strip(" "):
            return None
        return _with_line(text, _own_comments_end(text, end, len(indent)), f"{indent}{entry}")
    comma = _comma_between(text, end, mapping.end)
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


def remove_entry(text: str, mapping: Node, name: str) -> str | None:
    """Takes an entry out of a mapping, with the comment lines right above it.

    Args:
        text: the whole text.
        mapping: a mapping in it.
        name: the entry's key.

    Returns:
        None if the entry is not there, is the only one, or shares its first line in a way that
        does not allow it.
    """
    pairs = mapping.pairs or ()
    if len(pairs) == 1:
        return None
    for index, (key, value) in enumerate(pairs):
        if key.key != name:
            continue
        end = max(key.end, value.end)
        indent = text[_line_start(text, key.start) : key.start]
        if not mapping.flow:
            if indent.strip(" "):
                return None
            end = _own_comments_end(text, end, len(indent))
            return _without_lines(text, key.start, end, first=index == 0)
        following = pairs[index + 1][0].start if index + 1 < len(pairs) else mapping.end
        comma = _comma_between(text, end, following)
        behind = end if comma is None else comma + 1
        rest = text[behind : _line_end(text, behind)]
        if not indent.strip(" ") and re.fullmatch(r"[ \t]*(#.*)?\r?", rest):
            return _without_lines(text, key.start, _line_end(text, behind), first=index == 0)
        return _without_entry(text, key.start, end, comma, commas(text))
    return None


def add_section(text: str, root: Node, lines: list[str], *, below: str, above: str) -> str | None:
    """Puts lines of their own between the entries of the outermost mapping.

    Where entries are set apart by blank lines, these are, too.

    Args:
        text: the whole text.
        root: its outermost mapping, not in braces.
        lines: to put there.
        below: the key of the entry that they come below.
        above: if there is none, the key of the one that they come above, and its comment. Without
            either they come last.

    Returns:
        None if there are no entries.
    """
    pairs = {key.key: (key, value) for key, value in root.pairs or ()}
    if not pairs:
        return None
    if below not in pairs and above not in pairs:
        below = list(pairs)[-1] or ""
    key, value = pairs.get(below) or pairs[above]
    begin = _comment_start(text, key.start)
    apart = begin > 0 and not text[_line_start(text, begin - 1) : begin].strip()
    if below in pairs:
        begin = min(_own_comments_end(text, max(key.end, value.end), 0) + 1, len(text))
        lines = ["", *lines] if apart else lines
    elif apart:
        lines = [*lines, ""]
    newline = "\r\n" if "\r\n" in text else "\n"
    if begin and text[begin - 1] != "\n":
        lines = ["", *lines]
    return text[:begin] + "".join(line + newline for line in lines) + text[begin:]


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
    begin = _comment_start(text, start)
    end = min(end + 1, len(text))
    above = _line_start(text, begin - 1) if begin else 0
    if not text[end : _line_end(text, end)].strip():
        if not text[above:begin].strip():
            begin = above
        elif first:
            end = min(_line_end(text, end) + 1, len(text))
    return text[:begin] + text[end:]


def _comment_start(text: str, start: int) -> int:
    """Returns where the lines of an entry begin: with the comment lines right above it."""
    begin = _line_start(text, start)
    indent = text[begin:start]
    while begin > 0:
        above = _line_start(text, begin - 1)
        if not re.match(rf"{indent}#", text[above:begin]):
            break
        begin = above
    return begin


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
