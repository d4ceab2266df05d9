"""The files of ciphertexts: what is read from them, and what is found in them before a deploy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.config.test_resolve import HEAD, REGIONS
from tfgen.app import KmsSecret
from tfgen.config.ciphertexts import (
    Ciphertext,
    Ciphertexts,
    load_ciphertexts,
    parse_ciphertexts,
)
from tfgen.config.load import load, loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve, resolve_all

FILE = "secrets/production.yaml"
KEY = "arn:aws:kms:{}:123456789012:key/0123abcd"
HEADER = "# Written by `tfgen env`: ciphertexts, each for one region's key alone.\n"
CONFIG = HEAD + REGIONS + "secrets:\n  DB: kms\n"


def line(region: str, of: str | None = None, key: str | None = None, text: str = "AQID") -> str:
    """Returns what the file says of a region."""
    of = of or f"hello/production/{region}/DB"
    return f'  {region}: {{for: {of}, key: "{key or KEY.format(region)}", ciphertext: {text}}}\n'


WHOLE = HEADER + "DB:\n" + line("eu-west-2") + line("us-west-2")


def parse(text: str) -> Ciphertexts:
    return parse_ciphertexts(text, file=FILE)


def refused(text: str) -> TfgenError:
    """Returns what is wrong with a file by itself."""
    with pytest.raises(TfgenError) as error:
        parse(text)
    return error.value


def refused_for(
    text: str, config: str = CONFIG, *, simulated: bool = False, stage: str = "production"
) -> TfgenError:
    """Returns what is wrong with a file for a config."""
    loaded = replace(loads(config), ciphertexts={stage: parse(text)}, simulated=simulated)
    with pytest.raises(TfgenError) as error:
        resolve_all(loaded)
    return error.value


def test_one_line_is_one_value() -> None:
    found = parse(WHOLE)
    assert found.find("DB", "eu-west-2") == Ciphertext(
        "hello/production/eu-west-2/DB", KEY.format("eu-west-2"), "AQID"
    )
    assert found.find("DB", "eu-central-1") is None
    assert found.find("OTHER", "eu-west-2") is None
    assert found.places.at("DB", "us-west-2") == f"{FILE}:4"


@pytest.mark.parametrize("text", ["", HEADER, "{}\n", "DB: {}\n"])
def test_a_file_may_have_none(text: str) -> None:
    assert parse(text).find("DB", "eu-west-2") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DB\n", 1),
        ("- DB\n", 1),
        ("DB:\n", 1),
        ("DB: kms\n", 1),
        ("DB:\n" + line("eu-west-2") + "  us-west-2:\n", 3),
        ("DB:\n" + line("eu-west-2") + "  us-west-2: AQID\n", 3),
        ("DB:\n  eu-west-2: {ciphertext: AQID}\n", 2),
        ("DB:\n" + line("eu-west-2", text="not base64!"), 2),
        ("DB:\n" + line("eu-west-2", text="AQI"), 2),
        ("DB:\n" + line("eu-west-2", text="''"), 2),
        ("DB:\n" + line("eu-west-2", text="1234"), 2),
        ("DB:\n" + line("eu-west-2", text="AQID, by: me"), 2),
        ("DB:\n" + line("eu-west-2", of="hello/production/eu-west-2"), 2),
        ("DB:\n" + line("eu-west-2", key="alias/hello-production"), 2),
    ],
)
def test_a_broken_line_is_named(text: str, number: int) -> None:
    error = refused(text)
    assert "The line is broken" in error.message
    assert error.place == f"{FILE}:{number}"
    assert "tfgen env set" in (error.hint or "")


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        ("DB:\n  eu-west-2: {for: [\n", 3, ""),
        (WHOLE + "DB:\n" + line("eu-west-2"), 5, "`DB`"),
        ("DB:\n" + line("eu-west-2") + line("eu-west-2"), 3, "`eu-west-2`"),
        ("9DB:\n" + line("eu-west-2"), 1, "is not the name of a variable"),
        ("12:\n" + line("eu-west-2"), 1, "is not the name of a variable"),
    ],
)
def test_what_else_is_no_file_of_ciphertexts(text: str, number: int, message: str) -> None:
    error = refused(text)
    assert message in error.message
    assert error.place == f"{FILE}:{number}"


@pytest.mark.parametrize(
    ("before", "number"),
    [
        ("<<<<<<< HEAD\n", 3),
        ("||||||| base\n", 3),
        ("=======\n", 3),
        (">>>>>>> theirs\n", 3),
    ],
)
def test_a_merge_conflict_is_found_where_it_begins(before: str, number: int) -> None:
    error = refused(HEADER + "DB:\n" + before + line("eu-west-2"))
    assert error.message == "The file has a merge conflict"
    assert error.place == f"{FILE}:{number}"
    assert "keep the lines of both sides" in (error.hint or "")


@pytest.mark.parametrize(
    ("text", "message", "number"),
    [
        (
            line("eu-west-2", of="hello/production/us-west-2/DB"),
            "was made for `hello/production/us-west-2/DB`",
            2,
        ),
        (
            line("eu-west-2", of="hello/staging/eu-west-2/DB"),
            "was made for `hello/staging/eu-west-2/DB`",
            2,
        ),
        (
            line("eu-west-2", of="other/production/eu-west-2/DB"),
            "was made for `other/production/eu-west-2/DB`",
            2,
        ),
        (
            line("eu-west-2", of="hello/production/eu-west-2/PG"),
            "was made for `hello/production/eu-west-2/PG`",
            2,
        ),
        (
            line("eu-west-2", key=KEY.format("us-west-2")),
            "is of a key in `us-west-2`",
            2,
        ),
    ],
)
def test_a_ciphertext_of_something_else_is_found(text: str, message: str, number: int) -> None:
    error = refused_for("DB:\n" + text + line("us-west-2"))
    assert "The ciphertext of `DB` for `eu-west-2`" in error.message
    assert message in error.message
    assert error.place == f"{FILE}:{number}"
    assert "`tfgen env set --stage production --region eu-west-2 DB`" in (error.hint or "")


def test_a_ciphertext_of_another_key_than_the_one_that_is_named_is_to_be_rotated() -> None:
    named = KEY.format("eu-west-2").replace("0123abcd", "4567abcd")
    config = (
        HEAD
        + f"secrets: {{DB: kms}}\nregions: {{us-west-2: {{}}, eu-west-2: {{kms_key: '{named}'}}}}\n"
    )
    error = refused_for(WHOLE, config)
    assert "is not of the key in `kms_key`" in error.message
    assert error.place == f"{FILE}:3"
    assert "tfgen env rotate --stage production --region eu-west-2" in (error.hint or "")
    of_it = HEADER + "DB:\n" + line("eu-west-2", key=named) + line("us-west-2")
    resolve(replace(loads(config), ciphertexts={"production": parse(of_it)}), "production")


def test_a_missing_secret_names_both() -> None:
    error = refused_for("DB:\n" + line("eu-west-2"))
    assert error.message == "The secret `DB` has no value for `us-west-2`"
    assert error.place == "tfgen.yaml:7"
    assert "`tfgen env set --stage production --region us-west-2 DB`" in (error.hint or "")


def test_the_sandbox_has_values_of_its_own() -> None:
    error = refused_for("", simulated=True)
    assert "`tfgen env set --sandbox --stage production" in (error.hint or "")


def test_the_file_of_another_stage_does_not_count() -> None:
    assert "has no value" in refused_for(WHOLE, stage="staging").message


def test_whoever_makes_ciphertexts_goes_without_those_that_do_not_fit() -> None:
    text = "DB:\n" + line("eu-west-2", of="hello/staging/eu-west-2/DB") + line("us-west-2")
    loaded = replace(loads(CONFIG), ciphertexts={"production": parse(text)})
    europe, america = resolve(loaded, "production", complete=False).regions
    assert europe.secrets == {"DB": KmsSecret(None)}
    assert america.secrets == {"DB": KmsSecret("AQID")}


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_the_files_are_beside_the_config(tmp_path: Path) -> None:
    write(tmp_path, {"tfgen.yaml": CONFIG, FILE: WHOLE, "secrets/notes.txt": "not ours"})
    loaded = load(tmp_path / "tfgen.yaml")
    assert loaded.ciphertexts.keys() == {"production"}
    assert [region.secrets["DB"] for region in resolve(loaded, "production").regions] == [
        KmsSecret("AQID"),
        KmsSecret("AQID"),
    ]


def test_there_need_not_be_any(tmp_path: Path) -> None:
    assert load_ciphertexts(tmp_path / "secrets") == {}


def test_a_broken_file_is_named_as_it_lies_there(tmp_path: Path) -> None:
    write(tmp_path, {"tfgen.yaml": CONFIG, "secrets/staging.yaml": "DB: kms\n"})
    with pytest.raises(TfgenError) as error:
        load(tmp_path / "tfgen.yaml")
    assert error.value.place == "secrets/staging.yaml:1"


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    write(tmp_path, {"tfgen.yaml": CONFIG, FILE: b"DB: \xff\n"})
    with pytest.raises(TfgenError) as error:
        load(tmp_path / "tfgen.yaml")
    assert "not UTF-8" in error.value.message
    assert error.value.place == "secrets/production.yaml"


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"tfgen.yaml": CONFIG, f"{FILE}/x": ""})
    with pytest.raises(TfgenError, match="is a folder, and tfgen expects a file"):
        load(tmp_path / "tfgen.yaml")
