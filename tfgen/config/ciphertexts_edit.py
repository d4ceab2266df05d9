"""Edits the text of a file of ciphertexts: one line a value, comments kept, nothing else changed.

What a hand has written into the file stays where a reader expects it: a comment goes with what is
below it, one at the end of a line with that line, and names that are not in order stay as they are.
What comes out is read again and held against what the file said before: when anything but the
wanted values differs, there is no edit.

Git merges changes that do not touch: a blank line between two names keeps a change of the one
apart from one of the other, and a last line keeps a new name at the end apart from a change of the
one before it. Git's own driver that takes the lines of both sides would be wrong: it puts the line
of a region below another name when the two meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import yaml

from tfgen.config.ciphertexts import Ciphertext, Ciphertexts, parse_ciphertexts
from tfgen.config.yaml_tree import parse
from tfgen.errors import TfgenError

HEADER = "# Written by `tfgen env`: ciphertexts, each for one region's key alone."

FOOTER = "# End of the ciphertexts."

Changes = Mapping[tuple[str, str], Ciphertext | None]
"""Name and region → the new ciphertext; None takes the old one out."""

_COMMENT = re.compile(r"[ \t]*(#.*)")


@dataclass(slots=True)
class _Value:
    text: str
    above: list[str] = field(default_factory=list)
    behind: str = ""


@dataclass(slots=True)
class _Name:
    regions: dict[str, _Value] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)
    behind: str = ""


@dataclass(slots=True)
class _File:
    head: list[str] = field(default_factory=list)
    names: dict[str, _Name] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)


def edit_ciphertexts(text: str, changes: Changes, *, file: str) -> str:
    """Returns a file with some ciphertexts set, and others taken out.

    Args:
        text: the file; nothing is one that does not exist yet.
        changes: what is to be different.
        file: its name, as errors show it.

    Returns:
        Nothing if neither a ciphertext nor a comment of anybody's is left.

    Raises:
        TfgenError: the file is not what tfgen writes, or cannot be edited without losing anything.
    """
    before = parse_ciphertexts(text, file=file)
    try:
        model = _read(text, before)
    except yaml.YAMLError as error:
        # See `tfgen.config.yaml_edit.proven`.
        raise _not_editable(file) from error
    for (name, region), ciphertext in sorted(changes.items()):
        if ciphertext is None:
            _remove(model, name, region)
        else:
            _set(model, name, region, ciphertext)
    edited = _written(model, newline="\r\n" if "\r\n" in text else "\n")
    wanted = changed(before, changes)
    lost = _comments(text) - _comments(edited) - _dropped(before, wanted, text)
    if not _says(edited, wanted) or lost - {HEADER, FOOTER}:
        raise _not_editable(file)
    return edited


def _not_editable(file: str) -> TfgenError:
    return TfgenError(
        "The file is written in a way that tfgen cannot edit without losing something",
        place=file,
        hint="write one line for each region, below its variable's name, and run this again",
    )


def line_of(ciphertext: Ciphertext) -> str:
    """Returns a ciphertext as the file has it, behind its region."""
    # What begins with a digit could be read as a number.
    text = ciphertext.text if ciphertext.text[0].isalpha() else f'"{ciphertext.text}"'
    return f'{{for: {ciphertext.context}, key: "{ciphertext.key}", ciphertext: {text}}}'


def _says(text: str, wanted: Mapping[str, Mapping[str, Ciphertext]]) -> bool:
    try:
        return parse_ciphertexts(text, file="").values == wanted
    except TfgenError:
        return False


def changed(before: Ciphertexts, changes: Changes) -> dict[str, dict[str, Ciphertext]]:
    """Returns the values of a file with some of them set, and others taken out."""
    values = {name: dict(regions) for name, regions in before.values.items()}
    for (name, region), ciphertext in changes.items():
        if ciphertext is None:
            values.get(name, {}).pop(region, None)
        else:
            values.setdefault(name, {})[region] = ciphertext
    return {name: regions for name, regions in values.items() if regions}


def _read(text: str, values: Ciphertexts) -> _File:
    """Takes a file apart, with each comment at what it is about."""
    if not text.strip():
        return _File(head=[HEADER], tail=[FOOTER])
    model = _File()
    # Where what a comment can be above of begins, and where its comments are kept.
    below: list[tuple[int, list[str]]] = []
    for key, value in parse(text).pairs or ():
        name = model.names[key.key or ""] = _Name()
        below.append((key.start, name.above))
        # In braces, all of it is one line of its name's.
        name.behind = _behind(text, key.end if not value.flow else value.end)
        for region_key, region_value in value.pairs or ():
            region = region_key.key or ""
            known = values.values.get(key.key or "", {}).get(region)
            kept = name.regions[region] = _Value("" if known is None else line_of(known))
            below.append((region_key.start, kept.above))
            if not value.flow:
                kept.behind = _behind(text, max(region_key.end, region_value.end))
    below.append((len(text) + 1, model.tail))
    first = below[0][0]
    for start, comment, set_off in _comment_lines(text):
        of_file = comment == HEADER or (set_off and start < first)
        if of_file and start < first:
            model.head += [*below[0][1], comment]
            below[0][1].clear()
        else:
            next(kept for begin, kept in below if begin > start).append(comment)
    return model


def _comment_lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yields each line that is a comment: where, what, and whether an empty line follows."""
    offset = 0
    lines = [*text.splitlines(keepends=True), ""]
    for line, following in pairwise(lines):
        if found := _COMMENT.match(line.removeprefix("\ufeff")):
            yield offset, found[1].rstrip(), not following.strip()
        offset += len(line)


def _behind(text: str, end: int) -> str:
    """Returns the comment at the end of a line."""
    line = text[end : len(text) if (found := text.find("\n", end)) == -1 else found]
    comment = re.search(r"(?:^:?|\s)[ \t]*(#.*)", line)
    return comment[1].rstrip() if comment else ""


def _comments(text: str) -> set[str]:
    return {comment for _, comment, _ in _comment_lines(text)}


def _dropped(
    before: Ciphertexts, wanted: Mapping[str, Mapping[str, Ciphertext]], text: str
) -> set[str]:
    """Returns the comments that are above what is taken out, and go with it."""
    model = _read(text, before)
    gone: set[str] = set()
    for name, kept in model.names.items():
        if name not in wanted:
            gone.update(kept.above)
        for region, value in kept.regions.items():
            if region not in wanted.get(name, {}):
                gone.update(value.above)
    return gone


def _remove(model: _File, name: str, region: str) -> None:
    if name in model.names:
        model.names[name].regions.pop(region, None)
        if not model.names[name].regions:
            del model.names[name]


def _set(model: _File, name: str, region: str, ciphertext: Ciphertext) -> None:
    model.names = _with(model.names, name, _Name())
    kept = model.names[name]
    kept.regions = _with(kept.regions, region, _Value(""))
    kept.regions[region].text = line_of(ciphertext)


_Kept = TypeVar("_Kept")


def _with(entries: dict[str, _Kept], key: str, value: _Kept) -> dict[str, _Kept]:
    """Puts an entry before the first that is greater; one that is there stays where it is."""
    if key in entries:
        return entries
    before = next((each for each in entries if each > key), None)
    if before is None:
        return {**entries, key: value}
    items: dict[str, _Kept] = {}
    for each, old in entries.items():
        if each == before:
            items[key] = value
        items[each] = old
    return items


def _written(model: _File, *, newline: str) -> str:
    if not model.names and model.head in ([], [HEADER]) and model.tail in ([], [FOOTER]):
        return ""
    blocks = []
    for name, kept in model.names.items():
        lines = [*kept.above, f"{name}:{_spaced(kept.behind)}"]
        for region, value in kept.regions.items():
            lines += [f"  {comment}" for comment in value.above]
            lines.append(f"  {region}: {value.text}{_spaced(value.behind)}")
        blocks.append(lines)
    # tfgen's own line stands right above; what a hand has written for the whole file, apart.
    if model.head == [HEADER] and blocks:
        blocks[0] = [HEADER, *blocks[0]]
    elif model.head:
        blocks.insert(0, model.head)
    if model.tail:
        blocks.append(model.tail)
    return (newline * 2).join(newline.join(block) for block in blocks) + newline


def _spaced(comment: str) -> str:
    return f"  {comment}" if comment else ""
