"""The options and arguments that the commands about secrets share."""

from __future__ import annotations

from typing import Annotated

import typer

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
