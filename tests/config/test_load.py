"""``tfgen.yaml``: what is accepted, and how each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfgen.config.load import load, loads
from tfgen.errors import ExitCode, TfgenError

BASE = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions:
  us-west-2: {env: {MESSAGE: Hello}}
"""


def test_a_whole_config_is_read() -> None:
    loaded = loads(
        BASE
        + """\
tags: {team: edge}
api:
  domain: api.example.com
  zone: example.com
  health_check: {path: /up, interval: 10, failure_threshold: 2}
env: {LOG_LEVEL: info}
stages: {production: {}, staging: {api: {domain: staging.example.com}}}
terraform: {output: tf, aws_provider: 5, backend: {type: s3, bucket: state, region: eu-west-1}}
"""
    )
    config = loaded.config
    assert config.regions["us-west-2"] is not None
    assert config.regions["us-west-2"].env == {"MESSAGE": "Hello"}
    assert config.terraform.backend.type == "s3"
    assert loaded.places.at("api", "health_check", "interval") == "tfgen.yaml:9"
    assert loaded.places.at("regions", "us-west-2", "function", "memory") == "tfgen.yaml:4"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("tag: {a: b}\n", 5, "Unknown key `tag`", "did you mean `tags`?"),
        ("api:\n  domian: x.y\n", 6, "Unknown key `api.domian`", "did you mean `domain`?"),
        (
            "stages:\n  prod:\n    function:\n      memry: 3\n",
            8,
            "Unknown key `stages.prod.function.memry`",
            "did you mean `memory`?",
        ),
        (
            "api:\n  health_check: {intervall: 10}\n",
            6,
            "Unknown key `api.health_check.intervall`",
            "did you mean `interval`?",
        ),
        (
            "account: 123456789012\n",
            5,
            "`account` must be text, not a number",
            '`account: "123456789012"`',
        ),
        (
            'stages:\n  dev: {account: "1234"}\n',
            6,
            "`stages.dev.account` cannot be '1234'",
            "12 digits in quotes",
        ),
        (
            "api:\n  health_check:\n    regions: [us-east-1, eu-west-1, eu-west-2]\n",
            7,
            "`api.health_check.regions[2]` is eu-west-2",
            "'eu-west-1'",
        ),
        (
            "api:\n  health_check:\n    regions: [us-east-1, eu-west-1]\n",
            7,
            "must be at least 3 items",
            None,
        ),
        ("env:\n  PORT: 8080\n", 6, "`env.PORT` must be text, not a number", '`PORT: "8080"`'),
        ("env:\n  DEBUG: on\n", 6, "`env.DEBUG` must be text, not a boolean", '`DEBUG: "on"`'),
        ("env:\n  DAY: 2026-01-02\n", 6, "`env.DAY` must be text, not a date", "quotes"),
        ("env: [a]\n", 5, "`env` must be a mapping of keys to values, not a list", None),
        ("env:\n  1A: x\n", 6, "`env.1A` cannot be '1A'", "a letter first"),
        ("tags: {a: 'b$'}\n", 5, "`tags.a` cannot be 'b$'", "letters, digits, spaces"),
        ("api: {type: soap}\n", 5, "`api.type` is soap", "expected 'rest' or 'http'"),
        ("api: {domain: A_b}\n", 5, "`api.domain` cannot be 'A_b'", "a host name"),
        ("api: {health_check: true}\n", 5, "must be a mapping of keys to values, not a boo", None),
        ("api: {health_check: {interval: 20}}\n", 5, "interval` is 20", "expected 10 or 30"),
        ("terraform: {aws_provider: 7}\n", 5, "`terraform.aws_provider` is 7", "5 or 6"),
        ("terraform: {backend: {}}\n", 5, "`terraform.backend` needs a `type`", "type: local"),
        ("terraform: {backend: {type: gcs}}\n", 5, "`terraform.backend.type` is 'gcs'", "'s3'"),
        (
            "terraform: {backend: {type: s3, region: eu-west-1}}\n",
            5,
            "`terraform.backend.bucket` is missing",
            "bucket",
        ),
        ("name: again\n", 5, "`name` is written twice", "line 1"),
        ("api: [\n", 6, "This is not valid YAML", "indentation"),
        ("api:\n\tdomain: x\n", 6, "This is not valid YAML", "not with tabs"),
        ("api:\n  domain: *.example.com\n", 6, "This is not valid YAML", "in quotes"),
        ("env: &loop\n  AA: *loop\n", 6, "An alias contains itself", "write the value out"),
        ("? [a, b]\n: c\n", 5, "A key must be plain text", None),
        ("stages: {Prod: {}}\n", 5, "`stages.Prod` cannot be 'Prod'", "lower-case"),
        (
            "stages: {prod: {terraform: {output: x}}}\n",
            5,
            "Unknown key `stages.prod.terraform.output`",
            "known keys here: backend",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(
    text: str, place: int, message: str, hint: str | None
) -> None:
    with pytest.raises(TfgenError) as error:
        loads(BASE + text)
    assert error.value.place == f"tfgen.yaml:{place}"
    assert message in error.value.message
    if hint is not None:
        assert hint in (error.value.hint or "")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("{source: '', runtime: python3.13, handler: a.b}", "at least 1 characters"),
        ("{source: s, runtime: py, handler: a.b}", "`function.runtime` cannot be 'py'"),
        ("{source: s, runtime: python3.13, handler: a.b, memory: 64}", "at least 128"),
        ("{source: s, runtime: python3.13, handler: a.b, memory: '512'}", "a whole number"),
        ("{source: s, runtime: python3.13, handler: a.b, memory: 1.5}", "a whole number"),
        ("{source: s, runtime: python3.13, handler: a.b, timeout: 901}", "at most 900"),
        ("{source: s, runtime: python3.13, handler: a.b, log_retention_days: 31}", "is 31"),
        ("{source: s, runtime: python3.13, handler: a.b, layers: [x]}", "layers[0]` cannot be"),
        ("{source: s, runtime: python3.13, handler: a.b, architecture: arm}", "is arm"),
    ],
)
def test_function_settings_are_checked(function: str, message: str) -> None:
    with pytest.raises(TfgenError) as error:
        loads(f"name: hello\nfunction: {function}\nregions: {{us-west-2: }}\n")
    assert message in error.value.message
    assert error.value.place == "tfgen.yaml:2"


def test_an_empty_region_has_no_overrides() -> None:
    loaded = loads(BASE.replace("us-west-2: {env: {MESSAGE: Hello}}", "us-west-2:"))
    assert loaded.config.regions == {"us-west-2": None}


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "42\n"])
def test_a_file_without_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(TfgenError, match="must be a mapping") as error:
        loads(text)
    assert error.value.place == "tfgen.yaml:1"


def test_anchors_and_merge_keys_work() -> None:
    loaded = loads(
        BASE.replace(
            "us-west-2: {env: {MESSAGE: Hello}}",
            "us-west-2: &both {env: {MESSAGE: Hello}}\n  eu-west-2: {<<: *both}",
        )
    )
    assert loaded.config.regions["eu-west-2"] == loaded.config.regions["us-west-2"]


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(TfgenError, match=r"There is no tfgen\.yaml in") as error:
        load(tmp_path / "tfgen.yaml")
    assert error.value.exit_code == ExitCode.USAGE
    assert "tfgen init" in (error.value.hint or "")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tfgen.yaml").write_bytes(b"name: \xff\xfe\n")
    with pytest.raises(TfgenError, match="not UTF-8"):
        load(tmp_path / "tfgen.yaml")


def test_the_number_of_other_problems_is_told() -> None:
    with pytest.raises(TfgenError) as error:
        loads(BASE + "env: {AA: 1, BB: 2, CC: 3}\n")
    assert "2 more problems" in (error.value.hint or "")
