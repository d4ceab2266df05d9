"""What is not in the manifest is the user's, wherever it is and whatever it is."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from tests.write.processes import forbid, in_child, needs_seccomp
from tests.write.trees import Project, app, snapshot, times

USER_FOLDERS = {"notes", "notes/empty", "modules/own", "production/.terraform", "secret"}


def fill(project: Project) -> None:
    """Puts in the tree what Terraform and people put there, and odder things."""
    project.put("production/terraform.tfstate", '{"version": 4}')
    project.put("production/.terraform.lock.hcl", "# lock\n")
    project.put("production/extra.tf", "# extra\n")
    project.put("production/.terraform/providers/aws", "binary").chmod(0o755)
    project.put("production/.terraform/read_only/file").parent.chmod(0o555)
    project.put("production/.terraform/modules/modules.json", "{}")
    project.put("modules/own/main.tf", "# own\n")
    project.put("secret/key.pem").chmod(0o000)
    project.put("notes/ünïcode 🌍.txt")
    project.put("a\nb\tc")
    (project.root / "notes/empty").mkdir()
    (project.root / "secret").chmod(0o700)
    (project.root / "dangling").symlink_to("nowhere")
    (project.root / "production/shared.tf").symlink_to("../notes/shared.tf")
    (project.root / "up").symlink_to("..")
    os.mkfifo(project.root / "pipe")
    os.link(project.root / "production/extra.tf", project.root / "notes/hard.tf")
    (project.root / os.fsdecode(b"not-utf8-\xff")).write_bytes(b"\xff")


def of_the_user(project: Project) -> dict[str, tuple[object, ...]]:
    """Returns what in the tree is not tfgen's: modes, contents, times, and inodes of files."""
    mine = {*app("old", regions=3), ".tfgen.json", ".", "production", "modules", "modules/region"}
    found = {}
    for path, seen in snapshot(project.root).items():
        if path not in mine:
            inode, moment = times(project.root)[path]
            is_folder = str(seen[0]).startswith("0o4")
            found[path] = (*seen, moment, None if is_folder else inode)
    return found


def test_everything_is_as_it_was(project: Project) -> None:
    project.render(app("old", regions=3))
    fill(project)
    before = of_the_user(project)
    assert before.keys() >= USER_FOLDERS
    project.render(app("new"))
    assert of_the_user(project) == before
    project.render({})
    assert of_the_user(project) == before
    assert not project.leftovers()


@needs_seccomp
def test_everything_but_inodes_is_as_it_was_without_hard_links(project: Project) -> None:
    project.render(app("old"))
    fill(project)
    before = snapshot(project.root)
    moments = {path: moment for path, (_, moment) in times(project.root).items()}

    def render() -> None:
        forbid("link", "linkat", code=errno.EPERM)
        project.render(app("new"))

    in_child(render)
    after = snapshot(project.root)
    unchanged = [path for path in before if path not in app("new") and path != ".tfgen.json"]
    assert {path: after[path] for path in unchanged} == {path: before[path] for path in unchanged}
    assert after["production/main.tf"][1] == b"# main new\n"
    kept = [path for path in unchanged if before[path][1] is not None]
    assert {path: times(project.root)[path][1] for path in kept} == {
        path: moments[path] for path in kept
    }
    assert not project.leftovers()


def test_a_socket_goes_along(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.render(app("old"))
    monkeypatch.chdir(project.root)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        server.listen()
        project.render(app("new"))
        with socket.socket(socket.AF_UNIX) as client:
            client.connect("socket")


def test_an_open_file_stays_the_same_file(project: Project) -> None:
    project.render(app("old"))
    log = project.put("production/apply.log", "1\n")
    with log.open("a", encoding="utf-8") as file:
        project.render(app("new"))
        file.write("2\n")
    assert log.read_text(encoding="utf-8") == "1\n2\n"


def test_emptied_folders_go_and_those_with_something_in_them_stay(project: Project) -> None:
    project.render({"a/b/c.tf": "", "d/e/f.tf": "", "g/h.tf": "", "i/j.tf": ""})
    project.put("d/mine.tf")
    (project.root / "g/empty").mkdir()
    (project.root / "i/j.tf").unlink()
    project.render({})
    assert sorted(snapshot(project.root)) == [
        ".",
        ".tfgen.json",
        "d",
        "d/mine.tf",
        "g",
        "g/empty",
        "i",
    ]


def test_a_folder_of_owned_files_that_got_a_users_file_stays(project: Project) -> None:
    project.render(app("old") | {"staging/main.tf": "# staging\n"})
    state = project.put("staging/terraform.tfstate", "{}")
    project.render(app("old"))
    assert [path.name for path in state.parent.iterdir()] == ["terraform.tfstate"]
