"""What leaves the config leaves AWS.

For every optional key, and every value of a key with few: apply with it, take it away or change it,
apply. Then the account and the answers are those of an app that never had it.

``python -m tests.removal.run TEXT`` does the same with the apps alone in whose transitions the text
is, and prints all that it finds.
"""

from __future__ import annotations

import pytest

from tests.removal.packing import packed
from tests.removal.run import Outcome, run

# It applies 80 apps twice, beside other tests: a busy machine needs longer than for any of those.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(3000)]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What came of all transitions."""
    found = run(tmp_path_factory.mktemp("removal"), packed())
    print(found.report())  # noqa: T201 - shown with each failure
    return found


def test_every_app_can_be_made(outcome: Outcome) -> None:
    assert [str(each) for each in outcome.failed_alone] == []


def test_every_key_can_be_taken_away(outcome: Outcome) -> None:
    assert [str(each) for each in outcome.failed] == []


def test_nothing_is_left_in_the_account(outcome: Outcome) -> None:
    assert [str(each) for each in outcome.resources] == []


def test_nothing_is_answered_that_would_not_be(outcome: Outcome) -> None:
    assert [str(each) for each in outcome.answers] == []


def test_nothing_is_left_to_change(outcome: Outcome) -> None:
    assert outcome.planned == {}


def test_what_no_apply_can_change_is_refused(outcome: Outcome) -> None:
    # Of a table, a path is database.dynamodb.TABLE.KEY.
    assert {each.path[3] for each in outcome.never} == {"attributes", "local_indexes"}
