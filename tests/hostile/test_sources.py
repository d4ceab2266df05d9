"""Sources and bundles of a repository that is not trusted: what they try is refused.

Every payload is harmless; what counts is which file is opened, written or uploaded.
"""

from __future__ import annotations

import os
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.conftest import CODE
from tfgen.bundle.build import Bundle, build
from tfgen.bundle.locate import boundary
from tfgen.disk import DEPTH_LIMIT
from tfgen.disk.reader import Reader
from tfgen.errors import TfgenError

SECRET = "of the user's own"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with a file of theirs, beside the project."""
    home = tmp_path / "home"
    (home / "project/src").mkdir(parents=True)
    (home / "project/src/app.py").write_text("def handler(event, context): ...\n")
    (home / "secret.txt").write_text(SECRET)
    (home / "other").mkdir()
    (home / "other/app.py").write_text(SECRET)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def project(home: Path) -> Path:
    return home / "project"


def make(project: Path, **changes: Any) -> Bundle:
    return build(replace(CODE, **changes), project, place="tfgen.yaml:4")


def refused(project: Path, **changes: str) -> TfgenError:
    with pytest.raises(TfgenError) as caught:
        make(project, **changes)
    assert (project.parent / "secret.txt").read_text() == SECRET
    assert {path.name for path in project.parent.iterdir()} - {".git"} == {
        *("project", "secret.txt", "other"),
    }
    assert SECRET not in str(caught.value)
    return caught.value


# What the bundle is written to


BUNDLE_FILES = ("src.zip", "src.zip.json", "src.zip.lock")


@pytest.mark.parametrize("name", BUNDLE_FILES)
@pytest.mark.parametrize("target", ["secret.txt", "not-there.txt"])
def test_a_committed_link_in_the_folder_of_bundles(project: Path, name: str, target: str) -> None:
    bundles = project / ".tfgen/bundles"
    bundles.mkdir(parents=True)
    (bundles / name).symlink_to(project.parent / target)
    assert f"{name} is a symbolic link" in refused(project).message
    assert (bundles / name).is_symlink()


def test_a_link_in_the_place_of_an_unfinished_bundle_is_never_followed(project: Path) -> None:
    bundles = project / ".tfgen/bundles"
    bundles.mkdir(parents=True)
    (bundles / "src.zip.new").symlink_to(project.parent / "secret.txt")
    (bundles / "src.zip.json.new").symlink_to(project.parent / "secret.txt")
    assert make(project).rebuilt
    assert (project.parent / "secret.txt").read_text() == SECRET


@pytest.mark.parametrize("folder", [".tfgen", ".tfgen/bundles"])
def test_a_committed_link_to_a_folder(project: Path, folder: str) -> None:
    (project / folder).parent.mkdir(exist_ok=True)
    (project / folder).symlink_to(project.parent)
    assert f"{folder} is a symbolic link" in refused(project).message


@pytest.mark.parametrize("name", BUNDLE_FILES)
def test_a_pipe_in_the_folder_of_bundles(project: Path, name: str) -> None:
    bundles = project / ".tfgen/bundles"
    bundles.mkdir(parents=True)
    os.mkfifo(bundles / name)
    assert f"{name} is a named pipe" in refused(project).message


# What the bundle is made of


@pytest.mark.parametrize("source", ["..", "../other", "src/../..", "link", "link/other"])
def test_a_source_outside_of_the_project(project: Path, source: str) -> None:
    (project / "link").symlink_to("..")
    assert (
        f"The function's source `{source}` is outside of" in refused(project, source=source).message
    )


def test_a_source_in_a_folder_that_the_user_allows(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFGEN_OUTSIDE", f"relative:{project.parent / 'other'}")
    bundle = ".tfgen/bundles/_parent/other.zip"
    assert make(project, source="../other", bundle=bundle).files == 1
    monkeypatch.setenv("TFGEN_OUTSIDE", "..")
    assert "is outside of" in refused(project, source="../other", bundle=bundle).message


def test_an_absolute_source(project: Path) -> None:
    error = refused(project, source=str(project.parent))
    assert error.message == (
        f"The function's source `{project.parent}` is outside of `{project}`: it is "
        f"`{project.parent}`"
    )
    assert error.place == "tfgen.yaml:4"
    assert "git repository" in (error.hint or "")


@pytest.mark.parametrize("name", ["function.zip", "link.zip"])
def test_a_zip_outside_of_the_project(project: Path, name: str) -> None:
    with zipfile.ZipFile(project.parent.parent / "function.zip", "w") as archive:
        archive.writestr("app.py", "")
    (project / "link.zip").symlink_to("../../function.zip")
    source = "../../function.zip" if name == "function.zip" else name
    assert "is outside of" in refused(project, source=source).message


def test_the_folder_of_git_itself(project: Path) -> None:
    subprocess.run(["git", "init", "-q", project], check=True)
    assert refused(project, source=".git").message == (
        "The function's source `.git` is in git's own folder"
    )


def test_the_folder_of_git_in_other_case(project: Path) -> None:
    """Where the file system ignores case, as on macOS, it is the same folder."""
    (project / ".Git").mkdir()
    assert refused(project, source=".Git").message == (
        "The function's source `.Git` is in git's own folder"
    )


def test_a_home_that_is_a_repository_is_no_boundary(project: Path) -> None:
    """Many keep their settings in git, and what lies beside is not the project's."""
    (project.parent / ".git").mkdir()
    assert boundary(project) == project
    assert "is outside of" in refused(project, source="..").message


@pytest.mark.parametrize("worktree", [False, True])
def test_a_config_in_a_subfolder_with_the_source_beside_it(
    project: Path, *, worktree: bool
) -> None:
    """A monorepo: the source may be anywhere in the repository, or worktree, of the config."""
    if worktree:
        (project / ".git").write_text("gitdir: /elsewhere/.git/worktrees/project\n")
    else:
        subprocess.run(["git", "init", "-q", project], check=True)
    stack = project / "deploy/stack"
    stack.mkdir(parents=True)
    code = replace(CODE, source="../../src", bundle=".tfgen/bundles/_parent/_parent/src.zip")
    assert build(code, stack).files == 1
    with pytest.raises(TfgenError, match="is outside of"):
        build(replace(code, source="../../.."), stack)


def test_a_file_that_becomes_a_link_between_look_and_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Reader.open

    def exchanged(self: Reader, path: str) -> object:
        (project / "src/app.py").unlink()
        (project / "src/app.py").symlink_to(project.parent / "secret.txt")
        return opened(self, path)

    monkeypatch.setattr(Reader, "open", exchanged)
    assert "app.py is a symbolic link" in refused(project).message
    assert not (project / ".tfgen/bundles/src.zip").exists()


def test_a_folder_that_becomes_a_link_between_look_and_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "src/lib").mkdir()
    (project / "src/lib/secret.txt").write_text("mine")
    opened = Reader.open

    def exchanged(self: Reader, path: str) -> object:
        if path == "lib/secret.txt":
            (project / "src/lib").rename(project / "old")
            (project / "src/lib").symlink_to(project.parent)
        return opened(self, path)

    monkeypatch.setattr(Reader, "open", exchanged)
    assert "lib is a symbolic link" in refused(project).message


@pytest.mark.parametrize("name", ["pipe", ".tfgenignore", "function.zip"])
def test_a_pipe_is_not_waited_for(project: Path, name: str) -> None:
    os.mkfifo(project / "src" / name)
    source = "src/function.zip" if name == "function.zip" else "src"
    assert refused(project, source=source).message.endswith(
        ("is neither a file nor a folder", "is a named pipe, and tfgen expects a file there")
    )


def test_ignore_patterns_without_end(project: Path) -> None:
    with (project / "src/.tfgenignore").open("wb") as file:
        file.truncate(65 * 1024)
    assert ".tfgenignore is larger than 65,536 bytes" in refused(project).message


def test_a_file_that_grows_while_it_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Reader.open

    def grown(self: Reader, path: str) -> object:
        os.truncate(project / "src/app.py", 10**12)
        return opened(self, path)

    monkeypatch.setattr("tfgen.bundle.write.MAX_UNZIPPED", 5 * 1024 * 1024)
    monkeypatch.setattr("tfgen.bundle.limits.MAX_UNZIPPED", 5 * 1024 * 1024)
    monkeypatch.setattr(Reader, "open", grown)
    assert "bytes unzipped, and Lambda allows" in refused(project).message


def test_links_that_multiply(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each folder has two links to the next, so that each step doubles the copies."""
    source = project / "src"
    for number in range(12):
        (source / f"step{number}").mkdir()
        for name in "ab":
            (source / f"step{number}" / name).symlink_to(f"../step{number + 1}")
    (source / "step12").mkdir()
    (source / "step12/file.txt").write_text("x")
    assert make(project).files == 2 + 2 * 12  # each is there once, and the links are links
    (source / "start").symlink_to("step0")
    (source / ".tfgenignore").write_text("/step*\n")
    monkeypatch.setattr("tfgen.bundle.source.ENTRY_LIMIT", 1000)
    assert "src holds more than 1,000 files and folders" in refused(project).message


def test_folders_deeper_than_any(project: Path) -> None:
    deep = project / "src"
    for _ in range(DEPTH_LIMIT + 1):
        deep /= "d"
        deep.mkdir()
    assert f"folders are more than {DEPTH_LIMIT} deep" in refused(project).message


def test_folders_as_deep_as_honest_ones(project: Path) -> None:
    deep = project.joinpath("src", *["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "file.txt").write_text("x")
    assert make(project).files == 2


@pytest.mark.parametrize("source", ["src\0", "x" * 300])
def test_paths_that_no_file_can_have(project: Path, source: str) -> None:
    assert "does not exist" in refused(project, source=source).message
