"""``tfgen lint`` as a user has it, on what lies around in real folders."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.command import environment, make_project, snapshot, tfgen
from tests.support.lint import PROVIDER, versions
from tests.support.trees import committed_tree, files_of, write_tree
from tests.support.trees import configs as all_configs
from tfgen.errors import ExitCode

WRONG = 'resource "aws_sqs_queue" "jobs" {\n  region = "eu-west-2"\n\n  nam = "jobs"\n}\n'
RIGHT = WRONG.replace("nam", "name")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A root module that is right."""
    folder = tmp_path / "live"
    write_tree({"terraform.tf": versions("~> 6.0"), "providers.tf": PROVIDER}, folder)
    (folder / "main.tf").write_text(RIGHT, "utf-8")
    return folder


def test_a_rendered_tree_and_a_file_of_the_users(tmp_path: Path) -> None:
    project = make_project(tmp_path / "app")
    result = tfgen(project, "lint")
    assert (result.returncode, result.stdout) == (ExitCode.USAGE, "")
    assert "`tfgen render` writes it" in result.stderr

    assert tfgen(project, "render").returncode == 0
    result = tfgen(project, "lint")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    assert "Nothing is wrong: " in result.stderr

    (project / "infra/production/extra.tf").write_text(WRONG, "utf-8")
    before = snapshot(project)
    for command in (["lint"], ["lint", "infra"], ["lint", "--chdir", "."]):
        result = tfgen(project, *command)
        assert result.returncode == ExitCode.FAILED
        assert result.stdout == (
            "infra/production/extra.tf:4: `aws_sqs_queue.jobs` has no argument `nam`\n"
            "  hint: did you mean `name`?\n"
        )
        assert "error: Found 1 problem (" in result.stderr
    from_above = tfgen(tmp_path, "lint", "--chdir", "app", "--json")
    assert from_above.returncode == ExitCode.FAILED
    assert json.loads(from_above.stdout)["findings"] == [
        {
            "file": "app/infra/production/extra.tf",
            "line": 4,
            "rule": "unknown-argument",
            "message": "`aws_sqs_queue.jobs` has no argument `nam`",
            "hint": "did you mean `name`?",
        }
    ]
    assert snapshot(project) == before


def test_a_tree_for_version_5(tmp_path: Path) -> None:
    write_tree(files_of(all_configs()["provider-5"]), tmp_path / "infra")
    assert tfgen(tmp_path, "lint", "infra").returncode == 0
    main = tmp_path / "infra/modules/function/log_group.tf"
    main.write_text(
        main.read_text("utf-8").replace('"this" {\n', '"this" {\n  region = var.region\n', 1),
        "utf-8",
    )
    result = tfgen(tmp_path, "lint", "infra")
    line = main.read_text("utf-8").splitlines().index("  region = var.region") + 1
    assert result.stdout.startswith(f"infra/modules/function/log_group.tf:{line}: ")
    assert "has no argument `region` in AWS provider 5" in result.stdout


def test_any_folder_as_json(folder: Path) -> None:
    result = tfgen(folder, "lint", ".", "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout) == {"files": 3, "blocks": 1, "unchecked": [], "findings": []}
    assert tfgen(committed_tree("examples/hello"), "lint", ".").returncode == 0


def test_what_terraform_does_not_read_is_not_checked(folder: Path) -> None:
    for name in (".terraform/modules/x/main.tf", ".git/main.tf", ".hidden.tf", "main.tf.bak"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(WRONG, "utf-8")
    (folder / "folder.tf").mkdir()
    assert json.loads(tfgen(folder, "lint", ".", "--json").stdout)["files"] == 3


def test_json_syntax_is_said_not_to_be_checked(folder: Path) -> None:
    (folder / "more.tf.json").write_text('{"resource": {"aws_x": {"y": {}}}}', "utf-8")
    result = tfgen(folder, "lint", ".", "--json")
    assert (result.returncode, json.loads(result.stdout)["unchecked"]) == (0, ["more.tf.json"])
    assert "warning: Terraform in JSON syntax is not checked\n  --> more.tf.json" in result.stderr


def test_links_inside_the_folder_are_followed(folder: Path) -> None:
    elsewhere = folder / ".elsewhere"
    write_tree({"main.tf": WRONG, "terraform.tf": versions("~> 6.0")}, elsewhere)
    (elsewhere / "loop").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to("..")
    (folder / "linked").symlink_to(".elsewhere")
    (folder / "a-link-to-a-file.tf").symlink_to(elsewhere / "main.tf")
    (folder / "dangling.tf").symlink_to(folder / "nowhere")
    result = tfgen(folder, "lint", ".")
    assert result.returncode == ExitCode.FAILED
    assert [line for line in result.stdout.splitlines() if "hint" not in line] == [
        "a-link-to-a-file.tf:4: `aws_sqs_queue.jobs` has no argument `nam`",
        "dangling.tf:1: This cannot be read: no such file or directory",
        "linked/main.tf:4: `aws_sqs_queue.jobs` has no argument `nam`",
    ]


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write_tree({"main.tf": WRONG, "terraform.tf": versions("~> 6.0")}, elsewhere)
    (folder / "linked").symlink_to(elsewhere)
    (folder / "file.tf").symlink_to(elsewhere / "main.tf")
    (folder / "notes").symlink_to(elsewhere / "main.tf")
    result = tfgen(folder, "lint", ".")
    assert result.returncode == ExitCode.FAILED
    assert [line for line in result.stdout.splitlines() if "hint" not in line] == [
        "file.tf:1: This symbolic link leads out of the project, and is not followed",
        "linked:1: This symbolic link leads out of the project, and is not followed",
    ]
    named = tfgen(folder, "lint", "linked")
    assert "error: linked is a symbolic link" in named.stderr
    allowed = tfgen(folder, "lint", ".", env=environment(TFGEN_OUTSIDE=str(elsewhere)))
    assert [line for line in allowed.stdout.splitlines() if "hint" not in line] == [
        "file.tf:4: `aws_sqs_queue.jobs` has no argument `nam`",
        "linked/main.tf:4: `aws_sqs_queue.jobs` has no argument `nam`",
    ]


def test_what_cannot_be_read(folder: Path) -> None:
    (folder / "latin.tf").write_bytes(b'locals {\n  a = 1\n  b = "\xe9"\n}\n')
    os.mkfifo(folder / "pipe.tf")
    (folder / "cut.tf").write_text("locals {\n", "utf-8")
    result = tfgen(folder, "lint", ".")
    assert result.returncode == ExitCode.FAILED
    assert result.stdout == (
        "cut.tf:1: The file ends where more has to follow\n"
        "  hint: `terraform validate` says whether Terraform can read it\n"
        "latin.tf:3: This cannot be read: it is not UTF-8\n"
        "pipe.tf:1: This cannot be read: it is no file\n"
    )
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["nowhere"], "`nowhere` does not exist", "takes a folder"),
        (["main.tf"], "`main.tf` is a file", "takes a folder"),
        (["empty"], "There is no Terraform to check in the folder `empty`", "of a root module"),
        ([], "There is no tfgen.yaml in ", "`tfgen init` writes one"),
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str], message: str, hint: str) -> None:
    (folder / "empty").mkdir()
    result = tfgen(folder, "lint", *arguments)
    assert (result.returncode, result.stdout) == (ExitCode.USAGE, "")
    assert f"error: {message}" in result.stderr
    assert hint in result.stderr.partition("hint: ")[2]


def test_modules_beside_the_folder_are_checked(tmp_path: Path) -> None:
    main = 'module "jobs" {\n  source = "../modules/jobs"\n}\n'
    write_tree({"main.tf": main, "terraform.tf": versions("~> 6.0")}, tmp_path / "infra")
    inner = 'module "inner" {\n  source = "../inner"\n}\n'
    write_tree({"jobs/main.tf": inner, "inner/main.tf": WRONG}, tmp_path / "modules")
    write_tree({"jobs/examples/main.tf": WRONG, "uncalled/main.tf": WRONG}, tmp_path / "modules")
    result = tfgen(tmp_path, "lint", "infra")
    assert result.returncode == ExitCode.FAILED
    assert result.stdout.startswith("modules/inner/main.tf:4: `aws_sqs_queue.jobs` has no argument")
    assert "1 block in 4 files checked" in result.stderr

    (tmp_path / "modules/inner/main.tf").write_text(RIGHT, "utf-8")
    (tmp_path / ".git").mkdir()
    for folder, command in ((tmp_path, ["lint", "infra"]), (tmp_path / "infra", ["lint", "."])):
        result = tfgen(folder, *command)
        assert (result.returncode, result.stdout) == (0, "")
        assert "Nothing is wrong: 1 block in 4 files checked" in result.stderr


def test_a_module_outside_of_the_project_is_named_and_not_read(tmp_path: Path) -> None:
    write_tree({"main.tf": WRONG}, tmp_path / "elsewhere")
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "link").symlink_to(tmp_path / "elsewhere")
    sources = {"a": "../../elsewhere", "b": "../link"}
    text = "".join(
        f'module "{name}" {{\n  source = "{source}"\n}}\n' for name, source in sources.items()
    )
    write_tree({"main.tf": text}, project / "infra")
    result = tfgen(project, "lint", "infra")
    assert (result.returncode, result.stdout) == (0, "")
    assert "is not checked\n  --> ../elsewhere\n" in result.stderr
    assert "is not checked\n  --> link\n" in result.stderr
    assert "There is no block of the AWS provider in 1 file" in result.stderr
