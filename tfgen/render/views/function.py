"""A function as the ``function`` variable of the modules takes it."""

from __future__ import annotations

import os.path
from collections.abc import Mapping

from tfgen.app import App, Code, Function, Image, Region, Statement
from tfgen.render.features import DEFAULT_EPHEMERAL_STORAGE
from tfgen.render.hcl import Expression, Value, quote
from tfgen.render.views.values import merged, used_only

# Settings that a root module only says when they are used: the defaults of the variable.
_UNUSED: Mapping[str, Value] = {
    "registry": None,
    "layers": [],
    "wrapper": False,
    "ephemeral_storage": DEFAULT_EPHEMERAL_STORAGE,
    "tracing": False,
    "reserved_concurrency": None,
    "provisioned_concurrency": None,
    "policies": [],
    "vpc": None,
    "dead_letter": False,
}

_OF_AN_IMAGE = ("registry", "image")


def function_settings(app: App) -> dict[str, Value]:
    """Returns what all regions of a stage have in common."""
    return used_only(_shared(app), _UNUSED)


def region_function(app: App, region: Region) -> Value:
    """Returns the function of a region in terms of ``local.function``."""
    own = _settings(region.function)
    base = {**{name: value for name, value in _UNUSED.items() if name in own}, **_shared(app)}
    return merged("local.function", base, own)


def bundle(app: App, region: Region) -> Value:
    """Returns the path of a region's bundle, from its root module; None for an image."""
    code = region.function.code
    if not isinstance(code, Code):
        return None
    root = f"{app.terraform.output}/{app.stage}"
    path = os.path.relpath(code.bundle, root).replace(os.sep, "/")
    return Expression(f'"${{path.root}}/{quote(path)[1:-1]}"')


def _shared(app: App) -> dict[str, Value]:
    """Returns the settings of the app's function, without an image if each region has its own."""
    settings = _settings(app.function)
    if len({region.function.code for region in app.regions}) > 1:
        settings = {name: value for name, value in settings.items() if name not in _OF_AN_IMAGE}
    return settings


def _settings(function: Function) -> dict[str, Value]:
    return {
        **_code_settings(function.code),
        "memory": function.memory,
        "timeout": function.timeout,
        "architecture": function.architecture,
        "ephemeral_storage": function.ephemeral_storage,
        "log_retention_days": function.log_retention_days,
        "tracing": function.tracing,
        "reserved_concurrency": function.reserved_concurrency,
        "provisioned_concurrency": function.provisioned_concurrency,
        "policies": [_statement(statement) for statement in function.policies],
        "vpc": _vpc(function),
        "dead_letter": function.dead_letter,
    }


def _code_settings(code: Code | Image) -> dict[str, Value]:
    if isinstance(code, Image):
        return {"registry": code.registry, "image": code.name}
    return {
        "runtime": code.runtime,
        "handler": code.handler,
        "layers": list(code.layers),
        "wrapper": code.wrapper,
    }


def _statement(statement: Statement) -> dict[str, Value]:
    said: dict[str, Value] = {
        "actions": list(statement.actions),
        "resources": list(statement.resources),
    }
    if statement.effect != "Allow":
        said = {"effect": statement.effect, **said}
    if statement.conditions:
        said["conditions"] = [
            {
                "test": condition.test,
                "variable": condition.variable,
                "values": list(condition.values),
            }
            for condition in statement.conditions
        ]
    return said


def _vpc(function: Function) -> Value:
    vpc = function.vpc
    if vpc is None:
        return None
    ids: dict[str, Value] = {
        "subnet_ids": list(vpc.subnet_ids),
        "security_group_ids": list(vpc.security_group_ids),
    }
    options: dict[str, Value] = {
        "ipv6": vpc.ipv6,
        "replace_security_groups_on_destroy": vpc.replace_security_groups_on_destroy,
        "replacement_security_group_ids": list(vpc.replacement_security_group_ids),
    }
    return ids | {name: value for name, value in options.items() if value}
