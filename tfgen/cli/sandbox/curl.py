"""``tfgen sandbox curl``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, Verbose
from tfgen.cli.sandbox.folder import require_running
from tfgen.errors import ExitCode, TfgenError

if TYPE_CHECKING:
    from tfgen.sandbox.client import Response, Route
    from tfgen.ui.console import Console

# https://www.rfc-editor.org/rfc/rfc9110#name-tokens
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def curl(
    *,
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="A deployed domain's, an execute-api, or a function URL.",
            show_default=False,
        ),
    ],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PLACE",
            help="Where the client is: a city, an AWS region, or LAT,LON.",
            show_default="the sandbox's --place",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option("--request", "-X", metavar="METHOD", help="HTTP method.", show_default="GET"),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", "-d", metavar="TEXT", help="Body; @FILE reads a file, @- standard input."
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option("--header", "-H", metavar="LINE", help="Header; repeat it for several."),
    ] = None,
    include: Annotated[
        bool, typer.Option("--include", "-i", help="Show the response's headers as well.")
    ] = False,
    fail_: Annotated[
        bool, typer.Option("--fail", help="Exit with 1 when the status is 400 or more.")
    ] = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Send a request to the deployed app, from anywhere on earth."""
    from tfgen.sandbox.client import Client
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json, verbose=verbose)
    host = _host(url)
    headers = [_header(line) for line in header or []]
    body = None if data is None else _body(chdir, data)
    client = Client(require_running(chdir, config))
    route = client.route(host, from_)
    if not route.found:
        console.notice(f"There is no record for {host} in the sandbox's Route 53")
    elif verbose:
        _explain(console, route)
    response = client.request(
        _method(method, body),
        url,
        headers=headers,
        body=body,
        region=route.region,
    )
    if json:
        console.json(_summary(route, response))
    else:
        if include or verbose:
            _show_head(console, response, on_stdout=include)
        console.body(response.body)
    if response.notice:
        console.notice(response.notice)
    if fail_ and response.status >= 400:
        raise typer.Exit(ExitCode.FAILED)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TfgenError(
            f"`{url}` is not a URL",
            hint="write it whole, for example `https://api.example.com/`",
            exit_code=ExitCode.USAGE,
        )
    return parts.hostname


def _method(asked: str | None, body: bytes | None) -> str:
    if asked is None:
        return "GET" if body is None else "POST"
    if not _TOKEN.fullmatch(asked):
        raise TfgenError(
            f"`{asked}` is not an HTTP method",
            hint="for example `GET` or `POST`",
            exit_code=ExitCode.USAGE,
        )
    return asked


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.fullmatch(name.strip()) or not value.isprintable():
        raise TfgenError(
            f"`{line}` is not a header",
            hint="write it as `Name: value`",
            exit_code=ExitCode.USAGE,
        )
    return name.strip(), value.strip()


def _body(chdir: Path, data: str) -> bytes:
    if not data.startswith("@"):
        return data.encode()
    if data == "@-":
        # None when the process was started without it.
        return sys.stdin.buffer.read() if sys.stdin else b""
    path = chdir / data[1:]
    try:
        return path.read_bytes()
    except OSError as error:
        raise TfgenError(
            f"The body `{path}` cannot be read: {error.strerror}",
            hint="`--data @FILE` takes the path of a file",
            exit_code=ExitCode.USAGE,
        ) from error


def _explain(console: Console, route: Route) -> None:
    """Says which region answers, and why none of the others does."""
    if not route.candidates:
        console.message(f"{route.host} is in {route.region}")
        return
    console.message(f"{route.host} from {route.place}, by {route.policy}:")
    for each in route.candidates:
        latency = "" if each.latency_ms is None else f"{each.latency_ms:.0f} ms"
        health = "healthy" if each.healthy else "unhealthy"
        mark = "→" if each.chosen else " "
        name = each.region or each.name
        console.message(f"{mark} {name:<16}{latency:>8}  {health:<10} {each.why}")


def _show_head(console: Console, response: Response, *, on_stdout: bool) -> None:
    say = console.data if on_stdout else console.message
    say(f"HTTP/1.1 {response.status} {response.reason}")
    for name, value in response.headers:
        say(f"{name}: {value}")
    say("")


def _summary(route: Route, response: Response) -> dict[str, object]:
    return {
        "status": response.status,
        "headers": [list(header) for header in response.headers],
        "body": response.body.decode("utf-8", "replace"),
        "from": route.place,
        "region": route.region,
        "policy": route.policy,
        "candidates": [
            {
                "name": each.name,
                "region": each.region,
                "latency_ms": each.latency_ms,
                "healthy": each.healthy,
                "chosen": each.chosen,
                "why": each.why,
            }
            for each in route.candidates
        ],
    }
