"""HTTP APIs and their parts that a broken run left behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tfgen.aws.adopt import PlannedResource, find_existing
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

REGION = "eu-west-2"
NAME = "hello-production"
DOMAIN = "api.example.com"
TAGS = {"team": "edge"}
URI = "arn:aws:lambda:eu-west-2:123456789012:function:hello-production:live"
API_PLAN = {"name": NAME, "protocol_type": "HTTP", "tags_all": TAGS}


def planned(kind: str, **values: Any) -> PlannedResource:
    kind = f"aws_apigatewayv2_{kind}"
    return PlannedResource(f"module.eu.{kind}.this", kind, REGION, values)


def make_api(aws: Aws, **tags: str) -> str:
    client = aws.client("apigatewayv2", REGION)
    return client.create_api(Name=NAME, ProtocolType="HTTP", Tags=tags or TAGS)["ApiId"]


def make_integration(aws: Aws, api: str, uri: str = URI) -> str:
    return aws.client("apigatewayv2", REGION).create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri, PayloadFormatVersion="2.0"
    )["IntegrationId"]


def integration_plan(api: str, **changed: Any) -> PlannedResource:
    values = {
        "integration_type": "AWS_PROXY",
        "integration_uri": URI,
        "payload_format_version": "2.0",
    }
    return planned("integration", api_id=api, **values | changed)


def test_api_is_found(aws: Aws, before: datetime) -> None:
    aws.client("apigatewayv2", REGION).create_api(Name=f"{NAME}-2", ProtocolType="HTTP", Tags=TAGS)
    api = make_api(aws)
    assert find_existing(aws, planned("api", **API_PLAN), before) == api
    websocket = planned("api", **API_PLAN | {"protocol_type": "WEBSOCKET"})
    assert find_existing(aws, websocket, before) is None


def test_api_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_api(aws)
    assert find_existing(aws, planned("api", **API_PLAN), later) is None


def test_api_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_api(aws, team="core")
    assert find_existing(aws, planned("api", **API_PLAN), before) is None


def test_two_apis_are_an_error(aws: Aws, before: datetime) -> None:
    first, second = sorted([make_api(aws), make_api(aws)])
    with pytest.raises(TfgenError, match=f"{first}, {second}"):
        find_existing(aws, planned("api", **API_PLAN), before)


def test_stage_is_found(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    aws.client("apigatewayv2", REGION).create_stage(
        ApiId=api, StageName="$default", AutoDeploy=True, Tags=TAGS
    )
    ours = planned("stage", api_id=api, name="$default", tags_all=TAGS)
    theirs = planned("stage", api_id=api, name="$default", tags_all={"team": "core"})
    other = planned("stage", api_id=api, name="live", tags_all=TAGS)
    assert find_existing(aws, ours, before) == f"{api}/$default"
    assert find_existing(aws, theirs, before) is None
    assert find_existing(aws, other, before) is None


def test_integration_is_found_by_its_target(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    make_integration(aws, api, uri=f"{URI}2")
    made = make_integration(aws, api)
    assert find_existing(aws, integration_plan(api), before) == f"{api}/{made}"
    old = integration_plan(api, payload_format_version="1.0")
    assert find_existing(aws, old, before) is None


def test_integration_that_no_route_leads_to_comes_first(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    used, idle = make_integration(aws, api), make_integration(aws, api)
    client = aws.client("apigatewayv2", REGION)
    client.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{used}")
    assert find_existing(aws, integration_plan(api), before) == f"{api}/{idle}"
    client.delete_integration(ApiId=api, IntegrationId=idle)
    assert find_existing(aws, integration_plan(api), before) == f"{api}/{used}"


def test_two_idle_integrations_are_an_error(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    first, second = sorted([make_integration(aws, api), make_integration(aws, api)])
    with pytest.raises(TfgenError, match=f"{first}, {second}"):
        find_existing(aws, integration_plan(api), before)


def test_route_is_found_by_its_key_and_target(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    target = f"integrations/{make_integration(aws, api)}"
    client = aws.client("apigatewayv2", REGION)
    client.create_route(ApiId=api, RouteKey="GET /a", Target=target)
    route = client.create_route(ApiId=api, RouteKey="$default", Target=target)["RouteId"]
    ours = planned("route", api_id=api, route_key="$default", target=target)
    moved = planned("route", api_id=api, route_key="$default", target="integrations/other")
    missing = planned("route", api_id=api, route_key="GET /b", target=target)
    assert find_existing(aws, ours, before) == f"{api}/{route}"
    assert find_existing(aws, moved, before) is None
    assert find_existing(aws, missing, before) is None


def test_authorizer_is_found_by_its_name(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    made = aws.client("apigatewayv2", REGION).create_authorizer(
        ApiId=api,
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "https://issuer.example.com", "Audience": ["app"]},
    )["AuthorizerId"]
    ours = planned("authorizer", api_id=api, name="jwt", authorizer_type="JWT")
    other = planned("authorizer", api_id=api, name="jwt", authorizer_type="REQUEST")
    assert find_existing(aws, ours, before) == f"{api}/{made}"
    assert find_existing(aws, other, before) is None


@pytest.mark.parametrize("key", ["", "v1"])
def test_mapping_is_found(aws: Aws, before: datetime, key: str) -> None:
    api = make_api(aws)
    client = aws.client("apigatewayv2", REGION)
    client.create_stage(ApiId=api, StageName="$default")
    client.create_domain_name(DomainName=DOMAIN, DomainNameConfigurations=[{}])
    made = client.create_api_mapping(
        DomainName=DOMAIN, ApiId=api, Stage="$default", ApiMappingKey=key
    )["ApiMappingId"]
    place = {"domain_name": DOMAIN, "stage": "$default", "api_mapping_key": key or None}
    ours = planned("api_mapping", **place, api_id=api)
    theirs = planned("api_mapping", **place, api_id="other")
    missing = planned("api_mapping", **place | {"api_mapping_key": "v2"}, api_id=api)
    assert find_existing(aws, ours, before) == f"{made}/{DOMAIN}"
    assert find_existing(aws, theirs, before) is None
    assert find_existing(aws, missing, before) is None


KINDS = ("api", "api_mapping", "authorizer", "integration", "route", "stage")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_in_an_empty_account(aws: Aws, before: datetime, kind: str) -> None:
    values = {"name": "none", "domain_name": DOMAIN, "route_key": "$default"}
    resource = planned(kind, api_id="none", integration_uri=URI, **values)
    assert find_existing(aws, resource, before) is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_depends_on_the_unknown_is_not_searched(aws: Aws, before: datetime, kind: str) -> None:
    assert find_existing(aws, planned(kind), before) is None
