"""Editing the names of secrets in a config: one name comes or goes, and no other line changes."""

from __future__ import annotations

import pytest

from tfgen.config.edit_secrets import add_secret, remove_secret
from tfgen.config.load import loads
from tfgen.errors import TfgenError

FUNCTION = "function: {source: ./src, runtime: python3.13, handler: app.handler}\n"


def added(text: str, name: str = "DB") -> str:
    return add_secret(text, name, file="tfgen.yaml")


def removed(text: str, *path: str, name: str = "DB") -> str:
    return remove_secret(text, (*path, "secrets"), name, file="tfgen.yaml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "name: a\nenv: {A1: b}  # x\nregions: {}\n",
            "name: a\nenv: {A1: b}  # x\nsecrets:\n  DB: kms\nregions: {}\n",
        ),
        (
            "name: a\n\n# plain\nenv:\n  A1: b\n  # own\n\n# all\nregions: {}\n",
            "name: a\n\n# plain\nenv:\n  A1: b\n  # own\n\nsecrets:\n  DB: kms\n\n"
            "# all\nregions: {}\n",
        ),
        (
            "name: a\n\n# all\nregions: {}\n",
            "name: a\n\nsecrets:\n  DB: kms\n\n# all\nregions: {}\n",
        ),
        (
            "name: a\r\nregions: {}\r\n",
            "name: a\r\nsecrets:\r\n  DB: kms\r\nregions: {}\r\n",
        ),
        ("regions: {}\nenv: {A1: b}", "regions: {}\nenv: {A1: b}\nsecrets:\n  DB: kms\n"),
        (
            "name: a\n\nstages:\n  production: {regions: {}}\n",
            "name: a\n\nstages:\n  production: {regions: {}}\n\nsecrets:\n  DB: kms\n",
        ),
        ("{name: a, regions: {}}\n", "{name: a, regions: {}, secrets: {DB: kms}}\n"),
        ("secrets: {}\nregions: {}\n", "secrets: {DB: kms}\nregions: {}\n"),
        ("secrets: {PW: kms}  # x\n", "secrets: {PW: kms, DB: kms}  # x\n"),
        (
            "secrets:\n  # password\n  PW: kms  # x\n\nregions: {}\n",
            "secrets:\n  # password\n  PW: kms  # x\n  DB: kms\n\nregions: {}\n",
        ),
    ],
)
def test_a_name_is_added(before: str, after: str) -> None:
    assert added(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "a: &a {PW: kms}\nsecrets: *a\nregions: {}\n",
        "name: a\nsecrets: {  # none yet\n}\n",
    ],
)
def test_where_no_place_can_be_found_the_error_says_what_to_write(text: str) -> None:
    with pytest.raises(TfgenError, match="no single place in the config where `DB`") as raised:
        added(text)
    assert raised.value.hint == "add `DB: kms` to `secrets` yourself, and run this again"


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        (
            "secrets:\n  PW: kms\n  # of the database\n  DB: kms  # x\n  TOKEN: kms\n",
            (),
            "secrets:\n  PW: kms\n  TOKEN: kms\n",
        ),
        ("env: {}\n\nsecrets:\n  DB: kms\n\nregions: {}\n", (), "env: {}\n\nregions: {}\n"),
        ("name: a\nsecrets: {DB: kms}\n", (), "name: a\n"),
        (
            "regions:\n  eu-west-2: {secrets: {DB: kms}}\n",
            ("regions", "eu-west-2"),
            "regions:\n  eu-west-2: {secrets: {}}\n",
        ),
        (
            "regions:\n  eu-west-2:\n    env: {A1: b}\n    secrets: {DB: kms}\n",
            ("regions", "eu-west-2"),
            "regions:\n  eu-west-2:\n    env: {A1: b}\n",
        ),
    ],
)
def test_a_name_is_removed(before: str, path: tuple[str, ...], after: str) -> None:
    assert removed(before, *path) == after


def test_what_is_alone_leaves_nothing_behind() -> None:
    text = "stages:\n  staging:\n    secrets:\n      # of the shop\n      DB: kms  # x\n  other:\n"
    assert removed(text, "stages", "staging") == (
        "stages:\n  staging:\n    secrets: {}  # x\n  other:\n"
    )


def test_what_cannot_be_removed_alone_is_left_alone() -> None:
    text = "a: &a {DB: kms}\nsecrets:\n  <<: *a\n  PW: kms\n"
    with pytest.raises(TfgenError, match="`DB` cannot be taken out of the config") as raised:
        removed(text)
    assert raised.value.place == "tfgen.yaml:1"
    assert raised.value.hint == "remove `DB` from `secrets` yourself"


def test_there_and_back_in_a_whole_config() -> None:
    text = f"name: hello\n{FUNCTION}\n# plain\nenv: {{A1: b}}\n\nregions:\n  eu-west-2:\n"
    edited = added(added(text), "TOKEN")
    assert loads(edited).config.secrets == {"DB": "kms", "TOKEN": "kms"}
    assert removed(removed(edited), name="TOKEN") == text
