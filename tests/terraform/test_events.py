"""Reading the -json stream, and how far an apply has come."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.terraform.conftest import RECORDED
from tfgen.terraform import events
from tfgen.terraform.progress import GLOBAL, Progress, region_of


def recorded(name: str) -> list[events.Event]:
    return list(events.parse_all((RECORDED / name).read_text().splitlines()))


def test_a_whole_apply() -> None:
    stream = recorded("apply.jsonl")
    assert Counter(type(event).__name__ for event in stream) == {
        "Version": 1,
        "PlannedChange": 7,
        "ApplyStart": 9,
        "ApplyProgress": 1,
        "ApplyComplete": 9,
        "Other": 6,
        "ChangeSummary": 1,
        "Outputs": 1,
    }
    first, last = stream[0], stream[-1]
    assert isinstance(first, events.Version)
    assert (first.version, first.message) == ("1.11.4", "Terraform 1.11.4")
    assert first.at == datetime(2026, 11, 24, 0, 14, 2, 951342, tzinfo=UTC)
    assert isinstance(last, events.Outputs)
    assert last.outputs == {
        "token": events.Output(sensitive=True, value=None),
        "url": events.Output(sensitive=False, value="https://example.com/2"),
    }
    summary = stream[-2]
    assert isinstance(summary, events.ChangeSummary)
    assert (summary.operation, summary.add, summary.change, summary.remove, summary.imported) == (
        "apply", 2, 2, 3, 0,
    )  # fmt: skip
    progress = next(event for event in stream if isinstance(event, events.ApplyProgress))
    assert progress.elapsed == 10
    assert progress.resource == events.Resource(
        address="module.us_west_2.terraform_data.replaced",
        module="module.us_west_2",
        type="terraform_data",
    )
    actions = {event.action for event in stream if isinstance(event, events.PlannedChange)}
    assert actions == {"update", "replace", "delete", "read"}


def test_a_diagnostic() -> None:
    error = recorded("zone_missing.jsonl")[-1]
    assert isinstance(error, events.Diagnostic)
    assert (error.severity, error.summary, error.detail) == (
        "error",
        "no matching Route 53 Hosted Zone found",
        "",
    )
    assert (error.address, error.file, error.line) == ("data.aws_route53_zone.this", "main.tf", 9)


def test_an_interrupt_is_logged() -> None:
    logs = [event for event in recorded("interrupted_1.15.jsonl") if isinstance(event, events.Log)]
    assert [log.message.strip().splitlines()[0] for log in logs] == [
        "Interrupt received.",
        "Stopping operation...",
    ]
    assert logs[0].level == "info"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "│ Warning: Unable to open CLI configuration file",
        "{ torn",
        '{"valid": true}',
        '{"@level":"info","@message":"from TF_LOG=json","@timestamp":"2026-01-01T00:00:00Z"}',
        '{"@message":"m","@timestamp":"yesterday","type":"version"}',
    ],
)
def test_what_is_no_event(line: str) -> None:
    assert events.parse(line) is None


def test_the_unknown_is_kept() -> None:
    for content in (
        {"type": "novelty", "detail": 1},
        {"type": "apply_start", "hook": {"resource": "in another form"}},
    ):
        line = json.dumps({"@message": "m", "@timestamp": "2026-01-01T00:00:00Z", **content})
        event = events.parse(line)
        assert isinstance(event, events.Other)
        assert (event.type, event.message, event.content.items() >= content.items()) == (
            content["type"],
            "m",
            True,
        )


def test_the_version_of_opentofu() -> None:
    line = {"@message": "OpenTofu 1.11.0", "@timestamp": "2026-01-01T00:00:00Z", "type": "version"}
    event = events.parse(json.dumps({**line, "tofu": "1.11.0", "ui": "1.2"}))
    assert isinstance(event, events.Version)
    assert event.version == "1.11.0"


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("module.us_west_2.module.function.aws_lambda_function.this", "us-west-2"),
        ("module.ap_southeast_1.aws_kms_key.this", "ap-southeast-1"),
        ("module.us_gov_east_1.aws_kms_key.this", "us-gov-east-1"),
        ("module.us_west_2", "us-west-2"),
        ('aws_route53_record.latency["us-west-2"]', GLOBAL),
        ("module.dns.module.us_west_2.aws_kms_key.this", GLOBAL),
        ("module.network_2a.aws_vpc.this", GLOBAL),
        ("data.aws_route53_zone.this", GLOBAL),
    ],
)
def test_the_region_of_an_address(address: str, region: str) -> None:
    assert region_of(address) == region


def test_progress_of_a_whole_apply() -> None:
    progress = Progress()
    snapshots = []
    for event in recorded("apply.jsonl"):
        progress = progress.after(event)
        if isinstance(event, events.ApplyProgress):
            snapshots.append(progress)
    (middle,) = snapshots
    assert [(region.name, region.done, region.total) for region in middle.regions] == [
        ("eu-west-2", 3, 3),
        ("us-west-2", 1, 3),
        ("global", 1, 1),
    ]
    (flight,) = middle.regions[1].in_flight
    assert (flight.address, flight.action) == (
        "module.us_west_2.terraform_data.replaced",
        "create",
    )
    assert flight.started == datetime(2026, 11, 24, 0, 14, 2, 964292, tzinfo=UTC)
    assert all(region.done == region.total for region in progress.regions)
    assert not any(region.in_flight or region.errored for region in progress.regions)


def test_progress_of_an_interrupted_apply() -> None:
    progress = Progress()
    for event in recorded("interrupted_1.15.jsonl"):
        progress = progress.after(event)
    europe, america, rest = progress.regions
    assert (europe.name, europe.done, europe.total) == ("eu-west-2", 0, 3)
    assert sorted(europe.errored) == [
        "module.eu_west_2.terraform_data.a[0]",
        "module.eu_west_2.terraform_data.a[1]",
    ]
    assert sorted(america.errored) == [
        "module.us_west_2.terraform_data.a[0]",
        "module.us_west_2.terraform_data.a[1]",
    ]
    assert (rest.name, rest.done, rest.total) == ("global", 1, 1)
    assert (europe.in_flight, america.in_flight) == ((), ())


def test_progress_is_a_value() -> None:
    start = Progress()
    for event in recorded("apply.jsonl"):
        start.after(event)
    assert start.regions == ()
