"""The configs that assignments of the language's dimensions stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.combinations.databases import ACCOUNT
from tests.combinations.language import (
    BUNDLE,
    CHANGES,
    REGIONS,
    ZONE_NAME,
    ZONE_NAME_OF_ID,
    Document,
)
from tfgen.config.ciphertexts import Ciphertext, Ciphertexts, context_of


def ciphertexts(app: str = "hello") -> dict[str, Ciphertexts]:
    """Returns the ciphertexts that any config here needs, by stage.

    Args:
        app: the config's name.
    """
    values = {
        region: Ciphertext(
            context=context_of(app, "production", region, "DB"),
            key=f"arn:aws:kms:{region}:{ACCOUNT}:key/0123abcd",
            text="AQIDBA==",
        )
        for region in REGIONS
    }
    return {"production": Ciphertexts({"DB": values})}


def document(assignment: Mapping[str, str]) -> Document:
    """Returns the config that an assignment stands for, as it would stand in ``tfgen.yaml``.

    Args:
        assignment: a value for every dimension.
    """
    names = REGIONS if assignment["regions"] == "two" else REGIONS[:1]
    stage: Document = {"function": {}, "regions": {name: {} for name in names}}
    for dimension, value in assignment.items():
        change = CHANGES[dimension][value]
        _merge(stage, change.app or {})
        alone = assignment["place"] == "one region" and dimension in _OF_ONE_REGION
        below = stage["regions"][names[0]] if alone else stage
        _merge(below, {"function": change.function or {}})
        for index, name in enumerate(names[:1] if alone else names):
            _merge(stage["regions"][name], change.region(name, index))
    if assignment["zone"] == "id" and assignment["domain"] != "none":
        stage["api"]["domain"] = _in_the_zone_of_the_id(stage["api"]["domain"])
    if assignment["stages"] == "one":
        return {"name": "hello", **_with_provider(stage, assignment)}
    plain: Document = {
        "function": dict(_PLAIN_CODE[assignment["code"]]),
        "regions": {REGIONS[0]: {}},
    }
    if assignment["stages"] == "beside one of its kind":
        _merge(plain, _KINDS[assignment["type"]])
    stages = {"production": stage, "plain": plain}
    config = {"name": "hello", "function": {}, "regions": {REGIONS[0]: {}}, "stages": stages}
    return _with_provider(config, assignment)


def _with_provider(config: Document, assignment: Mapping[str, str]) -> Document:
    terraform = {**config.get("terraform", {}), "aws_provider": int(assignment["aws_provider"])}
    return {**config, "terraform": terraform}


def _in_the_zone_of_the_id(domain: str | list[str]) -> str | list[str]:
    if isinstance(domain, str):
        return domain.replace(ZONE_NAME, ZONE_NAME_OF_ID)
    return [name.replace(ZONE_NAME, ZONE_NAME_OF_ID) for name in domain]


# One function module serves all stages, so all have the same kind of code.
_PLAIN_CODE: Mapping[str, Mapping[str, Any]] = {
    "bundle": BUNDLE,
    "s3": {**BUNDLE, "code": "s3"},
    "image": {"image": "plain:1"},
    "image of each region": {"image": "plain:1"},
    "s3 in one region": {**BUNDLE, "code": "s3"},
    "image in one region": {"image": "plain:1"},
}

# Of the same type of API, which then has the same module. That of a URL asks for signatures, for
# one without would be refused for provider 5.
_KINDS: Mapping[str, Document] = {
    "rest": {},
    "http": {"api": {"type": "http"}},
    "url": {"function": {"url": True}, "api": {"auth": "iam"}},
}

# What else can be said for one region alone decides what is in front of the function, or belongs to
# the routing.
_OF_ONE_REGION = frozenset(
    {
        "layers",
        "vpc",
        "waf",
        "policies",
        "ephemeral_storage",
        "dead_letter",
        "reserved_concurrency",
        "provisioned_concurrency",
        "tracing",
        "size",
        "env",
        "secrets",
        "kms_key",
        "mtls",
    }
)


def _merge(below: Document, above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, Mapping):
            _merge(below.setdefault(key, {}), value)
        else:
            below[key] = value
