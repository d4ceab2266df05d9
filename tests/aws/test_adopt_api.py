"""Certificates, REST APIs, their parts and their domains that a broken run left behind."""

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
URI = (
    "arn:aws:apigateway:eu-west-2:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-west-2:123456789012:function:hello-production:live/invocations"
)

REST_API_PLAN = {"name": NAME, "tags_all": TAGS}
CERTIFICATE_PLAN = {"domain_name": DOMAIN, "validation_method": "DNS", "tags_all": TAGS}


def planned(kind: str, **values: Any) -> PlannedResource:
    return PlannedResource(f"module.eu.{kind}.this", kind, REGION, values)


def make_api(aws: Aws, **tags: str) -> str:
    return aws.client("apigateway", REGION).create_rest_api(name=NAME, tags=tags or TAGS)["id"]


def root_of(aws: Aws, api: str) -> str:
    return aws.client("apigateway", REGION).get_resources(restApiId=api)["items"][0]["id"]


def make_method(aws: Aws, api: str) -> str:
    client, root = aws.client("apigateway", REGION), root_of(aws, api)
    client.put_method(restApiId=api, resourceId=root, httpMethod="ANY", authorizationType="NONE")
    return root


def make_integration(aws: Aws, api: str) -> str:
    root = make_method(aws, api)
    aws.client("apigateway", REGION).put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="ANY",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=URI,
    )
    return root


def make_deployment(aws: Aws, api: str) -> str:
    return aws.client("apigateway", REGION).create_deployment(restApiId=api)["id"]


def make_certificate(aws: Aws, *alternatives: str, **tags: str) -> str:
    return aws.client("acm", REGION).request_certificate(
        DomainName=DOMAIN,
        ValidationMethod="DNS",
        SubjectAlternativeNames=[DOMAIN, *alternatives],
        Tags=[{"Key": key, "Value": value} for key, value in (tags or TAGS).items()],
    )["CertificateArn"]


def make_domain(aws: Aws, certificate: str) -> None:
    aws.client("apigateway", REGION).create_domain_name(
        domainName=DOMAIN,
        regionalCertificateArn=certificate,
        endpointConfiguration={"types": ["REGIONAL"]},
        tags=TAGS,
    )


def domain_plan(certificate: str, endpoint: str = "REGIONAL") -> PlannedResource:
    return planned(
        "aws_api_gateway_domain_name",
        domain_name=DOMAIN,
        regional_certificate_arn=certificate,
        certificate_arn=None,
        endpoint_configuration=[{"types": [endpoint]}],
        tags_all=TAGS,
    )


def test_certificate_is_found(aws: Aws, before: datetime) -> None:
    arn = make_certificate(aws)
    resource = planned("aws_acm_certificate", **CERTIFICATE_PLAN)
    assert find_existing(aws, resource, before) == arn


def test_certificate_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_certificate(aws)
    resource = planned("aws_acm_certificate", **CERTIFICATE_PLAN)
    assert find_existing(aws, resource, later) is None


def test_certificate_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_certificate(aws, team="core")
    resource = planned("aws_acm_certificate", **CERTIFICATE_PLAN)
    assert find_existing(aws, resource, before) is None


def test_certificate_with_more_names_is_not_found(aws: Aws, before: datetime) -> None:
    make_certificate(aws, "www.example.com")
    resource = planned(
        "aws_acm_certificate", **CERTIFICATE_PLAN, subject_alternative_names=[DOMAIN]
    )
    assert find_existing(aws, resource, before) is None


def test_two_certificates_are_an_error(aws: Aws, before: datetime) -> None:
    first, second = sorted([make_certificate(aws), make_certificate(aws)])
    with pytest.raises(TfgenError, match=f"{first}, {second}"):
        find_existing(aws, planned("aws_acm_certificate", **CERTIFICATE_PLAN), before)


def test_api_is_found(aws: Aws, before: datetime) -> None:
    aws.client("apigateway", REGION).create_rest_api(name=f"{NAME}-2", tags=TAGS)
    api = make_api(aws)
    assert find_existing(aws, planned("aws_api_gateway_rest_api", **REST_API_PLAN), before) == api


def test_api_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    make_api(aws)
    assert find_existing(aws, planned("aws_api_gateway_rest_api", **REST_API_PLAN), later) is None


def test_api_of_somebody_else_is_not_found(aws: Aws, before: datetime) -> None:
    make_api(aws, team="core")
    assert find_existing(aws, planned("aws_api_gateway_rest_api", **REST_API_PLAN), before) is None


def test_two_apis_are_an_error(aws: Aws, before: datetime) -> None:
    first, second = sorted([make_api(aws), make_api(aws)])
    with pytest.raises(TfgenError, match=f"{first}, {second}"):
        find_existing(aws, planned("aws_api_gateway_rest_api", **REST_API_PLAN), before)


def test_deployment_that_no_stage_serves_comes_first(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    make_integration(aws, api)
    idle, served = make_deployment(aws, api), make_deployment(aws, api)
    aws.client("apigateway", REGION).create_stage(
        restApiId=api, stageName="live", deploymentId=served
    )
    resource = planned("aws_api_gateway_deployment", rest_api_id=api, description=None)
    assert find_existing(aws, resource, before) == f"{api}/{idle}"


def test_deployment_that_the_stage_serves_is_found_alone(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    make_integration(aws, api)
    served = make_deployment(aws, api)
    aws.client("apigateway", REGION).create_stage(
        restApiId=api, stageName="live", deploymentId=served
    )
    resource = planned("aws_api_gateway_deployment", rest_api_id=api, description=None)
    assert find_existing(aws, resource, before) == f"{api}/{served}"


def test_deployment_from_before_the_run_is_not_found(aws: Aws, later: datetime) -> None:
    api = make_api(aws)
    make_integration(aws, api)
    make_deployment(aws, api)
    resource = planned("aws_api_gateway_deployment", rest_api_id=api)
    assert find_existing(aws, resource, later) is None


def test_deployment_with_a_description_of_its_own_is_not_found(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    make_integration(aws, api)
    aws.client("apigateway", REGION).create_deployment(restApiId=api, description="by hand")
    resource = planned("aws_api_gateway_deployment", rest_api_id=api, description=None)
    assert find_existing(aws, resource, before) is None


def test_stage_is_found_by_its_deployment(aws: Aws, before: datetime) -> None:
    api = make_api(aws)
    make_integration(aws, api)
    served = make_deployment(aws, api)
    aws.client("apigateway", REGION).create_stage(
        restApiId=api, stageName="live", deploymentId=served, tags=TAGS
    )

    def plan(**changed: Any) -> PlannedResource:
        values = {"deployment_id": served, "tags_all": TAGS} | changed
        return planned("aws_api_gateway_stage", rest_api_id=api, stage_name="live", **values)

    assert find_existing(aws, plan(), before) == f"{api}/live"
    assert find_existing(aws, plan(deployment_id="other"), before) is None
    assert find_existing(aws, plan(tags_all={"team": "core"}), before) is None


def test_domain_is_found_by_its_certificate(aws: Aws, before: datetime) -> None:
    ours, theirs = make_certificate(aws), make_certificate(aws, "www.example.com")
    make_domain(aws, ours)
    assert find_existing(aws, domain_plan(ours), before) == DOMAIN
    assert find_existing(aws, domain_plan(theirs), before) is None
    assert find_existing(aws, domain_plan(ours, "EDGE"), before) is None


def test_domain_whose_certificate_is_yet_to_come_is_not_searched(
    aws: Aws, before: datetime
) -> None:
    make_domain(aws, make_certificate(aws))
    resource = planned("aws_api_gateway_domain_name", domain_name=DOMAIN, certificate_arn=None)
    assert find_existing(aws, resource, before) is None


@pytest.mark.parametrize("path", ["", "v1"])
def test_base_path_mapping_is_found(aws: Aws, before: datetime, path: str) -> None:
    api = make_api(aws)
    make_integration(aws, api)
    make_domain(aws, make_certificate(aws))
    client = aws.client("apigateway", REGION)
    client.create_stage(restApiId=api, stageName="live", deploymentId=make_deployment(aws, api))
    client.create_base_path_mapping(
        domainName=DOMAIN, restApiId=api, stage="live", basePath=path or "(none)"
    )
    kind = "aws_api_gateway_base_path_mapping"
    place = {"domain_name": DOMAIN, "base_path": path or None, "stage_name": "live"}
    assert find_existing(aws, planned(kind, **place, api_id=api), before) == f"{DOMAIN}/{path}"
    assert find_existing(aws, planned(kind, **place, api_id="other"), before) is None


@pytest.mark.parametrize(
    "resource",
    [
        planned("aws_acm_certificate", **CERTIFICATE_PLAN),
        planned("aws_api_gateway_rest_api", **REST_API_PLAN),
        planned("aws_api_gateway_deployment", rest_api_id="none"),
        planned("aws_api_gateway_stage", rest_api_id="none", stage_name="live"),
        domain_plan("arn:aws:acm:eu-west-2:123456789012:certificate/none"),
        planned("aws_api_gateway_base_path_mapping", domain_name=DOMAIN, api_id="none"),
    ],
    ids=lambda resource: resource.type,
)
def test_nothing_is_found_in_an_empty_account(
    aws: Aws, before: datetime, resource: PlannedResource
) -> None:
    assert find_existing(aws, resource, before) is None


@pytest.mark.parametrize(
    "kind",
    [
        "aws_acm_certificate",
        "aws_api_gateway_base_path_mapping",
        "aws_api_gateway_deployment",
        "aws_api_gateway_domain_name",
        "aws_api_gateway_rest_api",
        "aws_api_gateway_stage",
    ],
)
def test_what_depends_on_the_unknown_is_not_searched(aws: Aws, before: datetime, kind: str) -> None:
    assert find_existing(aws, planned(kind), before) is None
