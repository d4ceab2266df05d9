"""Files in .tfgen and in the root module that are none, and what reads them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tfgen.disk import RefusedError, paths
from tfgen.sandbox.record import read_record
from tfgen.scratch import locked
from tfgen.terraform import journal, mirror, state, version_cache
from tfgen.write import hold


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project, with a file of the user's beside it."""
    folder = tmp_path / "project"
    (folder / ".tfgen/runs").mkdir(parents=True)
    (folder / "infra/production").mkdir(parents=True)
    (tmp_path / "key").write_text("precious", "utf-8")
    paths.trust(folder)
    return folder


def lock(path: Path) -> None:
    with locked(path):
        pass


def begin(path: Path) -> None:
    with journal.open_new(path):
        pass


def restore(path: Path) -> None:
    path.with_name("terraform.tfstate.backup").write_text('{"resources": []}', "utf-8")
    state.put_back(path.parent, b"{}")


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "journal": (".tfgen/runs/20260101T000000.0Z-production-apply.jsonl", journal.read),
    "engine": (".tfgen/engine.json", lambda path: version_cache.recall(path, Path("/bin/sh"))),
    "lock": (".tfgen/secrets.lock", lock),
    "state": ("infra/production/terraform.tfstate", lambda path: state.mentions(path.parent, "a")),
}

# What is created replaces nothing.
WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "begin": (".tfgen/runs/new.jsonl", begin),
    "terraform.rc": (
        ".tfgen/terraform.rc",
        lambda path: mirror.write_cli_config(path, mirror.Mirror(Path("/plugins"), ())),
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_file_that_is_none_is_refused(project: Path, reader: str, kind: str) -> None:
    name, read = READERS[reader]
    if kind == "pipe":
        os.mkfifo(project / name)
    else:
        (project / name).symlink_to(project.parent / "key")
    with pytest.raises(RefusedError) as caught:
        read(project / name)
    assert name in (caught.value.place or "")
    assert (project.parent / "key").read_text("utf-8") == "precious"


@pytest.mark.parametrize("writer", WRITERS)
def test_nothing_is_written_through_a_link(project: Path, writer: str) -> None:
    name, write = WRITERS[writer]
    (project / name).symlink_to(project.parent / "key")
    with pytest.raises((RefusedError, FileExistsError)):
        write(project / name)
    assert (project.parent / "key").read_text("utf-8") == "precious"


@pytest.mark.parametrize("name", [".tfgen", ".tfgen/runs"])
def test_a_folder_that_is_a_link_is_refused(project: Path, name: str) -> None:
    subprocess.run(["rm", "-r", project / name], check=True)
    (project.parent / "elsewhere").mkdir()
    (project / name).symlink_to(project.parent / "elsewhere")
    for use in (begin, journal.read):
        with pytest.raises(RefusedError, match=f"{name} is a symbolic link"):
            use(project / ".tfgen/runs/new.jsonl")
    assert list((project.parent / "elsewhere").iterdir()) == []


def test_a_lock_of_the_tree_is_not_made_elsewhere(project: Path) -> None:
    (project / ".tfgen/lock").symlink_to(project.parent / "new")
    with pytest.raises(RefusedError, match="lock is a symbolic link"), hold(project / ".tfgen"):
        pass
    assert not (project.parent / "new").exists()


def test_a_state_that_is_a_link_is_not_restored(project: Path) -> None:
    path = project / "infra/production/terraform.tfstate"
    path.symlink_to(project.parent / "key")
    assert not state.is_torn(path.parent)
    with pytest.raises(RefusedError, match="is a symbolic link"):
        restore(path)
    assert (project.parent / "key").read_text("utf-8") == "precious"


def test_a_record_of_a_sandbox_that_leads_elsewhere_is_none(project: Path) -> None:
    (project / ".tfgen/state.json").symlink_to(project.parent / "key")
    assert read_record(project / ".tfgen") is None
