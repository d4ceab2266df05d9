"""What a journal tells of its run, and the folder of journals."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.terraform.conftest import RECORDED
from tfgen.terraform import journal
from tfgen.terraform.journal import InFlight


def cut_off(tmp_path: Path, name: str, after: str) -> Path:
    """A journal up to the line with some words, and a torn piece of the next."""
    text = (RECORDED / name).read_text()
    end = text.index("\n", text.index(after)) + 1
    path = tmp_path / "cut-off.jsonl"
    path.write_text(text[: end + 40])
    return path


def test_a_run_that_succeeded() -> None:
    read = journal.read(RECORDED / "apply.jsonl")
    assert (read.finished, read.running, read.in_flight, read.errors) == (True, False, (), ())


def test_a_run_that_failed() -> None:
    read = journal.read(RECORDED / "apply_two_errors.jsonl")
    assert (read.finished, read.in_flight) == (True, ())
    assert [error.address for error in read.errors] == ["terraform_data.b", "terraform_data.a"]
    assert {flight.address for flight in read.failed} == {"terraform_data.a", "terraform_data.b"}


def test_a_run_that_was_cut_off(tmp_path: Path) -> None:
    path = cut_off(tmp_path, "apply.jsonl", "Still creating... [10s elapsed]")
    assert journal.in_flight(path) == [
        InFlight(
            address="module.us_west_2.terraform_data.replaced",
            type="terraform_data",
            action="create",
            started=datetime(2026, 11, 24, 0, 14, 2, 964292, tzinfo=UTC),
        )
    ]
    assert not journal.read(path).finished


def test_a_replacement_is_two_steps(tmp_path: Path) -> None:
    path = cut_off(tmp_path, "apply.jsonl", "module.us_west_2.terraform_data.replaced: Destroying")
    assert [(flight.address, flight.action) for flight in journal.in_flight(path)] == [
        ("module.eu_west_2.terraform_data.replaced", "delete"),
        ("module.us_west_2.terraform_data.replaced", "delete"),
    ]


def test_an_empty_journal(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.touch()
    assert journal.read(path) == journal.Journal(
        running=False,
        finished=False,
        in_flight=(),
        errors=(),
        failed=(),
        cancelled=(),
        unsaved=False,
    )


def test_a_journal_is_running_for_as_long_as_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "j.jsonl"
    with journal.open_new(path):
        assert journal.is_running(path)
    assert not journal.is_running(path)


def test_a_journal_of_a_run_that_never_began_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    with pytest.raises(RuntimeError), journal.open_new(path):
        raise RuntimeError
    assert not path.exists()


def test_the_folder(tmp_path: Path) -> None:
    paths = []
    for second in range(5):
        now = datetime(2026, 1, 1, 12, 0, second, tzinfo=UTC)
        path = journal.new_path(tmp_path, "production-apply", now=now)
        path.touch()
        paths.append(path)
    other = journal.new_path(tmp_path, "eu-production-apply")
    other.touch()
    assert paths[0].name == "20260101T120000.000000Z-production-apply.jsonl"
    assert journal.journals(tmp_path, "production-apply") == paths[::-1]
    paths[0].unlink()
    with journal.open_new(paths[0]):
        journal.prune(tmp_path, "production-apply", keep=2)
        left = journal.journals(tmp_path, "production-apply")
        assert left == [paths[4], paths[3], paths[0]]
    journal.prune(tmp_path, "production-apply", keep=2)
    assert journal.journals(tmp_path, "production-apply") == [paths[4], paths[3]]
    assert other.exists()


def test_what_an_interrupt_cut_off() -> None:
    read = journal.read(RECORDED / "interrupted_aws.jsonl")
    assert (read.finished, read.in_flight) == (True, ())
    assert {(flight.address, flight.action) for flight in read.cancelled} == {
        ("aws_route53_record.certificate_validation", "create"),
        ("module.eu_west_2.module.function.aws_kms_key.this", "create"),
        ("module.us_west_2.module.function.aws_kms_key.this", "create"),
        ('module.us_west_2.module.rest_api.aws_api_gateway_method.any["proxy"]', "create"),
    }


def test_a_failure_is_no_interruption() -> None:
    assert journal.read(RECORDED / "apply_two_errors.jsonl").cancelled == ()
