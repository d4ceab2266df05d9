"""What becomes of secrets that are set: shown, compared, rotated, copied and removed."""

from __future__ import annotations

import json

from tests.cli.env.runs import CONFIG, EU, US, config, env, make_key, secrets
from tests.support.app_folder import AppFolder
from tfgen.aws.session import Aws
from tfgen.config.ciphertexts import load_ciphertexts
from tfgen.errors import ExitCode


def test_rotation_to_another_key_and_back(app: AppFolder) -> None:
    aws = Aws(app.sandbox.endpoint)
    env(app, "set", "DB=one", "TOKEN=two")
    before = load_ciphertexts(secrets(app).parent)["production"]
    new = make_key(aws, EU, instead=True)
    said = env(app, "rotate", "DB").stderr
    assert "Rotated DB in eu-west-2: from the key " in said
    assert "Rotated DB in us-west-2: with the same key, " in said
    assert "one" not in said.split()
    after = load_ciphertexts(secrets(app).parent)["production"]
    moved = after.find("DB", EU)
    assert moved is not None
    assert moved.key == new
    for region in (EU, US):
        assert after.find("DB", region) != before.find("DB", region)
        assert after.find("TOKEN", region) == before.find("TOKEN", region)
        assert env(app, "get", "DB", "--region", region).stdout == "one"

    # A key of one's own, by its ARN: rendering refuses the old ciphertexts, and says what to do.
    arn = aws.client("kms", EU).create_key()["KeyMetadata"]["Arn"]
    own = config(app).replace("{env: {MESSAGE: London}}", f"{{kms_key: '{arn}'}}")
    (app.path / "tfgen.yaml").write_text(own, "utf-8")
    refused = app.tfgen("plan", "--sandbox", code=ExitCode.FAILED).stderr
    assert "is not of the key in `kms_key`" in refused
    assert "`tfgen env rotate --sandbox --stage production --region eu-west-2`" in refused
    env(app, "rotate", "--stage", "production", "--region", EU)
    rotated = load_ciphertexts(secrets(app).parent)["production"]
    assert {rotated.values[name][EU].key for name in ("DB", "TOKEN")} == {arn}
    assert env(app, "get", "TOKEN", "--region", EU).stdout == "two"


def test_a_ciphertext_that_was_copied(app: AppFolder) -> None:
    env(app, "set", "DB=one")
    text = secrets(app).read_text("utf-8")
    eu = next(line for line in text.splitlines() if line.startswith(f"  {EU}"))
    us = next(line for line in text.splitlines() if line.startswith(f"  {US}"))
    secrets(app).write_text(text.replace(eu, us.replace(f"  {US}:", f"  {EU}:")), "utf-8")
    for command in (["get", "DB", "-r", EU], ["rotate"], ["export", "-r", EU]):
        said = env(app, *command, code=ExitCode.FAILED).stderr
        assert "was made for `hello/production/us-west-2/DB`, and only that" in said
        assert "--> the sandbox's secrets/production.yaml:3\n" in said
    (entry,) = json.loads(env(app, "list", "--json", "-r", EU).stdout)
    assert entry["set"] is False
    assert "made for hello/production/us-west-2/DB" in env(app, "list").stdout
    # The same with the context as it should be: KMS finds out.
    forged = us.replace(f"  {US}:", f"  {EU}:").replace(f"/{US}/", f"/{EU}/")
    forged = forged.replace(f":{US}:", f":{EU}:")
    secrets(app).write_text(text.replace(eu, forged), "utf-8")
    env(app, "get", "DB", "-r", EU, code=ExitCode.FAILED)
    env(app, "set", "DB=two", "-r", EU)
    assert env(app, "get", "DB", "-r", EU).stdout == "two"


def test_stages_and_regions_side_by_side(app: AppFolder) -> None:
    text = CONFIG.replace("eu-west-2: {", "eu-west-2: {secrets: {ONLY: {ssm: /only}}, ")
    text += "secrets: {TOKEN: {ssm: /token}, PG: {secretsmanager: pg, key: password}}\n"
    text += "stages:\n  production:\n  staging: {env: {DEBUG: '1'}, secrets: {TOKEN: kms}}\n"
    (app.path / "tfgen.yaml").write_text(text, "utf-8")
    env(app, "set", "DB=one", "-r", EU)
    assert json.loads(env(app, "diff", US, EU, "--json").stdout) == {
        "DB": {US: "kms, not set", EU: "kms"},
        "ONLY": {US: None, EU: "ssm:/only"},
    }
    assert json.loads(env(app, "diff", "production", "staging", "--json").stdout) == {
        "DB": {
            "production": "kms in eu-west-2; kms, not set in us-west-2",
            "staging": "kms, not set",
        },
        "DEBUG": {"production": None, "staging": "plain"},
        "TOKEN": {"production": "ssm:/token", "staging": "kms, not set"},
    }
    assert env(app, "diff", US, US).stdout == ""
    assert "The second argument is neither a stage nor a region" in (
        env(app, "diff", US, "nowhere", code=ExitCode.USAGE).stderr
    )
    rows = env(app, "list").stdout.splitlines()
    assert " ".join(rows[0].split()) == "NAME REGION FROM KEY SET"
    assert "PG all secretsmanager:pg#password" in [" ".join(row.split()) for row in rows]
    assert any(row.split()[:3] == ["ONLY", EU, "ssm:/only"] for row in rows)
    assert any(row.split() == ["DB", US, "kms", "not", "set"] for row in rows)
    said = env(app, "set", "TOKEN=geheim", code=ExitCode.FAILED).stderr
    assert "`TOKEN` of `eu-west-2` is kept in AWS: ssm:/token" in said
    assert "is kept in AWS: ssm:/token" in env(app, "remove", "TOKEN", code=1).stderr


def test_what_aws_keeps_is_read_too(app: AppFolder) -> None:
    aws = Aws(app.sandbox.endpoint)
    aws.client("ssm", EU).put_parameter(
        Name="/token", Value="of London", Type="SecureString", Overwrite=True
    )
    text = CONFIG + "secrets: {TOKEN: {ssm: /token}}\n"
    (app.path / "tfgen.yaml").write_text(text, "utf-8")
    assert env(app, "get", "TOKEN", "--region", EU).stdout == "of London"
    said = env(app, "export", "--region", US, code=ExitCode.FAILED).stderr
    assert "There is no parameter `/token` in `us-west-2` for `TOKEN`" in said


def test_a_name_stays_as_long_as_any_stage_has_a_value(app: AppFolder) -> None:
    text = CONFIG + "stages: {production: {}, staging: {}}\n"
    (app.path / "tfgen.yaml").write_text(text, "utf-8")
    kms = Aws(app.sandbox.endpoint).client("kms", EU)
    if not [each for each in kms.list_aliases()["Aliases"] if "staging" in each["AliasName"]]:
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/hello-staging", TargetKeyId=key)
    env(app, "set", "DB=one")
    said = env(app, "set", "DB=two", "--stage", "staging", "-r", EU).stderr
    assert "`DB` has no value for `us-west-2` yet" in said
    said = env(app, "remove", "DB").stderr
    assert "DB: kms" in config(app)
    assert "is still in `secrets` of the config" in said
    env(app, "remove", "DB", "--stage", "staging")
    assert config(app) == text


def test_a_name_goes_from_where_it_is_said(app: AppFolder) -> None:
    """A name of one region, or of one stage, is not the whole app's business."""
    text = CONFIG.replace("  eu-west-2: {", "  eu-west-2: {secrets: {PW: kms}, ")
    text += (
        "stages:\n  production:\n    secrets:\n      # of the shop\n      DB: kms\n  staging: {}\n"
    )
    (app.path / "tfgen.yaml").write_text(text, "utf-8")
    production = ("--stage", "production")
    env(app, "set", "PW=one", "--region", EU, *production)
    env(app, "set", "DB=two", *production)
    assert config(app) == text
    env(app, "remove", "PW", *production)
    assert config(app) == text.replace("{secrets: {PW: kms}, ", "{")
    env(app, "remove", "DB", "--region", US, *production)
    assert "DB: kms" in config(app)
    env(app, "remove", "DB", "--region", EU, *production)
    assert config(app) == CONFIG + "stages:\n  production:\n    secrets: {}\n  staging: {}\n"


def test_a_leftover_is_shown_and_can_be_removed(app: AppFolder) -> None:
    env(app, "set", "DB=one", "-r", EU)
    (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
    (entry,) = json.loads(env(app, "list", "--json").stdout)
    assert (entry["name"], entry["region"], entry["source"]) == ("DB", EU, None)
    only_us = CONFIG.replace("  eu-west-2: {env: {MESSAGE: London}}\n", "")
    (app.path / "tfgen.yaml").write_text(only_us, "utf-8")
    assert json.loads(env(app, "list", "--json").stdout) == [entry]
    env(app, "remove", "DB", "--region", US, code=ExitCode.USAGE)
    env(app, "remove", "DB", "--region", "eu-west-1", code=ExitCode.USAGE)
    env(app, "remove", "DB", "--region", EU)
    assert not secrets(app).exists()
    (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
    env(app, "set", "DB=one", "-r", EU)
    (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
    assert "nothing names it" in env(app, "list").stdout
    env(app, "remove", "DB")
    assert not secrets(app).exists()
    assert config(app) == CONFIG
