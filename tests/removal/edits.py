"""Changes of a config document, and what the language says to the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from tests.combinations.documents import ciphertexts
from tests.combinations.language import Document
from tfgen.app import App
from tfgen.config.load import Loaded
from tfgen.config.model import Config
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.resolve import resolve_all

Path = tuple[str | int, ...]

REMOVE: Final = object()
"""The value of an edit that takes a key away."""


@dataclass(frozen=True)
class Edit:
    """A change of one key.

    Attributes:
        path: of the key.
        value: what it is set to, or ``REMOVE``.
    """

    path: Path
    value: Any

    def __str__(self) -> str:
        name = ".".join(map(str, self.path))
        return f"{name} removed" if self.value is REMOVE else f"{name} = {self.value}"


def edited(document: Document, edits: Iterable[Edit]) -> Document:
    """Returns a document with edits made, one after the other.

    A key that is to be removed may be missing. A mapping that loses its last key goes as well,
    unless it stands for something that is there without any.
    """
    changed: Document = copied(document)
    for edit in edits:
        _make(changed, edit)
    return changed


def copied(value: Any) -> Any:
    """Returns a copy of a document in which nothing is shared, as in a file."""
    if isinstance(value, Mapping):
        return {key: copied(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [copied(each) for each in value]
    return value


def _make(document: Document, edit: Edit) -> None:
    parents, key = edit.path[:-1], edit.path[-1]
    below: Any = document
    for step in parents:
        if isinstance(below, dict):
            if step not in below and edit.value is REMOVE:
                return
            below = below.setdefault(step, {})
        else:
            below = below[step]
    if edit.value is not REMOVE:
        below[key] = copied(edit.value)
    elif isinstance(below, list):
        del below[int(key)]
    else:
        below.pop(key, None)


def at(document: Document, path: Path) -> Any:
    """Returns what stands at a path; ``REMOVE`` if nothing does."""
    below: Any = document
    for step in path:
        try:
            below = below[step]
        except (KeyError, IndexError, TypeError):
            return REMOVE
    return below


def leaves(document: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yields everything that a document says, by its path."""
    for key, value in document.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], path: Path = ()
) -> Iterator[Edit]:
    """Yields the edits that make one document of another."""
    for key, value in before.items():
        if key not in after:
            yield Edit((*path, key), REMOVE)
        elif isinstance(value, Mapping) and isinstance(after[key], Mapping):
            yield from differences(value, after[key], (*path, key))
        elif value != after[key]:
            yield Edit((*path, key), after[key])
    for key, value in after.items():
        if key not in before:
            yield Edit((*path, key), value)


def resolved(document: Document) -> App:
    """Returns the app of a document with one stage.

    Raises:
        TfgenError: the language refuses it.
    """
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        raise TfgenError(str(error)) from None
    [app] = resolve_all(Loaded(config, Places("tfgen.yaml"), ciphertexts(config.name)))
    return app


def accepted(document: Document) -> bool:
    """Says whether the language takes a document."""
    try:
        resolved(document)
    except TfgenError:
        return False
    return True


@dataclass(frozen=True)
class Key:
    """A key that a document says.

    Attributes:
        path: where it stands.
        part: the part of the language that has it.
        name: what it is called there; for an entry of a mapping, with ``.*`` behind it.
        optional: whether it may be left out.
        default: what it is taken to be without.
    """

    path: Path
    part: str
    name: str
    optional: bool
    default: Any


def keys_in(value: object, path: Path = ()) -> Iterator[Key]:
    """Yields every key of a config, those of its parts as well, and every entry of a mapping.

    Args:
        value: a model of the language, or what a key of one is.
        path: where it stands.
    """
    if isinstance(value, BaseModel):
        part = type(value)
        for name in part.model_fields:
            if name not in value.model_fields_set:
                continue
            field = part.model_fields[name]
            optional = not field.is_required()
            default = field.get_default() if optional else REMOVE
            yield Key((*path, name), part.__name__, name, optional, default)
            inside = getattr(value, name)
            if isinstance(inside, Mapping):
                for key in inside:
                    yield Key((*path, name, key), part.__name__, f"{name}.*", True, REMOVE)
            yield from keys_in(inside, (*path, name))
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield from keys_in(inside, (*path, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inside in enumerate(value):
            yield from keys_in(inside, (*path, index))
