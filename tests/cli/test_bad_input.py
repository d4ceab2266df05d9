"""Every mistake of a user: one sentence, the place, a hint, the exit code, nothing written."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.command import CONFIG, environment, make_project, snapshot, tfgen
from tfgen.errors import ExitCode


def assert_refused(
    folder: Path, command: list[str], *, place: str, message: str, hint: str, code: int
) -> None:
    before = snapshot(folder)
    result = tfgen(folder, *command)
    said = result.stderr
    assert result.returncode == code, said
    assert result.stdout == ""
    assert f"error: {message}" in said
    assert f"--> {place}\n" in said
    assert "\n\nhint: " in said
    assert hint in said
    assert "Traceback" not in said
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("env:", "enw:", 4, "Unknown key `enw`", "did you mean `env`?"),
        ("info}", "8}", 4, "`env.LOG_LEVEL` must be text, not a number", 'LOG_LEVEL: "8"'),
        ("env: {", "env: a: {", 4, "This is not valid YAML", "check the indentation"),
        ("us-west-2:", "us-west-9:", 6, "There is no AWS region `us-west-9`", "did you mean"),
        ("us-west-2:", "eu-west-2:", 7, "`eu-west-2` is written twice in `regions`", "line 6"),
        ("api: {", "api: {endpoint: edge, ", 3, "An edge endpoint serves one region", "regional"),
        ("api.example.com", "api.example.org", 3, "The domain `api.example.org`", "`api.example."),
        ("LOG_LEVEL:", "AWS_REGION:", 4, "Lambda sets `AWS_REGION` itself", "another name"),
        (
            "Hello from us-west-2",
            "x" * 5000,
            6,
            "The environment of `us-west-2` has 5,033 bytes; Lambda allows 4,096",
            "shorten `MESSAGE`",
        ),
        ("handler: app", "timeout: 60, handler: app", 2, "The timeout of 60 s is over", "29 or"),
        ("./src", "./code", 2, "The function's source `code` does not exist", "create it"),
    ],
)
def test_a_wrong_config(
    tmp_path: Path, old: str, new: str, line: int, message: str, hint: str
) -> None:
    folder = make_project(tmp_path / "app", CONFIG.replace(old, new, 1))
    assert_refused(
        folder,
        ["render"],
        place=f"tfgen.yaml:{line}",
        message=message,
        hint=hint,
        code=ExitCode.FAILED,
    )


def test_a_name_too_long_for_a_role(tmp_path: Path) -> None:
    config = CONFIG.replace("hello", "h" * 31, 1) + f"stages: {{{'s' * 31}: }}\n"
    assert_refused(
        make_project(tmp_path / "app", config),
        ["render"],
        place="tfgen.yaml:1",
        message=f"The IAM role `{'h' * 31}-{'s' * 31}-eu-west-2` would have a name of 73",
        hint="by 9",
        code=ExitCode.FAILED,
    )


def test_no_config(tmp_path: Path) -> None:
    result = tfgen(tmp_path, "render")
    assert result.returncode == ExitCode.USAGE
    assert "error: There is no tfgen.yaml in" in result.stderr
    assert "`tfgen init`" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_stage_or_region(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    stage = tfgen(folder, "plan", "--stage", "prod")
    assert stage.returncode == ExitCode.USAGE
    assert "There is no stage `prod`" in stage.stderr
    region = tfgen(folder, "plan", "--region", "us-east-1")
    assert region.returncode == ExitCode.USAGE
    assert "is not in the region `us-east-1`" in region.stderr
    assert "eu-west-2, us-west-2" in region.stderr


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
def test_a_tree_that_is_out_of_date_is_not_run(tmp_path: Path, command: str) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    (folder / "tfgen.yaml").write_text(CONFIG.replace("info", "debug"), "utf-8")
    before = snapshot(folder)
    result = tfgen(folder, command)
    assert result.returncode == ExitCode.FAILED
    assert "The rendered tree is out of date: production/main.tf" in result.stderr
    assert "--render" in result.stderr
    assert snapshot(folder) == before


@pytest.mark.parametrize("arguments", [["plan"], ["plan", "--render"], ["render"]])
def test_a_file_edited_by_hand_is_not_overwritten(tmp_path: Path, arguments: list[str]) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    edited = folder / "infra/production/main.tf"
    edited.write_text(edited.read_text("utf-8") + "# mine\n", "utf-8")
    before = snapshot(folder)
    result = tfgen(folder, *arguments)
    assert result.returncode == ExitCode.FAILED
    assert "production/main.tf" in result.stderr
    assert "--overwrite" in result.stderr
    assert snapshot(folder) == before


def test_no_terraform(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    result = tfgen(folder, "plan", env=environment(TFGEN_TERRAFORM="no-such-terraform"))
    assert result.returncode == ExitCode.FAILED
    assert "no-such-terraform" in result.stderr


def test_terraform_too_old(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    old = tmp_path / "terraform"
    old.write_text("#!/bin/sh\necho Terraform v1.5.7\n", "utf-8")
    old.chmod(0o755)
    result = tfgen(folder, "plan", env=environment(TFGEN_TERRAFORM=str(old)))
    assert result.returncode == ExitCode.FAILED
    assert "1.5.7" in result.stderr
    assert "1.11" in result.stderr


def test_an_apply_that_cannot_ask_says_which_option_answers(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    result = tfgen(folder, "apply")
    assert result.returncode == ExitCode.USAGE
    assert "`--yes`" in result.stderr


def test_a_saved_plan_that_is_none(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    result = tfgen(folder, "apply", "nothing.tfplan")
    assert result.returncode == ExitCode.USAGE
    assert "There is no saved plan `nothing.tfplan`" in result.stderr


def test_an_unknown_option_is_wrong_usage(tmp_path: Path) -> None:
    result = tfgen(tmp_path, "render", "--chek")
    assert result.returncode == ExitCode.USAGE
    assert "--check" in result.stderr


def test_render_tells_scripts_what_it_did(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    assert tfgen(folder, "render", "--check").returncode == ExitCode.STALE
    assert not (folder / "infra").exists()
    diff = tfgen(folder, "render", "--diff")
    assert diff.returncode == ExitCode.DONE
    assert "+++ b/production/main.tf" in diff.stdout
    assert not (folder / "infra").exists()
    first = tfgen(folder, "render", "--json")
    assert "production/main.tf" in json.loads(first.stdout)["created"]
    assert tfgen(folder, "render", "--check").returncode == ExitCode.DONE
    second = json.loads(tfgen(folder, "render", "--json").stdout)
    assert (second["stale"], second["created"], second["changed"]) == (False, [], [])


def test_a_tree_with_a_stage_too_many_loses_it(tmp_path: Path) -> None:
    staged = (
        CONFIG
        + "stages: {production: , dev: {api: {domain: dev.example.com, create_zone: false}}}\n"
    )
    folder = make_project(tmp_path / "app", staged)
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    (folder / "infra/dev/extra.tf").write_text("# mine\n", "utf-8")
    (folder / "tfgen.yaml").write_text(CONFIG, "utf-8")
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    assert [path.name for path in (folder / "infra/dev").iterdir()] == ["extra.tf"]


@pytest.mark.parametrize("command", [["render", "--chdir"], ["render", "--config"], ["lint"]])
def test_a_path_that_no_file_system_takes(tmp_path: Path, command: list[str]) -> None:
    result = tfgen(tmp_path, *command, "x" * 300)
    assert result.returncode == ExitCode.USAGE
    assert "a name in it has over 255 bytes" in result.stderr
    assert "Traceback" not in result.stderr


def test_aliases_that_expand_each_other_are_refused_at_once(tmp_path: Path) -> None:
    lines = "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 19))
    folder = make_project(tmp_path / "app", f"a0: &a0 [x]\n{lines}{CONFIG}")
    for command in (["render"], ["render", "--check"], ["lint"], ["env", "diff", "a", "b"]):
        assert_refused(
            folder,
            command,
            place="tfgen.yaml:17",
            message="With its aliases written out, the file has more than 200,000 keys and values",
            hint="use fewer aliases",
            code=ExitCode.FAILED,
        )


def test_python_m_tfgen_is_tfgen(tmp_path: Path) -> None:
    assert shutil.which("python", path=str(Path(sys.executable).parent))
    assert tfgen(tmp_path, "--version").stdout.startswith("tfgen ")
