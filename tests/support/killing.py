"""Kills what runs Terraform, and all that it has started."""

from __future__ import annotations

import signal
import subprocess

import psutil

from tests.support.moments import wait_until


def kill(*processes: psutil.Process) -> None:
    """Kills processes as one: none of them lives to see another's end."""
    for process in processes:
        process.suspend()
    for process in processes:
        process.kill()
    wait_until(lambda: all(is_dead(process) for process in processes), "the end of what was killed")


def is_dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill_all(running: subprocess.Popen[str]) -> None:
    """Kills tfgen, Terraform and its providers, as the end of a machine would."""
    tfgen = psutil.Process(running.pid)
    kill(tfgen, *tfgen.children(recursive=True))
    assert running.wait() == -signal.SIGKILL
