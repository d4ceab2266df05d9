"""Why Terraform failed, said so that the reader knows what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tfgen.errors import TfgenError
from tfgen.terraform.advice import NEEDS_INIT, RULES, Failure
from tfgen.terraform.engine import Engine
from tfgen.terraform.events import Diagnostic
from tfgen.terraform.journal import InFlight
from tfgen.terraform.runner import Result

# What Terraform says about everything else once one thing has failed or it was interrupted.
_ECHOES = ("execution halted", "operation canceled")


# The first line of a plan or an apply that does not run on this machine. Terraform prints it before
# it uploads anything: `plan` in its internal/cloud/backend_plan.go. The name of the product differs
# between versions, hosts and OpenTofu.
_REMOTE = re.compile(r"Running (?:plan|apply) in [^.]+\. Output will stream here\.")


def is_remote_run(line: str) -> bool:
    """Say whether a line of Terraform's output begins a run on HCP Terraform's machines."""
    return _REMOTE.search(line) is not None


def remote_run(workspace: str | None, *, root: str) -> TfgenError:
    """Return the error about a run that HCP Terraform would do on its own machines.

    It uploads the root module's folder only, without the modules and bundles beside it.

    Args:
        workspace: its organization and name.
        root: the folder of the root module, as messages are to show it.
    """
    named = f"The workspace `{workspace}`" if workspace else "The workspace"
    return TfgenError(
        f"{named} has remote execution, and HCP Terraform would get {root} alone, without the "
        "modules and bundles outside of that folder",
        place=root,
        hint="set it to *Local* execution: Settings, General, Execution Mode, Local; the state "
        "stays in HCP Terraform. Then run this again",
    )


def needs_init(diagnostics: Sequence[Diagnostic]) -> bool:
    """Say whether ``init`` is what the run lacked."""
    return any(
        diagnostic.severity == "error" and NEEDS_INIT.match(diagnostic.summary)
        for diagnostic in diagnostics
    )


def explain(
    diagnostics: Sequence[Diagnostic],
    *,
    root: str,
    engine: Engine,
    zone: str | None = None,
    profile: str | None = None,
    output: str = "",
) -> TfgenError:
    """Turn what Terraform reported into one error.

    Args:
        diagnostics: from the events or the text of the run.
        root: the folder of the root module, as messages are to show it.
        engine: which Terraform said it.
        zone: the hosted zone that the app uses.
        profile: the AWS profile that was used, if one was selected.
        output: what it printed, for a Terraform that broke without a diagnostic.
    """
    errors = _distinct(diagnostics)
    # Some commands print errors outside of the boxes that are read as diagnostics.
    text = " ".join(f"{error.summary} {error.detail}" for error in errors) or output
    failure = Failure(" ".join(text.split()), root, engine.command, zone, profile)
    for pattern, advise in RULES:
        match = pattern.search(failure.text)
        if match is not None:
            message, hint = advise(match, failure)
            return TfgenError(message, place=_place(errors, root), hint=hint)
    return _general(errors, root, output)


def killed(result: Result, *, root: str, in_flight: Sequence[InFlight] = ()) -> TfgenError:
    """Turn the death of Terraform into an error.

    Args:
        result: of a run that a signal ended.
        root: the folder of the root module, as messages are to show it.
        in_flight: what it was doing, from the run's journal.
    """
    message = f"Terraform was killed by {result.killed_by}"
    if in_flight:
        message += ", in the middle of:" + "".join(
            f"\n  {flight.address} ({flight.action})" for flight in in_flight
        )
    hint = "run the same command again"
    if result.killed_by == "SIGKILL" and not result.interrupted:
        hint += "; the system kills what takes too much memory, and says so in its log (`dmesg`)"
    return TfgenError(message, place=root, hint=hint)


def _distinct(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    # A provider configuration per region fails once per region, for the same reason.
    errors = {
        (error.summary, error.detail): error
        for error in reversed(diagnostics)
        if error.severity == "error"
    }
    telling = [error for error in errors.values() if error.summary not in _ECHOES]
    return list(reversed(telling or errors.values()))


def _place(errors: Sequence[Diagnostic], root: str) -> str:
    for error in errors:
        if error.file is not None:
            return f"{root}/{error.file}" + ("" if error.line is None else f":{error.line}")
    return root


def _general(errors: Sequence[Diagnostic], root: str, output: str) -> TfgenError:
    if not errors:
        last = "\n".join(output.strip().splitlines()[-10:])
        return TfgenError(
            "Terraform failed without an error message"
            + (f"; its last words:\n{last}" if last else ""),
            place=root,
            hint="run it again with TF_LOG=debug",
        )
    if len(errors) == 1:
        return TfgenError(_sentence(errors[0]), place=_place(errors, root))
    said = "\n\n".join(_sentence(error) for error in errors)
    return TfgenError(f"Terraform reports {len(errors)} errors\n\n{said}", place=root)


def _sentence(error: Diagnostic) -> str:
    text = error.summary.strip().removesuffix(".")
    if error.address is not None:
        text = f"{error.address}: {text}"
    detail = error.detail.strip()
    return f"{text}\n{detail}" if detail else text
