"""Data goes to standard output and all else to standard error, dressed for whoever reads it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.ui.emulator import Emulator
from tests.ui.support import environment, on_terminal, piped, program

EVERYTHING = """
    console = Console.from_environment()
    console.message("a message")
    console.success("it worked")
    console.notice("look out")
    console.detail("only with --verbose")
    console.step("Rendered", "12 files")
    console.data("some data")
    console.json({"key": ["[bold]", "\\x1b"]})
    console.table(["Region", "Version"], [["eu-west-2", "1"], ["us-west-2", "12"]])
    console.diff("--- a\\n+++ b\\n@@ -1 +1 @@\\n-old\\n+new\\n")
    console.relay("\\x1b[32m+\\x1b[0m create")
    console.error(TfgenError("Unknown key `memry`", place="tfgen.yaml:14", hint="Use `memory`"))
"""
DATA = """\
some data
{
  "key": [
    "[bold]",
    "\\u001b"
  ]
}
Region     Version
eu-west-2  1
us-west-2  12
--- a
+++ b
@@ -1 +1 @@
-old
+new
+ create
"""
MESSAGES = """\
a message
✓ it worked
warning: look out
    Rendered 12 files
error: Unknown key `memry`
  --> tfgen.yaml:14

hint: Use `memory`
"""


def test_pipes_get_data_and_messages_apart_and_plain() -> None:
    run = piped(EVERYTHING)
    assert run.stdout == DATA
    assert run.stderr == MESSAGES


def test_a_terminal_shows_the_same_in_color() -> None:
    output = on_terminal(EVERYTHING)
    screen = Emulator().feed(output)
    assert screen.styled
    shown = screen.text.split("\n")
    assert sorted(shown) == sorted((DATA + MESSAGES).strip().split("\n"))
    assert "\x1b[1;31merror:\x1b[0m" in output
    assert "\x1b[31m-old\x1b[0m" in output


@pytest.mark.parametrize(
    ("env", "styled"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"CI": "true"}, True),
    ],
)
def test_colors_on_a_terminal(env: dict[str, str], styled: bool) -> None:
    assert Emulator().feed(on_terminal(EVERYTHING, env)).styled is styled


def test_forced_colors_in_a_pipe() -> None:
    run = piped(EVERYTHING, FORCE_COLOR="1")
    assert "\x1b[1;31merror:\x1b[0m Unknown key" in run.stderr
    assert "\x1b[32m+new\x1b[0m" in run.stdout
    assert "eu-west-2  1\n" in run.stdout


def test_what_terraform_says_keeps_only_its_colors() -> None:
    body = 'Console.from_environment().relay_message("\\x1b[32m+\\x1b[0m create \\x1b[2J")'
    assert piped(body).stderr == "+ create \\x1b[2J\n"
    assert "\x1b[32m+\x1b[0m create \\x1b[2J" in on_terminal(body)


def test_details_only_when_verbose() -> None:
    run = piped('Console.from_environment(verbose=True).detail("more")')
    assert run.stderr == "more\n"


HOSTILE = "\\x1b[31m[bold red]x[/] :smile: \\u202e\\rgone"
SHOWN = "\\x1b[31m[bold red]x[/] :smile: \\u202e\\x0dgone"


@pytest.mark.parametrize(
    "call",
    [
        "message(X)",
        "success(X)",
        "notice(X)",
        "step(X, X)",
        "data(X)",
        "table([X], [[X]])",
        "diff(X)",
        "error(TfgenError(X, place=X, hint=X))",
    ],
)
def test_a_terminal_is_not_steered_by_what_it_shows(call: str) -> None:
    output = on_terminal(
        f'X = "{HOSTILE}"\nConsole.from_environment().{call}', {"NO_COLOR": "1"}, columns=200
    )
    screen = Emulator(columns=200).feed(output)
    assert SHOWN in screen.text
    assert not screen.styled


def test_data_in_a_pipe_is_what_it_was() -> None:
    body = f'X = "{HOSTILE}"\nConsole.from_environment().data(X)'
    run = subprocess.run(program(body), capture_output=True, env=environment(), check=True)
    assert run.stdout == b"\x1b[31m[bold red]x[/] :smile: \xe2\x80\xae\rgone\n"


def test_json_in_one_line_for_a_stream_of_values() -> None:
    run = piped('Console.from_environment().json({"a": [1, "é\\u009b"]}, compact=True)')
    assert run.stdout == '{"a":[1,"é\\u009b"]}\n'


WIDE = """
    rows = [["日本語", "x" * 150], ["🦀", "short"]]
    Console.from_environment().table(["Name", "Value"], rows)
"""


def test_a_piped_table_is_never_cut() -> None:
    assert piped(WIDE).stdout.splitlines() == [
        "Name    Value",
        "日本語  " + "x" * 150,
        "🦀      short",
    ]


def test_a_table_on_a_terminal_is_folded_into_it() -> None:
    screen = Emulator().feed(on_terminal(WIDE))
    assert screen.widest <= 80
    assert screen.text.count("x") == 150


def test_a_table_without_rows_has_its_headers() -> None:
    assert piped('Console.from_environment().table(["A", "B"], [])').stdout == "A  B\n"


def test_what_the_encoding_lacks_is_spelled_out() -> None:
    body = """
        console = Console.from_environment()
        console.success("☃")
        console.data("☃")
        console.json("☃")
    """
    run = piped(body, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert run.stdout == '\\u2603\n"\\u2603"\n'
    assert run.stderr == "+ \\u2603\n"


FULL = Path("/dev/full")
has_full_device = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a full device")
LONG = """
    console = Console.from_environment()
    for number in range(20_000):
        console.data(f"line {number}")
    console.message("went on to the end")
"""


def test_a_reader_that_goes_away_ends_nothing() -> None:
    run = subprocess.Popen(
        program(LONG), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert run.stdout is not None
    assert run.stderr is not None
    assert run.stdout.readline() == b"line 0\n"
    run.stdout.close()
    assert run.stderr.read() == b"went on to the end\n"
    assert run.wait(20) == 0


@has_full_device
def test_a_full_disk_is_an_error_for_data() -> None:
    body = """
        console = Console.from_environment()
        try:
            console.data("x")
        except TfgenError as error:
            console.error(error)
            raise SystemExit(error.exit_code)
    """
    with FULL.open("wb") as full:
        run = subprocess.run(
            program(body), stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert run.returncode == 1
    assert run.stderr.decode().startswith(
        "error: Cannot write to standard output: No space left on device\n"
    )


@has_full_device
def test_messages_that_cannot_be_written_are_not_missed() -> None:
    body = 'c = Console.from_environment(); c.message("x"); c.message("y"); c.data("z")'
    with FULL.open("wb") as full:
        run = subprocess.run(
            program(body), stdout=subprocess.PIPE, stderr=full, env=environment(), check=True
        )
    assert run.stdout == b"z\n"


def test_closed_streams_are_no_crash() -> None:
    body = 'c = Console.from_environment(); c.message("x"); c.data("y")'
    command = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *program(body)]
    assert subprocess.run(command, env=environment(), check=False).returncode == 0


def test_nothing_heavy_is_imported_for_messages() -> None:
    body = """
        import sys
        console = Console.from_environment()
        console.error(TfgenError("x"))
        heavy = {"rich", "typer", "boto3", "pydantic"} & set(sys.modules)
        console.json(sorted(heavy))
    """
    assert json.loads(piped(body).stdout) == []
