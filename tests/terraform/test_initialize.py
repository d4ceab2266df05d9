"""When `init` is run, and when it is not."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
import pytest

from tests.terraform.applies import alive_in_group, wait_for
from tfgen.errors import TfgenError
from tfgen.terraform import args, diagnose, environment, mirror, texts
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run

MAIN = """
module "us_west_2" {
  source  = "./child"
  message = "Hello"
}
"""
CHILD = """
variable "message" {}

resource "terraform_data" "this" {
  input = var.message
}
"""


@pytest.fixture
def app(root: Path) -> Path:
    """A root module with one child module and no provider to install."""
    (root / "child").mkdir()
    (root / "main.tf").write_text(MAIN)
    (root / "terraform.tf").write_text('terraform {\n  required_version = ">= 1.11"\n}\n')
    (root / "child" / "main.tf").write_text(CHILD)
    return root


def replace_in(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(app: Path) -> None:
        path = app / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return change


def test_once_is_enough(engine: Engine, app: Path, env: Mapping[str, str]) -> None:
    told: list[bool] = []
    assert ensure_initialized(engine, app, env, on_init=lambda: told.append(True))
    assert run(engine, args.validate(), cwd=app, env=env).returncode == 0
    assert not ensure_initialized(engine, app, env, on_init=lambda: told.append(True))
    assert told == [True]
    assert ensure_initialized(engine, app, env, force=True)


@pytest.mark.parametrize(
    "change",
    [
        replace_in("main.tf", "Hello", "Good evening"),
        replace_in("child/main.tf", "input = var.message", "input = upper(var.message)"),
        lambda app: (app / "outputs.tf").write_text('output "x" {\n  value = 1\n}\n'),
    ],
    ids=["value", "child", "output"],
)
def test_what_init_does_not_depend_on(
    binary: Engine, app: Path, env: Mapping[str, str], change: Callable[[Path], None]
) -> None:
    ensure_initialized(binary, app, env)
    change(app)
    assert not ensure_initialized(binary, app, env)


def new_module(app: Path) -> None:
    with (app / "main.tf").open("a") as file:
        file.write(MAIN.replace("us_west_2", "eu_west_2"))


def grandchild(app: Path) -> None:
    (app / "child" / "below").mkdir()
    with (app / "child" / "main.tf").open("a") as file:
        file.write('module "below" {\n  source = "./below"\n}\n')


@pytest.mark.parametrize(
    "change",
    [
        new_module,
        grandchild,
        replace_in("terraform.tf", "1.11", "1.10"),
        lambda app: (app / "backend.tf").write_text('terraform {\n  backend "local" {}\n}\n'),
        lambda app: (app / "extra.tf.json").write_text("{}"),
        lambda app: (app / ".terraform.lock.hcl").write_text("# another\n"),
        lambda app: (app / ".terraform" / "modules" / "modules.json").unlink(),
        lambda app: (app / ".terraform" / "tfgen-init.json").write_text("{ torn"),
    ],
    ids=["module", "grandchild", "version", "backend", "json", "lock", "modules", "stamp"],
)
def test_what_init_depends_on(
    binary: Engine, app: Path, env: Mapping[str, str], change: Callable[[Path], object]
) -> None:
    ensure_initialized(binary, app, env)
    change(app)
    assert ensure_initialized(binary, app, env)
    assert not ensure_initialized(binary, app, env)
    assert run(binary, args.validate(), cwd=app, env=env).returncode == 0


def test_a_new_provider_of_a_resource_counts(
    binary: Engine, app: Path, env: Mapping[str, str]
) -> None:
    ensure_initialized(binary, app, env)
    (app / "extra.tf").write_text('resource "random_id" "this" {\n  byte_length = 1\n}\n')
    with pytest.raises(TfgenError):
        ensure_initialized(
            binary, app, {**env, "TF_CLI_CONFIG_FILE": str(empty_mirror(app.parent))}
        )


def empty_mirror(folder: Path) -> Path:
    (folder / "mirror").mkdir()
    config = folder / "empty.tfrc"
    mirrored = f'  filesystem_mirror {{\n    path = "{folder}/mirror"\n  }}\n'
    config.write_text(f"provider_installation {{\n{mirrored}}}\n")
    return config


def test_another_terraform_counts(app: Path, engine: Engine, env: Mapping[str, str]) -> None:
    other = Engine((*engine.argv,), "opentofu", engine.version, engine.command, engine.source)
    ensure_initialized(engine, app, env)
    assert ensure_initialized(other, app, env)


def test_without_the_backend(binary: Engine, app: Path, env: Mapping[str, str]) -> None:
    (app / "backend.tf").write_text(
        'terraform {\n  backend "s3" {\n    bucket = "b"\n    key = "k"\n    region = "us-east-1"\n'
        "  }\n}\n"
    )
    isolated = {**env, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(app)}
    assert ensure_initialized(binary, app, isolated, backend=False)
    assert not ensure_initialized(binary, app, isolated, backend=False)
    assert run(binary, args.validate(), cwd=app, env=isolated).returncode == 0
    with pytest.raises(TfgenError, match="No AWS credentials were found for the state in S3"):
        ensure_initialized(binary, app, isolated)
    (app / "backend.tf").unlink()
    assert ensure_initialized(binary, app, isolated)
    assert not ensure_initialized(binary, app, isolated, backend=False)


def test_a_failure_is_told_and_not_remembered(
    engine: Engine, app: Path, env: Mapping[str, str]
) -> None:
    (app / "main.tf").write_text(MAIN.replace("./child", "./nowhere"))
    for _ in range(2):
        with pytest.raises(TfgenError, match="Unreadable module directory") as caught:
            ensure_initialized(engine, app, env, shown_root="infra/production")
        assert caught.value.place == "infra/production"


def test_the_caller_can_tell_that_terraform_wants_an_init(
    engine: Engine, app: Path, env: Mapping[str, str]
) -> None:
    result = run(engine, args.plan(), cwd=app, env=env)
    assert diagnose.needs_init(texts.diagnostics(result.stderr))
    ensure_initialized(engine, app, env)
    assert run(engine, args.plan(), cwd=app, env=env).returncode == 0


AWS = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "us-west-2"
}

data "aws_caller_identity" "this" {}
"""


def test_with_the_real_provider(binary: Engine, root: Path) -> None:
    found = mirror.find(os.environ)
    assert found is not None
    config = root / "cli.tfrc"
    mirror.write_cli_config(config, found)
    (root / "main.tf").write_text(AWS)
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        prepared = environment.prepare(
            {**os.environ, **keys, "AWS_ENDPOINT_URL": address}, cli_config=config
        )
        env = prepared.variables
        assert ensure_initialized(binary, root, env)
        assert not ensure_initialized(binary, root, env)
        killed = _kill_once_the_provider_runs(binary, root, env)
    wait_for(lambda: not alive_in_group(killed))
    # The provider is a link into the mirror, or a folder.
    program = next((root / ".terraform" / "providers").glob("*/*/*/*/*"))
    program.unlink() if program.is_symlink() else program.rename(root / "elsewhere")
    assert ensure_initialized(binary, root, env)


def _kill_once_the_provider_runs(binary: Engine, root: Path, env: Mapping[str, str]) -> int:
    """Plan against an AWS that does not answer, and kill Terraform, not its provider."""
    victims: list[int] = []
    others = psutil.Process().children()

    def kill() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not victims:
            for terraform in psutil.Process().children():
                providers = terraform.children() if terraform not in others else []
                if providers and time.time() - providers[0].create_time() > 1:
                    terraform.kill()
                    victims.append(terraform.pid)
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    result = run(binary, args.plan(), cwd=root, env=env)
    thread.join()
    assert result.killed_by == "SIGKILL"
    return victims[0]
