"""``tfgen schema``."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON Schema of tfgen.yaml, for editors."""
    from tfgen.config.schema import schema_text
    from tfgen.ui.console import Console

    Console.from_environment().data(schema_text())
