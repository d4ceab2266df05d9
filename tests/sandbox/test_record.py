"""What a sandbox leaves on disk, and which process it means."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tfgen.sandbox.record import RECORD, Record, process_start, read_record, write_record

SOME = Record(
    instance="0123456789ab",
    pid=4711,
    process_started="99",
    port=5000,
    gateway_port=5001,
    dns_port=0,
    since="2026-01-01T00:00:00+00:00",
    tfgen="0.1.0",
    moto="5.2.5",
    token="a-token",
)


def test_a_record_comes_back_and_is_for_nobody_else(tmp_path: Path) -> None:
    write_record(tmp_path, SOME)
    assert read_record(tmp_path) == SOME
    assert (tmp_path / RECORD).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [RECORD]


def test_a_record_replaces_another(tmp_path: Path) -> None:
    write_record(tmp_path, SOME)
    write_record(tmp_path, replace(SOME, instance="ba9876543210"))
    found = read_record(tmp_path)
    assert found is not None
    assert found.instance == "ba9876543210"


def test_no_record(tmp_path: Path) -> None:
    assert read_record(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        json.dumps({**asdict(SOME), "pid": "4711"}),
        json.dumps({**asdict(SOME), "port": True}),
        json.dumps({**asdict(SOME), "instance": None}),
        json.dumps({**asdict(SOME), "more": 1}),
    ],
)
def test_what_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD).write_text(text, encoding="utf-8")
    assert read_record(tmp_path) is None


def test_a_process_keeps_its_start_and_loses_it_when_it_ends() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        started = process_start(process.pid)
        assert started
        assert process_start(process.pid) == started
        process.kill()
        # It has ended, but as nobody has waited for it, it still has its process ID.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert process_start(process.pid) is None
    assert process_start(process.pid) is None
