"""The options and arguments that the commands about secrets share."""

from __future__ import annotations

from typing import Annotated

import typer

from tfgen.errors import ExitCode, TfgenError

Name = Annotated[str, typer.Argument(metavar="KEY", help="Name of the variable.")]
Names = Annotated[
    list[str], typer.Argument(metavar="KEY", help="Name of the variable, or several.")
]
OneRegion = Annotated[
    str | None,
    typer.Option(
        *("--region", "-r"),
        metavar="REGION",
        help="Region whose value is meant.",
        show_default="the only one",
    ),
]


def refuse_value(name: str) -> None:
    """Refuses ``KEY=VALUE`` where a name alone is meant, without showing the value again.

    Raises:
        TfgenError: there is a value.
    """
    if "=" in name:
        raise TfgenError(
            "Only the name of a variable is given here, without a value",
            hint="`tfgen env set` takes KEY=VALUE",
            exit_code=ExitCode.USAGE,
        )
