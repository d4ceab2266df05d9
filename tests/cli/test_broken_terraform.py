"""A Terraform that answers with anything at all: a sentence, and never a traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import make_project, snapshot
from tests.support.fake_terraform import PLANNED, fake_terraform
from tests.support.inside import Inside, inside
from tests.support.sts import Sts
from tfgen.errors import ExitCode

__all__ = ["inside"]

# A table, so that the state is read before a plan, and the plan before an apply.
CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {us-west-2: }
database: {dynamodb: {items: {hash_key: id}}}
"""

DEEP = 100_000
ANSWERS = {
    "nothing": b"",
    "garbage": b"Segmentation fault (core dumped)\n",
    "bytes": bytes(range(256)),
    "null": b"null",
    "number": b"1" * 5000,
    "list": b"[]",
    "cut off": b'{"resource_changes": [{"addr',
    "deep": b'{"resources":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "empty object": b"{}",
    "null inside": b'{"resource_changes": null, "resources": null, "url": null, "urls": null}',
    "text inside": b'{"resource_changes": "x", "resources": "x", "url": "x", "urls": {"value": 3}}',
    "null below": b'{"resource_changes": [null], "resources": [null], "urls": {"value": {"a": 1}}}',
}
# Command → the subcommands of Terraform whose answer is not what it should be.
COMMANDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("plan",): ("init", "plan", "state pull"),
    ("plan", "--json"): ("plan",),
    ("plan", "--out", "new.tfplan"): ("plan",),
    ("apply", "--yes"): ("plan", "apply", "show", "output", "state pull"),
    ("apply", "--yes", "--json"): ("apply",),
    ("apply", "my.tfplan"): ("show",),
    ("destroy", "--yes"): ("state pull",),
    ("output",): ("output",),
    ("output", "url"): (),
    ("url",): ("output",),
    ("url", "--region", "us-west-2", "--json"): (),
    ("validate",): ("validate",),
    ("validate", "--json"): ("validate",),
}
# What is no document is only shown, or read line by line.
TEXTS = ("init", "plan", "apply")
FEW = ("garbage", "bytes", "deep")


def cases() -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yields every answer for the first command that reads it, and a few for all others."""
    seen: set[str] = set()
    for command, subcommands in COMMANDS.items():
        for subcommand in subcommands:
            few = subcommand in TEXTS or subcommand in seen
            seen.add(subcommand)
            yield from ((command, subcommand, answer) for answer in (FEW if few else ANSWERS))


CASES = [pytest.param(*case, id=f"{'-'.join(case[0])}:{case[1]}:{case[2]}") for case in cases()]


@pytest.fixture(scope="module")
def sts() -> Iterator[Sts]:
    found = Sts("012345678901")
    yield found
    found.close()


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, sts: Sts) -> Path:
    """A project with a saved plan, which is copied for each case."""
    from tests.support.command import tfgen

    folder = make_project(tmp_path_factory.mktemp("broken") / "app", CONFIG)
    (folder / "app.py").write_text("", "utf-8")
    sound = fake_terraform(folder.parent / "terraform")
    env = sts.environment(TFGEN_TERRAFORM=str(sound.path))
    assert tfgen(folder, "render", env=env).returncode == ExitCode.DONE
    planned = tfgen(folder, "plan", "--out", "my.tfplan", env=env)
    assert planned.returncode == ExitCode.DONE, planned.stderr
    return folder


@pytest.fixture
def project(rendered: Path, tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns(".terraform")
    return Path(shutil.copytree(rendered, tmp_path / "app", ignore=ignored))


@pytest.mark.parametrize(("command", "subcommand", "answer"), CASES)
def test_an_answer_that_makes_no_sense(
    project: Path, sts: Sts, inside: Inside, command: tuple[str, ...], subcommand: str, answer: str
) -> None:
    broken = fake_terraform(
        project.parent / "terraform", {subcommand: ANSWERS[answer]}, makes_folder=False
    )
    before = snapshot(project)
    ended = inside.tfgen(project, *command, **sts.variables(TFGEN_TERRAFORM=str(broken.path)))
    assert ended.code in (ExitCode.DONE, ExitCode.FAILED), ended.stderr
    assert "Traceback" not in ended.stderr
    if ended.code == ExitCode.FAILED:
        assert ended.stderr.count("error: ") == 1, ended.stderr
        assert "\nhint: " in ended.stderr
        assert max(map(len, ended.stderr.splitlines())) < 400
    after = snapshot(project)
    assert {name: after.get(name) for name in before} == before


@pytest.mark.parametrize(
    ("command", "subcommand"), [("url", "output"), ("plan", "state pull"), ("apply", "show")]
)
def test_it_is_said_which_terraform_it_was(
    project: Path, sts: Sts, inside: Inside, command: str, subcommand: str
) -> None:
    # There is a state, so that nothing would be a wrong answer as well.
    shown = json.dumps({"format_version": "1.0", "values": {}})
    answers = {"plan": "aws_dynamodb_table\n", "show": shown, subcommand: "Segmentation fault\n"}
    broken = fake_terraform(project.parent / "terraform", answers)
    more = ("--yes",) if command == "apply" else ()
    ended = inside.tfgen(project, command, *more, **sts.variables(TFGEN_TERRAFORM=str(broken.path)))
    assert ended.code == ExitCode.FAILED
    assert f"error: This Terraform answers `{subcommand}" in ended.stderr
    assert "` with something else than JSON: “Segmentation fault”" in ended.stderr
    assert f"--> {broken.path}, from TFGEN_TERRAFORM" in ended.stderr
    assert "a launcher of Terraform, it must leave standard output to Terraform" in ended.stderr


@pytest.mark.parametrize("before", [b"Switching to 1.11.4\n", b'{"level":"info","msg":"1.11.4"}\n'])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_launcher_that_prints_first(
    project: Path, sts: Sts, inside: Inside, command: tuple[str, ...], before: bytes
) -> None:
    outputs = {"urls": {"value": {"us-west-2": "https://a.example"}}, "url": {"value": "https://b"}}
    launcher = fake_terraform(
        project.parent / "terraform",
        {
            "output": json.dumps(outputs, indent=2),
            # Terraform prints nothing where there is no state.
            "state pull": "",
            "show": json.dumps({"format_version": "1.0", "resource_changes": [PLANNED]}),
        },
        before=before,
    )
    ended = inside.tfgen(project, *command, **sts.variables(TFGEN_TERRAFORM=str(launcher.path)))
    assert ended.code == ExitCode.DONE, ended.stderr
    if "--json" in command:
        for document in ended.stdout.splitlines() if command[0] != "url" else [ended.stdout]:
            json.loads(document)
        assert "1.11.4" not in ended.stdout
    if command[0] == "apply" and "--json" not in command:
        assert ended.stdout == "https://b\n"
