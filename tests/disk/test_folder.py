"""What `Folder` does with honest files, and what it refuses of others."""

from __future__ import annotations

import os
import shlex
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tfgen.disk import DEPTH_LIMIT, OUTSIDE, Folder, RefusedError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The folder of a project, with a file of the user's beside it."""
    project = tmp_path / "project"
    (project / "infra/production").mkdir(parents=True)
    (project / "infra/production/main.tf").write_text("# main\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home/key").write_text("private", encoding="utf-8")
    monkeypatch.chdir(project)
    return Folder(project)


def test_a_file_is_read(folder: Folder) -> None:
    assert folder.read("infra/production/main.tf") == b"# main\n"
    assert folder.at("infra").at("production").read_text("main.tf") == "# main\n"


def test_a_base_is_reached_through_links(folder: Folder) -> None:
    link = folder.base.with_name("link")
    link.symlink_to(folder.base)
    assert Folder(link).read("infra/production/main.tf") == b"# main\n"


@pytest.mark.parametrize("path", ["../home/key", "/etc/hostname", "a\0b", "infra/../../home/key"])
def test_a_path_out_of_the_folder_is_refused(folder: Folder, path: str) -> None:
    with pytest.raises(RefusedError, match="is not a path below"):
        folder.read(path)


USES: dict[str, Callable[[Folder, str], object]] = {
    "read": Folder.read,
    "open": lambda folder, path: folder.open(path, "ab").close(),
    "truncate": lambda folder, path: folder.open(path, "wb").close(),
    "lock": lambda folder, path: os.close(folder.descriptor(path, os.O_RDWR | os.O_CREAT)),
    "write": lambda folder, path: folder.write(path, b"new"),
}


@pytest.mark.parametrize("use", USES)
def test_a_link_in_the_place_of_a_file_is_refused(folder: Folder, use: str) -> None:
    (folder.base / "lock").symlink_to("../home/key")
    with pytest.raises(RefusedError) as caught:
        USES[use](folder, "lock")
    assert caught.value.place == "lock"
    assert "lock is a symbolic link" in caught.value.message
    assert (folder.base.parent / "home/key").read_text("utf-8") == "private"


@pytest.mark.parametrize("use", [*USES, "make", "entries", "status", "remove", "remove_tree"])
def test_a_link_in_the_place_of_a_folder_is_refused(folder: Folder, use: str) -> None:
    (folder.base / "linked").symlink_to("../home")
    with pytest.raises(RefusedError, match="linked is a symbolic link"):
        USES.get(use, getattr(Folder, use, None))(folder, "linked/key")  # type: ignore[misc]
    assert os.listdir(folder.base.parent / "home") == ["key"]  # noqa: PTH208


@pytest.mark.parametrize("use", USES)
def test_a_named_pipe_is_refused_at_once(folder: Folder, use: str) -> None:
    os.mkfifo(folder.base / "pipe")
    with pytest.raises(RefusedError, match="pipe is a named pipe, and tfgen expects a file"):
        USES[use](folder, "pipe")


@pytest.mark.parametrize("use", USES)
def test_a_folder_and_a_socket_are_no_files(folder: Folder, use: str) -> None:
    with pytest.raises(RefusedError, match="infra is a folder, and tfgen expects a file"):
        USES[use](folder, "infra")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(RefusedError, match="socket is a socket"):
            USES[use](folder, "socket")


def test_a_file_is_no_folder(folder: Folder) -> None:
    with pytest.raises(RefusedError, match=r"main\.tf is a file, and tfgen expects a folder"):
        folder.entries("infra/production/main.tf")


def test_an_endless_file_is_refused(folder: Folder) -> None:
    with (folder.base / "huge").open("wb") as file:
        file.truncate(1 << 40)  # takes no room on the disk
    with pytest.raises(RefusedError, match="huge is larger than 64 MB"):
        folder.read("huge")
    assert folder.read("infra/production/main.tf", limit=7) == b"# main\n"
    with pytest.raises(RefusedError, match="is larger than 6 bytes"):
        folder.read("infra/production/main.tf", limit=6)


def test_what_is_missing_is_missing_as_everywhere(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        folder.read("infra/staging/main.tf")
    assert caught.value.filename == str(folder.base / "infra/staging")
    assert folder.status("infra/staging/main.tf") is None
    assert not folder.is_file("nothing")
    folder.remove("nothing/at/all")
    folder.remove_tree("nothing")


def test_a_hint_removes_what_is_in_the_way(folder: Folder) -> None:
    (folder.base / "a link").symlink_to("../home/key")
    with pytest.raises(RefusedError) as caught:
        folder.read("a link")
    command = (caught.value.hint or "").split("`")[1]
    assert shlex.split(command) == ["rm", "a link"]
    subprocess.run(shlex.split(command), check=True)
    with pytest.raises(FileNotFoundError):
        folder.read("a link")


def test_a_file_is_replaced_and_keeps_its_mode(folder: Folder) -> None:
    (folder.base / "secret").write_bytes(b"old")
    (folder.base / "secret").chmod(0o640)
    folder.write("secret", b"new", mode=0o600)
    folder.write("fresh", b"new", mode=0o600)
    assert folder.read("secret") == folder.read("fresh") == b"new"
    assert stat.S_IMODE((folder.base / "secret").stat().st_mode) == 0o640
    assert stat.S_IMODE((folder.base / "fresh").stat().st_mode) == 0o600
    assert [entry.name for entry in folder.entries()] == ["fresh", "infra", "secret"]


def test_folders_are_made_and_removed(folder: Folder) -> None:
    folder.make("a/b/c", mode=0o700)
    folder.write("a/b/c/file", b"")
    (folder.base / "a/b/home").symlink_to("../../../home")
    (folder.base / "a/b/c").chmod(0o500)
    folder.remove_tree("a")
    assert not (folder.base / "a").exists()
    assert (folder.base.parent / "home/key").exists()


def test_a_link_itself_is_removed(folder: Folder) -> None:
    (folder.base / "one").symlink_to("../home")
    (folder.base / "two").symlink_to("../home/key")
    folder.remove_tree("one")
    folder.remove("two")
    assert (folder.base.parent / "home/key").exists()
    assert not (folder.base / "one").is_symlink()
    assert not (folder.base / "two").is_symlink()


def test_a_walk_yields_links_and_does_not_enter_them(folder: Folder) -> None:
    (folder.base / "infra/home").symlink_to("../../home")
    found = list(folder.walk("infra"))
    assert [entry.path for entry in found] == ["home", "production", "production/main.tf"]
    assert [entry.is_link for entry in found] == [True, False, False]
    skipped = folder.walk("infra", enter=lambda entry: entry.name != "production")
    assert [entry.path for entry in skipped] == ["home", "production"]


def nested(folder: Folder, depth: int) -> None:
    """Makes folders inside each other, whatever the longest path of the system is."""
    here = os.open(folder.base, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def test_a_thousand_folders_inside_each_other_are_refused(folder: Folder) -> None:
    nested(folder, 1000)
    descriptors = os.listdir("/proc/self/fd") if Path("/proc").exists() else []  # noqa: PTH208
    with pytest.raises(RefusedError, match=f"more than {DEPTH_LIMIT} deep") as caught:
        list(folder.walk())
    assert len(caught.value.place or "") < 200
    with pytest.raises(RefusedError, match="deep inside each other"):
        folder.remove_tree("d")
    with pytest.raises(RefusedError, match="deep inside each other"):
        folder.read("d/" * 1000 + "file")
    # pytest cannot remove so many.
    subprocess.run(["rm", "-rf", folder.base / "d"], check=True)
    if descriptors:
        assert len(os.listdir("/proc/self/fd")) == len(descriptors)  # noqa: PTH208


def test_a_bound_on_entries(folder: Folder) -> None:
    for number in range(5):
        folder.write(f"infra/production/{number}", b"")
    assert len(folder.entries("infra/production", limit=6)) == 6
    with pytest.raises(RefusedError, match="production holds more than 5 files and folders"):
        folder.entries("infra/production", limit=5)
    assert len(list(folder.walk(limit=8))) == 8
    with pytest.raises(RefusedError, match="holds more than 7 files and folders"):
        list(folder.walk(limit=7))


def test_20000_files_are_walked(folder: Folder) -> None:
    for group in range(20):
        (folder.base / f"src/{group}").mkdir(parents=True)
        for number in range(1000):
            (folder.base / f"src/{group}/{number}").touch()
    assert sum(entry.is_file for entry in folder.walk("src")) == 20_000


def test_links_are_followed_where_that_is_asked_for(folder: Folder) -> None:
    (folder.base / "a").symlink_to("infra/production")
    (folder.base / "infra/up").symlink_to("../a/main.tf")
    (folder.base / "out").symlink_to("../home/key")
    (folder.base / "absolute").symlink_to(folder.base / "infra")
    (folder.base / "circle").symlink_to("circle")
    assert folder.follow("a/main.tf") == "infra/production/main.tf"
    assert folder.follow("infra/up") == "infra/production/main.tf"
    assert folder.follow("a/new/file") == "infra/production/new/file"
    assert folder.follow("absolute/x") == "infra/x"
    assert [folder.follow(path) for path in ("out", "out/x", "circle")] == [None] * 3


def test_a_link_leads_out_where_the_user_has_said_so(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = folder.base.parent / "home"
    (home / "deep").mkdir()
    (folder.base / "linked").symlink_to("../home")
    (folder.base / "deeper").symlink_to("../home/deep")
    monkeypatch.setenv(OUTSIDE, f"/nowhere:{home}")
    assert folder.read("linked/key") == b"private"
    folder.write("deeper/file", b"text")
    assert (home / "deep/file").read_bytes() == b"text"
    monkeypatch.setenv(OUTSIDE, str(home / "deep"))
    with pytest.raises(RefusedError, match=OUTSIDE):
        folder.read("linked/key")


def test_a_link_that_takes_the_place_of_a_folder_is_not_followed(
    folder: Folder,
) -> None:
    """Once a folder is open, its name may become a link: what is read is in the folder."""
    (folder.base / "infra/key").write_bytes(b"harmless")
    with folder.opened("infra") as descriptor:
        (folder.base / "infra").rename(folder.base / "moved")
        (folder.base / "infra").symlink_to("../home")
        with os.fdopen(os.open("key", os.O_RDONLY, dir_fd=descriptor)) as file:
            assert file.read() == "harmless"
    with pytest.raises(RefusedError):
        folder.read("infra/key")
