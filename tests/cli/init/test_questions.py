"""What ``tfgen init`` asks at a terminal."""

from __future__ import annotations

from pathlib import Path

import pexpect

from tests.cli.init.command import COMMAND, PYTHON_FILES, environment, files
from tfgen.config.load import load
from tfgen.resolve import resolve_all


def spawn(folder: Path, *options: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *options],
        cwd=str(folder),
        env=environment(TERM="xterm", NO_COLOR="1"),
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 200),
    )


def answer(child: pexpect.spawn[str], question: str, reply: str) -> None:
    child.expect_exact(question)
    child.sendline(reply)


def end(child: pexpect.spawn[str]) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_all_is_asked(folder: Path) -> None:
    child = spawn(folder)
    answer(child, "Name [my-app-2]: ", "Shop!")
    child.expect_exact("`Shop!` cannot be the name of an app")
    answer(child, "Name [my-app-2]: ", "shop")
    answer(child, "Regions [us-west-2 eu-west-2]: ", "us-west-9")
    child.expect_exact("did you mean `us-west-2`?")
    answer(child, "Regions [us-west-2 eu-west-2]: ", "us-east-1,  eu-west-1")
    answer(child, "Runtime [python3.13]: ", "")
    answer(child, "Domain, if the API has one: ", "shop.example.com")
    answer(child, "Hosted zone of the domain [example.com]: ", "other.com")
    child.expect_exact("is not inside the zone `other.com`")
    answer(child, "Hosted zone of the domain [example.com]: ", "")
    assert end(child) == 0
    assert files(folder) == PYTHON_FILES
    (app,) = resolve_all(load(folder / "tfgen.yaml"))
    assert app.name == "shop"
    assert [region.name for region in app.regions] == ["eu-west-1", "us-east-1"]
    assert app.api.domain
    assert (app.api.domain.names[0], app.api.domain.zone.name) == (
        "shop.example.com",
        "example.com",
    )


def test_return_takes_every_default(folder: Path) -> None:
    child = spawn(folder)
    for question in ("Name", "Regions", "Runtime", "Domain"):
        answer(child, question, "")
    assert end(child) == 0
    (app,) = resolve_all(load(folder / "tfgen.yaml"))
    assert app.name == "my-app-2"
    assert app.api.domain is None


def test_only_what_is_open_is_asked(folder: Path) -> None:
    child = spawn(folder, "--name", "shop", "-r", "eu-west-1", "--runtime", "nodejs22.x")
    answer(child, "Domain, if the API has one: ", "")
    assert end(child) == 0
    assert files(folder) == {"tfgen.yaml", "tfgen.schema.json", "src/index.mjs", ".gitignore"}


def test_no_input_asks_nothing_on_a_terminal(folder: Path) -> None:
    child = spawn(folder, "--no-input")
    assert end(child) == 0
    assert files(folder) == PYTHON_FILES


def test_an_existing_config_is_told_before_anything_is_asked(folder: Path) -> None:
    (folder / "tfgen.yaml").write_text("name: mine\n")
    child = spawn(folder)
    child.expect_exact("`tfgen.yaml` exists already")
    assert end(child) == 1


def test_control_c_writes_nothing(folder: Path) -> None:
    child = spawn(folder)
    answer(child, "Name", "shop")
    child.expect_exact("Regions")
    child.sendintr()
    assert end(child) == 130
    assert files(folder) == set()
