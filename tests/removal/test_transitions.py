"""Every key of the language leaves some config, and every choice becomes every other one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest
from pydantic import BaseModel

from tests.combinations.keys import choices_of, keys, parts
from tests.combinations.language import BUNDLE, CHANGES, Document
from tests.removal.cases import NOT_APPLIED
from tests.removal.companions import with_companions
from tests.removal.edits import REMOVE, Edit, Path, accepted, differences
from tests.removal.transitions import GONE, Change, transitions
from tfgen.config.model import Config

_MERGED = "a stage's keys are merged over the app's before anything else"
_NOT_IN_THE_ACCOUNT = "is about the files and the state, which are not in the account"
_PROVIDER_6 = "takes version 6 of the AWS provider"

# Keys that leave no config here, and why; with a star, all keys of a part.
NOT_REMOVED: Mapping[tuple[str, str], str] = {
    ("Stage", "*"): _MERGED,
    ("StageTerraform", "*"): _MERGED,
    ("Config", "stages"): _MERGED,
    ("Function", "vpc"): "`vpc` of a region says it",
    ("S3Backend", "*"): _NOT_IN_THE_ACCOUNT,
    ("CloudBackend", "*"): _NOT_IN_THE_ACCOUNT,
    ("Terraform", "*"): _NOT_IN_THE_ACCOUNT,
    ("Config", "terraform"): _NOT_IN_THE_ACCOUNT,
    ("Api", "security_policy"): _PROVIDER_6,
    ("Rds", "global_cluster"): _PROVIDER_6,
    ("Rds", "region"): _PROVIDER_6,
    ("Table", "witness"): _PROVIDER_6,
}
# Choices that are not changed into each other here, and why.
NOT_SWITCHED: Mapping[tuple[str, str], str] = {
    ("Stage", "*"): _MERGED,
    ("Cors", "methods"): "a list, whose items reach the API as they are said",
    ("HealthCheck", "regions"): "a list, whose items reach Route 53 as they are",
    ("Api", "security_policy"): _PROVIDER_6,
    ("Table", "consistency"): _PROVIDER_6,
    ("Api", "routing"): "records of another policy are others: each leaves once, and comes once",
}


def models() -> dict[str, type[BaseModel]]:
    """Returns the parts of the language by name."""
    every: list[type[BaseModel]] = [Config, *parts(Config)]
    return {each.__name__: each for each in every}


def excused(table: Mapping[tuple[str, str], str], part: str, key: str) -> bool:
    """Says whether a key is in a table of exceptions."""
    return (part, key) in table or (part, "*") in table


def changes() -> set[Change]:
    """Returns what the keys do in all transitions."""
    return set().union(*(each.changes for each in transitions()))


def test_every_optional_key_leaves_a_config() -> None:
    optional = {
        (part, key)
        for part, key in keys(Config)
        if not models()[part].model_fields[key].is_required()
    }
    removed = {(each.part, each.key) for each in changes() if each.after == GONE}
    missing = {each for each in optional - removed if not excused(NOT_REMOVED, *each)}
    assert missing == set()


def test_every_choice_becomes_every_other() -> None:
    made = {(each.part, each.key, each.before, each.after) for each in changes()}
    wanted = {
        (part, key, before, after)
        for (part, key), values in choices_of(Config).items()
        for before, after in permutations(map(said, values), 2)
        if not excused(NOT_SWITCHED, part, key)
    }
    assert wanted - made == set()


def test_every_exception_is_needed() -> None:
    removed = {(each.part, each.key) for each in changes() if each.after == GONE}
    assert removed.isdisjoint(NOT_REMOVED)
    switched = {(each.part, each.key) for each in changes() if each.after != GONE}
    assert switched.isdisjoint(NOT_SWITCHED.keys() - {("Api", "routing")})


def said(value: object) -> str:
    """Returns a choice as a change has it."""
    return str(value).lower()


def test_the_language_takes_both_documents() -> None:
    refused = [
        each.name for each in transitions() if not (accepted(each.before) and accepted(each.after))
    ]
    assert refused == []


def test_every_dimension_is_applied_or_excused() -> None:
    applied = {each.case.dimension for each in transitions()}
    assert applied | NOT_APPLIED.keys() == CHANGES.keys()


@pytest.mark.parametrize(
    ("key", "others"),
    [
        # Without tokens, HTTP APIs know no `jwt`.
        (("api", "auth"), {("api", "jwt")}),
        # The records need a zone, which needs domains.
        (("api", "domain"), {("api", "zone")}),
    ],
)
def test_what_a_key_needs_goes_with_it(key: Path, others: set[Path]) -> None:
    document: Document = {
        "name": "hello",
        "function": dict(BUNDLE),
        "regions": {"us-west-2": {}},
        "api": {
            "type": "http",
            "auth": "jwt",
            "jwt": {"issuer": "https://login.example.com", "audience": ["hello"]},
            "domain": "api.example.com",
            "zone": "example.com",
        },
    }
    after = with_companions(document, Edit(key, REMOVE))
    assert after is not None
    assert {each.path for each in differences(document, after)} == {key, *others}
