"""The environment that Terraform runs in."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tfgen.disk import paths
from tfgen.errors import TfgenError
from tfgen.terraform import memory

_GIB = 1024**3

# Go's garbage collector runs when the heap has grown by GOGC percent. With 400 instead of 100, a
# plan of two regions takes about a tenth less time and 0.1 GB more for Terraform and 0.04 GB more
# for each provider process. https://go.dev/doc/gc-guide#GOGC
_BASE = 1 * _GIB
_PER_PROVIDER = _GIB // 2

# A Unix socket's path has at most 107 bytes on Linux and 103 on macOS, and go-plugin makes
# `/plugin` and up to 10 digits of it.
_MAX_TMPDIR = (103 if sys.platform == "darwin" else 107) - len("/plugin") - 10
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 # only as a value of TMPDIR

_LOGS = ("TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER")

# Options that people give in TF_CLI_ARGS_… to make Terraform faster, more patient or plainer.
# Everything else there changes what is planned, where the state is, or what Terraform prints,
# behind the back of a run that counts on its own arguments.
# https://developer.hashicorp.com/terraform/cli/config/environment-variables#tf_cli_args-and-tf_cli_args_name
_HARMLESS = {
    "TF_CLI_ARGS": {"-no-color"},
    "TF_CLI_ARGS_init": {"-no-color"},
    "TF_CLI_ARGS_plan": {"-no-color", "-compact-warnings", "-parallelism", "-lock-timeout"},
    "TF_CLI_ARGS_apply": {"-no-color", "-compact-warnings", "-parallelism", "-lock-timeout"},
}


@dataclass(frozen=True, slots=True)
class Environment:
    """What Terraform's process gets.

    Attributes:
        variables: all of its environment.
        notices: sentences about what was left out of the user's own, to be shown once.
    """

    variables: Mapping[str, str]
    notices: tuple[str, ...]


def prepare(
    environ: Mapping[str, str],
    *,
    cli_config: Path | None = None,
    workspace: str = "default",
    log: Path | None = None,
    provider_processes: int = 1,
    available: int | None = None,
) -> Environment:
    """Make the environment of a Terraform process out of the user's.

    Variables that tune or log (``TF_LOG``, ``TF_PLUGIN_CACHE_DIR``, ``TF_DATA_DIR``, …), that carry
    values (``TF_VAR_…``) and that are not Terraform's stay as they are.

    Args:
        environ: the user's environment.
        cli_config: a CLI configuration that replaces the user's.
        workspace: the workspace whose state is meant; HCP Terraform has others than ``default``.
        log: the file for what Terraform logs, if the user wants a log (``TF_LOG``) and names no
            file. Terraform would write it to standard error, which tfgen reads for errors.
        provider_processes: how many provider configurations the root module has, each of which is
            a process.
        available: bytes of free memory, if not this machine's.

    Raises:
        TfgenError: when ``TF_WORKSPACE`` selects another workspace, and with it another state, or
            there is no folder for the sockets of providers.
    """
    selected = environ.get("TF_WORKSPACE")
    if selected and selected != workspace:
        raise TfgenError(
            f"TF_WORKSPACE selects the workspace `{selected}`, whose state is another one than"
            f" that of `{workspace}`, which tfgen works on",
            hint="unset TF_WORKSPACE; a stage in tfgen.yaml has a state of its own",
        )
    variables = dict(environ)
    notices = _drop_arguments(variables)
    notices += _direct_log(variables, log)
    notices += _shorten_temporary_folder(variables)
    variables |= {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    if cli_config is not None:
        variables["TF_CLI_CONFIG_FILE"] = str(cli_config.absolute())
    elif named := environ.get("TF_CLI_CONFIG_FILE"):
        # Terraform runs in the folder of a root module, where a relative path means something
        # else. About a file that is missing it warns on every call and goes on with an empty
        # configuration; without the variable it would read ~/.terraformrc instead.
        file = Path(named).absolute()
        variables["TF_CLI_CONFIG_FILE"] = str(file) if file.exists() else os.devnull
    if not {"GOGC", "GOMEMLIMIT"} & environ.keys():
        free = memory.available() if available is None else available
        percent = _garbage_collection(free, provider_processes)
        if percent is not None:
            variables["GOGC"] = str(percent)
    return Environment(variables, tuple(notices))


def _direct_log(variables: dict[str, str], log: Path | None) -> list[str]:
    """Makes Terraform log into a file, and says into which.

    https://developer.hashicorp.com/terraform/internals/debugging
    """
    if not any(_logs(variables.get(name)) for name in _LOGS):
        return []
    if named := variables.get("TF_LOG_PATH"):
        # Terraform runs in the folder of a root module, where a relative path means another file.
        log = Path(named).absolute()
    elif log is not None:
        # What is logged can hold secrets.
        with contextlib.suppress(OSError):
            paths.make(log.parent, mode=0o700)
            paths.open_file(log, "ab", mode=0o600).close()
    if log is None:
        return []
    variables["TF_LOG_PATH"] = str(log)
    return [f"Terraform logs into {log}"]


def _logs(level: str | None) -> bool:
    return bool(level) and str(level).lower() not in ("off", "0")


def _shorten_temporary_folder(variables: dict[str, str]) -> list[str]:
    """Gives Terraform another temporary folder if its providers could make no sockets in this one.

    A provider listens on a Unix socket there, and the path of a socket is short:
    https://man7.org/linux/man-pages/man7/unix.7.html

    Raises:
        TfgenError: there is no other one.
    """
    named = variables.get("TMPDIR")
    if not named or (len(os.fsencode(named)) <= _MAX_TMPDIR and _is_usable(Path(named))):
        return []
    problem = (
        f"has more than {_MAX_TMPDIR} characters, too many for the sockets of providers"
        if _is_usable(Path(named))
        else "names no folder that can be written"
    )
    for folder in _TEMPORARY:
        if _is_usable(folder):
            variables["TMPDIR"] = str(folder)
            return [f"TMPDIR {problem}: Terraform uses {folder} instead"]
    raise TfgenError(
        f"TMPDIR {problem}",
        place=named,
        hint="set TMPDIR to a folder with a short path, such as /tmp, that you may write",
    )


def _is_usable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _drop_arguments(variables: dict[str, str]) -> list[str]:
    notices = []
    for name in sorted(variables):
        if name != "TF_CLI_ARGS" and not name.startswith("TF_CLI_ARGS_"):
            continue
        unwanted = _unwanted(variables[name], _HARMLESS.get(name, set()))
        if unwanted:
            del variables[name]
            notices.append(f"{name} is left out of this run because it holds `{unwanted}`")
    return notices


def _unwanted(value: str, harmless: set[str]) -> str | None:
    try:
        words = shlex.split(value)
    except ValueError:
        return value
    for word in words:
        # Terraform's options may be written with two dashes as well.
        option = "-" + word.partition("=")[0].lstrip("-")
        if option not in harmless:
            return word
    return None


def _garbage_collection(free: int | None, provider_processes: int) -> int | None:
    needed = _BASE + _PER_PROVIDER * provider_processes
    if free is None or free < needed * 5 // 4:
        return None
    return 400 if free >= needed * 2 else 200
