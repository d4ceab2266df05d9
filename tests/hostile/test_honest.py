"""What people really do with links, worktrees and line ends, which the rule leaves to them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.conftest import Repository
from tests.hostile.watch import run
from tests.support.command import make_project
from tfgen.errors import ExitCode


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def crlf_files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and b"\r\n" in path.read_bytes())


def test_a_project_that_is_reached_through_a_link(repository: Repository) -> None:
    link = repository.path.with_name("link")
    link.symlink_to(repository.path)
    assert run(link, "render").code == 0
    assert run(repository.path, "render", "--check", "--chdir", str(link)).code == 0


def test_a_config_in_a_folder_of_a_repository_and_of_its_worktree(tmp_path: Path) -> None:
    main, other = tmp_path / "main", tmp_path / "other"
    make_project(main / "services/app")
    git(main, "init", "--quiet")
    assert run(main / "services/app", "render").code == 0
    git(main, "add", "--all")
    git(main, "commit", "--quiet", "-m", "first")
    git(main, "worktree", "add", "--quiet", str(other))
    assert run(other / "services/app", "render", "--check").code == 0
    (other / "services/app/infra/production/main.tf").unlink()
    assert run(other / "services/app", "render").code == 0
    assert (other / "services/app/infra/production/main.tf").exists()


@pytest.mark.parametrize("name", ["infra", ".tfgen"])
def test_a_folder_is_elsewhere_by_an_explicit_setting(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    repository.link(name, f"elsewhere/{name}")
    (repository.home / "elsewhere").mkdir()
    if name == ".tfgen":
        (repository.home / "elsewhere/.tfgen").mkdir()
    monkeypatch.setenv("TFGEN_OUTSIDE", str(repository.home / "elsewhere"))
    for arguments in (["render"], ["render", "--check"], ["lint"]):
        assert run(repository.path, *arguments).code == 0
    assert (repository.path / name).is_symlink()
    tree = repository.home if name == "infra" else repository.path
    tree = tree / "elsewhere/infra" if name == "infra" else tree / "infra"
    assert (tree / "production/main.tf").exists()
    monkeypatch.setenv("TFGEN_OUTSIDE", str(repository.home / "folder"))
    assert f"{name} is a symbolic link" in repository.refused("render")


def test_a_link_of_the_users_in_the_tree_goes_along(rendered: Repository) -> None:
    rendered.link("infra/production/notes", "folder")
    (rendered.path / "infra/production/main.tf").unlink()
    assert rendered.run("render").code == 0
    assert (rendered.path / "infra/production/notes").is_symlink()


def test_20000_files_of_the_users_in_the_tree(rendered: Repository) -> None:
    for group in range(20):
        folder = rendered.path / f"infra/production/.terraform/{group}"
        folder.mkdir(parents=True)
        for number in range(1000):
            (folder / str(number)).touch()
    (rendered.path / "infra/production/main.tf").unlink()
    assert run(rendered.path, "render").code == 0
    assert len(list((rendered.path / "infra/production/.terraform").glob("*/*"))) == 20_000


def test_a_checkout_with_autocrlf_has_the_line_ends_of_the_render(
    rendered: Repository, tmp_path: Path
) -> None:
    git(rendered.path, "init", "--quiet")
    git(rendered.path, "add", "--all")
    git(rendered.path, "commit", "--quiet", "-m", "first")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "-c", "core.autocrlf=true", str(rendered.path), str(clone))
    assert list(crlf_files(clone)) != []  # what is not rendered is as the user wants it
    assert list(crlf_files(clone / "infra")) == []
    assert run(clone, "render", "--check").code == 0


def test_a_tree_that_differs_in_line_ends_alone_is_put_right(rendered: Repository) -> None:
    """As an older render leaves it, whose .gitattributes says nothing about line ends."""
    files = [path for path in (rendered.path / "infra").rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    for path, content in before.items():
        path.write_bytes(content.replace(b"\n", b"\r\n"))
    checked = rendered.run("render", "--check")
    assert checked.code == ExitCode.STALE
    assert "were changed to CRLF, as git does with `core.autocrlf`" in checked.err
    outcome = rendered.run("render")
    assert outcome.code == 0, outcome.err
    assert {path: path.read_bytes() for path in files} == before
    (rendered.path / "infra/production/main.tf").write_bytes(b"# mine\r\n")
    assert "was edited by hand" in rendered.refused("render")
