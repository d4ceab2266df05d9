"""Mapping templates: the Velocity of API Gateway, by an engine that was held against AWS.

Where API Gateway differs from Velocity, the engine does as API Gateway: a reference to what is not
there is an empty text, and true in a condition.
https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
https://github.com/localstack/airspeed
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from tfgen.sandbox.gateway.variables import (
    ABSENT,
    INPUT_METHODS,
    MAP_METHODS,
    MAPS_OWN,
    TEXT_METHODS,
    UTIL_METHODS,
    Absent,
    List,
    Map,
    Overrides,
    TemplateUnsupportedError,
)

# Methods of Python's texts that do what Java's of the same name do.
_TEXTS_OWN: Final = frozenset({"replace", "split"})

# The engine has these for AppSync and for plain Velocity.
_NO_DIRECTIVES: Final = {
    "EvaluateDirective": "#evaluate",
    "IncludeDirective": "#include",
    "MacroCall": "macros",
    "MacroDefinition": "#macro",
    "ParseDirective": "#parse",
    "ReturnDirective": "#return",
}


class TemplateFailedError(Exception):
    """A template cannot be evaluated, in AWS neither."""


class _Namespace(dict[str, Any]):
    """The variables. One that is not set is not an error."""

    def __missing__(self, name: str) -> Absent:
        return ABSENT


def evaluate(template: str, variables: Mapping[str, Any]) -> str:
    """Evaluates a mapping template.

    Args:
        template: the template.
        variables: by their names, without ``$``. What it sets in them is set.

    Returns:
        What it makes.

    Raises:
        TemplateFailedError: the template is wrong.
        TemplateUnsupportedError: it may be right, but not here.
    """
    if "$" not in template and "#" not in template:
        return template
    compiled = _compile(template)
    try:
        return str(compiled.merge(_Namespace(variables)))
    except Exception as error:
        cause = _cause(error)
        if isinstance(cause, TemplateUnsupportedError):
            raise cause from error
        reason = f"A mapping template failed: {_line(error)}"
        raise TemplateFailedError(reason) from error


@lru_cache(maxsize=128)
def _compile(template: str) -> Any:
    from airspeed import Template

    methods = _known_methods()
    compiled = Template(template)
    try:
        compiled.ensure_compiled()
    except Exception as error:
        raise TemplateFailedError(f"A mapping template is wrong: {_line(error)}") from error
    for element in _elements(compiled.root_element):
        kind = type(element).__name__
        if kind in _NO_DIRECTIVES:
            reason = f"The sandbox's mapping templates have no {_NO_DIRECTIVES[kind]}"
            raise TemplateUnsupportedError(reason)
        if kind == "NameOrCall":
            called = element.parameters is not None
            if element.name.startswith("_") or (called and element.name not in methods):
                reason = f"The sandbox's mapping templates have no method {element.name}"
                raise TemplateUnsupportedError(reason)
    return compiled


@cache
def _known_methods() -> frozenset[str]:
    """Teaches the engine methods; returns the names of all that a template may call."""
    from airspeed import operators

    tables: dict[type, dict[str, Any]] = operators.__additional_methods__
    tables[str].update(TEXT_METHODS)
    tables[dict].update(MAP_METHODS)
    tables[Absent], tables[List] = tables[str], tables[list]
    tables[Map] = tables[Overrides] = tables[dict]
    names = (name for table in tables.values() for name in table)
    return frozenset({*names, *MAPS_OWN, *_TEXTS_OWN, *INPUT_METHODS, *UTIL_METHODS})


def _elements(root: Any) -> Iterable[Any]:
    """Returns the elements of a parsed template, whatever holds them."""
    from airspeed import _Element

    waiting, seen = [root], set[int]()
    while waiting:
        # Some elements keep only a method of what they hold.
        value = waiting.pop()
        value = getattr(value, "__self__", value)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, _Element):
            yield value
            waiting.extend(vars(value).values())
        elif isinstance(value, dict):
            waiting.extend((*value.keys(), *value.values()))
        elif isinstance(value, list | tuple):
            waiting.extend(value)


def _cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _line(error: BaseException) -> str:
    """Returns what an error says, on one line."""
    return re.sub(r"\s+", " ", str(error)).strip() or type(error).__name__
