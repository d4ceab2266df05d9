"""The detector of leaks finds what it is there to find: each way is tried with a leak in it."""

from __future__ import annotations

import base64
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.leaks import Canaries, Leak, Watch, encodings

SECRET = "postgresql://app:c4n4ry/9+ü&é@db.example.com/x"
CANARIES = Canaries({"DB": SECRET})


def found(folder: Path) -> set[str]:
    return {leak.encoding for leak in CANARIES.find_in_folder(folder)}


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"xyz", b'{"DB": "'])
def test_base64_is_found_wherever_the_value_begins(before: bytes) -> None:
    encoded = base64.b64encode(before + SECRET.encode() + b'"} and more')
    assert "base64" in {leak.encoding for leak in CANARIES.find(encoded, "here")}
    urlsafe = base64.urlsafe_b64encode(before + SECRET.encode() + b'"} and more')
    assert "base64" in {leak.encoding for leak in CANARIES.find(urlsafe, "here")}


@pytest.mark.parametrize("encoding", encodings(SECRET))
def test_every_encoding_is_found_in_a_file(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/file").write_bytes(b"DB=" + encodings(SECRET)[encoding][0] + b"\n")
    assert encoding in found(tmp_path)


def test_archives_are_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "plan", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfstate", f'{{"value": "{SECRET}"}}')
    assert found(tmp_path) == {"plain"}


def test_the_history_of_git_is_read(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    file = tmp_path / "file"
    for text in (SECRET, "nothing"):
        file.write_text(text, "utf-8")
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
            subprocess.run([*git, *command], cwd=tmp_path, check=True)
    assert {leak.where for leak in CANARIES.find_in_folder(tmp_path)} == {
        f"the history of {tmp_path}"
    }


def test_a_clean_folder_has_no_leak(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(base64.b64encode(SECRET[:-9].encode() * 3).decode(), "utf-8")
    assert found(tmp_path) == set()


def test_other_processes_are_looked_at() -> None:
    idle = [sys.executable, "-c", "import time; time.sleep(0.5)"]
    variables = {"PATH": "/bin"}
    with Watch(CANARIES) as watch:
        subprocess.run([*idle, SECRET], env=variables, check=True)
        subprocess.run(idle, env={**variables, "DB": SECRET}, check=True)
        function = {**variables, "DB": SECRET, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
        subprocess.run(idle, env=function, check=True)
    program = Path(sys.executable).name
    assert watch.leaks == {
        Leak(f"the command line of {program}", "DB", "plain"),
        Leak(f"the environment of {program}", "DB", "plain"),
    }
    assert watch.in_functions == {Leak(f"the environment of {program}", "DB", "plain")}
    assert program in watch.programs
