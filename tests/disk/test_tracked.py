"""What git tracks, against git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tfgen.disk.tracked import first_tracked


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(params=[2, 3, 4])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository with an index of each version, and a project in a folder of it."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "index.version", str(request.param))
    for path in ("app/tfgen.yaml", "app/.tfgen.yaml", "app/.tfgen-notes", "b/.tfgen/lock", "z"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path, encoding="utf-8")
    git(tmp_path, "add", "--all")
    if request.param == 3:
        (tmp_path / "later").touch()
        git(tmp_path, "add", "--intent-to-add", "later")  # only this needs version 3
    return tmp_path


def test_nothing_is_tracked(repository: Path) -> None:
    assert first_tracked(repository / "app/.tfgen") is None


@pytest.mark.parametrize("name", ["lock", "bundles/x.zip", "n" * 200, "ü"])
def test_a_tracked_file_is_found(repository: Path, name: str) -> None:
    file = repository / "app/.tfgen" / name
    file.parent.mkdir(parents=True)
    file.touch()
    git(repository, "add", "--force", str(file))
    assert first_tracked(repository / "app/.tfgen") == name


def test_a_tracked_file_is_found_in_other_case(repository: Path) -> None:
    """Where the file system ignores case, as on macOS, it is the same folder."""
    file = repository / "app/.TFgen/lock"
    file.parent.mkdir(parents=True)
    file.touch()
    git(repository, "add", "--force", str(file))
    assert first_tracked(repository / "app/.tfgen") == "lock"


def test_a_tracked_path_longer_than_the_index_can_say(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    deep = "/".join(["d" * 200] * 21)
    script = f"100644 blob e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t.tfgen/{deep}\n"
    git(tmp_path, "hash-object", "-w", "/dev/null")
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=tmp_path, check=True, input=script.encode()
    )
    assert first_tracked(tmp_path / ".tfgen") == deep


def test_a_worktree_has_an_index_of_its_own(tmp_path: Path) -> None:
    main, other = tmp_path / "main", tmp_path / "other"
    main.mkdir()
    git(main, "init", "--quiet")
    (main / ".tfgen").mkdir()
    (main / ".tfgen/lock").touch()
    git(main, "commit", "--allow-empty", "-m", "first")
    git(main, "worktree", "add", str(other))
    git(main, "add", "--force", ".tfgen/lock")
    assert first_tracked(main / ".tfgen") == "lock"
    assert first_tracked(other / ".tfgen") is None
    (other / ".tfgen").mkdir()
    (other / ".tfgen/engine.json").touch()
    git(other, "add", "--force", ".tfgen/engine.json")
    assert first_tracked(other / ".tfgen") == "engine.json"


@pytest.mark.parametrize("index", [b"", b"DIRC", b"DIRC\0\0\0\4\xff\xff\xff\xff", b"x" * 100])
def test_an_index_that_makes_no_sense_tracks_nothing(tmp_path: Path, index: bytes) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/index").write_bytes(index)
    assert first_tracked(tmp_path / ".tfgen") is None


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    assert first_tracked(tmp_path / ".tfgen") is None
    (tmp_path / ".git").write_text("gitdir: /nowhere\n", encoding="utf-8")
    assert first_tracked(tmp_path / ".tfgen") is None
