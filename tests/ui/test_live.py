"""An apply as a person sees it on a terminal of 80 by 24, and as a log keeps it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping

import pexpect
import pytest
from rich.console import Console as RichConsole

from tests.ui.emulator import Emulator
from tests.ui.story import Story
from tests.ui.support import on_terminal, piped, terminal

PLAY = """
import time
from tests.ui.story import START, Story
from tfgen.terraform.events import ApplyStart, parse
from tfgen.ui.live import LiveApply

console = Console.from_environment()
now = [START]

def look(event, number):
    # Long enough for the view to be drawn twice while the function is in flight.
    if isinstance(event, ApplyStart) and event.resource.address == FUNCTION:
        time.sleep(0.3)

def play(story, during=look, **options):
    try:
        with LiveApply(console, clock=lambda: now[0], **options) as live:
            for number, event in enumerate(story.events()):
                now[0] = event.at
                live.feed(event)
                during(event, number)
    except KeyboardInterrupt:
        console.message("interrupted")

FUNCTION = "module.us_west_2.module.function.aws_lambda_function.this"
"""
FUNCTION = "module.us_west_2.module.function.aws_lambda_function.this"
TWO = f"{PLAY}play(Story(('us-west-2', 'eu-west-2')))"
FAILING = f"{PLAY}play(Story(('us-west-2', 'eu-west-2'), frozenset([FUNCTION])))"
TWO_DONE = """\
✓ eu-west-2  ━━━━━━━━━━━━ 14/14  done in 47s
✓ us-west-2  ━━━━━━━━━━━━ 14/14  done in 47s
✓ global     ━━━━━━━━━━━━   3/3  done in 35s
✓ 31 added in 48s"""
ERROR = """\
error: creating Lambda Function (hello): operation error Lambda: CreateFunction, \
https response error StatusCode: 400, InvalidParameterValueException: \
The role defined for the function cannot be assumed by Lambda.
  --> module.us_west_2.module.function.aws_lambda_function.this
  --> ../modules/function/function.tf:12

The first line.
The second line."""


def test_two_regions_on_a_terminal() -> None:
    output = on_terminal(TWO)
    screen = Emulator().feed(output)
    assert screen.text == TWO_DONE
    assert screen.widest <= 79
    assert screen.styled
    assert screen.cursor_shown
    moment = Emulator().feed(output[: output.index("✓")].rpartition("\r")[0])
    assert moment.text.split("\n") == [
        "⠴ eu-west-2  ━━━─────────  4/14  + aws_kms_key.this 3s, +2 more",
        "⠴ us-west-2  ━━━─────────  4/14  + aws_kms_key.this 3s, +2 more",
        "⠴ global     ────────────   0/3  + aws_route53_zone.this 3s, +2 more",
        "  Applying 8/31 resources  4s",
    ]
    assert not moment.cursor_shown


def test_no_color() -> None:
    screen = Emulator().feed(on_terminal(TWO, {"NO_COLOR": "1"}))
    assert screen.text == TWO_DONE
    assert not screen.styled


def test_ascii_where_the_encoding_has_no_more() -> None:
    output = on_terminal(TWO, {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"})
    assert output.isascii()
    assert Emulator().feed(output).text.startswith("+ eu-west-2  ############ 14/14  done in 47s")


THIRTY_THREE = f"""
    {PLAY.replace(chr(10), chr(10) + "    ")}
    regions = ("us-west-2", *(f"ap-southeast-{{number}}" for number in range(1, 33)))
    play(Story(regions))
"""


def test_33_regions_on_24_lines() -> None:
    output = on_terminal(THIRTY_THREE)
    frames = output.split("\r\x1b[2K")
    screen = Emulator().feed(output)
    assert screen.widest <= 79
    lines = screen.text.split("\n")
    assert len(lines) == 35, "every region once, what belongs to none, and the sum"
    assert all(re.fullmatch(r"✓ \S+ +━+ +(14/14|3/3)  done in \d+s", line) for line in lines[:34])
    assert lines[34] == "✓ 465 added in 48s"
    # While it went on, nothing scrolled: a frame is never higher than the screen.
    assert len(frames) >= 2
    assert max(frame.count("\n") for frame in frames[:-1]) < 24
    assert any("more regions" in frame for frame in frames)


def test_failures_are_told_in_full_at_the_end() -> None:
    screen = Emulator(columns=300).feed(on_terminal(FAILING, columns=300))
    assert screen.text == (
        "✓ eu-west-2  ━━━━━━━━━━━━ 14/14  done in 47s\n"
        "✗ us-west-2  ━━━━━───────  6/14  1 failed after 21s\n"
        "✓ global     ━━━━━━━━━━━━   3/3  done in 35s\n"
        "✗ 23 of 31 resources done after 48s, 1 failed\n\n" + ERROR
    )


@pytest.mark.parametrize("env", [{"CI": "true"}, {"TERM": "dumb"}])
def test_plain_lines_on_a_terminal_that_does_not_redraw(env: Mapping[str, str]) -> None:
    output = on_terminal(TWO, {**env, "NO_COLOR": "1"}, columns=200)
    assert "\x1b" not in output
    assert "us-west-2: created" in output


def test_plain_lines_in_a_log() -> None:
    run = piped(FAILING)
    assert run.stdout == ""
    log, _, errors = run.stderr.partition("\n\n")
    assert errors.strip() == ERROR
    assert all(character == "\n" or character.isprintable() for character in log)
    lines = log.split("\n")
    created = [line for line in lines if re.match(r"\S+: created \S+ in \S+ \(\d+/\d+\)$", line)]
    assert len(created) == 14 + 6 + 3
    assert f"us-west-2: failed to create {FUNCTION} after 18s" in lines
    assert "global: still creating aws_route53_zone.this after 30s" in lines
    assert lines[-1] == "✗ 23 of 31 resources done after 48s, 1 failed"
    assert len(lines) == len(created) + 4


def test_json_mode_draws_nothing() -> None:
    body = TWO.replace("from_environment()", "from_environment(json_mode=True)")
    assert "\x1b[2K" not in on_terminal(body, {"NO_COLOR": "1"})


@pytest.mark.parametrize(
    ("action", "sign", "word", "total"),
    [("delete", "-", "destroyed", "31 destroyed"), ("update", "~", "updated", "31 changed")],
)
def test_other_actions(action: str, sign: str, word: str, total: str) -> None:
    body = f"{PLAY}play(Story(('us-west-2', 'eu-west-2'), action='{action}'), verb='Going')"
    output = on_terminal(body, {"NO_COLOR": "1"})
    assert f"  {sign} aws_" in output
    assert "Going" in output
    assert total in output
    assert f"us-west-2: {word} {FUNCTION} in 18s" in piped(body).stderr


MESSAGES = f"""{PLAY}
import sys
def during(event, number):
    look(event, number)
    if number == 60:
        console.notice("look [bold]here[/]")
    if number == 70:
        sys.stderr.write("from a library\\n")
play(Story(("us-west-2", "eu-west-2")), during)
"""


def test_messages_stand_above_the_view() -> None:
    screen = Emulator().feed(on_terminal(MESSAGES))
    assert screen.text == f"warning: look [bold]here[/]\nfrom a library\n{TWO_DONE}"


INTERRUPTED = f"""{PLAY}
def during(event, number):
    if number == 45:
        raise KeyboardInterrupt
play(Story(("us-west-2",)), during)
"""


def test_an_interrupt_leaves_the_terminal_in_order() -> None:
    screen = Emulator().feed(on_terminal(INTERRUPTED))
    assert screen.cursor_shown
    lines = screen.text.split("\n")
    assert re.fullmatch(r"■ us-west-2  ━+─+ +\d+/14  stopped during aws_\w+\.this", lines[0])
    assert re.fullmatch(r"■ \d+ of 17 resources done after \d+s", lines[-2])
    assert lines[-1] == "interrupted"


def test_planned_regions_are_there_before_terraform_speaks() -> None:
    body = f"""{PLAY}
planned = {{"us-west-2": 3, "eu-west-2": 0, "global": 1}}
with LiveApply(console, planned=planned) as live:
    time.sleep(0.3)
"""
    output = on_terminal(body, {"NO_COLOR": "1"})
    assert "· us-west-2  ──────────── 0/3  waiting" in output
    assert Emulator().feed(output).text.split("\n")[0] == (
        "✓ eu-west-2  ━━━━━━━━━━━━ 0/0  nothing to do"
    )


@pytest.mark.parametrize("run", [piped, on_terminal])
def test_an_apply_that_never_began_shows_only_why(run: object) -> None:
    line = json.dumps(
        {
            "@level": "error",
            "@message": "Error: x",
            "@timestamp": "2026-03-01T12:00:00Z",
            "type": "diagnostic",
            "diagnostic": {"severity": "error", "summary": "Error acquiring the state lock"},
        }
    )
    body = f"{PLAY}\nwith LiveApply(console) as live:\n    live.feed(parse({line!r}))"
    shown = piped(body).stderr if run is piped else Emulator().feed(on_terminal(body)).text
    assert shown.strip() == "error: Error acquiring the state lock"


HOSTILE = f"""{PLAY}
import json
def line(kind, **rest):
    head = {{"@level": "info", "@message": "x", "@timestamp": "2026-03-01T12:00:00Z"}}
    return json.dumps(head | {{"type": kind}} | rest)
address = 'module.us_west_2.aws_iam_role.this["\\x1b[2J[red]\\n\\x07"]'
resource = {{"addr": address, "module": "module.us_west_2", "resource_type": "aws_iam_role"}}
hook = {{"resource": resource, "action": "create"}}
problem = {{"severity": "error", "summary": "\\x1b[31mred", "detail": "\\x9b2J"}}
problem["address"] = address
with LiveApply(console, clock=lambda: START) as live:
    live.feed(parse(line("planned_change", change=hook)))
    live.feed(parse(line("apply_start", hook=hook)))
    time.sleep(0.3)
    live.feed(parse(line("apply_errored", hook=hook | {{"elapsed_seconds": 1}})))
    live.feed(parse(line("diagnostic", diagnostic=problem)))
    live.feed(parse(line("diagnostic", diagnostic=problem)))
"""
SPELLED = 'aws_iam_role.this["\\x1b[2J[red]\\n\\x07"]'


def test_names_and_errors_do_not_steer_the_terminal() -> None:
    output = on_terminal(HOSTILE, {"NO_COLOR": "1"})
    assert f"+ {SPELLED} 0s" in output
    text = Emulator().feed(output).text
    assert text.count("error: \\x1b[31mred") == 1, "the same error is shown once"
    assert f"  --> module.us_west_2.{SPELLED}\n\n\\x9b2J" in text
    log = piped(HOSTILE).stderr
    assert f"us-west-2: failed to create module.us_west_2.{SPELLED} after 1s\n" in log


RESIZED = """
import sys
from tfgen.ui.board import Board, Row, State
from tfgen.ui.screen import Screen
from tfgen.ui.text import UNICODE

rows = tuple(Row(f"eu-west-{n}", State.DONE, 9, 9, 0, (), 41) for n in range(3))
console = Console.from_environment()
console.message("before")
with Screen(console.err, lambda: Board("Applying", rows, 41, UNICODE), 0.001) as screen:
    screen.refresh()
    sys.stdin.readline()
    screen.refresh()
console.message("after")
"""


def test_a_narrower_terminal_keeps_nothing_of_the_wider_view() -> None:
    child = terminal(RESIZED, {"NO_COLOR": "1"})
    child.setecho(False)
    child.expect_exact("Applying 27/27 resources  41s")
    screen = Emulator().feed(f"{child.before}{child.after}")
    child.setwinsize(24, 35)
    screen.resize(35)
    assert len(screen.text.split("\n")) == 8, "three of the five lines are broken in two"
    child.sendline("")
    child.expect(pexpect.EOF)
    assert screen.feed(child.before or "").text.split("\n") == [
        "before",
        "✓ eu-west-0  9/9  done in 41s",
        "✓ eu-west-1  9/9  done in 41s",
        "✓ eu-west-2  9/9  done in 41s",
        "  Applying 27/27 resources  41s",
        "after",
    ]
    assert screen.widest <= 34


def test_it_can_be_drawn_into_a_picture() -> None:
    from tfgen.ui.console import Console
    from tfgen.ui.live import LiveApply

    story = Story(("us-west-2", "eu-west-2"))
    events = list(story.events())
    now = events[0].at
    live = LiveApply(Console.from_environment(no_input=True), clock=lambda: now)
    for event in events[: len(events) // 2]:
        now = event.at
        live.feed(event)
    picture = RichConsole(record=True, width=80, height=24, file=io.StringIO())
    picture.print(live.board())
    svg = picture.export_svg(title="tfgen apply")
    assert "us-west-2" in svg
    assert "aws_kms_key.this" in svg
