"""``tfgen env`` with the keys of a sandbox: what is set, shown, compared, rotated and removed."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.command import environment
from tfgen.aws.session import Aws
from tfgen.cli.app import main
from tfgen.config.ciphertexts import load_ciphertexts
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import start

EU, US = "eu-west-2", "us-west-2"
ALIAS = "alias/hello-production"
CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}

# Plain.
env: {LOG_LEVEL: info}

regions:
  us-west-2: {env: {MESSAGE: "it's Oregon"}}
  eu-west-2: {env: {MESSAGE: London}}
"""


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFolder]:
    """An app whose keys exist, as after an apply."""
    with hello(tmp_path_factory.mktemp("env") / "hello") as app:
        aws = Aws(start(app.path).endpoint)
        for region in (EU, US):
            make_key(aws, region)
        yield app


@pytest.fixture
def app(sandboxed: AppFolder, monkeypatch: pytest.MonkeyPatch) -> AppFolder:
    """The app without any secret, and nobody to ask."""
    monkeypatch.setenv("CI", "1")
    (sandboxed.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
    for file in (sandboxed.sandbox.scratch / "secrets").glob("*"):
        file.unlink()
    return sandboxed


def make_key(aws: Aws, region: str, *, instead: bool = False) -> str:
    kms = aws.client("kms", region)
    key = kms.create_key()["KeyMetadata"]
    if instead:
        kms.update_alias(AliasName=ALIAS, TargetKeyId=key["KeyId"])
    else:
        kms.create_alias(AliasName=ALIAS, TargetKeyId=key["KeyId"])
    return key["Arn"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command wrote."""

    stdout: str
    stderr: str


def env(app: AppFolder, *arguments: str, code: int = 0) -> Said:
    """Runs the command line in this process, which has boto3 loaded already."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    before = sys.argv
    sys.argv = ["tfgen", "env", *arguments, "--sandbox", "--chdir", str(app.path)]
    ended: object = None
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as end:
        ended = end.code
    finally:
        sys.argv = before
    said = Said(*(each.buffer.getvalue().decode() for each in (out, err)))
    assert (ended or 0) == code, (arguments, ended, said)
    return said


def fed(app: AppFolder, text: str | bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Runs ``tfgen env set`` with something on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "tfgen", "env", "set", *arguments, "--sandbox"],
        cwd=app.path,
        env=environment(),
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        check=False,
    )


def secrets(app: AppFolder) -> Path:
    return app.sandbox.scratch / "secrets" / "production.yaml"


def config(app: AppFolder) -> str:
    return (app.path / "tfgen.yaml").read_text("utf-8")


def test_from_set_to_remove(app: AppFolder) -> None:
    said = env(app, "set", "--region", EU, "DB=postgres://london").stderr
    assert "Encrypted DB for eu-west-2\n" in said
    assert "Named DB in `secrets` of tfgen.yaml" in said
    assert "stays in the shell's history: `tfgen env set DB`" in said
    assert "`DB` has no value for `us-west-2` yet" in said
    assert "postgres" not in said
    assert config(app) == CONFIG.replace("\nregions:", "\nsecrets:\n  DB: kms\n\nregions:")
    assert secrets(app).stat().st_mode & 0o777 == 0o644
    assert "postgres" not in secrets(app).read_text("utf-8")

    said = env(app, "set", "--region", US, "DB=postgres://oregon").stderr
    assert "`tfgen apply --sandbox` makes a new version of the function" in said
    assert config(app).count("DB: kms") == 1
    assert env(app, "get", "DB", "--region", EU).stdout == "postgres://london"
    assert env(app, "get", "DB", "--region", US).stdout == "postgres://oregon"

    listed = json.loads(env(app, "list", "--json", "--decrypt").stdout)
    assert [(each["name"], each["region"], each["value"]) for each in listed] == [
        ("DB", EU, "postgres://london"),
        ("DB", US, "postgres://oregon"),
    ]
    assert "postgres" not in env(app, "list").stdout

    said = env(app, "remove", "DB", "--region", US).stderr
    assert "`DB` is still in `secrets` of the config, and has no value for `us-west-2`" in said
    refused = env(app, "export", "--region", US, code=ExitCode.FAILED).stderr
    assert "The secret `DB` has no value for `us-west-2`\n  --> tfgen.yaml:8\n" in refused
    assert "`tfgen env set --sandbox --region us-west-2 DB`" in refused
    env(app, "remove", "DB")
    assert config(app) == CONFIG
    assert not secrets(app).exists()


def test_all_ways_in(app: AppFolder) -> None:
    values = {
        "LINES": "-----BEGIN-----\nMIIB+/==\n-----END-----",
        "QUOTED": 'it\'s "quoted" $HOME \\n # `id`',
        "UNICODE": "pässwörd 🔑",
        "LONG": "x" * 4096,
    }
    dotenv = "\n".join(
        [
            "# what the app needs",
            f'export LINES="{values["LINES"]}"',
            "QUOTED='it\\'s \"quoted\" $HOME \\\\n # `id`'",
            f"UNICODE={values['UNICODE']}  # behind",
        ]
    )
    # So much would not fit into the environment.
    (app.path / "tfgen.yaml").write_text(CONFIG + "secrets_delivery: bundle\n", "utf-8")
    (app.path / ".env").write_text(dotenv, "utf-8")
    said = env(app, "set", "--from-file", ".env").stderr
    assert "Encrypted LINES, QUOTED, UNICODE for eu-west-2, us-west-2" in said
    assert "history" not in said
    assert fed(app, f"LONG={values['LONG']}\n", "--stdin").returncode == ExitCode.DONE
    assert fed(app, "pipe\n", "--stdin", "PIPED").returncode == ExitCode.DONE
    assert fed(app, "two\n\n", "--stdin", "ENDS", "-r", US, "-r", EU).returncode == ExitCode.DONE
    values |= {"PIPED": "pipe", "ENDS": "two\n"}
    expected = {**values, "LOG_LEVEL": "info", "MESSAGE": "it's Oregon"}

    as_json = env(app, "export", "--region", US, "--format", "json").stdout
    assert json.loads(as_json) == expected
    shell = env(app, "export", "--region", US, "--format", "shell").stdout
    script = (
        f"{shell}\nexec {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    )
    done = subprocess.run(["sh", "-c", script], env={}, capture_output=True, check=True)
    assert expected.items() <= json.loads(done.stdout).items()
    (app.path / ".env").write_text(env(app, "export", "--region", US).stdout, "utf-8")
    assert parsed(app.path / ".env") == expected
    # Nobody's start is in a run on this machine.
    assert not [name for name in expected if name.startswith(("AWS_", "TFGEN_"))]


def test_what_does_not_fit_into_the_environment_is_not_kept(app: AppFolder) -> None:
    said = env(app, "set", f"DB={'x' * 4000}", code=ExitCode.FAILED).stderr
    assert "The environment of `eu-west-2` has " in said
    assert "`secrets_delivery: bundle`" in said
    assert config(app) == CONFIG
    assert not secrets(app).exists()


def parsed(file: Path) -> dict[str, str | None]:
    from dotenv import dotenv_values

    with redirect_stdout(io.StringIO()):
        return dict(dotenv_values(file, interpolate=False))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["DB="], 1, "The value of `DB` is empty"),
        (["DB=" + "ü" * 2049], 1, "has 4,098 bytes; KMS encrypts 4,096 at most"),
        (["D-B=geheim"], 2, "`D-B` is not the name of a variable"),
        (["DB=geheim", "DB=geheim"], 2, "`DB` is there twice"),
        (["AWS_REGION=geheim"], 1, "Lambda sets `AWS_REGION` itself"),
        (["NODE_OPTIONS=geheim"], 1, "decides how the function starts"),
        (["MESSAGE=geheim"], 1, "`MESSAGE` is in `env` of `eu-west-2`"),
        (["LOG_LEVEL=geheim"], 1, "`LOG_LEVEL` is in `env` of `eu-west-2`"),
        (["DB=geheim", "--region", "eu-west-1"], 2, "is not in the region `eu-west-1`"),
        (["DB=geheim", "--stage", "none"], 2, "There is no stage `none`"),
        (["DB"], 2, "Cannot ask `Value of DB` "),
        ([], 2, "There is nothing to set"),
        (["DB=geheim", "--stdin"], 2, "there can be one KEY, without a value"),
        (["DB", "--from-file", "x"], 2, "`--from-file` says all variables by itself"),
        (["--from-file", "none.env"], 2, "The variables cannot be read"),
        (["--from-file", "bad.env"], 1, "The line is not `NAME=VALUE`"),
        (["--from-file", "latin.env"], 1, "This is not UTF-8 text"),
    ],
)
def test_what_cannot_be_set(app: AppFolder, arguments: list[str], code: int, message: str) -> None:
    (app.path / "bad.env").write_text("AA=1\n\ngeheim geheim\n", "utf-8")
    (app.path / "latin.env").write_text("AA=geheim\xfc\n", "latin-1")
    said = env(app, "set", *arguments, code=code).stderr
    assert message in said
    assert "hint: " in said
    assert "geheim" not in said
    assert "bad.env" not in arguments or "bad.env:3\n" in said
    assert config(app) == CONFIG
    assert not secrets(app).exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"ge\0heim", "NUL character"), (b"geheim\xff", "not UTF-8"), (b"\n", "is empty")],
)
def test_what_cannot_be_piped(app: AppFolder, content: bytes, message: str) -> None:
    done = fed(app, content, "--stdin", "DB")
    assert done.returncode == ExitCode.FAILED
    assert message in done.stderr.decode()
    assert b"heim" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["get", "remove", "rotate"])
def test_a_value_where_a_name_is_meant_is_not_shown(app: AppFolder, command: str) -> None:
    said = env(app, command, "DB=geheim", code=ExitCode.USAGE).stderr
    assert "Only the name is to be given here: `DB`" in said
    assert "geheim" not in said


def test_names_that_there_are_not(app: AppFolder) -> None:
    said = env(app, "get", "DB", code=ExitCode.USAGE).stderr
    assert "has several regions" in said
    said = env(app, "get", "MESSAGE", "--region", EU, code=ExitCode.USAGE).stderr
    assert "`MESSAGE` has a plain value, in `env` of the config" in said
    for command in ("remove", "rotate"):
        env(app, command, "DB", code=ExitCode.USAGE)
    assert "has no secrets" in env(app, "list").stderr


def test_a_hidden_question(app: AppFolder) -> None:
    child = app.begin_in_terminal("env", "set", "--sandbox", "DB", CI="")
    child.expect_exact("Value of DB: ")
    child.sendline("")
    child.expect_exact("error: The value of `DB` is empty")
    child.expect_exact("Value of DB: ")
    child.sendline("geheim")
    child.expect_exact("Value of DB, once more: ")
    child.sendline("geheime")
    child.expect_exact("The two answers differ")
    child.expect_exact("Value of DB: ")
    child.sendline(" geheim ")
    child.expect_exact("once more: ")
    child.sendline(" geheim ")
    child.expect_exact("Encrypted")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == ExitCode.DONE
    assert env(app, "get", "DB", "--region", US).stdout == " geheim "


def test_nothing_that_is_typed_is_shown_or_kept(app: AppFolder) -> None:
    child = app.begin_in_terminal("env", "set", "--sandbox", "DB", CI="")
    shown = io.StringIO()
    child.logfile_read = shown
    child.expect_exact("Value of DB: ")
    child.sendline("geheim")
    child.expect_exact("once more: ")
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == ExitCode.INTERRUPTED
    assert "geheim" not in shown.getvalue()
    assert "Traceback" not in shown.getvalue()
    assert config(app) == CONFIG
    assert not secrets(app).exists()


def test_a_key_that_is_the_users_own_is_never_made(app: AppFolder) -> None:
    (app.path / "tfgen.yaml").write_text(CONFIG + "kms_key: alias/mine\n", "utf-8")
    said = env(app, "set", "DB=geheim", "--yes", code=ExitCode.FAILED).stderr
    assert "There is no key `alias/mine` in `eu-west-2`" in said
    assert not secrets(app).exists()


def test_a_key_that_must_be_made_is_asked_for(app: AppFolder) -> None:
    text = CONFIG.replace("  eu-west-2:", "  eu-west-1: {env: {MESSAGE: Dublin}}\n  eu-west-2:")
    (app.path / "tfgen.yaml").write_text(text, "utf-8")
    said = env(app, "set", "DB=geheim", code=ExitCode.USAGE).stderr
    assert "`hello-production` has no key in eu-west-1 yet: it was never applied there" in said
    assert "Cannot ask `Create this key in the sandbox?` " in said
    assert "`--yes`" in said
    # Two regions have a key, and got nothing: all of them or none.
    assert not secrets(app).exists()
    assert config(app) == text


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
    assert "`nowhere` is neither a stage nor a region" in (
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


def test_two_at_once_lose_nothing(app: AppFolder) -> None:
    names = [f"NAME_{number}" for number in range(4)]
    running = [app.begin("env", "set", f"{name}={name}", "--sandbox") for name in names]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == ExitCode.DONE, said
    values = json.loads(env(app, "export", "--region", EU, "--format", "json").stdout)
    assert {name: values[name] for name in names} == {name: name for name in names}
    assert config(app).count(": kms\n") == len(names)


def test_killed_at_any_moment_the_file_is_old_or_new(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    texts = [bytes([65 + number]) * 200_000 for number in range(2)]
    file.write_bytes(texts[0])
    program = (
        "import itertools, pathlib\n"
        "from tfgen.cli.files import replace_file\n"
        "for number in itertools.cycle((0, 1)):\n"
        "    content = bytes([65 + number]) * 200_000\n"
        f"    replace_file(pathlib.Path({str(file)!r}), content, mode=0o644)\n"
        "    print(number, flush=True)\n"
    )
    seen = set[bytes]()
    for after in range(12):
        writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(after / 1000)
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
        seen.add(file.read_bytes())
    assert seen <= set(texts)
