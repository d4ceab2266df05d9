"""The command lines of Terraform, one function per subcommand.

Each returns the arguments after the program's own name, which ``engine`` knows. Nothing is run
here, and nothing secret is ever an argument: values reach Terraform through its files and its
environment. The options are those of https://developer.hashicorp.com/terraform/cli/commands.

python-terraform turns options into arguments; only that part of it is used. Its ``init``,
``apply`` and ``destroy`` have the defaults of Terraform 0.11 (``-force``, ``-var-file`` beside a
saved plan), and its runner holds back all output until the end.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any


def version() -> list[str]:
    """Print the product and its version as text, which unlike the JSON names the product."""
    return _command("version")


def init(
    *,
    backend: bool = True,
    lockfile_readonly: bool = False,
    upgrade: bool = False,
    no_color: bool = False,
) -> list[str]:
    """Install the modules and providers and set up the backend.

    Args:
        backend: False leaves the backend alone, which is enough for ``validate``.
        lockfile_readonly: fail rather than change ``.terraform.lock.hcl``.
        upgrade: look for newer versions than the locked ones.
    """
    return _command(
        "init",
        input=False,
        backend=None if backend else False,
        lockfile="readonly" if lockfile_readonly else None,
        upgrade=_flag(upgrade),
        no_color=_flag(no_color),
    )


def validate(*, json: bool = False, no_color: bool = False) -> list[str]:
    """Check the configuration without looking at state or at AWS."""
    return _command("validate", json=_flag(json), no_color=_flag(no_color))


def plan(
    *,
    out: Path | None = None,
    destroy: bool = False,
    targets: Sequence[str] = (),
    detailed_exitcode: bool = False,
    refresh: bool = True,
    refresh_only: bool = False,
    json: bool = False,
    no_color: bool = False,
    lock_timeout: int | None = None,
    parallelism: int | None = None,
) -> list[str]:
    """Compare the configuration with what exists.

    Args:
        out: where to save the plan, for ``apply_plan``.
        destroy: plan the removal of everything, or of the targets.
        targets: resource or module addresses to narrow the plan to.
        detailed_exitcode: exit with 2 when there is something to change.
        refresh: False trusts the state instead of asking AWS.
        refresh_only: ask AWS, and plan no change but that of the state.
        json: write events instead of text.
        lock_timeout: seconds to wait for the lock of the state.
        parallelism: how many resources to handle at a time; Terraform's own default is 10.
    """
    return _command(
        "plan",
        input=False,
        destroy=_flag(destroy),
        refresh=None if refresh else False,
        refresh_only=_flag(refresh_only),
        out=out,
        target=list(targets),
        detailed_exitcode=_flag(detailed_exitcode),
        lock_timeout=_seconds(lock_timeout),
        parallelism=parallelism,
        json=_flag(json),
        no_color=_flag(no_color),
    )


def apply_plan(
    saved: Path,
    *,
    json: bool = False,
    no_color: bool = False,
    lock_timeout: int | None = None,
    parallelism: int | None = None,
) -> list[str]:
    """Apply exactly what a saved plan says; Terraform asks nothing then.

    Args:
        saved: a file that ``plan`` wrote. Targets and variables are part of it.
        json: write events instead of text.
        lock_timeout: seconds to wait for the lock of the state.
        parallelism: how many resources to handle at a time.
    """
    return _command(
        "apply",
        _path(saved),
        input=False,
        lock_timeout=_seconds(lock_timeout),
        parallelism=parallelism,
        json=_flag(json),
        no_color=_flag(no_color),
    )


def apply(
    *,
    destroy: bool = False,
    targets: Sequence[str] = (),
    json: bool = False,
    no_color: bool = False,
    lock_timeout: int | None = None,
    parallelism: int | None = None,
) -> list[str]:
    """Plan and apply in one go, approved beforehand. Whoever wants a look uses ``apply_plan``."""
    return _command(
        "apply",
        input=False,
        auto_approve=_flag(True),
        destroy=_flag(destroy),
        target=list(targets),
        lock_timeout=_seconds(lock_timeout),
        parallelism=parallelism,
        json=_flag(json),
        no_color=_flag(no_color),
    )


def refresh(*, no_color: bool = False, lock_timeout: int | None = None) -> list[str]:
    """Bring the state up to what exists, approved beforehand; nothing else changes."""
    return _command(
        "apply",
        input=False,
        auto_approve=_flag(True),
        refresh_only=_flag(True),
        lock_timeout=_seconds(lock_timeout),
        no_color=_flag(no_color),
    )


def output(name: str | None = None, *, json: bool = True, no_color: bool = False) -> list[str]:
    """Print the outputs in the state, or one of them. JSON shows sensitive ones in plain text."""
    names = () if name is None else (name,)
    return _command("output", *names, json=_flag(json), no_color=_flag(no_color))


def show(saved: Path | None = None, *, json: bool = True, no_color: bool = False) -> list[str]:
    """Print the state, or a saved plan."""
    paths = () if saved is None else (_path(saved),)
    return _command("show", *paths, json=_flag(json), no_color=_flag(no_color))


def state_list(addresses: Sequence[str] = ()) -> list[str]:
    """Print the addresses in the state, or those below the given modules and resources."""
    return _command("state list", *addresses)


def state_pull() -> list[str]:
    """Print the whole state as JSON, wherever it is kept."""
    return _command("state pull")


def state_push(file: Path) -> list[str]:
    """Write a state to where the backend keeps it; Terraform refuses one that is older."""
    return _command("state push", _path(file))


def state_rm(addresses: Sequence[str]) -> list[str]:
    """Take resources out of the state, and leave them as they are."""
    return _command("state rm", *addresses)


def import_(
    address: str,
    identifier: str,
    *,
    no_color: bool = False,
    lock_timeout: int | None = None,
) -> list[str]:
    """Take a resource that exists into the state.

    Args:
        address: the resource that the configuration describes.
        identifier: what the provider calls the import ID of the real one.
        lock_timeout: seconds to wait for the lock of the state.
    """
    return _command(
        "import",
        address,
        identifier,
        input=False,
        lock_timeout=_seconds(lock_timeout),
        no_color=_flag(no_color),
    )


def untaint(address: str, *, no_color: bool = False, lock_timeout: int | None = None) -> list[str]:
    """Keep a resource whose create did not come to its end, instead of replacing it.

    Args:
        address: a resource that is tainted in the state.
        lock_timeout: seconds to wait for the lock of the state.
    """
    return _command(
        "untaint", address, lock_timeout=_seconds(lock_timeout), no_color=_flag(no_color)
    )


def force_unlock(lock_id: str) -> list[str]:
    """Release the lock that a dead run left on a remote state, without asking again."""
    return _command("force-unlock", lock_id, force=_flag(True))


def _command(subcommand: str, *positional: str, **options: Any) -> list[str]:
    # An option that is None is left out. A dict must never come here: python-terraform writes it
    # to a file in the temporary folder.
    words: list[str] = _builder().generate_cmd_string(subcommand, *positional, **options)
    return words[1:]


@cache
def _builder() -> Any:
    from python_terraform import Terraform

    # Its constructor parses the state that lies in the working directory, and fails where that
    # state is remote or damaged. Nothing can lie below the null device.
    return Terraform(working_dir=os.devnull)


def _flag(given: bool) -> Any:
    from python_terraform import IsFlagged

    return IsFlagged if given else None


def _seconds(timeout: int | None) -> str | None:
    return None if timeout is None else f"{timeout}s"


def _path(path: Path) -> str:
    # A file name may begin with a dash, and Terraform would take it for an option.
    text = os.fspath(path)
    return os.path.join(os.curdir, text) if text.startswith("-") else text  # noqa: PTH118 - Path drops the "."
