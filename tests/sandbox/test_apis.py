"""API Gateway: address types, and domain names that change in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

CERTIFICATE = f"arn:aws:acm:{REGION}:123456789012:certificate/one"
OTHER_CERTIFICATE = f"arn:aws:acm:{REGION}:123456789012:certificate/other"
ADDRESSES = "/endpointConfiguration/ipAddressType"


@pytest.fixture
def client(aws: Aws) -> APIGatewayClient:
    return aws.client("apigateway", REGION)


@pytest.mark.parametrize("addresses", ["ipv4", "dualstack"])
def test_a_rest_api_keeps_its_address_type(
    client: APIGatewayClient, addresses: Literal["ipv4", "dualstack"]
) -> None:
    created = client.create_rest_api(
        name="app", endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": addresses}
    )
    expected = {"types": ["REGIONAL"], "ipAddressType": addresses}
    assert created["endpointConfiguration"] == expected
    assert client.get_rest_api(restApiId=created["id"])["endpointConfiguration"] == expected
    assert client.get_rest_apis()["items"][0]["endpointConfiguration"] == expected


def test_a_rest_api_has_the_default_address_type_of_its_endpoint(
    client: APIGatewayClient,
) -> None:
    created = client.create_rest_api(name="edge")
    assert created["endpointConfiguration"] == {"types": ["EDGE"], "ipAddressType": "ipv4"}
    created = client.create_rest_api(name="app", endpointConfiguration={"types": ["REGIONAL"]})
    assert created["endpointConfiguration"]["ipAddressType"] == "ipv4"
    created = client.create_rest_api(name="own", endpointConfiguration={"types": ["PRIVATE"]})
    assert created["endpointConfiguration"]["ipAddressType"] == "dualstack"


def test_a_rest_api_changes_its_address_type_and_nothing_else(client: APIGatewayClient) -> None:
    created = client.create_rest_api(
        name="app", endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    )
    client.update_rest_api(
        restApiId=created["id"],
        patchOperations=[
            {"op": "replace", "path": ADDRESSES, "value": "dualstack"},
            {"op": "replace", "path": "/description", "value": "new"},
        ],
    )
    found = client.get_rest_api(restApiId=created["id"])
    assert found["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}
    assert found["description"] == "new"


@pytest.mark.parametrize("addresses", ["ipv4", "dualstack"])
def test_a_domain_name_keeps_its_address_type(
    client: APIGatewayClient, addresses: Literal["ipv4", "dualstack"]
) -> None:
    client.create_domain_name(
        domainName="api.example.com",
        regionalCertificateArn=CERTIFICATE,
        endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": addresses},
    )
    found = client.get_domain_name(domainName="api.example.com")
    assert found["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": addresses}


def test_a_domain_name_is_updated(client: APIGatewayClient) -> None:
    client.create_domain_name(
        domainName="api.example.com",
        regionalCertificateArn=CERTIFICATE,
        securityPolicy="TLS_1_0",
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    before = client.get_domain_name(domainName="api.example.com")
    assert before["endpointConfiguration"]["ipAddressType"] == "ipv4"
    client.update_domain_name(
        domainName="api.example.com",
        patchOperations=[
            {"op": "replace", "path": ADDRESSES, "value": "dualstack"},
            {"op": "replace", "path": "/securityPolicy", "value": "TLS_1_2"},
            {"op": "replace", "path": "/regionalCertificateArn", "value": OTHER_CERTIFICATE},
        ],
    )
    after = client.get_domain_name(domainName="api.example.com")
    assert after["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}
    assert after["securityPolicy"] == "TLS_1_2"
    assert after["regionalCertificateArn"] == OTHER_CERTIFICATE
    assert after["regionalDomainName"] == before["regionalDomainName"]


def test_a_domain_name_changes_its_endpoint_type(client: APIGatewayClient) -> None:
    client.create_domain_name(
        domainName="api.example.com",
        certificateArn=CERTIFICATE,
        endpointConfiguration={"types": ["EDGE"], "ipAddressType": "dualstack"},
    )
    client.update_domain_name(
        domainName="api.example.com",
        patchOperations=[
            {"op": "replace", "path": "/endpointConfiguration/types/EDGE", "value": "REGIONAL"}
        ],
    )
    found = client.get_domain_name(domainName="api.example.com")
    assert found["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}


def test_an_update_that_is_not_simulated_is_refused(client: APIGatewayClient) -> None:
    client.create_domain_name(domainName="api.example.com", certificateArn=CERTIFICATE)
    with pytest.raises(TfgenError, match="Invalid patch path /mutualTlsAuthentication"):
        client.update_domain_name(
            domainName="api.example.com",
            patchOperations=[
                {"op": "replace", "path": "/mutualTlsAuthentication/truststoreUri", "value": "x"}
            ],
        )
