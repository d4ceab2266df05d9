"""Odd surroundings: closed streams, a deleted folder, a umask, signals at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import environment, make_project, tfgen
from tests.support.fake_terraform import fake_terraform
from tests.support.inside import Inside, inside
from tfgen.errors import ExitCode

__all__ = ["inside"]


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a script in which `$TFGEN` is the command."""
    return subprocess.run(
        ["/bin/bash", "-c", script.replace("$TFGEN", f"{sys.executable} -m tfgen")],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_working_folder_that_was_deleted(tmp_path: Path) -> None:
    make_project(tmp_path / "app")
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = shell(gone, 'rmdir "$PWD"; $TFGEN render')
    assert ended.returncode == ExitCode.USAGE, ended.stderr
    assert ended.stderr.startswith("error: The working folder has been deleted\n")
    gone.mkdir()
    ended = shell(gone, f'rmdir "$PWD"; $TFGEN render --chdir {tmp_path}/app && $TFGEN --help')
    assert (tmp_path / "app/infra/production/main.tf").is_file(), ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(tmp_path: Path, closed: str) -> None:
    folder = make_project(tmp_path / "app")
    terraform = fake_terraform(tmp_path / "terraform")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    ended = shell(folder, f"$TFGEN plan {closed}", TFGEN_TERRAFORM=str(terraform.path))
    assert ended.returncode == ExitCode.DONE, ended.stderr
    assert "Traceback" not in ended.stderr
    assert [call[0] for call in terraform.calls() if call[0] == "plan"] == ["plan"]


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    lines = "a line of a plan\n" * 20_000
    terraform = fake_terraform(tmp_path / "terraform", {"plan": lines})
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    script = "$TFGEN plan | head -1; echo ${PIPESTATUS[0]}"
    ended = shell(folder, script, TFGEN_TERRAFORM=str(terraform.path))
    assert ended.stdout == "a line of a plan\n0\n"
    assert "Traceback" not in ended.stderr
    assert "Broken pipe" not in ended.stderr


def test_a_umask_does_not_lock_tfgen_out(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    ended = shell(folder, "umask 777; $TFGEN render && $TFGEN render --check")
    assert ended.returncode == ExitCode.DONE, ended.stderr
    mode = (folder / "infra/production/main.tf").stat().st_mode
    assert mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_no_terraform_runs(tmp_path: Path, number: signal.Signals) -> None:
    folder = make_project(tmp_path / "app")
    program = (
        "import sys, time\n"
        "import tfgen.cli.app as app\n"
        "app.app = lambda: (print('ready', flush=True), time.sleep(30))\n"
        "app.main()\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    running.send_signal(number)
    _, said = running.communicate(timeout=20)
    assert running.returncode == ExitCode.INTERRUPTED, said
    assert said == ""


def test_a_second_interrupt_at_the_very_end_is_still_130(tmp_path: Path) -> None:
    # Between the end of the command and that of the interpreter, which takes a while here.
    program = (
        "import atexit, os, signal, sys, time\n"
        "import tfgen.cli.app as app\n"
        "def late():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(0.2)\n"
        "atexit.register(late)\n"
        "def interrupted():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(5)\n"
        "app.app = interrupted\n"
        "app.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == ExitCode.INTERRUPTED, ended.stderr
    assert ended.stderr == ""


def test_interrupts_in_quick_succession_are_130(tmp_path: Path) -> None:
    program = (
        "import time\n"
        "import tfgen.cli.app as app\n"
        "app.app = lambda: (print('ready', flush=True), time.sleep(30))\n"
        "app.main()\n"
    )
    for pause in (0.0, 0.001, 0.01, 0.03):
        running = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        for _ in range(3):
            running.send_signal(signal.SIGINT)
            time.sleep(pause)
        _, said = running.communicate(timeout=20)
        assert running.returncode == ExitCode.INTERRUPTED, said
        assert said == ""


def test_terraform_logs_where_it_is_said(tmp_path: Path, inside: Inside) -> None:
    folder = make_project(tmp_path / "app")
    assert inside.tfgen(folder, "render").code == ExitCode.DONE
    terraform = fake_terraform(tmp_path / "terraform")
    ended = inside.tfgen(folder, "plan", TFGEN_TERRAFORM=str(terraform.path), TF_LOG="debug")
    assert ended.code == ExitCode.DONE, ended.stderr
    assert f"Terraform logs into {folder}/.tfgen/terraform.log" in ended.stderr
