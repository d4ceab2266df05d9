"""The help of the commands: what each argument and option is called, is for, and defaults to."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class Command(TyperCommand):
    """A command whose help has no word of Python in it.

    Typer writes the Python type of every argument beside its name (``PLANFILE <path>``), and
    braces around those that are required.
    """

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Returns what follows the name of the command in its usage line."""
        arguments = [p for p in self.get_params(ctx) if p.param_type_name == "argument"]
        return [self.options_metavar or "", *map(usage_of, arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the arguments, then the options."""
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            rows = [
                (called(parameter), _explained(parameter))
                for parameter in self.get_params(ctx)
                if parameter.param_type_name == kind
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def usage_of(argument: Any) -> str:
    """Returns how an argument stands in a usage line: in brackets when it can be left out."""
    name = called(argument) + ("..." if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def called(parameter: Any) -> str:
    """Returns the names of an option and what stands for its value, or those of an argument."""
    value = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return str(value)
    # The short one first, as everywhere.
    names = ", ".join(sorted(parameter.opts, key=lambda name: name.startswith("--")))
    return names if parameter.is_flag else f"{names} {value}"


def default_of(parameter: Any) -> str:
    """Returns what counts when a parameter is left out; nothing when that goes without saying."""
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    if parameter.default in (None, False) or not parameter.show_default:
        return ""
    return str(parameter.default)


def _explained(parameter: Any) -> str:
    default = default_of(parameter)
    return (parameter.help or "") + (f" [default: {default}]" if default else "")
