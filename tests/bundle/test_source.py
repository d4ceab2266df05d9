"""Which files are in a bundle, and which sources are refused."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bundle.conftest import CODE, Project
from tfgen.bundle.build import build


def names(project: Project) -> list[str]:
    with zipfile.ZipFile(project.zip) as archive:
        return archive.namelist()


JUNK = (
    *(
        ".env",
        ".env.production",
        ".npmrc",
        ".git/config",
        ".gitignore",
        ".hg/store",
        ".svn/entries",
    ),
    *("__pycache__/app.cpython-313.pyc", "lib/old.pyc", ".venv/bin/python", "venv/pyvenv.cfg"),
    *(".pytest_cache/README.md", ".mypy_cache/x.json", ".ruff_cache/x", ".tox/log", "app.py~"),
    *(".idea/x.xml", ".vscode/settings.json", ".app.py.swp", ".DS_Store", "lib/Thumbs.db"),
    *(".terraform/providers/x", "terraform.tfstate", "terraform.tfstate.backup", "all.tfplan"),
    *(".tfgen/bundles/src.zip", ".tfgenignore"),
)


@pytest.mark.parametrize("junk", JUNK)
def test_junk_stays_out(project: Project, junk: str) -> None:
    project.write(junk, "")
    project.write(f"deep/down/{junk}", "")
    project.build()
    assert names(project) == ["app.py"]


@pytest.mark.parametrize(
    "kept", ["node_modules/a/index.js", "env.py", ".envoy", "git/x", "lib/.keep", "build/x", "a.so"]
)
def test_what_only_looks_like_junk_stays_in(project: Project, kept: str) -> None:
    project.write(kept, "x")
    project.build()
    assert names(project) == sorted(["app.py", kept])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("*.md\n", ["app.py", "docs/a.txt", "docs/b/c.txt"]),
        ("docs/\n", ["README.md", "app.py"]),
        ("/docs/*\n!/docs/a.txt\n", ["README.md", "app.py", "docs/a.txt"]),
        ("docs/**/c.txt\n", ["README.md", "app.py", "docs/a.txt"]),
        ("# a comment\n\n*\n!app.py\n", ["app.py"]),
        ("/a.txt\n", ["README.md", "app.py", "docs/a.txt", "docs/b/c.txt"]),
        ("!.env\n", [".env", "README.md", "app.py", "docs/a.txt", "docs/b/c.txt"]),
        ("!.venv/\ndocs\n", [".venv/lib.py", "README.md", "app.py"]),
        ("docs/\n!docs/a.txt\n", ["README.md", "app.py"]),
        ("\ufeff*.md\r\ndocs/\r\n", ["app.py"]),
    ],
)
def test_tfgenignore_speaks_gitignore(project: Project, rules: str, expected: list[str]) -> None:
    for name in ("README.md", "docs/a.txt", "docs/b/c.txt", ".env", ".venv/lib.py"):
        project.write(name, "x")
    project.write(".tfgenignore", rules)
    project.build()
    assert names(project) == expected


@pytest.mark.parametrize("pattern", ["!", "lib/\\", "a[z-a]"])
def test_a_line_that_is_no_pattern(project: Project, pattern: str) -> None:
    project.write(".tfgenignore", f"*.md\n{pattern}\n")
    error = project.fails()
    assert error.message == f"`{pattern}` is not a gitignore pattern"
    assert error.place == "src/.tfgenignore:2"


def test_tfgenignore_in_another_encoding(project: Project) -> None:
    project.write(".tfgenignore", b"caf\xe9\n")
    assert project.fails().message == "`src/.tfgenignore` is not UTF-8 text"


def test_tfgenignore_that_is_a_folder(project: Project) -> None:
    (project.source / ".tfgenignore").mkdir()
    assert project.fails().message == "`src/.tfgenignore` cannot be read: Is a directory"


def test_missing_source(project: Project) -> None:
    error = project.fails(source="lambda", bundle=CODE.bundle)
    assert error.message == "The function's source `lambda` does not exist"
    assert error.place == "tfgen.yaml:4"
    assert error.hint == "create it, or correct `function.source`"


def test_source_that_is_a_file(project: Project) -> None:
    error = project.fails(source="src/app.py", bundle=CODE.bundle)
    assert error.message == "The function's source `src/app.py` is neither a folder nor a `.zip`"


def test_source_with_nothing_in_it(project: Project) -> None:
    project.write(".tfgenignore", "*\n")
    assert project.fails().message == "The function's source `src` has no file to bundle"


def test_the_project_as_source(project: Project) -> None:
    for name in ("app.py", "tfgen.yaml", "infra/production/main.tf", "infrared.py"):
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / name).write_text("x")
    project.source.joinpath(".tfgenignore").write_text("")
    (project.folder / ".tfgenignore").write_text("!.tfgen/\n")
    function = replace(CODE, source=".", bundle=".tfgen/bundles/_project.zip")
    exclude = [Path("infra"), project.folder / "tfgen.yaml"]
    first = build(function, project.folder, exclude=exclude)
    again = build(function, project.folder, exclude=exclude)
    with zipfile.ZipFile(first.path) as archive:
        assert archive.namelist() == ["app.py", "infrared.py", "src/app.py"]
    assert again.sha256 == first.sha256


def test_links_inside_are_followed(project: Project) -> None:
    project.write("shared/words.txt", "words")
    (project.source / "words.txt").symlink_to("shared/words.txt")
    (project.source / "again").symlink_to(project.source / "shared")
    (project.source / "shared/app.py").symlink_to("../app.py")
    project.build()
    with zipfile.ZipFile(project.zip) as archive:
        assert {name: archive.read(name)[:5] for name in archive.namelist()} == {
            "again/app.py": b"def h",
            "again/words.txt": b"words",
            "app.py": b"def h",
            "shared/app.py": b"def h",
            "shared/words.txt": b"words",
            "words.txt": b"words",
        }


def test_a_source_that_is_a_link(project: Project) -> None:
    (project.folder / "code").symlink_to("src")
    bundle = project.build(source="code")
    assert names(project) == ["app.py"]
    assert bundle.files == 1


@pytest.mark.parametrize("target", ["/etc/hostname", "../secret.txt", "lib/../../secret.txt", ".."])
def test_a_link_that_leaves(project: Project, target: str) -> None:
    project.write("lib/x.py")
    (project.folder / "secret.txt").write_text("secret")
    (project.source / "link").symlink_to(target)
    error = project.fails()
    real = os.path.realpath(project.source / target)
    assert error.message == f"The link `src/link` leaves `src`: it leads to `{real}`"
    assert error.place == "tfgen.yaml:4"
    assert error.hint == (
        "copy what it leads to into the folder, "
        "or leave it out with the line `/link` in `src/.tfgenignore`"
    )


def test_a_neighbor_with_the_same_beginning_is_outside(project: Project) -> None:
    (project.folder / "src2").mkdir()
    (project.folder / "src2/x.py").write_text("x")
    (project.source / "link").symlink_to("../src2")
    assert "leaves `src`" in project.fails().message


def test_a_link_that_leads_nowhere(project: Project) -> None:
    (project.source / "link").symlink_to("gone.py")
    assert project.fails().message == (
        "The link `src/link` leads to `gone.py`, which does not exist"
    )


@pytest.mark.parametrize(("link", "target"), [("lib/up", ".."), ("lib/me", "me"), ("lib/x", ".")])
def test_a_link_that_leads_in_a_circle(project: Project, link: str, target: str) -> None:
    project.write("lib/x.py")
    (project.source / link).symlink_to(target)
    assert project.fails().message == f"The link `src/{link}` leads in a circle"


def test_two_links_that_lead_to_each_other(project: Project) -> None:
    project.write("a/a.txt")
    project.write("b/b.txt")
    (project.source / "a/b").symlink_to("../b")
    (project.source / "b/a").symlink_to("../a")
    assert project.fails().message == "The link `src/a/b/a` leads in a circle"


def test_ignored_links_may_lead_anywhere(project: Project) -> None:
    (project.source / "link").symlink_to("/etc")
    (project.source / ".venv").symlink_to("/usr")
    (project.source / "gone").symlink_to("nowhere")
    project.write(".tfgenignore", "/link\n/gone\n")
    project.build()
    assert names(project) == ["app.py"]


def test_pipes_and_sockets(project: Project) -> None:
    os.mkfifo(project.source / "pipe")
    assert project.fails().message == "`src/pipe` is neither a file nor a folder"
    (project.source / "pipe").unlink()
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(project.source)  # the path of a socket is limited to about 100 bytes
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
        assert project.fails().message == "`src/socket` is neither a file nor a folder"
    project.write(".tfgenignore", "socket\n")
    project.build()
    assert names(project) == ["app.py"]


def test_a_name_that_is_not_utf8(project: Project) -> None:
    try:
        (project.source / os.fsdecode(b"caf\xe9.txt")).touch()
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    assert project.fails().message == r"The file name b'caf\xe9.txt' in `src` is not UTF-8"


def test_an_unreadable_file(unprivileged: Callable[[], Project]) -> None:
    project = unprivileged()
    hidden = project.write("lib/hidden.txt")
    hidden.chmod(0)
    error = project.fails()
    assert error.message == "`src/lib/hidden.txt` cannot be read: Permission denied"


def test_an_unreadable_folder(unprivileged: Callable[[], Project]) -> None:
    project = unprivileged()
    hidden = project.write("lib/hidden.txt").parent
    hidden.chmod(0)
    error = project.fails()
    hidden.chmod(0o700)
    assert error.message == "`src/lib` cannot be read: Permission denied"
    assert error.hint == (
        "make it readable, or leave it out with the line `/lib` in `src/.tfgenignore`"
    )


def test_a_folder_that_cannot_be_written(unprivileged: Callable[[], Project]) -> None:
    project = unprivileged()
    (project.folder / ".tfgen").mkdir(mode=0o500)
    error = project.fails()
    assert (
        error.message == "The bundle `.tfgen/bundles/src.zip` cannot be written: Permission denied"
    )
