"""The command line: one file per command, registered here."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from tfgen import __version__
from tfgen.cli import surroundings
from tfgen.cli.apply import apply
from tfgen.cli.destroy import destroy
from tfgen.cli.env import app as env
from tfgen.cli.help import Command
from tfgen.cli.iam import iam
from tfgen.cli.init import init
from tfgen.cli.interrupts import Interrupts
from tfgen.cli.lint import lint
from tfgen.cli.output import output
from tfgen.cli.plan import plan
from tfgen.cli.region import app as region
from tfgen.cli.render import render
from tfgen.cli.sandbox import app as sandbox
from tfgen.cli.schema import schema
from tfgen.cli.url import url
from tfgen.cli.validate import validate
from tfgen.errors import ExitCode, TfgenError

app = typer.Typer(
    name="tfgen",
    help="Put a serverless app near its users everywhere, with Terraform you can read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help takes half the time.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init)
app.command()(render)
app.command()(plan)
app.command()(apply)
app.command()(destroy)
app.command()(output)
app.command()(url)
app.command()(validate)
app.command()(lint)
app.command()(iam)
app.command()(schema)
app.add_typer(env, name="env")
app.add_typer(region, name="region")
app.add_typer(sandbox, name="sandbox")

for command in (
    *app.registered_commands,
    *env.registered_commands,
    *region.registered_commands,
    *sandbox.registered_commands,
):
    command.cls = Command


def _show_version(wanted: bool) -> None:
    if wanted:
        from tfgen.ui.console import Console

        Console.from_environment().data(f"tfgen {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Put a serverless app near its users everywhere, with Terraform you can read."""


def main() -> NoReturn:
    """Runs the command line and exits. An expected failure is shown without a traceback."""
    interrupts = Interrupts()
    interrupts.take()
    try:
        try:
            code = run()
        except KeyboardInterrupt:
            code = ExitCode.INTERRUPTED
        interrupts.end()
    except KeyboardInterrupt:
        # The second one, before the first was dealt with.
        code = ExitCode.INTERRUPTED
        interrupts.end()
    sys.exit(code)


def run() -> int:
    """Runs the command line.

    Returns:
        The exit code.
    """
    from tfgen.ui.console import Console

    try:
        surroundings.prepare(sys.argv[1:])
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.DONE
    except TfgenError as error:
        Console.from_environment().error(error)
        return error.exit_code
    except OSError as error:
        # Commands explain what they can explain better.
        explained = surroundings.explain(error)
        Console.from_environment().error(explained)
        return explained.exit_code
    return ExitCode.DONE
