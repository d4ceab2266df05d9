"""``tfgen sandbox start``, ``stop`` and ``status``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json
from tfgen.cli.sandbox.folder import project_folder
from tfgen.sandbox.options import GATEWAY_PORT, PLACE, Options

if TYPE_CHECKING:
    from tfgen.sandbox.lifecycle import Running
    from tfgen.sandbox.status import Count, Status
    from tfgen.ui.console import Console

Table: TypeAlias = tuple[list[str], list[list[str]]]


def start(
    *,
    gateway_port: Annotated[
        int | None,
        typer.Option(
            "--gateway-port",
            metavar="PORT",
            min=0,
            max=65535,
            help="Port of the deployed APIs; another one if it is taken.",
            show_default=str(GATEWAY_PORT),
        ),
    ] = None,
    dns_port: Annotated[
        int | None,
        typer.Option(
            "--dns-port",
            metavar="PORT",
            min=0,
            max=65535,
            help="Answer DNS queries on this port, too; 0 is any port.",
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            "--place",
            metavar="PLACE",
            help="Where clients are that do not say: a city, an AWS region, or LAT,LON.",
            show_default=PLACE,
        ),
    ] = None,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Start the sandbox, or find the one that runs."""
    from tfgen.places import find_place
    from tfgen.sandbox.lifecycle import start as start_sandbox
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    if place is not None:
        find_place(place)
    wanted = GATEWAY_PORT if gateway_port is None else gateway_port
    options = Options(gateway_port=wanted, dns_port=dns_port, place=place or PLACE)
    running = start_sandbox(project_folder(chdir, config), options)
    if json:
        console.json({**_described(running), "new": running.new})
        return
    if not running.new:
        console.message(f"The sandbox already answers at {running.endpoint}")
        if (gateway_port, dns_port, place) != (None, None, None):
            console.notice("It keeps the ports and the place that it was started with")
        return
    console.success(f"The sandbox answers at {running.endpoint}")
    console.message(f"The deployed APIs will answer at http://127.0.0.1:{running.gateway_port}")
    if running.dns_port is not None:
        console.message(f"DNS queries are answered on 127.0.0.1, port {running.dns_port}")
    if wanted not in {0, running.gateway_port}:
        console.notice(f"Port {wanted} is taken")


def stop(chdir: Chdir = HERE, config: ConfigFile = CONFIG, json: Json = False) -> None:
    """Stop the sandbox; everything in it is gone."""
    from tfgen.sandbox.lifecycle import stop as stop_sandbox
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    stopped = stop_sandbox(project_folder(chdir, config))
    if json:
        console.json({"stopped": stopped})
    elif stopped:
        console.success("The sandbox has stopped")
    else:
        console.message("The sandbox was not running")


def status(chdir: Chdir = HERE, config: ConfigFile = CONFIG, json: Json = False) -> None:
    """Show whether the sandbox runs and what exists in it."""
    from tfgen.sandbox.status import status as status_of
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    found = status_of(project_folder(chdir, config))
    if json:
        console.json(_summary(found))
    else:
        _show(console, found)


def _described(running: Running) -> dict[str, object]:
    return {
        "running": True,
        "instance": running.instance,
        "endpoint": running.endpoint,
        "port": running.port,
        "gateway_port": running.gateway_port,
        "dns_port": running.dns_port,
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
    return {**_described(found.running), **found.activity, "resources": resources}


def _show(console: Console, found: Status) -> None:
    if found.running is None:
        console.message("The sandbox is not running; `tfgen sandbox start` starts it")
        return
    since = found.running.since.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    console.message(
        f"The sandbox answers at {found.running.endpoint} "
        f"as process {found.running.pid}, since {since}"
    )
    console.message(f"The deployed APIs answer at http://127.0.0.1:{found.running.gateway_port}")
    protection = found.activity["protection"]
    say = console.message if protection["means"] else console.notice
    say(protection["sentence"])
    for notice in found.activity["notices"]:
        console.notice(notice)
    tables = [*_activity(found.activity), _resources(found)]
    shown = [(headers, rows) for headers, rows in tables if rows]
    if not shown:
        console.message("Nothing exists in it yet")
    for number, (headers, rows) in enumerate(shown):
        if number:
            console.data("")
        console.table(headers, rows)


def _activity(said: Mapping[str, Any]) -> Iterator[Table]:
    """Yields the tables of what runs: regions that are out, functions, health checks, requests."""
    yield ["REGION", "STATE"], [[region, "out"] for region in said["failed"]]
    yield (
        ["FUNCTION", "VERSION", "REGION", "PROCESSES", "INVOCATIONS", "ERRORS"],
        [
            [
                each["function"],
                each["version"],
                each["region"],
                str(each["environments"]),
                str(each["invocations"]),
                str(each["errors"]),
            ]
            for each in said["functions"]
        ],
    )
    yield (
        ["DATABASE", "REGION", "ADDRESS", "AS ITS OWNER"],
        [
            [each["name"], each["region"], f"{each['address']}:{each['port']}", each["psql"]]
            for each in said["databases"]
        ],
    )
    yield (
        ["HEALTH CHECK", "STATUS"],
        [
            [f"{each['host']}{each['path']}", "healthy" if each["healthy"] else "unhealthy"]
            for each in said["health_checks"]
            if each["host"]
        ],
    )
    yield (
        ["HOST", "REGION", "STATUS", "REQUESTS"],
        [
            [each["host"], each["region"], str(each["status"]), str(each["requests"])]
            for each in said["requests"]
        ],
    )
    refused = Counter(
        (each["action"], each["resource"], each["who"].rpartition(":")[2] or "unknown key")
        for each in said["refused"]
    )
    yield (
        ["REFUSED", "RESOURCE", "TO", "TIMES"],
        [[*what, str(times)] for what, times in refused.items()],
    )


def _resources(found: Status) -> Table:
    return (
        ["SERVICE", "TYPE", "REGION", "COUNT"],
        [[count.service, count.type, count.region, _number(count)] for count in found.counts],
    )


def _number(count: Count) -> str:
    return f"{count.number} ({count.seeded} seeded)" if count.seeded else str(count.number)
