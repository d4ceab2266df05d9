"""Edits of hostile configs, and hostile files of ciphertexts and variables: sentences, or right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.fuzz.generator import config, noisy
from tfgen.config.ciphertexts_edit import edit_ciphertexts
from tfgen.config.dotenv import parse_dotenv
from tfgen.config.edit import add_region
from tfgen.config.edit_secrets import add_secret
from tfgen.config.load import loads
from tfgen.errors import TfgenError

_LINE = (
    '{for: hello/production/eu-west-2/DB, key: "arn:aws:kms:eu-west-2:123456789012:key/0123abcd", '
    "ciphertext: AQIDBA==}"
)
_CIPHERTEXTS = f"""\
# Of London.
DB:
  eu-west-2: {_LINE}
  us-west-2: {_LINE}

TOKEN:
  eu-west-2: {_LINE}
"""
_VARIABLES = "AA=1\nexport BB='x y'\n# c\nCC=\"a\nb\"\n"


def _configs() -> Iterator[str]:
    for number in range(250):
        text = config(number)
        try:
            loads(text)
        except TfgenError:
            continue
        yield text


def _noisy(text: str, count: int) -> Iterator[str]:
    for number in range(count):
        yield noisy(text, Random(number), 1 + number % 3)  # noqa: S311 - the same every time


CASES: dict[str, tuple[Callable[[], Iterator[str]], Callable[[str], object]]] = {
    "a secret more": (_configs, lambda text: add_secret(text, "NEW_ONE", file="tfgen.yaml")),
    "a region more": (
        _configs,
        lambda text: add_region(text, ("regions",), "ap-south-1", file="tfgen.yaml"),
    ),
    "ciphertexts": (
        lambda: _noisy(_CIPHERTEXTS, 500),
        lambda text: edit_ciphertexts(text, {("DB", "eu-west-2"): None}, file="secrets/x.yaml"),
    ),
    "variables": (
        lambda: _noisy(_VARIABLES, 500),
        lambda text: parse_dotenv(text, file=".env"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_read_or_refused_in_a_sentence(case: str) -> None:
    texts, use = CASES[case]
    done, refused = 0, list[tuple[str, TfgenError]]()
    for text in texts():
        try:
            use(text)
            done += 1
        except TfgenError as error:
            refused.append((text, error))
    assert [text for text, error in refused if "\n" in error.message or not error.place] == []
    assert done


@pytest.mark.parametrize("tabbed", ["DB: \t\n", "TOKEN: \t\n"])
def test_what_libyaml_reads_and_the_loader_with_offsets_does_not_is_refused(tabbed: str) -> None:
    text = _CIPHERTEXTS.replace(tabbed.replace(" \t", ""), tabbed)
    with pytest.raises(TfgenError, match="in a way that tfgen cannot edit"):
        edit_ciphertexts(text, {("DB", "eu-west-2"): None}, file="secrets/x.yaml")
