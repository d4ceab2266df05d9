"""Access logs: a line for each request, in the format that the stage wants."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from tests.sandbox.gateway.test_jwt import GOOD, api, ask, token
from tests.sandbox.gateway.world import (
    ACCOUNT,
    DOMAIN,
    LONDON,
    Http,
    Rest,
    World,
    allow,
    client_of,
    make_function,
    rest_app,
)
from tfgen.sandbox.gateway.access_log import expand

GROUP = "/api/app"
ARN = f"arn:aws:logs:{LONDON}:{ACCOUNT}:log-group:{GROUP}"
FIELDS = (
    "requestId",
    "status",
    "httpMethod",
    "resourcePath",
    "routeKey",
    "path",
    "integrationStatus",
    "integrationErrorMessage",
    "responseLength",
    "identity.sourceIp",
    "identity.userAgent",
    "error.message",
    "error.responseType",
    "authorizer.error",
    "authorizer.claims.sub",
    "customDomain.basePathMatched",
    "stage",
)
FORMAT = json.dumps({field: f"$context.{field}" for field in FIELDS})


def lines() -> list[Any]:
    events = client_of("logs", LONDON).filter_log_events(logGroupName=GROUP)["events"]
    return [json.loads(each["message"]) for each in events]


@pytest.fixture
def _group(world: World) -> None:  # noqa: ARG001 (the group is in its account)
    client_of("logs", LONDON).create_log_group(logGroupName=GROUP)


def log_rest(made: Rest, form: str = FORMAT, arn: str = ARN) -> Rest:
    iam = client_of("iam", LONDON)
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="logs", AssumeRolePolicyDocument="{}")
    set_role(made, iam.get_role(RoleName="logs")["Role"]["Arn"])
    made.client.update_stage(
        restApiId=made.id,
        stageName="live",
        patchOperations=[
            {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": arn},
            {"op": "replace", "path": "/accessLogSettings/format", "value": form},
        ],
    )
    return made


def set_role(made: Rest, arn: str) -> None:
    role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
    made.client.update_account(patchOperations=[role])


def log_http(made: Http) -> Http:
    from moto.apigatewayv2.models import apigatewayv2_backends

    stage = apigatewayv2_backends[ACCOUNT][LONDON].apis[made.id].stages["$default"]
    stage.access_log_settings = {"destinationArn": ARN, "format": FORMAT}
    return made


@pytest.mark.usefixtures("_group")
def test_a_rest_api_logs_its_requests(world: World) -> None:
    made = log_rest(rest_app(LONDON, domain=DOMAIN, base="v1"))
    answered = world.ask(DOMAIN, "/v1/items/1", headers={"User-Agent": 'a "browser"'})
    (line,) = lines()
    assert line == {
        "requestId": answered.header("x-amzn-RequestId"),
        "status": "200",
        "httpMethod": "GET",
        "resourcePath": "/{proxy+}",
        "routeKey": "-",
        "path": "/v1/items/1",
        "integrationStatus": "200",
        "integrationErrorMessage": "-",
        "responseLength": "2",
        "identity.sourceIp": "198.51.100.7",
        "identity.userAgent": 'a "browser"',
        "error.message": "-",
        "error.responseType": "-",
        "authorizer.error": "-",
        "authorizer.claims.sub": "-",
        "customDomain.basePathMatched": "v1",
        "stage": "live",
    }
    world.ask(made.host, "/live/")
    assert [each["resourcePath"] for each in lines()] == ["/{proxy+}", "/"]


@pytest.mark.usefixtures("_group")
def test_a_rest_api_logs_with_the_role_of_the_account_alone(world: World) -> None:
    made = Rest(LONDON, make_function(LONDON)).method("/")
    allow(LONDON, made.id)
    log_rest(made.deploy())
    world.ask(made.host, "/live/")
    # As version 6 of the provider does when the setting is destroyed.
    set_role(made, "")
    world.ask(made.host, "/live/")
    assert len(lines()) == 1
    # The setting alone writes nothing, when the role is gone.
    iam = client_of("iam", LONDON)
    set_role(made, iam.get_role(RoleName="logs")["Role"]["Arn"])
    iam.delete_role(RoleName="logs")
    world.ask(made.host, "/live/")
    assert len(lines()) == 1


@pytest.mark.usefixtures("_group")
def test_a_rest_api_logs_what_it_refuses_and_what_fails(world: World) -> None:
    made = Rest(LONDON, make_function(LONDON)).method("/").method("/iam", authorization="AWS_IAM")
    allow(LONDON, made.id)
    log_rest(made.deploy())
    world.functions.answer = lambda _event: {"statusCode": "none"}
    for path in ("/live/iam", "/live/none", "/live/"):
        world.ask(made.host, path)
    refused, missing, failed = lines()
    assert refused["error.responseType"] == "MISSING_AUTHENTICATION_TOKEN"
    assert refused["error.message"] == refused["authorizer.error"]
    assert (refused["status"], refused["resourcePath"]) == ("403", "/iam")
    assert (missing["status"], missing["resourcePath"]) == ("403", "-")
    assert (failed["status"], failed["error.responseType"]) == ("502", "INTEGRATION_FAILURE")
    assert "statusCode" in failed["integrationErrorMessage"]


@pytest.mark.usefixtures("_group")
def test_an_http_api_logs_its_requests(world: World) -> None:
    made = log_http(api())
    answered = ask(world, made, token(GOOD), "/items")
    world.ask(made.host, "/items")
    welcome, refused = lines()
    assert welcome["requestId"] == answered.header("Apigw-Requestid")
    assert (welcome["routeKey"], welcome["status"]) == ("$default", "200")
    assert welcome["authorizer.claims.sub"] == "alice"
    assert (refused["status"], refused["integrationStatus"]) == ("401", "-")
    assert refused["authorizer.error"] == "The route asks for a token (JWT)"


def test_without_a_group_a_request_is_answered_all_the_same(world: World) -> None:
    made = log_rest(rest_app(LONDON))
    assert world.ask(made.host, "/live/").status == 200
    log_rest(made, arn="arn:aws:firehose:eu-west-2:123456789012:deliverystream/amazon-apigateway-a")
    assert world.ask(made.host, "/live/").status == 200


@pytest.mark.usefixtures("world")
def test_nothing_is_logged_without_a_role_that_may() -> None:
    made = rest_app(LONDON)
    settings = {"op": "replace", "path": "/accessLogSettings/format", "value": "$context.status"}
    level = {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"}
    for operation in (settings, level):
        with pytest.raises(
            made.client.exceptions.BadRequestException, match="role ARN must be set"
        ):
            made.client.update_stage(
                restApiId=made.id, stageName="live", patchOperations=[operation]
            )
    made.client.update_stage(
        restApiId=made.id, stageName="live", patchOperations=[level | {"value": "OFF"}]
    )


def test_formats() -> None:
    known = {"status": "200", "identity.sourceIp": "::1", "error.messageString": '"No"'}
    clf = "$context.identity.sourceIp [$context.status] $context.none."
    assert expand(clf, known) == "::1 [200] -."
    assert expand('{"e":$context.error.messageString}', known) == '{"e":"No"}'
    assert expand('{"a":"$context.a"}', {"a": 'b"\n'}) == '{"a":"b\\"\\n"}'
