"""What goes into ``tfgen env set``: every way in, and what is refused without being shown."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pexpect
import pytest

from tests.cli.env.runs import CONFIG, EU, US, config, env, fed, secrets
from tests.support.app_folder import AppFolder
from tfgen.errors import ExitCode


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
        (["geheim!=x"], 2, "Argument 1 does not begin with the name of a variable"),
        (["DB=a", "postgres://geheim"], 2, "Argument 2 does not begin with the name of a variable"),
        (["DB=geheim", "DB=geheim"], 2, "Argument 2 sets a variable again"),
        (["AWS_REGION=geheim"], 1, "Lambda sets `AWS_REGION` itself"),
        (["NODE_OPTIONS=geheim"], 1, "decides how the function starts"),
        (["MESSAGE=geheim"], 1, "`MESSAGE` is in `env` of `eu-west-2`"),
        (["LOG_LEVEL=geheim"], 1, "`LOG_LEVEL` is in `env` of `eu-west-2`"),
        (["DB=geheim", "--region", "eu-west-1"], 2, "is not in the region `eu-west-1`"),
        (["DB=geheim", "--stage", "none"], 2, "There is no stage `none`"),
        (["DB"], 2, "Cannot ask `value of argument 1` "),
        (["DB=a", "geheim"], 2, "Cannot ask `value of argument 2` "),
        ([], 2, "There is nothing to set"),
        (["DB=geheim", "--stdin"], 2, "there can be one KEY, without a value"),
        (["DB", "--from-file", "x"], 2, "`--from-file` says all variables by itself"),
        (["--from-file", "none.env"], 2, "The variables cannot be read"),
        (["--from-file", "bad.env"], 1, "The line is not `NAME=VALUE`"),
        (["--from-file", "empty.env"], 1, "The value is empty, and KMS encrypts no empty text"),
        (["--from-file", "base64.env"], 1, "The value is empty"),
        (["--from-file", "long.env"], 1, "The value has 4,098 bytes"),
        (["--from-file", "latin.env"], 1, "This is not UTF-8 text"),
    ],
)
def test_what_cannot_be_set(app: AppFolder, arguments: list[str], code: int, message: str) -> None:
    (app.path / "bad.env").write_text("AA=1\n\ngeheim geheim\n", "utf-8")
    (app.path / "empty.env").write_text("AA=1\n\nBB=\n", "utf-8")
    (app.path / "base64.env").write_text("# x\nAA=1\ngeheim=\n", "utf-8")
    (app.path / "long.env").write_text(f"AA=1\n\nBB={'ü' * 2049}\n", "utf-8")
    (app.path / "latin.env").write_text("AA=geheim\xfc\n", "latin-1")
    said = env(app, "set", *arguments, code=code).stderr
    assert message in said
    assert "hint: " in said
    assert "geheim" not in said
    if code == ExitCode.FAILED and arguments[0] == "--from-file" and "latin" not in arguments[1]:
        assert f"{arguments[1]}:3\n" in said
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
    assert "Only the name of a variable is given here, without a value" in said
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
    assert "`hello-production` has no key in eu-west-1 yet\n" in said
    assert "Cannot ask `Create this key in the sandbox?` " in said
    assert "`--yes`" in said
    # Two regions have a key, and got nothing: all of them or none.
    assert not secrets(app).exists()
    assert config(app) == text


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
