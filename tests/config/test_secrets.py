"""Secrets and keys: what they come to in each region, and what is refused, with which hint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.config.test_resolve import HEAD, REGIONS, refusal
from tfgen.app import App, Code, KmsSecret, SecretsManagerSecret, SsmSecret
from tfgen.config.ciphertexts import Ciphertext, Ciphertexts, context_of
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.render.views.secrets import shared_secrets
from tfgen.resolve import resolve, resolve_all
from tfgen.rules.environment import deployed_environment

KEY = "arn:aws:kms:{}:123456789012:key/0123abcd"
IMAGE = "name: hello\nfunction: {image: 'hello:1'}\n"
BUNDLED = "secrets_delivery: bundle\n"


def sealed(name: str = "DB", stage: str = "production", text: str = "AQIDBA==") -> Ciphertexts:
    """Returns the ciphertexts of a variable for the regions of ``REGIONS``."""
    return Ciphertexts(
        {
            name: {
                region: Ciphertext(
                    context_of("hello", stage, region, name), KEY.format(region), text
                )
                for region in ("us-west-2", "eu-west-2")
            }
        }
    )


def app_of(text: str, ciphertexts: Ciphertexts | None = None, head: str = HEAD) -> App:
    loaded = loads(head + text)
    return resolve(
        replace(loaded, ciphertexts={"production": ciphertexts or sealed()}), "production"
    )


def refused(text: str, ciphertexts: Ciphertexts | None = None, head: str = HEAD) -> TfgenError:
    with pytest.raises(TfgenError) as error:
        app_of(text, ciphertexts, head)
    return error.value


def test_a_region_has_the_apps_secrets_and_its_own_over_them() -> None:
    app = app_of(
        "secrets: {DB: kms, TOKEN: {ssm: /hello/token}, PG: {secretsmanager: hello/pg, key: url}}\n"
        "regions:\n"
        "  us-west-2:\n"
        f"    secrets: {{TOKEN: {{ssm: token, kms_key: '{KEY.format('us-west-2')}'}}}}\n"
        "  eu-west-2: {}\n"
    )
    europe, america = app.regions
    assert dict(europe.secrets) == {
        "DB": KmsSecret("AQIDBA=="),
        "PG": SecretsManagerSecret("hello/pg", "url", None),
        "TOKEN": SsmSecret("/hello/token", None),
    }
    assert america.secrets["TOKEN"] == SsmSecret("token", KEY.format("us-west-2"))
    # The ciphertexts of this test are the same everywhere, as no real ones are.
    assert list(shared_secrets(app)) == ["DB", "PG"]


def test_a_stage_replaces_the_whole_of_a_secret() -> None:
    text = (
        REGIONS + "secrets: {PG: {secretsmanager: hello/pg, key: url}, DB: kms}\n"
        "stages:\n"
        "  production: {}\n"
        "  test: {secrets: {PG: {ssm: /hello/pg}, DB: {secretsmanager: db}}}\n"
    )
    loaded = replace(loads(HEAD + text), ciphertexts={"production": sealed()})
    _, test = resolve_all(loaded)
    assert dict(test.regions[0].secrets) == {
        "DB": SecretsManagerSecret("db", None, None),
        "PG": SsmSecret("/hello/pg", None),
    }


def test_a_stage_has_its_own_ciphertexts() -> None:
    text = REGIONS + "secrets: {DB: kms}\nstages: {production: {}, test: {}}\n"
    ciphertexts = {"production": sealed(), "test": sealed(stage="test", text="BQYHCA==")}
    apps = resolve_all(replace(loads(HEAD + text), ciphertexts=ciphertexts))
    assert [app.regions[0].secrets["DB"] for app in apps] == [
        KmsSecret("AQIDBA=="),
        KmsSecret("BQYHCA=="),
    ]


@pytest.mark.parametrize(
    ("text", "bundle", "wrapper"),
    [
        ("", ".tfgen/bundles/src.zip", False),
        ("secrets: {TOKEN: {ssm: token}}\n", ".tfgen/wrapped/src.zip", True),
        ("secrets: {TOKEN: {ssm: token}}\ndecrypt: manual\n", ".tfgen/bundles/src.zip", False),
        ("secrets: {DB: kms}\n" + BUNDLED, ".tfgen/sealed/production/src.zip", True),
        # There is nothing to put into it.
        ("secrets: {TOKEN: {ssm: token}}\n" + BUNDLED, ".tfgen/wrapped/src.zip", True),
        (
            "secrets: {DB: kms}\ndecrypt: manual\n" + BUNDLED,
            ".tfgen/sealed/production/src.zip",
            False,
        ),
    ],
)
def test_what_is_in_a_bundle_decides_where_it_is(text: str, bundle: str, wrapper: bool) -> None:
    code = app_of(REGIONS + text).function.code
    assert isinstance(code, Code)
    assert (code.bundle, code.wrapper) == (bundle, wrapper)


def test_a_wrapper_of_ones_own_is_run_by_the_one_for_secrets() -> None:
    own = "env: {AWS_LAMBDA_EXEC_WRAPPER: /opt/otel, LEVEL: info}\n"
    everywhere = app_of(own + "secrets: {DB: kms}\n" + REGIONS)
    assert dict(everywhere.env) == {"LEVEL": "info", "TFGEN_EXEC_WRAPPER": "/opt/otel"}
    assert everywhere.regions[0].env == everywhere.env

    by_hand = app_of(own + "secrets: {DB: kms}\ndecrypt: manual\n" + REGIONS)
    assert by_hand.env["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/otel"

    in_one = app_of(own + "regions: {us-west-2: {secrets: {DB: kms}}, eu-west-2: {}}\n")
    europe, america = in_one.regions
    assert dict(in_one.env) == {"LEVEL": "info"}
    assert dict(europe.env) == {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel", "LEVEL": "info"}
    assert dict(america.env) == {"LEVEL": "info", "TFGEN_EXEC_WRAPPER": "/opt/otel"}
    assert deployed_environment(in_one, europe) == dict(europe.env)


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (
            "env: {DB: a}\nsecrets:\n  DB: kms\n" + REGIONS,
            5,
            "`DB` is in `env` and in `secrets` of `eu-west-2`",
            "remove one",
        ),
        (
            "secrets:\n  DB: kms\nregions:\n  eu-west-2: {}\n  us-west-2:\n    env: {DB: a}\n",
            4,
            "`DB` is in `env` and in `secrets` of `us-west-2`",
            "remove one",
        ),
        (
            "secrets:\n  DB: kms\n  AWS_REGION: kms\n" + REGIONS,
            5,
            "Lambda sets `AWS_REGION` itself",
            "another name",
        ),
        (
            "secrets:\n  NODE_OPTIONS: kms\n" + REGIONS,
            4,
            "`NODE_OPTIONS` decides how the function starts",
            "set it in `env`",
        ),
        (
            "secrets:\n  AWS_LAMBDA_EXEC_WRAPPER: {ssm: a}\n" + REGIONS,
            4,
            "`AWS_LAMBDA_EXEC_WRAPPER` decides how the function starts",
            "another name",
        ),
        (
            "secrets: {DB: kms}\nenv:\n  TFGEN_STAGE: a\n" + REGIONS,
            5,
            "tfgen sets `TFGEN_STAGE` itself",
            "another name",
        ),
        (
            "secrets: {DB: kms}\nenv:\n  TOKEN: ssm:/hello/token\n" + REGIONS,
            5,
            "The value of `TOKEN` looks like a reference to a secret",
            "`TOKEN: {ssm: /hello/token}`",
        ),
        (
            "secrets: {DB: kms}\nenv:\n  TOKEN: kms:AQID\n" + REGIONS,
            5,
            "The value of `TOKEN` looks like a reference",
            "`TOKEN: kms`",
        ),
        (
            "secrets:\n  TOKEN:\n    ssm: arn:aws:ssm:us-west-2:123456789012:parameter/t\n"
            + REGIONS,
            5,
            "is in `us-west-2`, the function in `eu-west-2`",
            "`regions.eu-west-2.secrets`",
        ),
        (
            "secrets:\n  PG:\n    secretsmanager: hello\n"
            f"    kms_key: {KEY.format('us-west-2')}\n" + REGIONS,
            6,
            "is in `us-west-2`, the function in `eu-west-2`",
            "`regions.eu-west-2.secrets`",
        ),
        (
            f"kms_key: {KEY.format('us-west-2')}\n" + REGIONS,
            3,
            "is in `us-west-2`, the function in `eu-west-2`",
            "`regions.eu-west-2`",
        ),
        (
            "kms_key: alias/aws/lambda\n" + REGIONS,
            3,
            "`alias/aws/lambda` is a key of AWS's own",
            "customer managed",
        ),
        (
            "kms_key: alias/company\nkey_policy:\n"
            "  encrypters: ['arn:aws:iam::123456789012:role/developer']\n" + REGIONS,
            4,
            "`key_policy` is for keys that tfgen makes",
            "remove `key_policy:`",
        ),
    ],
)
def test_what_is_refused(text: str, line: int, message: str, hint: str) -> None:
    error = refused(text)
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.place == f"tfgen.yaml:{line}"


@pytest.mark.parametrize(
    "text",
    [
        # Without secrets, nobody would take it for a reference, and nobody needs the name.
        "env: {TOKEN: 'ssm:/hello/token', TFGEN_APP: a}\n",
        # Nor would the function's own code, which knows what is what.
        "secrets: {DB: kms}\ndecrypt: manual\nenv: {TOKEN: 'ssm:/hello/token'}\n",
        "secrets: {DB: kms}\nenv: {NODE_OPTIONS: --inspect}\n",
        "kms_key: alias/company\n",
    ],
)
def test_what_is_not(text: str) -> None:
    app_of(text + REGIONS)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "tfgen cannot put what resolves secrets into a container image", "decrypt: manual"),
        (
            "decrypt: manual\n" + BUNDLED,
            "A container image has no bundle that the ciphertexts could be in",
            "remove `secrets_delivery:`",
        ),
    ],
)
def test_an_image_resolves_its_secrets_itself(text: str, message: str, hint: str) -> None:
    error = refused(text + "secrets: {DB: kms}\n" + REGIONS, head=IMAGE)
    assert message in error.message
    assert hint in (error.hint or "")
    app_of("decrypt: manual\nsecrets: {DB: kms}\n" + REGIONS, head=IMAGE)


@pytest.mark.parametrize(
    ("runtime", "resolved"),
    [
        ("python3.9", True),
        ("python3.14", True),
        ("nodejs18.x", True),
        ("nodejs24.x", True),
        ("nodejs16.x", False),
        ("java21", False),
        ("provided.al2023", False),
    ],
)
def test_not_every_runtime_can_start_with_secrets_resolved(runtime: str, resolved: bool) -> None:
    head = HEAD.replace("python3.13", runtime)
    app_of("secrets: {DB: kms}\ndecrypt: manual\n" + REGIONS, head=head)
    if resolved:
        app_of("secrets: {DB: kms}\n" + REGIONS, head=head)
    else:
        error = refused("secrets: {DB: kms}\n" + REGIONS, head=head)
        assert f"`{runtime}`" in error.message
        assert error.place == "tfgen.yaml:2"
        assert "decrypt: manual" in (error.hint or "")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("secrets:\n  DB: ssm\n", 4),
        ("secrets:\n  DB: {ssm: a b}\n", 4),
        ("secrets:\n  DB: {ssm: a//b}\n", 4),
        ("secrets:\n  DB: {ssm: a, key: b}\n", 4),
        ("secrets:\n  DB: {secretsmanager: a, ssm: b}\n", 4),
        # Without the six characters, Secrets Manager may take another secret for it.
        (
            "secrets:\n  DB:\n    secretsmanager: arn:aws:secretsmanager:us-west-2:123456789012:"
            "secret:pg\n",
            5,
        ),
        ("secrets:\n  9DB: kms\n", 4),
        ("secrets:\n  D: kms\n", 4),
        ("kms_key: company\n", 3),
        ("kms_key: 0f6e2a4c-1b7d-4e55-9a53-6a1d0d6f7b21\n", 3),
        ("key_policy:\n  encrypters: [developer]\n", 4),
        ("key_policy:\n  decrypters: ['*']\n", 4),
        ("key_policy:\n  users: []\n", 4),
        ("decrypt: never\n", 3),
        ("secrets_delivery: post\n", 3),
    ],
)
def test_what_is_no_secret_or_key(said: str, line: int) -> None:
    error = refusal(said + REGIONS)
    assert error.place == f"tfgen.yaml:{line}"


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "/hello/token",
        "/hello/token:3",
        "hello.token:live",
        "arn:aws:ssm:eu-west-2:210987654321:parameter/hello/token",
        "arn:aws:ssm:eu-west-2:210987654321:parameter/hello/token:3",
    ],
)
def test_how_a_parameter_can_be_named(name: str) -> None:
    app = app_of(f"regions: {{eu-west-2: {{secrets: {{TOKEN: {{ssm: '{name}'}}}}}}}}\n")
    assert app.regions[0].secrets["TOKEN"] == SsmSecret(name, None)


def test_the_limit_counts_ciphertexts_unless_they_are_in_the_bundle() -> None:
    large = sealed(text="A" * 4096)
    text = "secrets: {DB: kms}\n" + REGIONS
    error = refused(text, large)
    assert "The environment of `eu-west-2` has" in error.message
    assert "Lambda allows 4,096" in error.message
    assert "`secrets_delivery: bundle`" in (error.hint or "")
    app = app_of(text + BUNDLED, large)
    assert deployed_environment(app, app.regions[0]) == {
        "TFGEN_APP": "hello",
        "TFGEN_STAGE": "production",
        "AWS_LAMBDA_EXEC_WRAPPER": "/var/task/.tfgen/start",
    }


def test_the_limit_is_that_of_the_whole_environment() -> None:
    # What is there beside the ciphertext, as Lambda counts it.
    around = len(
        '{"DB":"kms:","TFGEN_APP":"hello","TFGEN_STAGE":"production",'
        '"AWS_LAMBDA_EXEC_WRAPPER":"/var/task/.tfgen/start"}'
    )
    text = "secrets: {DB: kms}\n" + REGIONS
    app_of(text, sealed(text="A" * (4096 - around)))
    assert "has 4,097 bytes" in refused(text, sealed(text="A" * (4097 - around))).message


def test_an_image_is_not_told_to_use_its_bundle() -> None:
    text = "decrypt: manual\nsecrets: {DB: kms}\n" + REGIONS
    error = refused(text, sealed(text="A" * 4096), head=IMAGE)
    assert "has 4,1" in error.message
    assert "bundle" not in (error.hint or "")
