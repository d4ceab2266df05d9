"""``tfgen region``: the regions that the app runs in."""

from __future__ import annotations

import typer

from tfgen.cli.region.add import add
from tfgen.cli.region.remove import remove

app = typer.Typer(help="Add a region to the app, or remove one.", no_args_is_help=True)
app.command()(add)
app.command()(remove)
