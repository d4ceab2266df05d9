"""``tfgen env``: the secrets of a stage, one ciphertext for each region."""

from __future__ import annotations

import typer

from tfgen.cli.env.diff import diff
from tfgen.cli.env.export import export
from tfgen.cli.env.get import get
from tfgen.cli.env.listing import list_
from tfgen.cli.env.remove import remove
from tfgen.cli.env.rotate import rotate
from tfgen.cli.env.set import set_

app = typer.Typer(help="Set, show and rotate secrets of the environment.", no_args_is_help=True)
app.command("set")(set_)
app.command("list")(list_)
app.command()(get)
app.command()(remove)
app.command()(diff)
app.command()(export)
app.command()(rotate)
