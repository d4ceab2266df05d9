"""What the language has at a path of keys: the models, their keys and their examples."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from tfgen.config.model import Config
from tfgen.config.places import Path


def known_keys(path: Path) -> tuple[str, ...]:
    """Returns the keys that the language has below a path."""
    return tuple(sorted({key for model in _models_at(path) for key in model.model_fields}))


def suggest_key(path: Path) -> str | None:
    """Returns a hint for a key that the language does not have."""
    known = known_keys(path[:-1])
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known keys here: {', '.join(known)}" if known else None


def _step(annotation: Any, part: str | int) -> list[Any]:
    """Returns the types that may stand one key below a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        info = annotation.model_fields.get(str(part))
        return [] if info is None else _unwrap(info.annotation)
    args = getattr(annotation, "__args__", ())
    if getattr(annotation, "__origin__", None) is dict and args:
        return _unwrap(args[1])
    return []


def _unwrap(annotation: Any) -> list[Any]:
    """Returns the members of a union, without `Annotated`."""
    if hasattr(annotation, "__metadata__"):
        return _unwrap(annotation.__origin__)
    if getattr(annotation, "__origin__", None) is dict:
        return [annotation]
    args = getattr(annotation, "__args__", ())
    return [m for arg in args for m in _unwrap(arg)] if args else [annotation]


def example(path: Path) -> str:
    """Returns what the language gives as an example of a key's value."""
    for model in _models_at(path[:-1]):
        info = model.model_fields.get(str(path[-1]))
        if info is not None and info.examples and isinstance(info.examples[0], str):
            return info.examples[0]
    return "…"


def _models_at(path: Iterable[str | int]) -> list[type[BaseModel]]:
    models: list[Any] = [Config]
    for part in path:
        models = [found for model in models for found in _step(model, part)]
    return [m for m in models if isinstance(m, type) and issubclass(m, BaseModel)]
