"""The commands in the pages do what the pages say, one after the other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import PAGES, all_blocks, blocks
from tests.docs.shell import Shell, steps, with_tfgen
from tests.support.command import environment
from tests.support.pool import sharing
from tests.support.trees import EXAMPLES, ROOT
from tfgen.sandbox.environment import child_environment
from tfgen.sandbox.lifecycle import start, stop
from tfgen.terraform import mirror

# Pages that are about a project which is there already.
ABOUT_THE_EXAMPLE = (
    "docs/concepts/requests.md",
    "docs/concepts/sandbox.md",
    "docs/guides/changing.md",
    "docs/guides/leaving.md",
    "docs/guides/linting.md",
    "docs/guides/secrets.md",
)
ABOUT_ITS_FUNCTION = ("docs/guides/stages.md",)
# A page where Terraform runs without tfgen, and so needs what `--sandbox` would do for it.
ABOUT_TERRAFORM = "docs/guides/leaving.md"

RUN = {
    page.relative_to(ROOT).as_posix(): page
    for page in PAGES
    if not page.is_relative_to(EXAMPLES)
    and any(block.language == "console" and not block.unrun for block in blocks(page))
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "project"
    folder.mkdir()
    yield folder
    for used in (folder, folder / "hello"):
        if used.is_dir():
            stop(used)


@pytest.fixture
def shared(page: str) -> Iterator[Mapping[str, str]]:
    """What lets the commands of a page share providers."""
    if page == ABOUT_TERRAFORM:
        yield {}
    else:
        with sharing() as variables:
            yield variables


@pytest.mark.e2e
@pytest.mark.parametrize("page", RUN)
def test_the_commands_of_a_page(
    page: str, project: Path, tmp_path: Path, shared: Mapping[str, str]
) -> None:
    if page in ABOUT_THE_EXAMPLE:
        unrendered = shutil.ignore_patterns(".tfgen", "infra", "__pycache__")
        shutil.copytree(EXAMPLES / "hello", project, ignore=unrendered, dirs_exist_ok=True)
    if page in ABOUT_ITS_FUNCTION:
        shutil.copytree(EXAMPLES / "hello/src", project / "src")
    variables = with_tfgen(tmp_path / "bin", environment(**shared))
    # Pages show what people see, and people can be asked.
    variables.pop("CI", None)
    if page == ABOUT_TERRAFORM:
        variables = simulated(project, variables)
    shell = Shell(project, variables)
    for block in blocks(RUN[page]):
        if block.file:
            # The guide that begins with an empty folder makes one for the app.
            home = project / "hello" if (project / "hello").is_dir() else project
            (home / block.file).parent.mkdir(exist_ok=True)
            (home / block.file).write_text(block.text, "utf-8")
        if block.language == "console" and not block.unrun:
            for step in steps(block):
                if step.command not in block.unrun_commands:
                    shell.run(step)
    shell.close()


def simulated(project: Path, variables: dict[str, str]) -> dict[str, str]:
    """Returns the environment in which plain Terraform reaches the sandbox and nothing else.

    Args:
        project: gets a sandbox, and the provider that this machine has.
        variables: the environment of the page.
    """
    found = mirror.find(os.environ)
    cli_config = None
    if found:
        cli_config = project / ".tfgen/terraform.rc"
        mirror.write_cli_config(cli_config, found)
        config = yaml.safe_load((project / "tfgen.yaml").read_text("utf-8"))
        config["terraform"] = {"aws_provider": mirror.provider_major(found)}
        (project / "tfgen.yaml").write_text(yaml.safe_dump(config), "utf-8")
    endpoint = start(project).endpoint
    return child_environment(variables, endpoint, cli_config, registry=found is None)


def test_what_is_not_run_has_a_reason() -> None:
    for block in all_blocks("console"):
        commands = [step.command for step in steps(block)]
        assert set(block.unrun_commands) <= set(commands), block
        for reason in (*block.unrun_commands.values(), *([block.unrun] if block.unrun else [])):
            assert len(reason.split()) > 2, f"{block}: `{reason}` is no reason"
