"""HTTP APIs: what they and their parts are made with, and what changes in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client

LOGS: Any = {
    "DestinationArn": f"arn:aws:logs:{REGION}:123456789012:log-group:/api/app",
    "Format": "$context.status",
}


@pytest.fixture
def client(aws: Aws) -> ApiGatewayV2Client:
    return aws.client("apigatewayv2", REGION)


@pytest.fixture
def api(client: ApiGatewayV2Client) -> str:
    return client.create_api(Name="app", ProtocolType="HTTP")["ApiId"]


def test_an_api_keeps_its_address_type_and_changes_it(client: ApiGatewayV2Client) -> None:
    made = client.create_api(Name="app", ProtocolType="HTTP")
    assert made["IpAddressType"] == "ipv4"
    client.update_api(ApiId=made["ApiId"], IpAddressType="dualstack")
    client.update_api(ApiId=made["ApiId"], Description="new")
    found = client.get_api(ApiId=made["ApiId"])
    assert (found["IpAddressType"], found["Description"]) == ("dualstack", "new")
    other = client.create_api(Name="other", ProtocolType="HTTP", IpAddressType="dualstack")
    assert other["IpAddressType"] == "dualstack"


def test_a_stage_changes_in_place(client: ApiGatewayV2Client, api: str) -> None:
    made = client.create_stage(
        ApiId=api,
        StageName="$default",
        AutoDeploy=True,
        AccessLogSettings=LOGS,
        StageVariables={"a": "1", "b": "2"},
    )
    assert made["DeploymentId"]
    settings: Any = {"ThrottlingRateLimit": 10.0, "ThrottlingBurstLimit": 20}
    updated = client.update_stage(
        ApiId=api,
        StageName="$default",
        DefaultRouteSettings=settings,
        RouteSettings={"GET /a": settings, "GET /b": settings},
        # An empty value takes a variable away.
        StageVariables={"b": "", "c": "3"},
    )
    assert updated["DefaultRouteSettings"] == settings
    assert updated["StageVariables"] == {"a": "1", "c": "3"}
    assert updated["AccessLogSettings"] == LOGS
    assert updated["DeploymentId"] == made["DeploymentId"]
    client.delete_route_settings(ApiId=api, StageName="$default", RouteKey="GET /a")
    client.delete_access_log_settings(ApiId=api, StageName="$default")
    found = client.get_stage(ApiId=api, StageName="$default")
    assert set(found["RouteSettings"]) == {"GET /b"}
    assert "AccessLogSettings" not in found
    client.update_stage(ApiId=api, StageName="$default", AccessLogSettings=LOGS)
    client.update_stage(ApiId=api, StageName="$default", AccessLogSettings={})
    assert "AccessLogSettings" not in client.get_stage(ApiId=api, StageName="$default")


def test_a_stage_and_a_route_are_made_once(client: ApiGatewayV2Client, api: str) -> None:
    client.create_stage(ApiId=api, StageName="$default")
    client.create_route(ApiId=api, RouteKey="GET /a")
    with pytest.raises(TfgenError, match="ConflictException: Stage already exists"):
        client.create_stage(ApiId=api, StageName="$default")
    with pytest.raises(TfgenError, match="ConflictException: Route with key GET /a already"):
        client.create_route(ApiId=api, RouteKey="GET /a")


def test_an_authorizer_that_a_route_names_stays(client: ApiGatewayV2Client, api: str) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/pull/37732"""
    authorizer = client.create_authorizer(
        ApiId=api,
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "https://id.example.com", "Audience": ["app"]},
    )["AuthorizerId"]
    route = client.create_route(
        ApiId=api, RouteKey="GET /a", AuthorizationType="JWT", AuthorizerId=authorizer
    )["RouteId"]
    with pytest.raises(TfgenError, match="Cannot delete authorizer 'jwt', is referenced in route"):
        client.delete_authorizer(ApiId=api, AuthorizerId=authorizer)
    client.update_route(ApiId=api, RouteId=route, AuthorizationType="NONE")
    client.delete_authorizer(ApiId=api, AuthorizerId=authorizer)
    assert client.get_authorizers(ApiId=api)["Items"] == []


def test_a_route_loses_what_its_authorization_does_not_need(
    client: ApiGatewayV2Client, api: str
) -> None:
    authorizer = client.create_authorizer(
        ApiId=api,
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "https://id.example.com", "Audience": ["app"]},
    )["AuthorizerId"]
    route = client.create_route(
        ApiId=api,
        RouteKey="$default",
        AuthorizationType="JWT",
        AuthorizerId=authorizer,
        AuthorizationScopes=["read"],
    )["RouteId"]
    found = client.update_route(ApiId=api, RouteId=route, AuthorizationScopes=[])
    assert (found["AuthorizerId"], found["AuthorizationScopes"]) == (authorizer, [])
    client.update_route(ApiId=api, RouteId=route, AuthorizationType="NONE")
    assert "AuthorizerId" not in client.get_route(ApiId=api, RouteId=route)
