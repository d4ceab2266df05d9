"""Security policies of REST APIs and custom domains, and what does not go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.sandbox.conftest import REGION
from tests.sandbox.test_domains import DOMAIN, make_http, make_regional, make_rest
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

TLS_13: Final = "SecurityPolicy_TLS13_1_3_2025_09"
ENHANCED: dict[str, Any] = {"securityPolicy": TLS_13, "endpointAccessMode": "BASIC"}
REQUIRED = "Endpoint access mode is required for the specified security policy"


@pytest.fixture
def rest(aws: Aws) -> APIGatewayClient:
    return aws.client("apigateway", REGION)


def patch(policy: str | None, mode: str | None) -> list[Any]:
    named = {"/securityPolicy": policy, "/endpointAccessMode": mode}
    return [
        {"op": "replace", "path": path, "value": value}
        for path, value in named.items()
        if value is not None
    ]


def test_an_api_keeps_its_policy_and_gives_it_back(rest: APIGatewayClient) -> None:
    assert rest.create_rest_api(name="plain")["securityPolicy"] == "TLS_1_0"
    made = rest.create_rest_api(name="app", **ENHANCED)
    found = rest.get_rest_api(restApiId=made["id"])
    assert found["securityPolicy"] == made["securityPolicy"] == TLS_13
    assert found["endpointAccessMode"] == "BASIC"
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html
    rest.update_rest_api(restApiId=made["id"], patchOperations=patch("TLS_1_0", ""))
    found = rest.get_rest_api(restApiId=made["id"])
    assert found["securityPolicy"] == "TLS_1_0"
    assert "endpointAccessMode" not in found


def test_an_enhanced_policy_of_an_api_needs_a_mode(rest: APIGatewayClient) -> None:
    with pytest.raises(TfgenError, match=REQUIRED):
        rest.create_rest_api(name="app", securityPolicy=TLS_13)
    made = rest.create_rest_api(name="app", **ENHANCED)
    # What the AWS provider sends for a configuration that names no policy any more.
    with pytest.raises(TfgenError, match=REQUIRED):
        rest.update_rest_api(restApiId=made["id"], patchOperations=patch(None, ""))
    with pytest.raises(TfgenError, match="not supported for the specified security policy"):
        rest.update_rest_api(restApiId=made["id"], patchOperations=patch("TLS_1_2", None))
    assert rest.get_rest_api(restApiId=made["id"])["securityPolicy"] == TLS_13


def test_a_domain_keeps_its_policy_and_gives_it_back(rest: APIGatewayClient) -> None:
    with pytest.raises(TfgenError, match=REQUIRED):
        make_regional(rest, securityPolicy=TLS_13)
    assert make_regional(rest, **ENHANCED)["endpointAccessMode"] == "BASIC"
    with pytest.raises(TfgenError, match=REQUIRED):
        rest.update_domain_name(domainName=DOMAIN, patchOperations=patch(None, ""))
    rest.update_domain_name(domainName=DOMAIN, patchOperations=patch("TLS_1_2", ""))
    found = rest.get_domain_name(domainName=DOMAIN)
    assert found["securityPolicy"] == "TLS_1_2"
    assert "endpointAccessMode" not in found


def test_a_domain_with_an_enhanced_policy_has_neither_certificates_of_clients_nor_an_http_api(
    rest: APIGatewayClient, aws: Aws
) -> None:
    mutual = {"truststoreUri": "s3://trust-store/ca.pem"}
    with pytest.raises(TfgenError, match="Mutual TLS is not supported"):
        make_regional(rest, mutualTlsAuthentication=mutual, **ENHANCED)
    make_regional(rest, **ENHANCED)
    http = aws.client("apigatewayv2", REGION)
    with pytest.raises(TfgenError, match="not supported for HTTP APIs"):
        http.create_api_mapping(DomainName=DOMAIN, ApiId=make_http(http), Stage="$default")
    mapped = http.create_api_mapping(DomainName=DOMAIN, ApiId=make_rest(rest), Stage="live")
    assert mapped["Stage"] == "live"
