"""Texts without end, and values that do not exist: refused in one sentence, before they are built.

The inputs are a little over the limits of ``tfgen.config.yaml_limits``, and harmless to YAML
libraries.
"""

from __future__ import annotations

import time

import pytest
import yaml

from tfgen.config.ciphertexts import parse_ciphertexts
from tfgen.config.load import loads
from tfgen.config.yaml_limits import CIPHERTEXTS, CONFIG
from tfgen.config.yaml_reader import read
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS
from tfgen.resolve import resolve_all

BASE = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions:
  us-west-2: {env: {MESSAGE: Hello}}
"""


def _doubled(first: str, line: str) -> str:
    """Returns lines of which each has the one above it twice: 2^18 values in the end."""
    return first + "".join(line.format(this=i, above=i - 1) for i in range(1, 19))


TOO_MUCH = {
    "aliases": (_doubled("a0: &a0 [x]\n", "a{this}: &a{this} [*a{above}, *a{above}]\n"), 17),
    "merges": (
        _doubled("a0: &a0 {x: y}\n", "a{this}: &a{this} {{<<: [*a{above}, *a{above}]}}\n"),
        16,
    ),
    "lists": (f"a: {'[' * 65}{']' * 65}\n", 1),
    "mappings": ("".join(f"{' ' * depth}a:\n" for depth in range(70)), 65),
    "aliases of aliases": (
        "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 70)),
        64,
    ),
    "items": ("a:\n" + "- b\n" * 200_001, 200_001),
    "a long value many times": (f"a: &a {'x' * 2000}\nb:\n" + "- *a\n" * 600, 527),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_text_that_holds_too_much_is_refused_with_the_line(kind: str) -> None:
    text, line = TOO_MUCH[kind]
    began = time.process_time()
    with pytest.raises(TfgenError, match=r"More than 64|has more than [\d,]+ (keys|char)") as error:
        read(text, file="tfgen.yaml")
    assert error.value.place == f"tfgen.yaml:{line}"
    assert time.process_time() - began < 5


def test_a_file_that_is_too_long_is_refused() -> None:
    with pytest.raises(TfgenError, match="1,048,577 characters") as error:
        loads("a" * (CONFIG.length + 1))
    assert error.value.place == "tfgen.yaml"


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_files_of_ciphertexts_have_limits_as_well(kind: str) -> None:
    text, _ = TOO_MUCH[kind]
    with pytest.raises(TfgenError) as error:
        parse_ciphertexts(text, file="secrets/production.yaml")
    assert error.value.place is not None
    assert error.value.place.startswith("secrets/production.yaml:")


def test_a_file_of_ciphertexts_that_is_too_long_is_refused() -> None:
    with pytest.raises(TfgenError, match="8,388,609 characters"):
        parse_ciphertexts("=" * (CIPHERTEXTS.length + 1), file="secrets/production.yaml")


def test_an_app_in_all_regions_with_many_stages_is_far_below_the_limits() -> None:
    env = {f"V{i}": "x" * 100 for i in range(20)}
    regions = {name: {"env": env} for name, each in REGIONS.items() if each.partition == "aws"}
    config = {
        **yaml.safe_load(BASE),
        "regions": regions,
        "stages": {f"pr-{i}": {"regions": regions} for i in range(6)},
    }
    text = yaml.dump(config)
    assert "*id" in text
    assert len(resolve_all(loads(text))) == 6
    written_out = yaml.dump(config, Dumper=_WithoutAliases)
    assert len(written_out) > 500_000
    assert loads(written_out).config == loads(text).config


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - yaml calls it
        return True


def test_an_app_has_at_most_200_stages() -> None:
    def config(count: int) -> str:
        return BASE + "stages:\n" + "".join(f"  pr-{i}: {{}}\n" for i in range(count))

    assert len(resolve_all(loads(config(200)))) == 200
    with pytest.raises(TfgenError, match="must be at most 200 items") as error:
        loads(config(201))
    assert error.value.place == "tfgen.yaml:5"


def test_two_hundred_secrets_in_all_regions_are_far_below_the_limits() -> None:
    key = "arn:aws:kms:eu-west-2:123456789012:key/01234567-0123-0123-0123-0123456789ab"
    line = f'{{for: hello/production/x/DB, key: "{key}", ciphertext: {"A" * 400}}}'
    regions = "".join(f"  {name}: {line}\n" for name in REGIONS)
    text = "".join(f"SECRET_{i}:\n{regions}\n" for i in range(200))
    assert len(parse_ciphertexts(text, file="").values) == 200


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2023-02-30", "YAML reads this as a date, and there is no such one"),
        ("2023-02-20T99:99:99Z", "YAML reads this as a date"),
        ("1" * 5000, "It has 5,000 characters, which is no number"),
        ("0x" + "1" * 5000, "It has 5,002 characters, which is no number"),
        ("!!int", "YAML reads this as a whole number"),
        ("!!float", "YAML reads this as a number"),
        ("!!bool maybe", "YAML reads this as a boolean"),
        ("!!timestamp hunter2", "YAML reads this as a date"),
        ("!!binary aGVsbG8=", "`env.AA` must be text, not binary data"),
        ("!hunter2", "could not determine a constructor for the tag"),
        ("*hunter2", "found undefined alias"),
        (r'"a\0b"', "The text has a NUL character in it"),
        ("a\x07b", r"The character U+0007 cannot be in a YAML file"),
        ("{<<: {[a]: b}}", "A key must be plain text"),
        ("{<<: [{[a]: b}]}", "A key must be plain text"),
    ],
)
def test_a_value_that_yaml_cannot_make_is_an_error_with_its_line(value: str, message: str) -> None:
    with pytest.raises(TfgenError) as error:
        loads(f"{BASE}env:\n  AA: {value}\n")
    assert message in error.value.message
    assert error.value.place == "tfgen.yaml:6"
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("key", ["source", "output"])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        (r"src\0", "The text has a NUL character in it"),
        ("x" * 300, "one of its names has 300 bytes, and 200 is the most"),
        ("src/" + "ü" * 101, "one of its names has 202 bytes"),
        ("x/" * 600, "it must be at most 1024 characters"),
    ],
)
def test_a_path_that_no_file_system_takes_is_an_error_with_its_line(
    key: str, path: str, message: str
) -> None:
    config = yaml.safe_load(BASE)
    below = config["function"] if key == "source" else config.setdefault("terraform", {})
    below[key] = "PATH"
    text = yaml.dump(config, sort_keys=False).replace("PATH", f'"{path}"')
    line = next(n for n, each in enumerate(text.splitlines(), 1) if f"{key}:" in each)
    with pytest.raises(TfgenError) as error:
        loads(text)
    assert message in error.value.message
    assert error.value.place == f"tfgen.yaml:{line}"


def test_a_path_that_a_file_system_takes_is_taken() -> None:
    loaded = loads(BASE.replace("./src", "./" + "/".join(["x" * 200] * 5)))
    assert len(loaded.config.function.source or "") > 1000


VALUE = "geheim ! 48213"


@pytest.mark.parametrize(
    "text",
    [
        f"secrets: {{DB: '{VALUE}'}}",
        f"secrets: {{DB: {{ssm: '{VALUE}'}}}}",
        "secrets: {DB: {ssm: 48213}}",
        f"secrets: {{DB: {{ssm: [{VALUE}]}}}}",
        f"secrets: {{DB: {{'{VALUE}': ssm}}}}",
        "secrets: {DB: {geheim48213: ssm}}",
        f"secrets: {{'{VALUE}': kms}}",
        f"secrets: {{'{VALUE}': {{ssm: /a}}}}",
        f"secrets: {{DB: {{secretsmanager: '{VALUE}'}}}}",
        f"secrets: {{DB: {{secretsmanager: a, key: [{VALUE}]}}}}",
        f"secrets: {{DB: {{secretsmanager: a, kms_key: '{VALUE}'}}}}",
        f"secrets: ['{VALUE}']",
        f"secrets: {VALUE}",
        "secrets: {DB: *geheim}",
        "secrets: {DB: !geheim48213 x}",
        "secrets: {DB: &geheim48213 , DC: &geheim48213 }",
        f"stages: {{production: {{secrets: {{DB: '{VALUE}'}}}}}}",
        f"database: {{rds: {{main: {{url: '{VALUE}'}}}}}}",
        f"database: {{rds: {{main: {{secret: '{VALUE}'}}}}}}",
        f"database: {{rds: {{main: {{variables: {{password: '{VALUE}'}}}}}}}}",
    ],
)
def test_an_error_never_repeats_what_stands_where_a_secret_belongs(text: str) -> None:
    with pytest.raises(TfgenError) as error:
        loads(f"{BASE}{text}\n")
    assert "geheim" not in str(error.value)
    assert "48213" not in str(error.value)
    assert error.value.place == "tfgen.yaml:5"


@pytest.mark.parametrize(
    "text",
    [
        f"{'x' * 5000}: 1",
        f"? {'x' * 5000}\n: 1",
        f"? {'x' * 5000}\n: 1\n? {'x' * 5000}\n: 2",
        f"env: {{AA: 0{'x' * 5000}}}\nenv: 2",
        f"name: {'x' * 5000}",
        f"api: {{domain: {'x' * 5000}}}",
        f"api: {{type: {'x' * 5000}}}",
        f"terraform: {{backend: {{type: {'x' * 5000}}}}}",
        f"terraform: {{backend: {{type: s3, region: x, bucket: {'x' * 5000}}}}}",
        f"env: {{AA: 2{'0' * 900}}}",
        f"tags: {{{'x' * 120}: {'$' * 5000}}}",
        f"stages: {{a: {{terraform: {{output: {'x' * 5000}}}}}}}",
        f"a: !{'x' * 5000} b",
    ],
)
def test_an_error_is_short_whatever_it_is_about(text: str) -> None:
    with pytest.raises(TfgenError) as error:
        loads(f"{BASE}{text}\n")
    assert len(error.value.message) < 1100
    assert all(len(line) < 1100 for line in (error.value.hint or "").splitlines())


@pytest.mark.parametrize("text", ['"a\\nb": 1', '"a\\nb": 1\n"a\\nb": 2', 'env: {"a\\nb": 1}'])
def test_a_line_feed_in_a_key_does_not_break_the_error(text: str) -> None:
    with pytest.raises(TfgenError, match=r"a\\nb") as error:
        loads(f"{BASE}{text}\n")
    assert "\n" not in error.value.message
