"""Paragraphs of the library that a tree does not use, and what takes their place."""

from __future__ import annotations

import pytest

from tfgen.render.prune import prune

TEXT = """\
resource "a" "b" {
  # tfgen: when edge
  types = [var.type]

  # tfgen: else
  # types = ["REGIONAL"]
  #
  # # Said of what follows.
  # size = {
  #   width = 1
  # }
  # tfgen: end
  # tfgen: when logs
  log = true
  # tfgen: end
}
"""


def test_what_is_used_stays() -> None:
    assert prune(TEXT, frozenset({"edge", "logs"})) == (
        'resource "a" "b" {\n  types = [var.type]\n\n  log = true\n}\n'
    )


def test_what_takes_its_place_loses_the_mark_of_a_comment_and_nothing_else() -> None:
    assert prune(TEXT, frozenset()) == (
        'resource "a" "b" {\n  types = ["REGIONAL"]\n\n  # Said of what follows.\n'
        "  size = {\n    width = 1\n  }\n}\n"
    )


def test_one_of_several_names_is_enough_and_paragraphs_nest() -> None:
    text = "# tfgen: when a, b\nx\n# tfgen: when c\ny\n# tfgen: end\n# tfgen: end\n"
    assert prune(text, frozenset({"b"})) == "x\n"
    assert prune(text, frozenset({"b", "c"})) == "x\ny\n"
    assert prune(text, frozenset({"c"})) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# tfgen: end\n", "`# tfgen: end` without a `when`"),
        ("# tfgen: when a\n", "without an `end`"),
        ("# tfgen: else\n", "`# tfgen: else` without a `when`"),
        ("# tfgen: when a\n# tfgen: else\n# tfgen: else\n# tfgen: end\n", "else` without a `when`"),
        ("# tfgen: when a\n# tfgen: else\nx = 1\n# tfgen: end\n", "not a comment"),
        ("# tfgen: if a\n", "not a mark"),
    ],
)
def test_marks_that_do_not_match_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        prune(text, frozenset())
