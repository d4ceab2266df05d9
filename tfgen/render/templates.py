"""The Jinja environment: templates carry structure, values come through filters only."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jinja2

from tfgen.render import hcl
from tfgen.render.library import templates_dir
from tfgen.render.modules import takes_region, variable_block, variable_settings

_NAME = re.compile(r"[a-z_][a-z0-9_.]*")


class Code(str):
    """Text that is HCL already."""

    __slots__ = ()


@cache
def environment() -> jinja2.Environment:
    """Returns the environment of all templates.

    An undefined name is an error, and so is a value that did not come through a filter: text
    cannot get into HCL without being quoted by ``to_hcl``.
    """
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir()),
        undefined=jinja2.StrictUndefined,
        finalize=_only_code,
        autoescape=False,  # noqa: S701  # HCL is not HTML; _only_code refuses what is not quoted
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["hcl"] = lambda value, depth=0: Code(hcl.to_hcl(value, depth))
    env.filters["key"] = lambda value: Code(hcl.key(value))
    env.filters["name"] = _name
    env.globals["variable"] = lambda files, name: Code(variable_block(files, name))
    env.globals["settings"] = lambda files, name: [
        Code(line) for line in variable_settings(files, name)
    ]
    env.tests["regional"] = takes_region
    return env


def _only_code(value: Any) -> Any:
    if not isinstance(value, Code):
        raise TypeError(f"a template prints {value!r} without a filter")
    return value


def _name(value: str) -> Code:
    if not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a name in HCL")
    return Code(value)
