"""Commands in repositories that were made to reach the files of users who clone them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.conftest import Repository
from tests.hostile.watch import run
from tests.write.processes import before

SLOT = f".tfgen/tree-{hashlib.sha256(b'../infra').hexdigest()[:16]}-0123abcd"
RECORD = {"inode": 1, "folders": [], "entries": {}, "written": {}}


def leftover(repository: Repository, **links: str) -> None:
    """Makes what a killed render leaves behind, with links in it."""
    slot = repository.path / SLOT
    slot.mkdir(parents=True)
    (slot / "record.json").write_text(json.dumps(RECORD), "utf-8")
    for name, target in links.items():
        repository.link(f"{SLOT}/{name}", target)


@pytest.mark.parametrize("name", ["new", "old"])
def test_a_leftover_whose_tree_is_a_link_moves_nothing(rendered: Repository, name: str) -> None:
    leftover(rendered, **{name: "folder"})
    assert f"{SLOT}/{name} is a symbolic link" in rendered.refused("render")


def test_a_leftover_that_is_a_link(rendered: Repository) -> None:
    (rendered.home / "slot").mkdir()
    (rendered.home / "slot/record.json").write_text(json.dumps(RECORD), "utf-8")
    (rendered.home / "slot/new").mkdir()
    (rendered.home / "slot/new/main.tf").write_text("precious", "utf-8")
    rendered.link(SLOT, "slot")
    rendered.run("render")
    assert (rendered.home / "slot/new/main.tf").exists()


def test_a_leftover_beside_the_tree_that_is_a_link(rendered: Repository) -> None:
    leftover(rendered)
    rendered.link(".infra.tfgen-0123abcd", "folder")
    rendered.run("render")


def test_a_leftover_with_a_record_that_never_ends(rendered: Repository) -> None:
    leftover(rendered)
    (rendered.path / SLOT / "record.json").unlink()
    os.mkfifo(rendered.path / SLOT / "record.json")
    assert "record.json is a named pipe" in rendered.refused("render")


def test_a_leftover_with_folders_inside_each_other(rendered: Repository) -> None:
    leftover(rendered)
    nested(rendered.path / SLOT, 150)
    assert "deep inside each other" in rendered.refused("render")


def nested(folder: Path, depth: int) -> None:
    """Makes folders inside each other."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        (".tfgen", "folder"),
        (".tfgen/lock", "key"),
        (".tfgen/.gitignore", "key"),
        (".tfgen/.gitignore", "new"),
        ("infra", "folder"),
        ("infra", "new"),
        ("tfgen.yaml", "key"),
        ("secrets", "folder"),
        ("secrets/production.yaml", "key"),
        ("infra/.tfgen.json", "key"),
    ],
)
def test_a_link_is_refused_by_render(repository: Repository, name: str, target: str) -> None:
    (repository.path / name).unlink(missing_ok=True)
    repository.link(name, target)
    message = repository.refused("render")
    assert f"{name} is a symbolic link" in message or "is not a regular file" in message
    assert not (repository.home / "new").exists()


@pytest.mark.parametrize("arguments", [["--check"], ["--diff"], ["--overwrite"]])
def test_a_linked_tree_is_neither_compared_nor_replaced(
    repository: Repository, arguments: list[str]
) -> None:
    repository.link("infra", "folder")
    assert "infra is a symbolic link" in repository.refused("render", *arguments)


def test_the_output_folder_is_behind_a_link(repository: Repository) -> None:
    config = repository.path / "tfgen.yaml"
    config.write_text(f"{config.read_text('utf-8')}terraform: {{output: deep/infra}}\n", "utf-8")
    repository.link("deep", "folder")
    assert "deep is a symbolic link" in repository.refused("render")


@pytest.mark.parametrize("name", ["infra/production", "infra/production/main.tf"])
def test_a_link_in_the_tree_is_in_the_way(rendered: Repository, name: str) -> None:
    place = rendered.path / name
    place.rename(rendered.path / "aside")
    rendered.link(name, "folder" if place.suffix == "" else "folder/main.tf")
    rendered.refused("render")
    assert rendered.run("render", "--diff").code == 1


@pytest.mark.parametrize("output", [".git", ".git/hooks", ".tfgen/x", "a/.GIT"])
def test_the_output_folder_is_a_tools(repository: Repository, output: str) -> None:
    config = repository.path / "tfgen.yaml"
    config.write_text(f"{config.read_text('utf-8')}terraform: {{output: {output}}}\n", "utf-8")
    assert "which is not tfgen's" in repository.refused("render")


@pytest.mark.parametrize(
    "name",
    [
        "tfgen.yaml",
        "secrets/production.yaml",
        "infra/.tfgen.json",
        ".tfgen/lock",
        ".tfgen/.gitignore",
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "endless", "folder"])
def test_a_file_that_is_none(repository: Repository, name: str, kind: str) -> None:
    place = repository.path / name
    place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        with place.open("wb") as file:
            file.truncate(1 << 40)
    if kind == "endless" and name.startswith(".tfgen"):
        assert repository.run("render").code == 0  # neither is read
    else:
        repository.refused("render")


def test_an_owned_file_without_end(rendered: Repository) -> None:
    with (rendered.path / "infra/production/main.tf").open("wb") as file:
        file.truncate(1 << 40)
    assert "main.tf is larger than" in rendered.refused("render", "--check")


def owning(repository: Repository, path: str, text: str) -> None:
    """Makes the manifest list a file, with the hash that it has."""
    place = repository.path / "infra" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")
    file = repository.path / "infra/.tfgen.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest["files"][path] = hashlib.sha256(text.encode()).hexdigest()
    file.write_text(json.dumps(manifest, indent=2), "utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "production/terraform.tfstate",
        "production/.terraform/modules/x/main.tf",
        "production/.hidden.tf",
        "production/.gitignore",
        "notes.txt",
    ],
)
def test_what_no_render_writes_is_never_owned(rendered: Repository, path: str) -> None:
    owning(rendered, path, "mine\n")
    assert f"lists {path}, which no render writes" in rendered.refused("render")
    assert rendered.run("render", "--overwrite").code == 0
    assert (rendered.path / "infra" / path).read_text("utf-8") == "mine\n"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({f"a/{n}.tf": "0" * 64 for n in range(60_000)}, "is larger than 4 MB"),
        ({"a.tf": 1}, "has no SHA-256 for a.tf"),
        ({"a.tf": "9" * 5000}, "has no SHA-256 for a.tf"),
        ({"/etc/x.tf": "0" * 64}, "which is not in the tree"),
        ({"../x.tf": "0" * 64}, "which is not in the tree"),
    ],
)
def test_a_manifest_out_of_bounds(
    rendered: Repository, files: dict[str, object], message: str
) -> None:
    manifest = json.dumps({"tfgen": "1.0", "files": files})
    (rendered.path / "infra/.tfgen.json").write_text(manifest, "utf-8")
    assert message in rendered.refused("render")


def test_a_manifest_with_a_huge_number(rendered: Repository) -> None:
    manifest = f'{{"tfgen": "1.0", "files": {{"a.tf": {"9" * 5000}}}}}'
    (rendered.path / "infra/.tfgen.json").write_text(manifest, "utf-8")
    assert "has a number that is too large" in rendered.refused("render")


def test_many_folders_inside_each_other(rendered: Repository) -> None:
    nested(rendered.path / "infra", 150)
    (rendered.path / "infra/production/main.tf").unlink()
    assert "deep inside each other" in rendered.refused("render")
    assert "deep inside each other" in rendered.refused("lint")


def test_lint_prints_nothing_from_elsewhere(rendered: Repository) -> None:
    rendered.link("infra/production/linked", "folder")
    rendered.link("infra/production/linked.tf", "folder/main.tf")
    outcome = rendered.run("lint")
    assert outcome.code == 1
    assert outcome.out.count("leads out of the project") == 2
    assert rendered.run("lint", "infra").out == outcome.out


def test_a_file_that_becomes_a_link_between_a_look_and_a_read(rendered: Repository) -> None:
    file = rendered.path / "infra/production/main.tf"

    def exchange() -> None:
        # By another process, which is not watched.
        subprocess.run(["ln", "-sf", rendered.home / "key", file], check=True)

    outcome = run(
        rendered.path, "render", "--diff", prepare=lambda: before("open", "main.tf", exchange)
    )
    assert outcome.code == 1
    assert "precious" not in outcome.out + outcome.err


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_what_git_tracks_in_the_scratch_folder_is_refused(rendered: Repository) -> None:
    git(rendered.path, "init", "--quiet")
    git(rendered.path, "add", "--all")
    assert rendered.run("render").code == 0
    (rendered.path / ".tfgen/engine.json").write_text("{}", "utf-8")
    git(rendered.path, "add", "--force", ".tfgen/engine.json")
    message = rendered.refused("render")
    assert "git tracks .tfgen/engine.json" in message
    command = message.rpartition("hint: ")[2].split("`")[1]
    git(rendered.path, *command.split()[1:])
    assert rendered.run("render").code == 0


SANDBOX: dict[str, Callable[[Repository], None]] = {
    ".tfgen/sandbox": lambda at: at.link(".tfgen/sandbox", "folder"),
    ".tfgen/sandbox/server.log": lambda at: at.link(".tfgen/sandbox/server.log", "key"),
    ".tfgen/sandbox/lock": lambda at: at.link(".tfgen/sandbox/lock", "key"),
}


@pytest.mark.parametrize("place", SANDBOX)
def test_a_sandbox_starts_behind_no_link(repository: Repository, place: str) -> None:
    SANDBOX[place](repository)
    assert f"{place} is a symbolic link" in repository.refused("sandbox", "start")


def test_a_sandbox_that_stops_removes_links_and_not_what_is_behind(
    repository: Repository,
) -> None:
    repository.link(".tfgen/sandbox/0123456789ab/infra", "folder")
    repository.link(".tfgen/sandbox/ba9876543210", "folder")
    repository.link(".tfgen/sandbox/state.json", "key")
    repository.run("sandbox", "stop")
    assert not (repository.path / ".tfgen/sandbox/0123456789ab").exists()


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_file_of_variables_that_is_none(repository: Repository, kind: str) -> None:
    if kind == "link":
        repository.link(".env", "key")
    else:
        os.mkfifo(repository.path / ".env")
    outcome = repository.run("env", "set", "--from-file", ".env", "--no-input")
    assert outcome.code != 0
    assert ".env is a " in outcome.err


def test_init_writes_behind_no_link(tmp_path: Path, repository: Repository) -> None:
    fresh = Repository(tmp_path / "fresh", repository.home)
    fresh.path.mkdir()
    fresh.link("src", "folder")
    arguments = ("--name", "a", "--region", "eu-west-2", "--runtime", "python3.13", "--no-input")
    assert "src is a symbolic link" in fresh.refused("init", *arguments)
    assert [path.name for path in fresh.path.iterdir()] == ["src"]
