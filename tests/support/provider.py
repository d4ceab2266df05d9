"""The AWS provider as a program of its own, which Terraform need not start for each command.

It is the same program, and answers as it always does; what is saved is its start, which takes more
of a processor than a small plan, and the hash of its 700 MB that Terraform looks at every time.
https://developer.hashicorp.com/terraform/plugin/debugging#terraform-cli-environment-variables
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run

_READY = re.compile(r"TF_REATTACH_PROVIDERS='(?P<value>\{.*\})'")
_SECONDS = 120

NEEDED = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.98"
    }
  }
}
"""


def variables(folder: Path) -> dict[str, str]:
    """Returns the environment of Terraform, with the provider from a mirror if there is one."""
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = folder / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    return dict(environment.prepare(os.environ, cli_config=cli_config).variables)


def installed(engine: Engine, folder: Path, env: Mapping[str, str]) -> Path:
    """Installs the provider in a folder, and returns its program."""
    (folder / "terraform.tf").write_text(NEEDED, "utf-8")
    # Not as tfgen runs it, which takes over signals and so needs the main thread.
    init = [*engine.argv, "init", "-input=false"]
    subprocess.run(init, cwd=folder, env=env, check=True, capture_output=True)
    [program] = (folder / ".terraform/providers").glob(
        "*/hashicorp/aws/*/*/terraform-provider-aws*"
    )
    return program


@contextmanager
def started(program: Path, env: Mapping[str, str], folder: Path, works_in: Path) -> Iterator[str]:
    """Runs a provider, and yields what Terraform must be told of it.

    Args:
        program: from ``installed``.
        env: its environment.
        folder: for what it says, and for its socket, whose path must be short.
        works_in: where the relative paths of files begin.
    """
    # Into a file: it writes a log as well, and waits when nobody reads a pipe.
    with NamedTemporaryFile(dir=folder, suffix=".txt") as said:
        # It makes its socket there, and leaves it behind when it is killed.
        at_home = {**env, "TMPDIR": str(folder), "GOGC": "100"}
        process = subprocess.Popen(
            [program, "-debug"], cwd=works_in, env=at_home, stdout=said, stderr=said
        )
        try:
            yield _wait(process, Path(said.name))
        finally:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], said: Path) -> str:
    """Returns what Terraform must be told of a provider, once it says so."""
    deadline = time.monotonic() + _SECONDS
    while not (ready := _READY.search(said.read_text("utf-8", "replace"))):
        assert process.poll() is None, said.read_text("utf-8", "replace")
        assert time.monotonic() < deadline, "the provider does not start"
        time.sleep(0.05)
    return ready["value"]


def validate(engine: Engine, root: Path, env: Mapping[str, str]) -> str:
    """Validates a root module of which only the modules must be installed.

    Args:
        engine: which Terraform.
        root: the root module.
        env: from ``pooled``.

    Returns:
        What Terraform has against it; empty if nothing.
    """
    installed = run(engine, args.init(backend=False), cwd=root, env=env)
    assert installed.returncode == 0, installed.stderr
    result = run(engine, args.validate(no_color=True), cwd=root, env=env)
    return "" if result.returncode == 0 else result.stdout + result.stderr
