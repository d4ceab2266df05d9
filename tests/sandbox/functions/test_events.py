"""Events that nobody waits for: tried again, and kept when they failed to the end."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.functions.lab import REGION, Lab, wait_until

_numbers = itertools.count()

FAILS = """
import pathlib

def handler(event, context):
    attempts = pathlib.Path("{folder}/attempts")
    with attempts.open("a") as file:
        file.write(context.aws_request_id + "\\n")
    if len(attempts.read_text().splitlines()) < {good}:
        raise ValueError("on purpose")
"""


@pytest.fixture
def queue(lab: Lab) -> str:
    """The URL of a queue of the test's own."""
    name = f"dead-letters-{next(_numbers)}"
    url: str = lab.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url


def dead_letters(queue: str) -> dict[str, str]:
    """Returns the configuration that sends dead letters to a queue."""
    return {"TargetArn": f"arn:aws:sqs:{REGION}:123456789012:{queue.rpartition('/')[2]}"}


def attempts(folder: Path) -> list[str]:
    """Returns the request ID of every attempt."""
    file = folder / "attempts"
    return file.read_text().splitlines() if file.exists() else []


def received(lab: Lab, queue: str) -> dict[str, Any]:
    """Waits for the one message of a queue."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        answer = lab.client("sqs").receive_message(QueueUrl=queue, MessageAttributeNames=["All"])
        found.extend(answer.get("Messages", []))
        return bool(found)

    wait_until(look, "a message")
    (message,) = found
    return message


def send(lab: Lab, name: str) -> str:
    """Sends an event and returns its request ID."""
    done = lab.awslambda.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"a": 1}')
    assert done["StatusCode"] == 202
    request_id: str = done["ResponseMetadata"]["RequestId"]
    return request_id


def test_what_fails_three_times_is_a_dead_letter(lab: Lab, tmp_path: Path, queue: str) -> None:
    code = FAILS.format(folder=tmp_path, good=99)
    name = lab.deploy(code, DeadLetterConfig=dead_letters(queue))
    request_id = send(lab, name)
    message = received(lab, queue)
    assert attempts(tmp_path) == [request_id] * 3
    assert json.loads(message["Body"]) == {"a": 1}
    said = {key: each["StringValue"] for key, each in message["MessageAttributes"].items()}
    assert said == {"RequestID": request_id, "ErrorCode": "200", "ErrorMessage": "on purpose"}


def test_what_works_in_the_end_is_none(lab: Lab, tmp_path: Path, queue: str) -> None:
    code = FAILS.format(folder=tmp_path, good=2)
    name = lab.deploy(code, DeadLetterConfig=dead_letters(queue))
    send(lab, name)
    wait_until(lambda: len(attempts(tmp_path)) == 2, "the second attempt")
    # A function that fails at once comes after it, so that the queue is known to have been quiet.
    last = lab.deploy(
        "def handler(event, context): raise ValueError",
        DeadLetterConfig=dead_letters(queue),
    )
    lab.awslambda.put_function_event_invoke_config(FunctionName=last, MaximumRetryAttempts=0)
    request_id = send(lab, last)
    attributes = received(lab, queue)["MessageAttributes"]
    assert attributes["RequestID"]["StringValue"] == request_id
    assert attempts(tmp_path) == attempts(tmp_path)[:1] * 2


def test_a_function_that_may_not_run_leaves_dead_letters(lab: Lab, queue: str) -> None:
    name = lab.deploy(
        "def handler(event, context): pass",
        DeadLetterConfig=dead_letters(queue),
    )
    lab.awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    send(lab, name)
    attributes = received(lab, queue)["MessageAttributes"]
    assert attributes["ErrorCode"]["StringValue"] == "429"


def test_a_queue_that_is_gone_is_said(
    lab: Lab, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    name = lab.deploy(
        FAILS.format(folder=tmp_path, good=99),
        DeadLetterConfig=dead_letters("nowhere"),
    )
    lab.awslambda.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    send(lab, name)
    lost = re.compile("an event was lost: .*:nowhere does not take it")
    wait_until(lambda: lost.search(caplog.text), "the log")
