"""Checkov finds nothing in what tfgen renders, apart from what is suppressed with a reason.

It is one run over all trees, in an environment of its own: ``make .venv-checkov/.done``.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.checkov.trees import (
    PLANTED_CHECK,
    Failure,
    Report,
    scan,
    suppressions,
    write_all,
)
from tests.support.trees import configs, files_of
from tfgen.render.library import modules_dir


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("checkov")
    write_all(folder)
    return scan(folder)


def planted(failure: Failure) -> bool:
    return failure.resource == PLANTED_CHECK[1]


def test_every_failed_check_is_suppressed_with_a_reason(report: Report) -> None:
    failures = [failure for failure in report.failures if not planted(failure)]
    allowed = suppressions()
    unexpected = [
        f"{failure.check} {failure.resource} ({failure.file}): {failure.name}"
        for failure in failures
        if not any(suppression.covers(failure) for suppression in allowed)
    ]
    assert unexpected == []


def test_every_suppression_is_needed(report: Report) -> None:
    unneeded = [
        suppression
        for suppression in suppressions()
        if not any(suppression.covers(failure) for failure in report.failures)
    ]
    assert unneeded == []


def test_the_list_is_in_order_and_says_why() -> None:
    keys = [(suppression.check, suppression.resource) for suppression in suppressions()]
    assert keys == sorted(keys)
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    # A reason is a sentence.
    assert [entry for entry in suppressions() if not entry.reason.strip().endswith(".")] == []


def test_checkov_has_read_every_file_that_it_has_checks_for(report: Report) -> None:
    expected = {
        f"{case}/{path}"
        for case, config in configs().items()
        for path, text in files_of(config, 6).items()
        if checked(text)
    }
    expected |= {
        f"library/{path.relative_to(modules_dir()).as_posix()}"
        for path in modules_dir().glob("*/*.tf")
        if checked(path.read_text("utf-8"))
    }
    assert report.unread == []
    assert expected - report.files == set()


def checked(text: str) -> bool:
    """Says whether a file has a resource of a type that every release of checkov looks at."""
    types = set(re.findall(r'^resource "(\w+)"', text, re.MULTILINE))
    return not types.isdisjoint(
        {"aws_api_gateway_stage", "aws_cloudwatch_log_group", "aws_kms_key", "aws_lambda_function"}
    )


def test_what_is_wrong_is_found(report: Report) -> None:
    found = [(failure.check, failure.resource) for failure in report.failures if planted(failure)]
    assert PLANTED_CHECK in found
