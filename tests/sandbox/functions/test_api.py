"""Lambda's API, and the services that invoke functions, over HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.functions.lab import ECHO, REGION, Lab, wait_until


@pytest.fixture
def name(lab: Lab) -> str:
    """A function with a version and an alias."""
    name = lab.deploy(ECHO, Publish=True)
    lab.awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


def refusal(error: ClientError) -> tuple[str, int]:
    """Returns code and status."""
    return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]


def test_invoke(lab: Lab, name: str) -> None:
    done = lab.awslambda.invoke(FunctionName=name, Qualifier="live", Payload=b'{"a": "\xc3\xa9"}')
    assert (done["StatusCode"], done["ExecutedVersion"]) == (200, "1")
    assert "FunctionError" not in done
    assert "LogResult" not in done
    assert json.loads(done["Payload"].read())["event"] == {"a": "é"}
    assert f"START RequestId: {done['ResponseMetadata']['RequestId']} Version: 1\n" in lab.logged(
        name
    )


def test_the_qualifier_is_not_looked_for_in_the_event(lab: Lab, name: str) -> None:
    """moto takes the body of a request without a query for a form."""
    done = lab.awslambda.invoke(FunctionName=name, Payload=b'"x&Qualifier=7&y=1"')
    assert done["ExecutedVersion"] == "$LATEST"


def test_invoke_with_the_log_and_a_context(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context): return context.client_context.custom")
    done = lab.awslambda.invoke(
        FunctionName=name,
        LogType="Tail",
        ClientContext=base64.b64encode(b'{"custom": {"a": 1}}').decode(),
    )
    assert json.loads(done["Payload"].read()) == {"a": 1}
    log = base64.b64decode(done["LogResult"]).decode()
    assert log.startswith("INIT_START ")
    assert "REPORT RequestId: " in log


def test_a_function_that_fails(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context): raise ValueError('no')")
    done = lab.awslambda.invoke(FunctionName=name)
    assert (done["StatusCode"], done["FunctionError"]) == (200, "Unhandled")
    assert json.loads(done["Payload"].read())["errorType"] == "ValueError"


def test_a_dry_run_runs_nothing(lab: Lab, name: str) -> None:
    done = lab.awslambda.invoke(FunctionName=name, InvocationType="DryRun")
    assert done["StatusCode"] == 204
    assert lab.environments(name) == 0
    with pytest.raises(ClientError) as refused:
        lab.awslambda.invoke(FunctionName=name, Qualifier="dead", InvocationType="DryRun")
    assert refusal(refused.value) == ("ResourceNotFoundException", 404)


def test_an_event_does_not_wait(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(
        f"""
import pathlib, time

def handler(event, context):
    while not pathlib.Path("{tmp_path}/go").exists():
        time.sleep(0.005)
    pathlib.Path("{tmp_path}/done").write_text(context.aws_request_id)
"""
    )
    done = lab.awslambda.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    assert (done["StatusCode"], done["Payload"].read()) == (202, b"")
    (tmp_path / "go").touch()
    written = tmp_path / "done"
    wait_until(lambda: written.exists() and written.read_text(), "the end of the event")
    assert written.read_text() == done["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [
        ({"Payload": b"{"}, "InvalidRequestContentException", 400),
        ({"FunctionName": "nobody"}, "ResourceNotFoundException", 404),
        ({"Payload": b'"' + b"x" * 6_291_456 + b'"'}, "RequestEntityTooLargeException", 413),
        (
            {"Payload": b'"' + b"x" * 1_048_576 + b'"', "InvocationType": "Event"},
            "RequestEntityTooLargeException",
            413,
        ),
    ],
    ids=["no json", "nobody", "too large", "too large for an event"],
)
def test_what_is_refused(lab: Lab, name: str, call: dict[str, Any], code: str, status: int) -> None:
    with pytest.raises(ClientError) as refused:
        lab.awslambda.invoke(**{"FunctionName": name, **call})
    assert refusal(refused.value) == (code, status)


def test_a_function_that_may_not_run(lab: Lab, name: str) -> None:
    lab.awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(lab.awslambda.exceptions.TooManyRequestsException) as refused:
        lab.awslambda.invoke(FunctionName=name)
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    response: Mapping[str, Any] = refused.value.response
    assert response["Reason"] == reason


def test_a_runtime_that_is_not_there(lab: Lab) -> None:
    name = lab.deploy(ECHO, runtime="java21")
    with pytest.raises(lab.awslambda.exceptions.InvalidRuntimeException, match="java21"):
        lab.awslambda.invoke(FunctionName=name)


def test_a_region_that_is_out(lab: Lab, name: str) -> None:
    lab.outages.fail(REGION)
    try:
        with pytest.raises(lab.awslambda.exceptions.ServiceException) as refused:
            lab.awslambda.invoke(FunctionName=name)
    finally:
        lab.outages.heal(REGION)
    assert refusal(refused.value) == ("ServiceException", 503)


def test_a_topic_and_a_queue_invoke_it(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context): print(sorted(event['Records'][0])[:2])")
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:{name}"
    sns = lab.client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="hello")
    said = "['EventSource', 'EventSubscriptionArn']\n"
    wait_until(lambda: said in lab.logged(name), "the topic's event")
    sqs = lab.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    lab.awslambda.create_event_source_mapping(
        FunctionName=name, EventSourceArn=queue["Attributes"]["QueueArn"]
    )
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    said = "['attributes', 'awsRegion']\n"
    wait_until(lambda: said in lab.logged(name), "the queue's event")
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
