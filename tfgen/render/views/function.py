"""A function as the ``function`` variable of the modules takes it."""

from __future__ import annotations

import os.path
from collections.abc import Mapping

from tfgen.app import App, Code, Function, Region
from tfgen.render.hcl import Expression, Value, quote
from tfgen.render.views.values import merged, used_only

# Settings that a root module only says when they are used: the defaults of the variable.
_UNUSED: Mapping[str, Value] = {
    "tracing": False,
    "reserved_concurrency": None,
    "layers": [],
}


def function_settings(app: App) -> dict[str, Value]:
    """Returns what all regions of a stage have in common."""
    return used_only(_settings(app.function), _UNUSED)


def region_function(app: App, region: Region) -> Value:
    """Returns the function of a region in terms of ``local.function``."""
    base = _settings(app.function)
    return merged("local.function", base, _settings(region.function))


def bundle(app: App, region: Region) -> Value:
    """Returns the path of a region's bundle, from its root module; None for an image."""
    code = region.function.code
    if not isinstance(code, Code):
        return None
    root = f"{app.terraform.output}/{app.stage}"
    path = os.path.relpath(code.bundle, root).replace(os.sep, "/")
    return Expression(f'"${{path.root}}/{quote(path)[1:-1]}"')


def _settings(function: Function) -> dict[str, Value]:
    code = function.code
    of_code: dict[str, Value] = {}
    if isinstance(code, Code):
        of_code = {"runtime": code.runtime, "handler": code.handler, "layers": list(code.layers)}
    return {
        **of_code,
        "memory": function.memory,
        "timeout": function.timeout,
        "architecture": function.architecture,
        "log_retention_days": function.log_retention_days,
        "tracing": function.tracing,
        "reserved_concurrency": function.reserved_concurrency,
    }
