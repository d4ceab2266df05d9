"""Questions are asked on a terminal, and are an error that names the flag everywhere else."""

from __future__ import annotations

import io

import pexpect
import pytest

from tests.ui.support import piped, program, terminal
from tfgen.ui.hidden import LONGEST

CONFIRM = """
    import sys
    try:
        answer = Console.from_environment({}).confirm("Apply these changes?", flag="--yes")
    except TfgenError as error:
        Console.from_environment().error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    print("answer:", answer)
"""
ASK = """
    import sys
    def short(text):
        if len(text) > 5:
            raise TfgenError("Too long", hint="Use up to 5 letters")
        return text.upper()
    console = Console.from_environment()
    answer = console.ask("Name of the app", flag="--name", default={}, validate=short)
    print("answer:", answer)
"""

ASK_HIDDEN = """
    import sys
    def any_text(text):
        if not text:
            raise TfgenError("Nothing there", hint="Type something")
    try:
        answer = Console.from_environment().ask_hidden("Word", flag="--word", validate=any_text)
    except KeyboardInterrupt:
        sys.exit(130)
    print("length:", len(answer))
"""


@pytest.mark.parametrize(
    ("option", "env", "why"),
    [
        ("", {}, "without a terminal"),
        ("no_input=True", {}, "because of `--no-input`"),
        ("", {"CI": "1"}, "because `CI` is set"),
        ("", {"CI": "false"}, "without a terminal"),
    ],
)
def test_nobody_to_ask(option: str, env: dict[str, str], why: str) -> None:
    run = piped(CONFIRM.format(option), stdin="y\n", **env)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr == (
        f"error: Cannot ask `Apply these changes?` {why}\n\nhint: Answer with `--yes`\n"
    )


def test_a_question_to_come_is_refused_before_any_work() -> None:
    body = CONFIRM.replace(".confirm(", ".require_answers(")
    run = piped(body.format(""))
    assert run.returncode == 2
    assert run.stderr.startswith("error: Cannot ask `Apply these changes?` without a terminal\n")
    child = terminal(body.format(""))
    child.expect_exact("answer: None")


@pytest.mark.parametrize(("option", "env"), [("no_input=True", {}), ("", {"CI": "1"})])
def test_a_terminal_may_be_told_not_to_ask(option: str, env: dict[str, str]) -> None:
    child = terminal(CONFIRM.format(option), env)
    child.expect_exact("Cannot ask")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2


@pytest.mark.parametrize(
    ("typed", "answer"), [("y", True), ("YES", True), ("n", False), ("", False), (" yes ", True)]
)
def test_confirm(typed: str, answer: bool) -> None:
    child = terminal(CONFIRM.format(""), {"NO_COLOR": "1"})
    child.expect_exact("Apply these changes? [y/N] ")
    child.sendline(typed)
    child.expect_exact(f"answer: {answer}")
    child.expect(pexpect.EOF)


def test_confirm_asks_again() -> None:
    child = terminal(CONFIRM.format(""), {"NO_COLOR": "1"})
    child.expect_exact("[y/N] ")
    child.sendline("maybe")
    child.expect_exact("Answer `y` or `n`")
    child.expect_exact("[y/N] ")
    child.sendline("y")
    child.expect_exact("answer: True")


def test_ask_validates_and_asks_again() -> None:
    child = terminal(ASK.format(None), {"NO_COLOR": "1"})
    child.expect_exact("Name of the app: ")
    child.sendline("much too long")
    child.expect_exact("error: Too long")
    child.expect_exact("hint: Use up to 5 letters")
    child.expect_exact("Name of the app: ")
    child.sendline("")
    child.expect_exact("Name of the app: ")
    child.sendline("\x1b[Ahi")
    child.expect_exact("That has a control character in it")
    child.expect_exact("Name of the app: ")
    child.sendline(" hi ")
    child.expect_exact("answer: HI")


def test_ask_offers_a_default() -> None:
    child = terminal(ASK.format("'hello'"), {"NO_COLOR": "1"})
    child.expect_exact("Name of the app [hello]: ")
    child.sendline("")
    child.expect_exact("answer: HELLO")


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_a_question(key: str) -> None:
    child = terminal(CONFIRM.format(""))
    child.expect_exact("[y/N] ")
    child.send(key)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in (child.before or "")
    assert (child.before or "").endswith("\r\n")


def test_the_question_stays_out_of_redirected_data() -> None:
    body = f"""
        import subprocess
        done = subprocess.run({program(CONFIRM.format(""))!r}, stdout=subprocess.PIPE)
        print("data:", done.stdout)
    """
    child = terminal(body, {"NO_COLOR": "1"})
    child.expect_exact("[y/N] ")
    child.sendline("y")
    child.expect_exact("data: b'answer: True\\n'")


def test_a_hidden_answer_is_given_twice_and_never_shown() -> None:
    child = terminal(ASK_HIDDEN, {"NO_COLOR": "1"})
    child.logfile_read = shown = io.StringIO()
    child.expect_exact("Word: ")
    for typed, said in [
        ("", "error: Nothing there\r\n\r\nhint: Type something\r\nWord: "),
        ("sesame", "Word, once more: "),
        ("sesam", "The two answers differ\r\nWord: "),
        ("sesame", "Word, once more: "),
        ("sesame", "length: 6"),
    ]:
        child.sendline(typed)
        child.expect_exact(said)
    child.expect(pexpect.EOF)
    assert "sesam" not in shown.getvalue()


def test_a_hidden_answer_that_a_terminal_cuts_off_is_refused() -> None:
    child = terminal(ASK_HIDDEN, {"NO_COLOR": "1"})
    child.expect_exact("Word: ")
    child.sendline("x" * 5000)
    child.expect_exact("bytes: use `--stdin`")
    child.expect_exact("Word: ")
    for prompt in ("Word, once more: ", f"length: {LONGEST}"):
        child.sendline("x" * LONGEST)
        child.expect_exact(prompt)


def test_the_terminal_shows_again_what_is_typed_after_a_hidden_question() -> None:
    child = terminal(ASK_HIDDEN + "    print(sys.stdin.readline())\n", {"NO_COLOR": "1"})
    for typed in ("sesame", "sesame"):
        child.expect_exact("Word")
        child.sendline(typed)
    child.expect_exact("length: 6")
    child.sendline("open")
    child.expect_exact("open")
    child.expect_exact("open")


def test_leaving_a_hidden_question() -> None:
    child = terminal(ASK_HIDDEN)
    child.expect_exact("Word: ")
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in (child.before or "")
