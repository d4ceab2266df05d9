"""The function of an app or of a region, with every default filled in."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tfgen import app as a
from tfgen.config.function import Function, Statement, Vpc
from tfgen.config.model import Config
from tfgen.config.places import Places
from tfgen.errors import TfgenError

BUNDLES = ".tfgen/bundles"
# Of a source that has secrets: with what resolves them; and with the ciphertexts of a stage.
WRAPPED = ".tfgen/wrapped"
SEALED = ".tfgen/sealed"

FUNCTION_DEFAULTS: Mapping[str, Any] = {
    "memory": 512,
    "timeout": 15,
    "architecture": "arm64",
    "ephemeral_storage": 512,
    "log_retention_days": 30,
    "tracing": False,
    "dead_letter": False,
    "url": False,
    "code": "direct",
}

_NEEDED = {"source": "./src", "runtime": "python3.13", "handler": "app.handler"}
_OF_A_BUNDLE = ("source", "runtime", "handler", "layers", "code")


@dataclass(frozen=True, slots=True)
class Packing:
    """What bundles have beside their source.

    Attributes:
        folder: where bundles with that are, relative to the config's folder.
        wrapper: whether they have what resolves the secrets.
    """

    folder: str = BUNDLES
    wrapper: bool = False


def resolve_function(
    function: Function,
    changes: Function | None,
    vpc: Vpc | None,
    places: Places,
    packing: Packing,
) -> a.Function:
    """Returns a function with every default filled in.

    Args:
        function: the app's.
        changes: a region's.
        vpc: the network that the region names for itself.
        places: of the config, as the stage sees it.
        packing: what the bundle has beside the source.

    Raises:
        TfgenError: it is neither a bundle nor an image, or something of both; or a region says
            what is for all.
    """
    if changes:
        _check_changes(changes, vpc, places)
    said = _said(function) | (_said(changes) if changes else {})
    given = {name: value for name, value in said.items() if value is not None}
    if "image" in given:
        _refuse_bundle(given, _said(changes) if changes else {}, places)
    values = Function.model_validate({**FUNCTION_DEFAULTS, **given})
    # Of the settings that have a default, none is None any more.
    known: dict[str, Any] = {name: getattr(values, name) for name in FUNCTION_DEFAULTS}
    return a.Function(
        code=_code(values, known["code"], places, packing),
        memory=known["memory"],
        timeout=known["timeout"],
        architecture=known["architecture"],
        ephemeral_storage=known["ephemeral_storage"],
        log_retention_days=known["log_retention_days"],
        tracing=known["tracing"],
        reserved_concurrency=values.reserved_concurrency,
        provisioned_concurrency=values.provisioned_concurrency,
        policies=tuple(_statement(statement) for statement in values.policies or ()),
        vpc=_vpc(vpc or values.vpc),
        dead_letter=known["dead_letter"],
    )


def bundle_path(source: str, folder: str = BUNDLES) -> str:
    """Returns where the zip of a source is, relative to the config's folder.

    A zip to which nothing is added is its own bundle. Any other bundle mirrors the path of its
    source, so that two sources never share one and a source always has the same.

    Args:
        source: a folder or a zip.
        folder: of the bundles that have the same beside their source.
    """
    path = PurePosixPath(posixpath.normpath(source))
    if path.suffix == ".zip" and folder == BUNDLES:
        return str(path)
    parts = ["_parent" if part == ".." else part for part in path.parts if part != "/"]
    return f"{folder}/{'/'.join(parts) or '_project'}.zip"


def common_function(config: Config) -> Function:
    """Returns what the app says about the function, with code even if only its regions name any.

    Code that only regions name is that of the first of them which names some.

    Args:
        config: with a stage merged into it.
    """
    said = _said(config.function)
    if said.get("source") or said.get("image"):
        return config.function
    for overrides in config.regions.values():
        own = _said(overrides.function) if overrides else {}
        if own.get("source") or own.get("image"):
            code = {key: own[key] for key in ("image", *_OF_A_BUNDLE) if own.get(key)}
            return Function.model_validate({**said, **code})
    return config.function


def _check_changes(changes: Function, vpc: Vpc | None, places: Places) -> None:
    if changes.url is not None:
        raise TfgenError(
            "`function.url` is the same in all regions of a stage, so a region cannot set it",
            place=places.at("function", "url"),
            hint="set `url:` in `function` of the app or of the stage",
        )
    if vpc is not None and changes.vpc is not None:
        raise TfgenError(
            "The region has two networks, `vpc` and `function.vpc`, for one function",
            place=places.at("function", "vpc"),
            hint="remove one of them",
        )


def _refuse_bundle(given: Mapping[str, Any], own: Mapping[str, Any], places: Places) -> None:
    """Refuses what a bundle has beside an image, where the later of the two is said.

    Args:
        given: what the app and the region say.
        own: what the region says alone.
        places: of the config.
    """
    for key in _OF_A_BUNDLE:
        if not given.get(key):
            continue
        what = "code, runtime, handler and layers in it"
        if key == "code":
            what = "code in it, and Lambda gets it from ECR"
        raise TfgenError(
            f"`function.image` and `function.{key}` exclude each other",
            place=places.at("function", key if key in own and "image" not in own else "image"),
            hint=f"an image has its {what}; remove `{key}:` or `image:`",
        )


def _said(function: Function) -> dict[str, Any]:
    return function.model_dump(exclude_unset=True)


def _code(
    values: Function, delivery: a.CodeDelivery, places: Places, packing: Packing
) -> a.Code | a.Image:
    if values.image is not None:
        return _image(values.image)
    needed = {key: _needed(values, key, places) for key in _NEEDED}
    source = posixpath.normpath(needed["source"])
    return a.Code(
        source=source,
        bundle=bundle_path(source, packing.folder),
        runtime=needed["runtime"],
        handler=needed["handler"],
        layers=tuple(values.layers or ()),
        delivery=delivery,
        wrapper=packing.wrapper,
    )


def _image(image: str) -> a.Image:
    registry, slash, name = image.partition("/")
    # The name of a repository has no `.dkr.`, and may have slashes of its own.
    if slash and ".dkr.ecr." in registry:
        return a.Image(registry, name)
    return a.Image(None, image)


def _needed(values: Function, key: str, places: Places) -> str:
    value: str | None = getattr(values, key)
    if value is None:
        raise TfgenError(
            f"`function.{key}` is missing",
            place=places.at("function", key),
            hint=f"add `{key}: {_NEEDED[key]}`",
        )
    return value


def _statement(statement: Statement) -> a.Statement:
    return a.Statement(
        effect=statement.effect,
        actions=tuple(statement.actions),
        resources=tuple(statement.resources),
        conditions=tuple(
            a.Condition(condition.test, condition.variable, tuple(condition.values))
            for condition in statement.conditions
        ),
    )


def _vpc(vpc: Vpc | None) -> a.Vpc | None:
    if vpc is None:
        return None
    return a.Vpc(
        subnet_ids=tuple(vpc.subnet_ids),
        security_group_ids=tuple(vpc.security_group_ids),
        ipv6=vpc.ipv6,
        replace_security_groups_on_destroy=vpc.replace_security_groups_on_destroy,
        replacement_security_group_ids=tuple(vpc.replacement_security_group_ids),
    )
