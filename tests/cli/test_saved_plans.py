"""A saved plan is applied to what it was made for; everything else is refused by name."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import CONFIG, make_project, tfgen
from tests.support.fake_terraform import FakeTerraform, fake_terraform
from tests.support.inside import Ended, Inside, inside
from tests.support.sts import Sts
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import stop

__all__ = ["inside"]

ACCOUNT, ANOTHER = "012345678901", "123456789012"
STAGES = """\
stages:
  production:
  staging: {api: {domain: staging.example.com, create_zone: false}}
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A project with a saved plan.

    Attributes:
        folder: the folder of the project; the plan is ``my.tfplan``.
        terraform: what made the plan.
        sts: whose account it is for.
    """

    folder: Path
    terraform: FakeTerraform
    sts: Sts
    inside: Inside

    def tfgen(self, *arguments: str) -> Ended:
        variables = self.sts.variables(TFGEN_TERRAFORM=str(self.terraform.path))
        return self.inside.tfgen(self.folder, *arguments, **variables)

    def assert_refused(self, message: str, *arguments: str, hint: str) -> None:
        """Holds an apply to a refusal before Terraform starts."""
        before = self.terraform.calls()
        refused = self.tfgen("apply", "my.tfplan", *arguments)
        assert refused.code == ExitCode.FAILED, refused.stderr
        assert f"error: {message}" in refused.stderr
        assert hint in refused.stderr
        assert "Traceback" not in refused.stderr
        assert refused.stdout == ""
        assert self.terraform.calls() == before


@pytest.fixture(scope="module")
def sts() -> Iterator[Sts]:
    found = Sts(ACCOUNT)
    yield found
    found.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sts: Sts) -> Path:
    """A project with a plan of an account, which no test changes."""
    folder = make_project(tmp_path_factory.mktemp("saved") / "app", CONFIG + STAGES)
    terraform = fake_terraform(folder.parent / "terraform")
    env = sts.environment(TFGEN_TERRAFORM=str(terraform.path))
    assert tfgen(folder, "render", env=env).returncode == ExitCode.DONE
    result = tfgen(folder, "plan", "--out", "my.tfplan", env=env)
    assert result.returncode == ExitCode.DONE, result.stderr
    return folder


@pytest.fixture
def planned(made: Path, sts: Sts, tmp_path: Path, inside: Inside) -> Iterator[Planned]:
    """A copy of the project and its plan, as in the second job of a pipeline."""
    sts.account, sts.caller = ACCOUNT, "iam::{account}:user/dev"
    folder = tmp_path / "checkout"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns(".terraform", ".tfgen"))
    yield Planned(folder, fake_terraform(tmp_path / "terraform"), sts, inside)
    stop(folder)


def test_a_plan_is_applied_to_its_account(planned: Planned) -> None:
    applied = planned.tfgen("apply", "my.tfplan")
    assert applied.code == ExitCode.DONE, applied.stderr
    [apply] = [call for call in planned.terraform.calls() if call[0] == "apply"]
    assert apply[-1] == str(planned.folder / "my.tfplan")


def test_a_plan_of_the_sandbox_is_not_applied_to_aws(planned: Planned) -> None:
    saved = planned.tfgen("plan", "--sandbox", "--out", "my.tfplan")
    assert saved.code == ExitCode.DONE, saved.stderr
    planned.assert_refused(
        "This plan is of the sandbox ",
        hint="make a plan for AWS with `tfgen plan --stage production --out my.tfplan`",
    )
    applied = planned.tfgen("apply", "my.tfplan", "--sandbox")
    assert applied.code == ExitCode.DONE, applied.stderr
    stop(planned.folder)
    again = "`tfgen plan --sandbox --stage production --out my.tfplan`"
    planned.assert_refused("This plan is of the sandbox ", "--sandbox", hint=again)
    assert not list((planned.folder / ".tfgen/sandbox").glob("*/infra")), "none was started"


def test_a_plan_of_aws_is_not_applied_to_the_sandbox(planned: Planned) -> None:
    planned.assert_refused(
        f"This plan is of the AWS account {ACCOUNT}, and this command is for the sandbox",
        "--sandbox",
        hint="`tfgen plan --sandbox --stage production --out my.tfplan`",
    )
    assert not (planned.folder / ".tfgen/sandbox").exists()


def test_a_plan_is_not_applied_to_another_account(planned: Planned) -> None:
    planned.sts.account = ANOTHER
    planned.assert_refused(
        f"This plan is of the AWS account {ACCOUNT} (arn:aws:iam::{ACCOUNT}:user/dev), and this "
        f"command is for the AWS account {ANOTHER} (arn:aws:iam::{ANOTHER}:user/dev)",
        hint="`tfgen plan --stage production --out my.tfplan`",
    )


def test_another_role_of_the_account_may_apply_it_and_is_named(planned: Planned) -> None:
    planned.sts.caller = "sts::{account}:assumed-role/apply/run-8"
    applied = planned.tfgen("apply", "my.tfplan")
    assert applied.code == ExitCode.DONE, applied.stderr
    assert "The plan was made by arn:aws:iam::" in applied.stderr
    assert "assumed-role/apply/run-8" in applied.stderr


def test_a_plan_is_not_applied_to_another_stage(planned: Planned) -> None:
    planned.assert_refused(
        "This plan is of the stage `production`, and this command is for the stage `staging`",
        *("--stage", "staging"),
        hint="`tfgen plan --stage staging --out my.tfplan`",
    )


def render_anew(folder: Path) -> None:
    config = (folder / "tfgen.yaml").read_text("utf-8")
    (folder / "tfgen.yaml").write_text(config.replace("info", "debug"), "utf-8")
    assert tfgen(folder, "render").returncode == ExitCode.DONE


def add_a_file(folder: Path) -> None:
    (folder / "infra/production/extra.tf").write_text("# mine\n", "utf-8")


def change_the_code(folder: Path) -> None:
    (folder / "src/app.py").write_text("def handler(event, context):\n    return 1\n", "utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (render_anew, "The tree has changed since the plan: `main.tf`"),
        (add_a_file, "The tree has changed since the plan: `extra.tf`"),
        (change_the_code, "The code has changed since the plan: `.tfgen/bundles/"),
    ],
)
def test_a_plan_of_something_older_is_refused(
    planned: Planned, change: Callable[[Path], None], message: str
) -> None:
    change(planned.folder)
    planned.assert_refused(
        message, hint="plan again: `tfgen plan --stage production --out my.tfplan`"
    )


def relabel(plan: Path, content: bytes) -> None:
    with zipfile.ZipFile(plan, "w") as archive:
        archive.writestr("tfplan", b"")
        archive.writestr("tfgen.json", content)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (b"null", "This plan does not say which account and which stage it is of"),
        (b'{"format": 2}', "This plan does not say which account and which stage it is of"),
        (b'{"format": 1, "app": 3}', "This plan does not say which account"),
        (b" " * (4 * 1024 * 1024 + 1), "This plan does not say which account"),
        (b"[" * 3000, "my.tfplan is not a saved plan, or only a part of one"),
        (b"\xff", "my.tfplan is not a saved plan, or only a part of one"),
    ],
)
def test_a_label_that_cannot_be_understood(planned: Planned, label: bytes, message: str) -> None:
    relabel(planned.folder / "my.tfplan", label)
    planned.assert_refused(message.replace("my.tfplan", str(planned.folder / "my.tfplan")), hint="")


def test_a_plan_of_terraform_alone_says_not_what_it_is_of(planned: Planned) -> None:
    with zipfile.ZipFile(planned.folder / "my.tfplan", "w") as archive:
        archive.writestr("tfplan", b"")
    planned.assert_refused(
        "This plan does not say which account and which stage it is of",
        hint="`tfgen plan --out FILE` makes one that does",
    )


@pytest.mark.parametrize("part", [0, 100, 1500])
def test_a_part_of_a_plan_is_none(planned: Planned, part: int) -> None:
    plan = planned.folder / "my.tfplan"
    plan.write_bytes(plan.read_bytes()[:part])
    planned.assert_refused(f"{plan} is not a saved plan", hint="`tfgen plan --out FILE`")


def test_a_label_holds_no_value_of_the_app(planned: Planned) -> None:
    with zipfile.ZipFile(planned.folder / "my.tfplan") as archive:
        label = json.loads(archive.read("tfgen.json"))
    assert label["account"] == ACCOUNT
    assert "main.tf" in label["tree"]
    assert any(name.startswith("../modules/") for name in label["tree"])
    assert list(label["code"]) == [".tfgen/bundles/src.zip"]
    assert "Hello from" not in json.dumps(label)
