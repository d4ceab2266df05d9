"""A render says which files it touched and how many it left alone."""

from __future__ import annotations

from tests.ui.support import on_terminal, piped

RENDER = """
    from tfgen.ui.changes import show_changes
    from tfgen.write import Change

    show_changes(Console.from_environment(), [
        Change("modules/domain/domain.tf", "removed", "x", None),
        Change("modules/function/role.tf", "kept", "x", "x"),
        Change("production/dns.tf", "changed", "x", "y"),
        Change("production/main.tf", "created", None, "x"),
        Change("production/\\x1b[2J.tf", "created", None, "x"),
        Change("production/outputs.tf", "kept", "x", "x"),
    ])
"""


def test_changes_are_named_and_the_rest_is_counted() -> None:
    run = piped(RENDER)
    assert run.stdout == ""
    assert run.stderr.split("\n") == [
        "- modules/domain/domain.tf",
        "~ production/dns.tf",
        "+ production/main.tf",
        "+ production/\\x1b[2J.tf",
        "  2 files kept",
        "",
    ]


def test_changes_have_colors_on_a_terminal() -> None:
    output = on_terminal(RENDER)
    assert "\x1b[31m- modules/domain/domain.tf\x1b[0m" in output
    assert "\x1b[33m~ production/dns.tf\x1b[0m" in output
    assert "\x1b[32m+ production/main.tf\x1b[0m" in output


def test_nothing_kept_is_not_counted() -> None:
    body = RENDER.replace('"kept"', '"created"')
    assert "kept" not in piped(body).stderr
