"""Which files are in a bundle, and which sources are refused."""

from __future__ import annotations

import os
import socket
import stat
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


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("!", "the pattern is empty"),
        ("lib/\\", "nothing follows the last backslash"),
        ("a[z-a]", "a range ends before it begins"),
        ("a[bc", "a bracket is not closed"),
        ("[[:word:]]", "there is no class `word`"),
    ],
)
def test_a_line_that_is_no_pattern(project: Project, pattern: str, why: str) -> None:
    project.write(".tfgenignore", f"*.md\n{pattern}\n")
    error = project.fails()
    assert error.message == f"`{pattern}` is not a gitignore pattern: {why}"
    assert error.place == "src/.tfgenignore:2"


def test_tfgenignore_in_another_encoding(project: Project) -> None:
    project.write(".tfgenignore", b"caf\xe9\n")
    assert project.fails().message == "`src/.tfgenignore` is not UTF-8 text"


def test_tfgenignore_that_is_a_folder(project: Project) -> None:
    (project.source / ".tfgenignore").mkdir()
    assert "src/.tfgenignore is a folder, and tfgen expects a file there" in project.fails().message


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


def links(project: Project) -> dict[str, str]:
    """Returns the links in the bundle and where they lead to."""
    with zipfile.ZipFile(project.zip) as archive:
        assert archive.testzip() is None
        found = [each for each in archive.infolist() if stat.S_ISLNK(each.external_attr >> 16)]
        assert {each.compress_type for each in found} <= {zipfile.ZIP_STORED}
        return {each.filename: archive.read(each).decode() for each in found}


def test_links_inside_stay_links(project: Project) -> None:
    project.write("shared/words.txt", "words")
    (project.source / "words.txt").symlink_to("shared/words.txt")
    (project.source / "again").symlink_to(project.source / "shared")
    (project.source / "shared/app.py").symlink_to("../app.py")
    (project.source / "shared/out-and-in").symlink_to("../../src/app.py")
    (project.source / "chain").symlink_to("again/app.py")
    bundle = project.build()
    assert links(project) == {
        "again": "shared",
        "chain": "app.py",
        "shared/app.py": "../app.py",
        "shared/out-and-in": "../app.py",
        "words.txt": "shared/words.txt",
    }
    assert set(names(project)) - set(links(project)) == {"app.py", "shared/words.txt"}
    assert bundle.files == 7


def test_linked_packages_of_pnpm_stay_as_they_are(project: Project) -> None:
    """Each package's neighbors are found from where it really is."""
    store = "node_modules/.pnpm"
    project.write(f"{store}/one@1/node_modules/one/index.js")
    project.write(f"{store}/two@2/node_modules/two/index.js")
    for link, target in (
        ("node_modules/one", ".pnpm/one@1/node_modules/one"),
        (f"{store}/one@1/node_modules/two", "../../two@2/node_modules/two"),
        (f"{store}/two@2/node_modules/one", "../../one@1/node_modules/one"),
    ):
        (project.source / link).symlink_to(target)
    project.build()
    assert links(project) == {
        "node_modules/one": ".pnpm/one@1/node_modules/one",
        f"{store}/one@1/node_modules/two": "../../two@2/node_modules/two",
        f"{store}/two@2/node_modules/one": "../../one@1/node_modules/one",
    }


def test_a_link_to_what_is_left_out_is_a_copy(project: Project) -> None:
    project.write(".venv/lib/one.py", "one")
    project.write(".venv/lib/__pycache__/one.pyc", "junk")
    project.write(".env.example", "x=1")
    project.write(".venv/other/two.py", "two")
    (project.source / ".venv/lib/app.py").symlink_to("../../app.py")
    (project.source / ".venv/lib/more").symlink_to("../other")
    (project.source / "lib").symlink_to(".venv/lib")
    (project.source / "example").symlink_to(".env.example")
    (project.source / "nothing").symlink_to(".venv/lib/__pycache__")
    project.build()
    assert names(project) == ["app.py", "example", "lib/app.py", "lib/more/two.py", "lib/one.py"]
    assert links(project) == {"lib/app.py": "../app.py"}


def test_the_handler_is_found_through_links(project: Project) -> None:
    (project.source / "app.py").rename(project.source / "real.py")
    (project.source / "app.py").symlink_to("real.py")
    project.write("packages/one/__init__.py")
    (project.source / "one").symlink_to("packages/one")
    assert project.build().starts == "real.py"
    assert project.build(handler="one.handler").starts == "packages/one/__init__.py"
    project.write("bin/boot", "#!/bin/sh").chmod(0o755)
    (project.source / "bootstrap").symlink_to("bin/boot")
    assert project.build(runtime="provided.al2023").starts == "bin/boot"


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
        "put a copy of what it leads to in its place. If the function does not need it, leave it "
        "out with the line `/link` in `src/.tfgenignore`"
    )


def test_a_package_that_leaves_gets_a_hint_that_keeps_the_import(project: Project) -> None:
    (project.folder / "node_modules/.pnpm/one").mkdir(parents=True)
    (project.source / "node_modules").mkdir()
    (project.source / "node_modules/one").symlink_to("../../node_modules/.pnpm/one")
    hint = project.fails().hint
    assert hint
    assert hint.startswith(
        "install the packages into the source itself: with pnpm by `pnpm deploy`"
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


def test_a_link_that_leads_in_a_circle(project: Project) -> None:
    (project.source / "me").symlink_to("me")
    assert project.fails().message == "The link `src/me` leads in a circle"


def test_links_to_the_folders_that_they_are_in(project: Project) -> None:
    project.write("a/a.txt")
    project.write("b/b.txt")
    (project.source / "a/up").symlink_to("..")
    (project.source / "a/here").symlink_to(".")
    (project.source / "a/b").symlink_to("../b")
    (project.source / "b/a").symlink_to("../a")
    project.build()
    assert links(project) == {"a/up": "..", "a/here": ".", "a/b": "../b", "b/a": "../a"}


def test_copies_that_lead_to_each_other(project: Project) -> None:
    project.write("a/a.txt")
    project.write("b/b.txt")
    (project.source / "a/b").symlink_to("../b")
    (project.source / "b/a").symlink_to("../a")
    (project.source / "copy").symlink_to("a")
    project.write(".tfgenignore", "/a\n/b\n")
    assert project.fails().message == "The link `src/copy/b/a` leads in a circle"


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
