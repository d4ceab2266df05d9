"""``tfgen sandbox``: AWS simulated on this machine."""

from __future__ import annotations

import typer

from tfgen.cli.sandbox.curl import curl
from tfgen.cli.sandbox.logs import logs
from tfgen.cli.sandbox.outages import fail, heal
from tfgen.cli.sandbox.power import start, status, stop

app = typer.Typer(
    help="Run AWS on this machine, to try the app without an account.", no_args_is_help=True
)
app.command()(start)
app.command()(stop)
app.command()(status)
app.command()(curl)
app.command()(fail)
app.command()(heal)
app.command()(logs)
