"""Paragraphs of the library that a tree does not use, and what takes their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgen.render.prune import prune

FEATURES = ("cors", "layers", "vpc")


def pruned(text: str, *used: str) -> str:
    return prune(text, frozenset(used))


def test_a_paragraph_stays_without_its_marks() -> None:
    text = "before\n# tfgen: when vpc\ninside\n# tfgen: end\nafter\n"
    assert pruned(text, "vpc") == "before\ninside\nafter\n"


def test_a_paragraph_goes_with_its_marks() -> None:
    text = "before\n# tfgen: when vpc\ninside\n# tfgen: end\nafter\n"
    assert pruned(text) == "before\nafter\n"


@pytest.mark.parametrize(("used", "kept"), [("vpc", True), ("layers", True), ("cors", False)])
def test_one_of_several_names_is_enough(used: str, kept: bool) -> None:
    text = "  # tfgen: when vpc, layers\n  inside\n  # tfgen: end\n"
    assert pruned(text, used) == ("  inside\n" if kept else "")


NESTED = """\
one
# tfgen: when vpc
two
# tfgen: when layers
three
# tfgen: end
four
# tfgen: end
five
"""


@pytest.mark.parametrize(
    ("used", "kept"),
    [
        ((), "one five"),
        (("vpc",), "one two four five"),
        # What is inside goes with what is around it.
        (("layers",), "one five"),
        (("vpc", "layers"), "one two three four five"),
    ],
)
def test_a_paragraph_within_a_paragraph(used: tuple[str, ...], kept: str) -> None:
    assert pruned(NESTED, *used).split() == kept.split()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# tfgen: end\n", "without a `when`"),
        ("# tfgen: when vpc\nx\n", "without an `end`"),
        ("# tfgen: when vpc\nx\n# tfgen: end\n# tfgen: end\n", "without a `when`"),
        ("# tfgen: when vpc\n# tfgen: when cors\n# tfgen: end\n", "without an `end`"),
        # What looks like a mark and is none would be rendered as a comment, and its paragraph too.
        ("# tfgen: if vpc\nx\n# tfgen: end\n", "not a mark: # tfgen: if vpc"),
        ("# tfgen: when\nx\n# tfgen: end\n", "not a mark"),
        ("# tfgen: when Vpc\nx\n# tfgen: end\n", "not a mark"),
        ("# tfgen: when vpc,cors\nx\n# tfgen: end\n", "not a mark"),
        ("# tfgen: when vpc\nx\n# tfgen: end vpc\n", "not a mark"),
        ("#tfgen: when vpc\nx\n# tfgen: end\n", "not a mark"),
        ("x = 1 # tfgen: when vpc\n# tfgen: end\n", "not a mark"),
        ("# tfgen: when vpc \nx\n# tfgen: end\n", "not a mark"),
        ("# tfgen: else\n", "`# tfgen: else` without a `when`"),
        (
            "# tfgen: when vpc\n# tfgen: else\n# tfgen: else\n# tfgen: end\n",
            "else` without a `when`",
        ),
        ("# tfgen: when vpc\n# tfgen: else\nx = 1\n# tfgen: end\n", "not a comment"),
        # Also where the paragraph around it is not used.
        ("# tfgen: when vpc\n# tfgen: wehn cors\n# tfgen: end\n", "not a mark"),
    ],
)
def test_marks_that_do_not_match_are_an_error(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        pruned(text)


def test_other_comments_stay() -> None:
    text = "# Why it is so: tfgen says when.\n# tfgen end\nx = 1 # end\n"
    assert pruned(text) == text


TEXT = """\
resource "a" "b" {
  # tfgen: when vpc
  types = [var.type]

  # tfgen: else
  # types = ["REGIONAL"]
  #
  # # Said of what follows.
  # size = {
  #   width = 1
  # }
  # tfgen: end
  # tfgen: when cors
  log = true
  # tfgen: end
}
"""


def test_what_has_something_in_its_place_stays_alone() -> None:
    assert pruned(TEXT, "vpc", "cors") == (
        'resource "a" "b" {\n  types = [var.type]\n\n  log = true\n}\n'
    )


def test_what_takes_its_place_loses_the_mark_of_a_comment_and_nothing_else() -> None:
    assert pruned(TEXT) == (
        'resource "a" "b" {\n  types = ["REGIONAL"]\n\n  # Said of what follows.\n'
        "  size = {\n    width = 1\n  }\n}\n"
    )


def test_a_file_of_which_nothing_is_left_is_empty() -> None:
    assert pruned("# tfgen: when vpc\n\nresource\n\n# tfgen: end\n") == ""
    assert pruned("") == ""


@pytest.mark.parametrize(
    ("text", "result"),
    [
        # Between two paragraphs one blank line is left of two.
        ("a\n\n# tfgen: when vpc\nb\n# tfgen: end\n\nc\n", "a\n\nc\n"),
        # A block begins and ends without a blank line.
        ("a {\n  # tfgen: when vpc\n  b\n  # tfgen: end\n\n  c\n}\n", "a {\n  c\n}\n"),
        ("a {\n  c\n\n  # tfgen: when vpc\n  b\n  # tfgen: end\n}\n", "a {\n  c\n}\n"),
        ("a = [\n  # tfgen: when vpc\n  b,\n  # tfgen: end\n\n  c,\n]\n", "a = [\n  c,\n]\n"),
        ("a = f(\n  c,\n\n  # tfgen: when vpc\n  b,\n  # tfgen: end\n)\n", "a = f(\n  c,\n)\n"),
        # A file does not begin or end with one either.
        ("# tfgen: when vpc\na\n# tfgen: end\n\nb\n", "b\n"),
        ("b\n\n# tfgen: when vpc\na\n# tfgen: end\n", "b\n"),
    ],
)
def test_no_blank_line_is_left_over(text: str, result: str) -> None:
    assert pruned(text) == result


LINES = st.lists(
    st.from_regex(r"[a-z]{1,8}( = [a-z]{1,8})?", fullmatch=True).map(lambda line: f"  {line}"),
    min_size=1,
    max_size=4,
)


@st.composite
def paragraphs(draw: st.DrawFn, depth: int = 2) -> list[tuple[frozenset[str], list[str]]]:
    """Draws lines and the features of which each group of them needs all."""
    drawn = []
    for _ in range(draw(st.integers(1, 4))):
        needs = draw(st.lists(st.sampled_from(FEATURES), unique=True, max_size=depth))
        drawn.append((frozenset(needs), draw(LINES)))
    return drawn


@given(drawn=paragraphs(), used=st.frozensets(st.sampled_from(FEATURES)))
def test_what_is_used_stays_and_nothing_else(
    drawn: list[tuple[frozenset[str], list[str]]], used: frozenset[str]
) -> None:
    text = []
    expected = []
    for needs, lines in drawn:
        text += [f"  # tfgen: when {name}" for name in sorted(needs)]
        text += lines
        text += ["  # tfgen: end"] * len(needs)
        if needs <= used:
            expected += lines
    assert prune("\n".join(text) + "\n", used).splitlines() == expected


@given(text=st.text(alphabet="ab{}[]()=#\n ", max_size=60))
def test_pruning_twice_changes_nothing_more(text: str) -> None:
    once = pruned(text)
    assert pruned(once) == once
