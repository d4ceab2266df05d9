"""The root modules in the folder ``roots``, and Terraform over them in the simulated account."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgen.sandbox.environment import child_environment
from tfgen.terraform import environment, mirror
from tfgen.terraform.events import ApplyStart, parse_all

ROOTS = Path(__file__).parent / "roots"

_HEAD = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

"""


def environment_for(endpoint: str, folder: Path) -> Mapping[str, str]:
    """Returns the environment in which Terraform finds the provider and a simulated account.

    Args:
        endpoint: the URL of the account.
        folder: for Terraform's settings; it exists.
    """
    found = mirror.find(os.environ)
    settings = None
    if found is not None:
        settings = folder / "terraform.rc"
        mirror.write_cli_config(settings, found)
    child = child_environment(os.environ, endpoint, settings, registry=found is None)
    return environment.prepare(child).variables


@dataclass(frozen=True)
class Root:
    """A root module in a folder of its own.

    Attributes:
        folder: where it is.
        environ: Terraform's environment.
    """

    folder: Path
    environ: Mapping[str, str]

    @classmethod
    def make(cls, folder: Path, environ: Mapping[str, str], name: str) -> Root:
        """Makes and initializes one.

        Args:
            folder: where; it does not exist yet.
            environ: Terraform's environment.
            name: of the configuration in the folder ``roots``.
        """
        folder.mkdir(parents=True)
        text = (ROOTS / f"{name}.tf").read_text(encoding="utf-8")
        (folder / "main.tf").write_text(_HEAD + text, encoding="utf-8")
        root = cls(folder, environ)
        root.run("init")
        return root

    def set(self, **variables: Any) -> None:
        """Replaces the values of the input variables."""
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(variables), "utf-8")

    def apply(self) -> dict[str, list[str]]:
        """Applies, and expects nothing to be left to do.

        Returns:
            What was done: address → actions, in their order.
        """
        done: dict[str, list[str]] = {}
        for event in parse_all(self.run("apply", "-auto-approve", "-json").splitlines()):
            if isinstance(event, ApplyStart) and event.action != "read":
                done.setdefault(event.resource.address, []).append(event.action)
        self.run("plan", "-detailed-exitcode")
        return done

    def destroy(self) -> None:
        """Destroys everything."""
        self.run("destroy", "-auto-approve")

    def outputs(self) -> dict[str, Any]:
        """Returns what the root put out."""
        shown = json.loads(self.run("output", "-json", inputs=False))
        return {name: each["value"] for name, each in shown.items()}

    def run(self, command: str, *arguments: str, code: int = 0, inputs: bool = True) -> str:
        """Runs Terraform and returns what it wrote.

        Args:
            command: for example ``plan``.
            arguments: what follows it.
            code: the exit code that is right.
            inputs: whether the command could ask for something.
        """
        options = ["-no-color", "-input=false"] if inputs else []
        done = subprocess.run(
            ["terraform", command, *options, *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr
