"""Providers that run beside the tests and answer one command of Terraform's after the other.

Terraform is told where they are:
https://developer.hashicorp.com/terraform/plugin/debugging#terraform-cli-environment-variables

That Terraform installs, starts and ends providers cannot be seen in this way; other tests see it.
"""

from __future__ import annotations

import atexit
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.provider import variables
from tests.support.relay import types_in
from tests.support.trees import ROOT
from tfgen.app import ProviderMajor
from tfgen.lint.schema import VERSIONS
from tfgen.terraform import mirror
from tfgen.terraform.engine import VARIABLE

# Which of Terraform's commands start providers of their own; if it is not set, all do.
APART = "TFGENS_TESTS_PROVIDERS_APART"

# Where the types are named that rendered trees have, and pages.
TREES = tuple(ROOT / folder for folder in ("tfgen", "docs", "examples", "tests/golden/trees"))
_TOLD = "TF_REATTACH_PROVIDERS"


@contextmanager
def pooled(
    environ: Mapping[str, str],
    works_in: Path = ROOT,
    named_in: Sequence[Path] | None = TREES,
    major: ProviderMajor = 5,
) -> Iterator[dict[str, str]]:
    """Runs providers for an account, and yields the environment in which Terraform uses them.

    Args:
        environ: Terraform's environment, which says where the account is.
        works_in: where the relative paths of files begin.
        named_in: where the types of resources are named that Terraform has to know; with None it
            knows all, and nothing is between it and the providers.
        major: of the provider; 6 is what stands in for it, which knows named types only.
    """
    with _leased(named_in, major) as lease:
        asked = {"lease": lease, "environ": dict(environ), "works_in": str(works_in)}
        with _asking(asked) as told:
            pass
        yield {**environ, _TOLD: told}


@contextmanager
def validating(major: ProviderMajor = 5) -> Iterator[dict[str, str]]:
    """Runs providers that need no account, and yields the environment of Terraform's.

    Args:
        major: as in ``pooled``.
    """
    with (
        TemporaryDirectory() as folder,
        pooled(variables(Path(folder)), major=major) as environ,
    ):
        yield environ


@contextmanager
def sharing(major: ProviderMajor = 5) -> Iterator[dict[str, str]]:
    """Lets commands share providers, and yields the variables by which tfgen does.

    Commands that have an account and the folder of their root modules in common share them.
    Terraform itself is one of each command's own.

    Args:
        major: of the provider. With 6, tfgen finds a mirror that says it has version 6: it renders
            for that in the sandbox, and what stands in for it is all that Terraform ever starts.
    """
    with TemporaryDirectory() as name, _leased(TREES, major) as lease:
        folder = Path(name)
        variables = {VARIABLE: str(_write_terraform(folder, lease)), APART: ""}
        if major == 6:
            variables[mirror.VARIABLE] = str(_write_mirror(folder / "mirror"))
        yield variables


def _write_mirror(folder: Path) -> Path:
    program = folder / mirror.PROVIDER / VERSIONS[6] / mirror.platform_name()
    program.mkdir(parents=True)
    (program / f"terraform-provider-aws_v{VERSIONS[6]}").write_text("nobody starts this", "utf-8")
    return folder


@contextmanager
def _leased(named_in: Sequence[Path] | None, major: ProviderMajor) -> Iterator[int]:
    """Has providers for as long as the context lasts, and yields the lease's number."""
    types = None if named_in is None else sorted(types_in(*named_in))
    with _asking({"types": types, "major": major}) as lease:
        yield int(lease)


@contextmanager
def _asking(question: object) -> Iterator[str]:
    """Asks the program that runs providers, and yields its answer while connected to it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(_broker())
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile() as answers:
            answer = answers.readline()
        assert answer, "no providers: standard error says why"
        try:
            yield answer.strip()
        finally:
            # A forked child may hold the connection, too.
            connection.shutdown(socket.SHUT_RDWR)


@cache
def _broker() -> str:
    """Starts what runs providers for this process, and returns the path of its socket."""
    broker = subprocess.Popen(
        [sys.executable, "-m", "tests.support.broker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(broker.communicate)
    assert broker.stdout is not None
    return broker.stdout.readline().strip()


_TERRAFORM = """\
#!{python} -IS
import json, os, socket, sys

command, apart = sys.argv[1], os.environ.pop("{apart}", None)
if apart is not None and command not in {{"version", apart}}:
    with socket.socket(socket.AF_UNIX) as broker:
        broker.connect("{address}")
        # As deep as the root modules, which say by relative paths where the bundle is. Theirs may
        # be replaced by a render.
        beside = os.path.abspath("../../.tfgen/providers")
        asked = {{"lease": {lease}, "environ": dict(os.environ), "works_in": beside}}
        broker.sendall(json.dumps(asked).encode() + b"\\n")
        with broker.makefile() as answer:
            os.environ["{told}"] = answer.read() or sys.exit("no provider for this Terraform")
os.execv("{terraform}", ["terraform", *sys.argv[1:]])
"""


def _write_terraform(folder: Path, lease: int) -> Path:
    terraform = shutil.which("terraform")
    assert terraform is not None
    program = folder / "terraform"
    program.write_text(
        _TERRAFORM.format(
            python=sys.executable,
            apart=APART,
            told=_TOLD,
            address=_broker(),
            lease=lease,
            terraform=terraform,
        ),
        "utf-8",
    )
    program.chmod(0o755)
    return program
