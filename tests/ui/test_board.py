"""The picture of an apply fits every terminal and says what matters first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tfgen.ui.board import Board, Row, State, Work, crop, local_address
from tfgen.ui.text import ASCII, UNICODE, Glyphs

works = st.builds(
    Work,
    address=st.text() | st.just("module.us_west_2.module.function.aws_lambda_function.this"),
    action=st.sampled_from(["create", "delete", "update", "forget"]),
    seconds=st.floats(-5, 1e6),
)
rows = st.builds(
    Row,
    name=st.sampled_from(["us-west-2", "ap-southeast-2", "global"]),
    state=st.sampled_from(State),
    done=st.integers(0, 40),
    total=st.integers(40, 1200) | st.just(0),
    failed=st.integers(0, 9),
    work=st.lists(works, max_size=3).map(tuple),
    seconds=st.floats(0, 1e6),
)


def row(name: str, state: State, *work: Work) -> Row:
    done = {State.WAITING: 0, State.DONE: 18}.get(state, 12)
    return Row(name, state, done, 18, int(state is State.FAILED), work, 41.0)


def drawn(*rows: Row, width: int = 79, height: int = 23, final: bool = False) -> list[str]:
    board = Board("Applying", rows, 65, UNICODE, final=final)
    return [line.plain.rstrip() for line in board.lines(width, height)]


@given(
    rows=st.lists(rows, max_size=40).map(tuple),
    glyphs=st.sampled_from([UNICODE, ASCII]),
    width=st.integers(1, 200),
    height=st.integers(1, 60),
)
def test_it_fits(rows: tuple[Row, ...], glyphs: Glyphs, width: int, height: int) -> None:
    board = Board("Applying", rows, 65, glyphs)
    lines = list(board.lines(width, height))
    assert len(lines) <= height
    for line in lines:
        assert cell_len(line.plain) <= width
        assert "\n" not in line.plain
        assert "\x1b" not in line.plain


def test_every_state_has_words_of_its_own() -> None:
    work = Work("module.a.module.b.aws_lambda_function.this", "create", 8)
    other = Work("aws_iam_role.this", "create", 2)
    assert drawn(
        row("eu-west-1", State.WAITING),
        row("eu-west-2", State.ACTIVE, work),
        row("us-west-1", State.ACTIVE, work, other, other),
        row("us-west-2", State.DONE),
        row("global", State.FAILED),
    ) == [
        "· eu-west-1  ────────────  0/18  waiting",
        "⠋ eu-west-2  ━━━━━━━━──── 12/18  + aws_lambda_function.this 8s",
        "⠋ us-west-1  ━━━━━━━━──── 12/18  + aws_lambda_function.this 8s, +2 more",
        "✓ us-west-2  ━━━━━━━━━━━━ 18/18  done in 41s",
        "✗ global     ━━━━━━━━──── 12/18  1 failed after 41s",
        "  Applying 54/90 resources  1m 05s",
    ]


def test_a_final_board_says_what_was_cut_off_and_leaves_the_total_to_others() -> None:
    work = Work("module.a.aws_lambda_function.this", "create", 8)
    assert drawn(row("a", State.STOPPED, work), row("b", State.STOPPED), final=True) == [
        "■ a  ━━━━━━━━──── 12/18  stopped during aws_lambda_function.this",
        "■ b  ━━━━━━━━──── 12/18  stopped",
    ]


def test_nothing_to_do_is_done() -> None:
    idle = Row("us-west-2", State.DONE, 0, 0, 0, (), 0)
    assert drawn(idle)[0] == "✓ us-west-2  ━━━━━━━━━━━━ 0/0  nothing to do"


def test_a_narrow_terminal_loses_the_bar_and_then_the_rest() -> None:
    work = Work("module.a.aws_lambda_function.this", "delete", 8)
    active = row("us-west-2", State.ACTIVE, work, work)
    assert drawn(active, width=50)[0] == "⠋ us-west-2  12/18  - aws_lambda_func… 8s, +1 more"
    assert drawn(active, width=20)[0] == "⠋ us-west-2  12/18"


def test_what_is_finished_makes_room_for_what_is_not() -> None:
    work = Work("aws_iam_role.this", "create", 1)
    many = [row(f"r{number:02}", State.DONE) for number in range(20)]
    many += [row(f"r{number}", State.WAITING) for number in range(20, 28)]
    many[3] = row("r03", State.ACTIVE, work)
    many[9] = row("r09", State.FAILED)
    lines = drawn(*many, height=8)
    assert [line.split()[1] for line in lines[:5]] == ["r03", "r09", "r20", "r21", "r22"]
    assert lines[5:] == [
        "· 5 more regions waiting",
        "✓ 18 more regions done",
        "  Applying 348/504 resources  1m 05s",
    ]


def test_a_final_board_shows_every_region() -> None:
    many = [row(f"r{number:02}", State.DONE) for number in range(40)]
    assert len(drawn(*many, height=8, final=True)) == 40


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("module.us_west_2.module.function.aws_lambda_function.this", "aws_lambda_function.this"),
        ('module.a["x.y"].module.b[0].aws_iam_role.r["module.z"]', 'aws_iam_role.r["module.z"]'),
        (r'module.a["q\"].b"].data.aws_region.this', "data.aws_region.this"),
        ("aws_route53_zone.this", "aws_route53_zone.this"),
        ("module.only", "module.only"),
    ],
)
def test_local_address(address: str, local: str) -> None:
    assert local_address(address) == local


def test_crop_counts_cells() -> None:
    assert crop("日本語日本語", 7, UNICODE) == "日本語…"
    assert crop("abcdef", 5, ASCII) == "ab..."
    assert crop("abc", 3, ASCII) == "abc"
