"""``tfgen sandbox``: AWS simulated on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.sandbox.lifecycle import Running
    from tfgen.sandbox.status import Count, Status
    from tfgen.ui.console import Console

app = typer.Typer(
    help="Run AWS on this machine, to try the app without an account.", no_args_is_help=True
)


@app.command()
def start(chdir: Chdir = HERE, config: ConfigFile = CONFIG, json: Json = False) -> None:
    """Start the sandbox, or find the one that runs."""
    from tfgen.sandbox.lifecycle import start as start_sandbox
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    running = start_sandbox(_folder(chdir, config))
    if json:
        console.json({**_described(running), "new": running.new})
    elif running.new:
        console.success(f"The sandbox answers at {running.endpoint}")
    else:
        console.message(f"The sandbox already answers at {running.endpoint}")


@app.command()
def stop(chdir: Chdir = HERE, config: ConfigFile = CONFIG, json: Json = False) -> None:
    """Stop the sandbox; everything in it is gone."""
    from tfgen.sandbox.lifecycle import stop as stop_sandbox
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    stopped = stop_sandbox(_folder(chdir, config))
    if json:
        console.json({"stopped": stopped})
    elif stopped:
        console.success("The sandbox has stopped")
    else:
        console.message("The sandbox was not running")


@app.command()
def status(chdir: Chdir = HERE, config: ConfigFile = CONFIG, json: Json = False) -> None:
    """Show whether the sandbox runs and what exists in it."""
    from tfgen.sandbox.status import status as status_of
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    found = status_of(_folder(chdir, config))
    if json:
        console.json(_summary(found))
    else:
        _show(console, found)


def _folder(chdir: Path, config: Path) -> Path:
    folder = (chdir / config).parent
    if not folder.is_dir():
        raise TfgenError(
            f"There is no folder `{folder}`",
            hint="`--chdir` takes the folder of a project",
            exit_code=ExitCode.USAGE,
        )
    return folder


def _described(running: Running) -> dict[str, object]:
    return {
        "running": True,
        "instance": running.instance,
        "endpoint": running.endpoint,
        "port": running.port,
        "pid": running.pid,
        "since": running.since.isoformat(),
        "tfgen": running.tfgen,
        "moto": running.moto,
    }


def _summary(found: Status) -> dict[str, object]:
    if found.running is None:
        return {"running": False}
    resources = [
        {
            "service": count.service,
            "type": count.type,
            "region": count.region,
            "count": count.number,
            "seeded": count.seeded,
        }
        for count in found.counts
    ]
    return {**_described(found.running), "resources": resources}


def _show(console: Console, found: Status) -> None:
    if found.running is None:
        console.message("The sandbox is not running; `tfgen sandbox start` starts it")
        return
    since = found.running.since.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    console.message(
        f"The sandbox answers at {found.running.endpoint} "
        f"as process {found.running.pid}, since {since}"
    )
    if found.counts:
        console.table(
            ["SERVICE", "TYPE", "REGION", "COUNT"],
            [[count.service, count.type, count.region, _number(count)] for count in found.counts],
        )
    else:
        console.message("Nothing exists in it yet")


def _number(count: Count) -> str:
    return f"{count.number} ({count.seeded} seeded)" if count.seeded else str(count.number)
