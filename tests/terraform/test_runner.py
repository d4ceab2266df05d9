"""Running Terraform: its output, and every way in which a run can end."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pexpect
import psutil
import pytest

from tests.conftest import ROOT
from tests.terraform import roots
from tests.terraform.applies import APPLY, Apply, alive_in_group, on_start_of, wait_for
from tfgen.errors import TfgenError
from tfgen.terraform import args, events, journal
from tfgen.terraform.engine import Engine
from tfgen.terraform.progress import Progress
from tfgen.terraform.runner import Result, run, run_journaled


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


# What a run gives back


def test_a_run_that_is_fine(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    result = run(engine, args.version(), cwd=root, env=env)
    assert (result.returncode, result.exit_code, result.killed_by) == (0, 0, None)
    assert result.stdout.startswith(f"Terraform v{engine.version}\n")
    assert (result.stderr, result.interrupted) == ("", False)


def test_codes_and_both_streams(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    roots.write_chain(root, 0)
    out: list[str] = []
    arguments = args.plan(detailed_exitcode=True, no_color=True)
    changes = run(engine, arguments, cwd=root, env=env, stdout=out.append)
    assert (changes.returncode, changes.stdout) == (2, "")
    assert "Plan: 3 to add, 0 to change, 0 to destroy." in out
    (root / "main.tf").write_text("nonsense")
    err: list[str] = []
    failure = run(engine, args.plan(no_color=True), cwd=root, env=env, stderr=err.append)
    assert failure.exit_code == 1
    assert any(line.startswith("Error: ") for line in err)


@pytest.mark.parametrize(
    ("result", "exit_code", "killed_by"),
    [
        (Result(0, interrupted=True), 0, None),
        (Result(1, interrupted=True), 130, None),
        (Result(2, interrupted=False), 2, None),
        (Result(-9, interrupted=False), 1, "SIGKILL"),
        (Result(-9, interrupted=True), 130, "SIGKILL"),
        (Result(-62, interrupted=False), 1, "signal 62"),
    ],
)
def test_how_a_result_is_read(result: Result, exit_code: int, killed_by: str | None) -> None:
    assert (result.exit_code, result.killed_by) == (exit_code, killed_by)


def speaking(binary: Engine, code: str) -> Engine:
    """An engine that runs Python code instead of Terraform."""
    return dataclasses.replace(binary, argv=(sys.executable, "-c", code))


def test_much_output_on_both_streams(binary: Engine, root: Path, env: Mapping[str, str]) -> None:
    code = """
import sys
for _ in range(40):
    sys.stdout.write("ö" * 50_000 + "\\n")
    sys.stderr.write("é" * 50_000)
"""
    lines: list[str] = []
    result = run(speaking(binary, code), [], cwd=root, env=env, stdout=lines.append)
    assert lines == ["ö" * 50_000] * 40
    assert result.stderr == "é" * 2_000_000


def test_what_outlives_terraform_does_not_keep_the_run_open(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '20']).pid, flush=True)"
    started = time.monotonic()
    result = run(speaking(binary, code), [], cwd=root, env=env)
    assert time.monotonic() - started < 15
    os.kill(int(result.stdout), signal.SIGKILL)


def test_a_program_that_has_gone(binary: Engine, root: Path, env: Mapping[str, str]) -> None:
    gone = dataclasses.replace(binary, argv=("/nonexistent/terraform",))
    with pytest.raises(TfgenError, match="/nonexistent/terraform cannot be started: No such file"):
        run(gone, args.version(), cwd=root, env=env)
    path = root / "runs" / "j.jsonl"
    with pytest.raises(TfgenError, match="cannot be started"):
        run_journaled(gone, APPLY, cwd=root, env=env, journal=path, on_line=print)
    assert not path.exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_terminal_gets_it_as_it_is_and_in_order(binary: Engine, root: Path) -> None:
    code = f"""
import os, sys
from pathlib import Path
from tfgen.terraform.engine import find
from tfgen.terraform.progress import Progress
from tfgen.terraform.runner import To, run
sys.stdout.write("before ")
result = run(find(os.environ), ["version"], cwd=Path({str(root)!r}), env=os.environ,
             stdout=To.TERMINAL, stderr=To.TERMINAL)
sys.stdout.write(f"after {{result.stdout!r}}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"before Terraform v{binary.version}\n")
    assert done.stdout.endswith("after ''")


def test_a_saved_plan_says_first_what_it_will_do(
    engine: Engine, root: Path, env: Mapping[str, str]
) -> None:
    roots.write_chain(root, 0)
    saved = root / "p.tfplan"
    run(engine, args.plan(out=saved), cwd=root, env=env)
    lines: list[str] = []
    totals: list[tuple[int, int]] = []
    progress = Progress()
    run_journaled(
        engine,
        args.apply_plan(saved, json=True),
        cwd=root,
        env=env,
        journal=root / "j.jsonl",
        on_line=lines.append,
    )
    for event in events.parse_all(lines):
        progress = progress.after(event)
        totals += [(region.done, region.total) for region in progress.regions]
    assert totals.index((0, 3)) < totals.index((1, 3)) < totals.index((3, 3))
    assert totals[-1] == (3, 3)


# Ctrl-C, termination, hangup


def test_one_interrupt_stops_cleanly(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    roots.write_chain(root, 30)
    apply = Apply(
        engine,
        root,
        env,
        on_start_of("terraform_data.slow", lambda _: os.kill(os.getpid(), signal.SIGINT)),
    )
    assert (apply.result.returncode, apply.result.interrupted) == (1, True)
    assert apply.result.exit_code == 130
    assert "Gracefully shutting down" in apply.text
    saved = roots.state(root)
    assert saved["terraform_data.before"]["attributes"]["output"]["value"] == "done"
    assert saved["terraform_data.slow"]["status"] == "tainted"
    assert "terraform_data.after" not in saved
    read = journal.read(apply.journal)
    assert (read.finished, read.running, read.in_flight) == (True, False, ())
    assert apply.nothing_is_left()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_termination_and_hangup_count_as_one_interrupt(
    binary: Engine, root: Path, env: Mapping[str, str], number: signal.Signals
) -> None:
    roots.write_chain(root, 30)

    def twice(_: psutil.Process) -> None:
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

    apply = Apply(binary, root, env, on_start_of("terraform_data.slow", twice))
    assert apply.result.exit_code == 130
    assert "Gracefully shutting down" in apply.text
    assert "Two interrupts received" not in apply.text


def test_the_second_interrupt_does_not_wait(
    engine: Engine, root: Path, env: Mapping[str, str], silent_server: str
) -> None:
    roots.write_stuck(root, silent_server)

    def react(event: events.Event, _: psutil.Process) -> None:
        started = isinstance(event, events.ApplyStart) and "stuck" in event.resource.address
        stopping = isinstance(event, events.Log) and "Stopping operation" in event.message
        if started or stopping:
            os.kill(os.getpid(), signal.SIGINT)

    apply = Apply(engine, root, env, react)
    assert (apply.result.returncode, apply.result.exit_code) == (1, 130)
    assert "Two interrupts received" in apply.text
    assert roots.state(root)["terraform_data.before"]


def test_the_third_interrupt_kills(
    engine: Engine, root: Path, env: Mapping[str, str], silent_server: str
) -> None:
    roots.write_stuck(root, silent_server)

    def thrice(terraform: psutil.Process) -> None:
        # One that still moves may be gone after the second.
        terraform.suspend()
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)

    react = on_start_of("data.terraform_remote_state.stuck", thrice)
    apply = Apply(engine, root, env, react)
    assert (apply.result.killed_by, apply.result.exit_code) == ("SIGKILL", 130)
    assert [flight.address for flight in journal.in_flight(apply.journal)] == [
        "data.terraform_remote_state.stuck"
    ]


def test_ctrl_c_in_a_terminal_reaches_terraform_once(engine: Engine, root: Path) -> None:
    roots.write_chain(root, 30)
    name = "embedded" if engine.source == "embedded" else engine.command
    command = ["-m", roots.__name__, name, str(root), str(root / "j.jsonl")]
    terminal = pexpect.spawn(sys.executable, command, cwd=ROOT, encoding="utf-8", timeout=60)
    terminal.expect("terraform_data.slow: Provisioning with")
    terminal.sendintr()
    terminal.expect("Gracefully shutting down")
    rest = terminal.read()
    terminal.close()
    assert "Two interrupts" not in rest
    assert terminal.exitstatus == 130
    assert roots.state(root)["terraform_data.slow"]["status"] == "tainted"


def test_an_ignored_signal_stays_ignored(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    roots.write_chain(root, 0.5)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        hang_up = on_start_of("terraform_data.slow", lambda _: os.kill(os.getpid(), signal.SIGHUP))
        apply = Apply(binary, root, env, hang_up)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (apply.result.exit_code, apply.result.interrupted) == (0, False)


def test_a_reader_that_fails_stops_the_run(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    roots.write_chain(root, 30)

    def fail(_: psutil.Process) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        Apply(binary, root, env, on_start_of("terraform_data.slow", fail))
    assert roots.state(root)["terraform_data.slow"]["status"] == "tainted"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# kill -9


def test_terraform_outlives_a_killed_tfgen(engine: Engine, root: Path) -> None:
    roots.write_chain(root, 1.5)
    path = root.parent / "runs" / "apply.jsonl"
    name = "embedded" if engine.source == "embedded" else engine.command
    parent = subprocess.Popen(
        [sys.executable, "-m", roots.__name__, name, str(root), str(path)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: path.exists() and "local-exec" in path.read_text())
    parent.kill()
    parent.wait()
    cut_off = journal.read(path)
    assert (cut_off.running, cut_off.finished) == (True, False)
    assert [flight.address for flight in cut_off.in_flight] == ["terraform_data.slow"]
    wait_for(lambda: not journal.is_running(path))
    whole = journal.read(path)
    assert (whole.running, whole.finished, whole.in_flight) == (False, True, ())
    assert roots.state(root)[""]["state_is_whole"]["value"] == "done"


def test_a_killed_terraform_is_told_and_cleaned_up_after(
    engine: Engine, root: Path, env: Mapping[str, str]
) -> None:
    roots.write_chain(root, 30)

    def react(event: events.Event, terraform: psutil.Process) -> None:
        if isinstance(event, events.Other) and event.type == "provision_progress":
            # Terraform says so before it starts the program.
            wait_for(lambda: len(alive_in_group(terraform.pid)) > 1)
            terraform.kill()

    apply = Apply(engine, root, env, react)
    assert (apply.result.killed_by, apply.result.exit_code) == ("SIGKILL", 1)
    assert not apply.result.interrupted
    read = journal.read(apply.journal)
    assert (read.finished, read.running) == (False, False)
    (flight,) = read.in_flight
    assert (flight.address, flight.type, flight.action) == (
        "terraform_data.slow",
        "terraform_data",
        "create",
    )
    assert apply.nothing_is_left()


# The journal


def test_only_the_owner_can_read_a_journal(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    roots.write_chain(root, 0)
    apply = Apply(binary, root, env, lambda *_: None)
    assert apply.result.exit_code == 0
    assert stat.S_IMODE(apply.journal.stat().st_mode) == 0o600
    assert apply.journal.read_text().splitlines() == apply.lines


def test_a_journal_is_never_written_twice(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    path = root / "j.jsonl"
    path.write_text("of another run")
    with pytest.raises(FileExistsError):
        run_journaled(binary, APPLY, cwd=root, env=env, journal=path, on_line=print)
    assert path.read_text() == "of another run"


def test_both_streams_are_in_the_journal(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    apply_logged = {**env, "TF_LOG": "debug"}
    roots.write_chain(root, 0)
    apply = Apply(binary, root, apply_logged, lambda *_: None)
    kinds = {events.parse(line) is None for line in apply.lines}
    assert kinds == {True, False}
    assert journal.read(apply.journal).finished
