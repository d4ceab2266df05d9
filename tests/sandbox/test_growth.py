"""What a sandbox that runs for long does not keep."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.sandbox.patches.growth import EVENTS

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


def test_the_end_of_a_log_stream_is_kept(aws: Aws) -> None:
    logs: CloudWatchLogsClient = aws.client("logs", REGION)
    logs.create_log_group(logGroupName="/app")
    logs.create_log_stream(logGroupName="/app", logStreamName="stream")
    now = int(time.time() * 1000)
    for batch in range(7):
        events: Any = [
            {"timestamp": now + number, "message": str(number)}
            for number in range(batch * 500, batch * 500 + 500)
        ]
        logs.put_log_events(logGroupName="/app", logStreamName="stream", logEvents=events)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/app")
    kept = [int(event["message"]) for page in pages for event in page["events"]]
    assert EVENTS <= len(kept) <= EVENTS + 500
    assert kept == list(range(3500 - len(kept), 3500))


def test_what_is_deleted_is_forgotten() -> None:
    """In the sandbox's process: `growth` is in none of the tests' own."""
    program = """
import gc, weakref
from tfgen.sandbox.patches import growth
growth.patch()
from moto.logs.models import LogGroup
from moto.s3.models import FakeKey
group = LogGroup("123456789012", "eu-west-2", "/app")
gone = weakref.ref(group)
del group
gc.collect()
assert gone() is None
key = FakeKey("name", b"x", "123456789012", "eu-west-2")
assert FakeKey.instances_tracked == [key]
key.dispose()
"""
    subprocess.run([sys.executable, "-c", program], check=True)
