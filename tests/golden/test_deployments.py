"""What makes a REST API go live again, and what does not: by Terraform itself, with a mocked AWS.

A deployment is a snapshot of an API. A change that its ``triggers`` do not see never goes live; one
that they see without need makes a deployment for nothing.
https://docs.aws.amazon.com/apigateway/latest/developerguide/updating-api.html
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.pool import validating
from tests.support.trees import configs, files_of, write_tree
from tfgen.render.hcl import Value, to_hcl

ACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/{}/1a2b"

CORS: Mapping[str, Value] = {
    "origins": ["https://a.example", "https://b.example"],
    "methods": ["GET"],
    "headers": ["Content-Type"],
    "max_age": 60,
    "credentials": True,
    "expose_headers": ["ETag"],
}
API: Mapping[str, Value] = {
    "ip_address_type": "dualstack",
    "authorization": "AWS_IAM",
    "open_path": "/up",
    "cors": CORS,
    "throttle": {"rate": 1, "burst": 2},
    # Not the account's role: Terraform could not take down after the test what is never destroyed.
    "access_logs": {"retention_days": 30},
    "binary_media_types": ["image/png"],
    "compression": 1024,
    "disable_execute_api": True,
    "web_acl_arn": ACL.format("one"),
}

DEPLOYED: Mapping[str, Mapping[str, Value]] = {
    "authorization": {"authorization": "NONE"},
    "open_path": {"open_path": "/down"},
    "open_path_root": {"open_path": "/"},
    "open_path_none": {"open_path": None},
    "cors_none": {"cors": None},
    "cors_origin": {"cors": {**CORS, "origins": ["https://a.example"]}},
    "cors_second_origin": {"cors": {**CORS, "origins": ["https://a.example", "https://c.example"]}},
    "cors_methods": {"cors": {**CORS, "methods": ["GET", "PUT"]}},
    "cors_credentials": {"cors": {**CORS, "credentials": False}},
    "cors_expose_headers": {"cors": {**CORS, "expose_headers": ["Location"]}},
    "binary_media_types": {"binary_media_types": []},
    "compression": {"compression": -1},
    "disable_execute_api": {"disable_execute_api": False},
}
NOT_DEPLOYED: Mapping[str, Mapping[str, Value]] = {
    "beside": {
        "ip_address_type": "ipv4",
        "throttle": {"rate": 3, "burst": 4},
        "access_logs": {"retention_days": 90},
        "web_acl_arn": ACL.format("two"),
    },
    "nothing_beside": {"throttle": None, "access_logs": None, "web_acl_arn": None},
}

# What must look like itself for others to take it, and what must be the same after each change.
MOCKS = """\
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:x" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/x" }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id            = "api"
      execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api"
    }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = { arn = "arn:aws:apigateway:eu-west-1::/restapis/x/stages/live" }
  }
}
"""

Resources = Mapping[str, Mapping[str, Any]]
"""Address → values."""


def run_block(name: str, api: Mapping[str, Value]) -> str:
    """Returns a run of Terraform's tests that applies the module with these settings."""
    function: Mapping[str, Value] = {
        "name": "x",
        "alias": {"name": "live", "arn": "arn:aws:lambda:eu-west-1:123456789012:function:x:live"},
        "key_arn": "arn:aws:kms:eu-west-1:123456789012:key/x",
    }
    variables: Mapping[str, Value] = {
        "region": "eu-west-1",
        "name": "x",
        "function": function,
        "api": api,
    }
    lines = "".join(f"    {key} = {to_hcl(value, 2)}\n" for key, value in variables.items())
    return f'run "{name}" {{\n  command = apply\n\n  variables {{\n{lines}  }}\n}}\n'


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Resources]:
    """Returns what there is after each change of everything."""
    folder = tmp_path_factory.mktemp("deployments")
    write_tree(files_of(configs()["rest-full"], 5), folder)
    module = folder / "modules/rest_api"
    changes = {"everything": {}, **DEPLOYED, **NOT_DEPLOYED}
    runs = [run_block(name, {**API, **change}) for name, change in changes.items()]
    (module / "change.tftest.hcl").write_text("\n".join([MOCKS, *runs]), "utf-8")
    with validating() as env:
        command = ["terraform", f"-chdir={module}"]
        subprocess.run([*command, "init"], env=env, check=True, capture_output=True)
        tested = subprocess.run(
            [*command, "test", "-json", "-verbose"],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert tested.returncode == 0, tested.stdout[-4000:]
    return dict(_states(tested.stdout))


def _states(output: str) -> Iterator[tuple[str, Resources]]:
    for line in output.splitlines():
        message = json.loads(line)
        if message["type"] == "test_state":
            resources = message["test_state"]["root_module"]["resources"]
            yield message["@testrun"], {each["address"]: each["values"] for each in resources}


def triggers(resources: Resources) -> Any:
    return resources["aws_api_gateway_deployment.this"]["triggers"]


@pytest.mark.parametrize("change", DEPLOYED)
def test_a_change_of_the_api_is_deployed(change: str, states: Mapping[str, Resources]) -> None:
    assert triggers(states[change]) != triggers(states["everything"])


@pytest.mark.parametrize("change", NOT_DEPLOYED)
def test_a_change_beside_the_api_is_not(change: str, states: Mapping[str, Resources]) -> None:
    assert triggers(states[change]) == triggers(states["everything"])


def document(resources: Resources) -> Any:
    return json.loads(resources["aws_api_gateway_rest_api.this"]["body"])


def test_the_document_names_the_api_and_its_function(states: Mapping[str, Resources]) -> None:
    described = document(states["everything"])
    assert (
        described["info"]["title"] == states["everything"]["aws_api_gateway_rest_api.this"]["name"]
    )
    functions = {
        method["x-amazon-apigateway-integration"]["uri"]
        for path in described["paths"].values()
        for name, method in path.items()
        if name != "options"
    }
    assert functions == {
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
        "arn:aws:lambda:eu-west-1:123456789012:function:x:live/invocations"
    }


@pytest.mark.parametrize("state", ["everything", *DEPLOYED])
def test_the_document_says_what_the_arguments_say(
    state: str, states: Mapping[str, Resources]
) -> None:
    described, api = document(states[state]), states[state]["aws_api_gateway_rest_api.this"]
    assert described["x-amazon-apigateway-binary-media-types"] == api["binary_media_types"]
    size = described.get("x-amazon-apigateway-minimum-compression-size", -1)
    assert str(size) == api["minimum_compression_size"]
    (server,) = described["servers"]
    assert server["x-amazon-apigateway-endpoint-configuration"] == {
        "disableExecuteApiEndpoint": api["disable_execute_api_endpoint"]
    }


def test_a_preflight_is_answered_for_anybody_who_asks(states: Mapping[str, Resources]) -> None:
    described = document(states["everything"])
    preflight = described["paths"]["/{proxy+}"]["options"]
    integration = preflight["x-amazon-apigateway-integration"]
    response = integration["responses"]["default"]
    assert integration["contentHandling"] == "CONVERT_TO_TEXT"
    assert response["responseParameters"] == {
        "method.response.header.Access-Control-Allow-Credentials": "'true'",
        "method.response.header.Access-Control-Allow-Headers": "'Content-Type'",
        "method.response.header.Access-Control-Allow-Methods": "'GET'",
        "method.response.header.Access-Control-Allow-Origin": "'https://a.example'",
        "method.response.header.Access-Control-Max-Age": "'60'",
        "method.response.header.Vary": "'Origin'",
    }
    assert response["responseTemplates"]["application/json"].splitlines()[4:] == [
        '#if($origin == "https://a.example" || $origin == "https://b.example")',
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)",
        "#end",
    ]


def test_only_the_open_path_is_open(states: Mapping[str, Resources]) -> None:
    def security(state: str) -> dict[str, Any]:
        return {
            f"{name.removeprefix('x-amazon-apigateway-')} {path}": method.get("security")
            for path, methods in document(states[state])["paths"].items()
            for name, method in methods.items()
        }

    signed: list[Mapping[str, Any]] = [{"sigv4": []}]
    everywhere = {
        f"{name} {path}": signed if name == "any-method" else None
        for path in ("/", "/{proxy+}")
        for name in ("any-method", "options")
    }
    assert security("everything") == {
        **everywhere,
        "any-method /up": signed,
        "options /up": None,
        "get /up": None,
    }
    assert security("open_path_root") == {**everywhere, "get /": None}
    assert security("open_path_none") == everywhere
    assert not any(security("authorization").values())


def test_without_cors_nothing_speaks_of_it(states: Mapping[str, Resources]) -> None:
    described = document(states["cors_none"])
    assert described["x-amazon-apigateway-gateway-responses"] == {}
    assert not [path for path, methods in described["paths"].items() if "options" in methods]
    assert "Access-Control" not in json.dumps(described)
