"""An interrupt that comes before an apply has begun, which Terraform hears and does not heed."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run_journaled


def speaking(binary: Engine, code: str) -> Engine:
    """An engine that runs Python code instead of Terraform."""
    return dataclasses.replace(binary, argv=(sys.executable, "-c", code))


# Says when it has begun, and what it got before and after.
_STARTS_SLOWLY = """
import json, signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append(begun))
begun = False
def say(**event):
    print(json.dumps(event, separators=(",", ":")), flush=True)
say(type="version")
time.sleep(SECONDS)
begun = True
say(type="apply_start")
time.sleep(0.5)
say(got=got)
sys.exit(1 if got else 0)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_early_interrupt_waits_until_terraform_hears_it(
    binary: Engine, root: Path, env: Mapping[str, str], number: signal.Signals
) -> None:
    lines: list[str] = []

    def read(line: str) -> None:
        lines.append(line)
        if '"version"' in line:
            os.kill(os.getpid(), number)

    slow = speaking(binary, _STARTS_SLOWLY.replace("SECONDS", "0.5"))
    path = root / "runs" / "j.jsonl"
    result = run_journaled(slow, [], cwd=root, env=env, journal=path, on_line=read)
    assert lines[-1] == '{"got":[true]}'
    assert result.exit_code == 130


def test_two_early_interrupts_do_not_wait(
    binary: Engine, root: Path, env: Mapping[str, str]
) -> None:
    lines: list[str] = []

    def read(line: str) -> None:
        lines.append(line)
        if '"version"' in line:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    slow = speaking(binary, _STARTS_SLOWLY.replace("SECONDS", "0.5"))
    path = root / "runs" / "j.jsonl"
    run_journaled(slow, [], cwd=root, env=env, journal=path, on_line=read)
    assert lines[-1].startswith('{"got":[false')
