"""Function URLs: what Lambda's API says of them, and what answers behind them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.sandbox.client import Client, Response
from tfgen.sandbox.lifecycle import Running

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ORIGIN = "https://app.example.com"
SIGNED = ("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-2/lambda/x")
CODE = """
def handler(event, context):
    if event["rawPath"] == "/fail":
        raise ValueError("on purpose")
    if event["rawPath"] == "/text":
        return {"statusCode": 201, "cookies": ["a=1", "b=2"], "headers": {"x-version": "1"},
                "body": "made"}
    return {"event": event, "version": context.function_version}
"""


@pytest.fixture
def client(aws: Aws, role: str) -> LambdaClient:
    """Lambda, with a function, a version of it and an alias of that."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("app.py", CODE)
    client = aws.client("lambda", REGION)
    client.create_function(
        FunctionName="app",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": target.getvalue()},
        Publish=True,
    )
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")
    return client


@pytest.fixture
def gateway(running: Running) -> Client:
    return Client(running)


def make(client: LambdaClient, auth: str = "NONE", qualifier: str = "live", **more: Any) -> str:
    """Makes a URL and returns it."""
    made = client.create_function_url_config(
        FunctionName="app",
        Qualifier=qualifier,
        AuthType=auth,  # type: ignore[arg-type]
        **more,
    )
    return made["FunctionUrl"]


def allow(client: LambdaClient, action: str, qualifier: str = "live", **conditions: Any) -> None:
    client.add_permission(
        FunctionName="app",
        Qualifier=qualifier,
        StatementId=action.rpartition(":")[2],
        Action=action,
        Principal="*",
        **conditions,
    )


def allow_everybody(client: LambdaClient) -> None:
    allow(client, "lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    allow(client, "lambda:InvokeFunction", InvokedViaFunctionUrl=True)


def test_a_url_is_of_its_alias(client: LambdaClient) -> None:
    url = make(client)
    assert url.startswith("https://")
    assert url.endswith(f".lambda-url.{REGION}.on.aws/")
    found = client.get_function_url_config(FunctionName="app", Qualifier="live")
    assert (found["FunctionUrl"], found["AuthType"]) == (url, "NONE")
    assert found["FunctionArn"].endswith(":function:app:live")
    assert (found["InvokeMode"], "Cors" in found) == ("BUFFERED", False)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_url_config(FunctionName="app")
    listed = client.list_function_url_configs(FunctionName="app")["FunctionUrlConfigs"]
    assert [each["FunctionUrl"] for each in listed] == [url]


def test_a_url_is_changed_and_deleted(client: LambdaClient) -> None:
    url = make(client, Cors={"AllowOrigins": [ORIGIN]})
    changed = client.update_function_url_config(
        FunctionName="app", Qualifier="live", AuthType="AWS_IAM"
    )
    assert (changed["FunctionUrl"], changed["AuthType"]) == (url, "AWS_IAM")
    assert changed["Cors"]["AllowOrigins"] == [ORIGIN]
    without = client.update_function_url_config(FunctionName="app", Qualifier="live", Cors={})
    assert "Cors" not in without
    client.delete_function_url_config(FunctionName="app", Qualifier="live")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.update_function_url_config(FunctionName="app", Qualifier="live", AuthType="NONE")


def test_names_of_headers_come_back_in_lower_case(client: LambdaClient, gateway: Client) -> None:
    """Also in answers to preflights: Lambda keeps nothing else of them."""
    cors = {"AllowOrigins": [ORIGIN], "AllowHeaders": ["Content-Type", "X-Shade"]}
    url = make(client, Cors=cors | {"AllowMethods": ["PUT"]})
    made = client.get_function_url_config(FunctionName="app", Qualifier="live")
    assert made["Cors"]["AllowHeaders"] == ["content-type", "x-shade"]
    asked = [("Origin", ORIGIN), ("Access-Control-Request-Method", "PUT")]
    answered = gateway.request("OPTIONS", url, headers=asked, region=REGION)
    assert dict(answered.headers)["Access-Control-Allow-Headers"] == "content-type,x-shade"
    changed = client.update_function_url_config(
        FunctionName="app", Qualifier="live", Cors={"ExposeHeaders": ["X-Version"]}
    )
    assert changed["Cors"]["ExposeHeaders"] == ["x-version"]


@pytest.mark.parametrize(
    ("qualifier", "expected"),
    [
        ("live", "ResourceConflictException"),
        ("1", "InvalidParameterValueException"),
        ("$LATEST", "InvalidParameterValueException"),
    ],
)
def test_what_lambda_refuses(client: LambdaClient, qualifier: str, expected: str) -> None:
    make(client)
    with pytest.raises(TfgenError, match=expected):
        make(client, qualifier=qualifier)


def test_an_alias_that_does_not_exist_has_no_url(client: LambdaClient) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        make(client, qualifier="other")


def test_options_is_no_method_of_cors(client: LambdaClient) -> None:
    """Lambda answers preflights by itself."""
    with pytest.raises(TfgenError, match="ValidationException"):
        make(client, Cors={"AllowMethods": ["GET", "OPTIONS"]})


def test_a_public_url_needs_both_permissions(client: LambdaClient, gateway: Client) -> None:
    url = make(client)

    def ask() -> Response:
        return gateway.request("GET", url, region=REGION)

    assert ask().status == 403
    allow(client, "lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    refused = ask()
    assert refused.status == 403
    assert dict(refused.headers)["x-amzn-ErrorType"] == "AccessDeniedException"
    assert json.loads(refused.body)["Message"].startswith("Forbidden. ")
    assert refused.notice is not None
    assert "does not let everybody do lambda:InvokeFunction;" in refused.notice
    allow(client, "lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    assert ask().status == 200
    client.remove_permission(FunctionName="app", Qualifier="live", StatementId="InvokeFunctionUrl")
    assert ask().status == 403


def test_a_permission_without_the_condition_is_enough(
    client: LambdaClient, gateway: Client
) -> None:
    """The AWS provider has no argument for the condition before version 6.28."""
    url = make(client)
    allow(client, "lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    allow(client, "lambda:InvokeFunction")
    assert gateway.request("GET", url).status == 200


def test_a_permission_for_something_else_does_not_count(
    client: LambdaClient, gateway: Client
) -> None:
    url = make(client)
    for qualifier in ("1", "$LATEST"):
        allow(client, "lambda:InvokeFunction", qualifier)
    allow(client, "lambda:InvokeFunctionUrl", FunctionUrlAuthType="AWS_IAM")
    allow(client, "lambda:InvokeFunction", SourceAccount="123456789012")
    assert gateway.request("GET", url).status == 403


def test_a_url_with_iam_wants_a_signature(client: LambdaClient, gateway: Client) -> None:
    url = make(client, auth="AWS_IAM")
    assert gateway.request("GET", url).status == 403
    answered = gateway.request("GET", url, headers=[SIGNED])
    assert answered.status == 200
    context = json.loads(answered.body)["event"]["requestContext"]
    assert context["accountId"] == "123456789012"
    assert context["authorizer"]["iam"]["accessKey"] == "AKIDEXAMPLE"


def test_the_event(client: LambdaClient, gateway: Client) -> None:
    url = make(client)
    allow_everybody(client)
    answered = gateway.request(
        "POST",
        f"{url}items?a=1&a=2",
        headers=[("Content-Type", "application/json"), ("Cookie", "c=1")],
        body=b'{"x": 1}',
    )
    said = json.loads(answered.body)
    event, context = said["event"], said["event"]["requestContext"]
    host = url.removeprefix("https://").rstrip("/")
    assert said["version"] == "1"
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "$default", "/items")
    assert (event["rawQueryString"], event["cookies"]) == ("a=1&a=2", ["c=1"])
    assert (event["body"], event["isBase64Encoded"]) == ('{"x": 1}', False)
    assert (context["accountId"], context["stage"]) == ("anonymous", "$default")
    assert (context["domainName"], context["apiId"]) == (host, host.partition(".")[0])
    assert context["requestId"] == dict(answered.headers)["x-amzn-RequestId"]
    assert "authorizer" not in context


def test_what_the_function_returns(client: LambdaClient, gateway: Client) -> None:
    url = make(client)
    allow_everybody(client)
    made = gateway.request("GET", f"{url}text")
    assert (made.status, made.body) == (201, b"made")
    assert [value for name, value in made.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    failed = gateway.request("GET", f"{url}fail", region=REGION)
    assert (failed.status, failed.body) == (502, b"Internal Server Error")
    assert failed.notice is not None
    assert "on purpose" in failed.notice


def test_preflights_are_answered_without_the_function(
    client: LambdaClient, gateway: Client
) -> None:
    cors = {
        "AllowOrigins": [ORIGIN],
        "AllowMethods": ["GET"],
        "AllowHeaders": ["content-type"],
        "ExposeHeaders": ["x-version"],
        "AllowCredentials": True,
        "MaxAge": 600,
    }
    url = make(client, auth="AWS_IAM", Cors=cors)
    asked = [("Origin", ORIGIN), ("Access-Control-Request-Method", "GET")]
    preflight = gateway.request("OPTIONS", url, headers=asked)
    headers = {name.lower(): value for name, value in preflight.headers}
    assert (preflight.status, preflight.body) == (200, b"")
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-allow-methods"] == "GET"
    assert headers["access-control-max-age"] == "600"
    answered = gateway.request("GET", f"{url}text", headers=[("Origin", ORIGIN), SIGNED])
    headers = {name.lower(): value for name, value in answered.headers}
    assert headers["access-control-expose-headers"] == "x-version"
    other = gateway.request("GET", url, headers=[("Origin", "https://evil.example"), SIGNED])
    assert not [name for name, _ in other.headers if name.lower().startswith("access-control")]


def test_a_url_leads_to_its_region_and_goes_with_it(client: LambdaClient, gateway: Client) -> None:
    url = make(client)
    allow_everybody(client)
    route = gateway.route(url.removeprefix("https://").rstrip("/"), "tokyo")
    assert (route.found, route.region, route.candidates) == (True, REGION, ())
    gateway.fail(REGION)
    assert gateway.request("GET", url).status == 503
    gateway.heal(REGION)
    assert gateway.request("GET", url).status == 200
    served = [each for each in gateway.activity()["requests"] if each["host"] == route.host]
    assert [(each["status"], each["requests"]) for each in served] == [(200, 1), (503, 1)]


def test_a_url_that_nobody_has(client: LambdaClient, gateway: Client) -> None:
    url = make(client)
    allow_everybody(client)
    assert gateway.request("GET", url).status == 200
    client.delete_alias(FunctionName="app", Name="live")
    assert gateway.request("GET", url).status == 404
    assert gateway.request("GET", "https://x.lambda-url.mars-east-1.on.aws/").status == 404
