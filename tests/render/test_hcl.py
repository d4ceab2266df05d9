"""Values become HCL that says exactly the same."""

from __future__ import annotations

import unicodedata

import hcl2
import pytest
from hcl2 import SerializationOptions
from hypothesis import example, given
from hypothesis import strategies as st

from tfgen.render.align import align
from tfgen.render.hcl import Expression, Value, key, quote, to_hcl

# Terraform keeps text in Unicode's normal form C, so `tfgen.rules` refuses any other.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
# python-hcl2 cannot read every escaped template; those in AWKWARD it can.
READABLE = TEXT.filter(lambda text: "${" not in text and "%{" not in text)
AWKWARD = [
    "${path.module}",
    "$${x}",
    "$$${x}",
    "%{ if true }yes%{ endif }",
    "%%{x}",
    "<<EOT\nx\nEOT",
    'quo"te',
    "back\\slash",
    "\\n",
    "line\nline\r\n\ttab",
    "emoji 🌍👩\u200d👩\u200d👧",
    "\u2028\ufeff\x7f\x01",
    "",
    "$",
    "$ {x}",
    "a$",
    "# no comment // at /* all */",
]


def decode(code: str) -> str:
    """Reads an HCL string. python-hcl2 leaves the escapes of template markers in place."""
    parsed = hcl2.loads(
        f"x = {code}\n", serialization_options=SerializationOptions(strip_string_quotes=True)
    )["x"]
    assert isinstance(parsed, str)
    return parsed.replace("$${", "${").replace("%%{", "%{")


@given(READABLE)
@example("${path.module}")
@example("$${a}%%{b}")
@example('"\\\n\t\r')
@example("<<EOT")
def test_text_is_the_same_when_read_back(text: str) -> None:
    assert decode(quote(text)) == text


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_is_the_same_when_read_back(text: str) -> None:
    assert decode(quote(text)) == text


def test_text_is_not_escaped_to_ascii() -> None:
    assert quote("São Paulo 東京 🌍") == '"São Paulo 東京 🌍"'


def test_interpolation_is_escaped() -> None:
    assert quote("${a} %{b} $c %d") == '"$${a} %%{b} $c %d"'


def test_what_cannot_be_seen_is_escaped() -> None:
    assert quote("\x00\u2028\U000e0001") == '"\\u0000\\u2028\\U000e0001"'


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        quote("\ud800")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (1.5, "1.5"),
        ([], "[]"),
        ({}, "{}"),
        (["a", 1], '["a", 1]'),
        (Expression("local.x"), "local.x"),
        ({"a": 1, "b-c": [True]}, "{\n  a = 1\n  b-c = [true]\n}"),
        ({"a b": {"x": None}}, '{\n  "a b" = {\n    x = null\n  }\n}'),
    ],
)
def test_values(value: Value, code: str) -> None:
    assert to_hcl(value) == code


def test_a_long_list_has_a_line_per_item() -> None:
    code = to_hcl(["x" * 50, "y" * 50], 1)
    assert code == f'[\n    "{"x" * 50}",\n    "{"y" * 50}",\n  ]'


def test_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="no HCL for object"):
        to_hcl(object())  # type: ignore[arg-type] # the point of the test


@pytest.mark.parametrize(
    ("name", "code"),
    [("plain", "plain"), ("us-west-2", "us-west-2"), ("a.b", '"a.b"'), ("null", '"null"')],
)
def test_keys(name: str, code: str) -> None:
    assert key(name) == code


def test_equals_signs_are_lined_up() -> None:
    text = 'a = 1\nlong = "=" # x\n\nb = {\n  c = 1\n  dd = [\n  ]\n}\nee = 2\n'
    assert align(text) == ('a    = 1\nlong = "=" # x\n\nb = {\n  c = 1\n  dd = [\n  ]\n}\nee = 2\n')
