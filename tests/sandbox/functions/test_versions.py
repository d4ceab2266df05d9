"""Versions and aliases: what was asked for runs, as it was when it was published."""

from __future__ import annotations

import pytest

from tests.sandbox.functions.lab import REGION, Lab, bundle
from tfgen.sandbox.invocation import InvokeError

SAYS = """
import os

def handler(event, context):
    asked = context.invoked_function_arn.rpartition(":")[2]
    return [os.environ["WORD"], context.function_version, asked]
"""


@pytest.fixture
def name(lab: Lab) -> str:
    """A function with two versions, an alias of the first, and a change that is not published."""
    name = lab.deploy(SAYS, environment={"WORD": "one"}, Publish=True)
    for word in ("two", "three"):
        lab.awslambda.update_function_configuration(
            FunctionName=name, Environment={"Variables": {"WORD": word}}
        )
        if word == "two":
            lab.awslambda.publish_version(FunctionName=name)
    lab.awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


def test_a_version_runs_as_it_was_published(lab: Lab, name: str) -> None:
    assert lab.result(name, qualifier="1") == ["one", "1", "1"]
    assert lab.result(name, qualifier="2") == ["two", "2", "2"]
    assert lab.result(name) == ["three", "$LATEST", name]
    assert lab.result(name, qualifier="$LATEST") == ["three", "$LATEST", "$LATEST"]


def test_an_alias_runs_its_version(lab: Lab, name: str) -> None:
    done = lab.invoke(name, qualifier="live")
    assert (done.payload, done.version) == (b'["one", "1", "live"]', "1")
    lab.awslambda.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
    assert lab.invoke(name, qualifier="live").version == "2"


def test_an_alias_shares_its_requests_by_weight(lab: Lab, name: str) -> None:
    lab.awslambda.update_alias(
        FunctionName=name, Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}}
    )
    assert {lab.invoke(name, qualifier="live").version for _ in range(10)} == {"2"}
    lab.awslambda.update_alias(
        FunctionName=name, Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.0}}
    )
    assert {lab.invoke(name, qualifier="live").version for _ in range(10)} == {"1"}


@pytest.mark.parametrize(
    "function",
    [
        "{name}:live",
        "arn:aws:lambda:eu-west-2:123456789012:function:{name}:live",
        "123456789012:function:{name}:live",
        "123456789012:{name}:live",
    ],
)
def test_a_function_is_named_in_every_way(lab: Lab, name: str, function: str) -> None:
    assert lab.invoke(function.format(name=name)).version == "1"


@pytest.mark.parametrize(
    ("function", "qualifier", "arn"),
    [
        ("nobody", None, "nobody"),
        ("nobody", "live", "nobody:live"),
        ("{name}", "7", "{name}:7"),
        ("{name}", "dead", "{name}:dead"),
        ("no name", None, "no name"),
    ],
)
def test_what_does_not_exist(
    lab: Lab, name: str, function: str, qualifier: str | None, arn: str
) -> None:
    with pytest.raises(InvokeError) as refused:
        lab.invoke(function.format(name=name), qualifier=qualifier)
    assert (refused.value.code, refused.value.status) == ("ResourceNotFoundException", 404)
    whole = f"arn:aws:lambda:{REGION}:123456789012:function:{arn.format(name=name)}"
    assert refused.value.message == f"Function not found: {whole}"


def test_versions_with_the_same_code_unpack_it_once(lab: Lab) -> None:
    code = bundle("import os\ndef handler(event, context): return os.environ['LAMBDA_TASK_ROOT']")
    one, other = lab.deploy(code), lab.deploy(code)
    assert lab.result(one) == lab.result(other)


def test_what_was_done_is_counted(lab: Lab, name: str) -> None:
    for qualifier in ("1", "1", "2", "live"):
        lab.result(name, qualifier=qualifier)
    counted = {
        each.version: (each.region, each.environments, each.invocations, each.errors)
        for each in lab.functions.activity()
        if each.function == name
    }
    assert counted == {"1": (REGION, 1, 3, 0), "2": (REGION, 1, 1, 0)}
