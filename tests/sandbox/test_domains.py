"""Custom domains: one for both families of APIs, and one API behind each of its paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client

OTHER = "us-west-2"
EDGE = "us-east-1"
DOMAIN = "api.example.com"
ADDRESSES = "/endpointConfiguration/ipAddressType"


@pytest.fixture
def rest(aws: Aws) -> APIGatewayClient:
    return aws.client("apigateway", REGION)


@pytest.fixture
def http(aws: Aws) -> ApiGatewayV2Client:
    return aws.client("apigatewayv2", REGION)


def certificate(region: str, name: str = "one") -> str:
    return f"arn:aws:acm:{region}:123456789012:certificate/{name}"


def make_regional(client: APIGatewayClient, **settings: Any) -> Any:
    configuration = {"types": ["REGIONAL"]} | settings.pop("configuration", {})
    return client.create_domain_name(
        domainName=DOMAIN,
        regionalCertificateArn=certificate(client.meta.region_name),
        endpointConfiguration=configuration,
        **settings,
    )


def make_edge(client: APIGatewayClient) -> Any:
    return client.create_domain_name(
        domainName=DOMAIN,
        certificateArn=certificate(EDGE),
        endpointConfiguration={"types": ["EDGE"]},
    )


def update(client: APIGatewayClient, path: str, value: str, op: Any = "replace") -> Any:
    change: Any = {"op": op, "path": path, "value": value}
    return client.update_domain_name(domainName=DOMAIN, patchOperations=[change])


def make_rest(client: APIGatewayClient) -> str:
    """A REST API with a stage."""
    made = client.create_rest_api(name="app", endpointConfiguration={"types": ["REGIONAL"]})
    place: dict[str, Any] = {
        "restApiId": made["id"],
        "resourceId": made["rootResourceId"],
        "httpMethod": "GET",
    }
    client.put_method(**place, authorizationType="NONE")
    client.put_integration(**place, type="MOCK")
    client.create_deployment(restApiId=made["id"], stageName="live")
    return made["id"]


def make_http(client: ApiGatewayV2Client) -> str:
    """An HTTP API with a stage."""
    made = client.create_api(Name="app", ProtocolType="HTTP")
    client.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)
    return made["ApiId"]


@pytest.mark.parametrize("addresses", ["ipv4", "dualstack"])
def test_a_domain_name_keeps_its_address_type(
    rest: APIGatewayClient, addresses: Literal["ipv4", "dualstack"]
) -> None:
    make_regional(rest, configuration={"ipAddressType": addresses})
    found = rest.get_domain_name(domainName=DOMAIN)
    assert found["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": addresses}


def test_a_domain_name_is_updated(rest: APIGatewayClient) -> None:
    before = make_regional(rest, securityPolicy="TLS_1_0")
    assert before["endpointConfiguration"]["ipAddressType"] == "ipv4"
    other = certificate(REGION, "other")
    rest.update_domain_name(
        domainName=DOMAIN,
        patchOperations=[
            {"op": "replace", "path": ADDRESSES, "value": "dualstack"},
            {"op": "replace", "path": "/securityPolicy", "value": "TLS_1_2"},
            {"op": "replace", "path": "/regionalCertificateArn", "value": other},
        ],
    )
    after = rest.get_domain_name(domainName=DOMAIN)
    assert after["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}
    assert after["securityPolicy"] == "TLS_1_2"
    assert after["regionalCertificateArn"] == other
    assert after["regionalDomainName"] == before["regionalDomainName"]


def test_an_update_happens_as_a_whole_or_not(rest: APIGatewayClient) -> None:
    before = make_regional(rest)
    with pytest.raises(TfgenError, match="Invalid patch path /color"):
        rest.update_domain_name(
            domainName=DOMAIN,
            patchOperations=[
                {"op": "replace", "path": "/securityPolicy", "value": "TLS_1_0"},
                {"op": "replace", "path": "/color", "value": "blue"},
            ],
        )
    after = rest.get_domain_name(domainName=DOMAIN)
    assert after["securityPolicy"] == before["securityPolicy"] == "TLS_1_2"


def test_an_edge_domain_has_a_distribution_and_a_regional_one_a_host(
    rest: APIGatewayClient, aws: Aws
) -> None:
    edge = make_edge(rest)
    assert edge["distributionDomainName"].endswith(".cloudfront.net")
    assert edge["distributionHostedZoneId"] == "Z2FDTNDATAQYW2"
    assert "regionalDomainName" not in edge
    regional = make_regional(aws.client("apigateway", OTHER))
    assert f".execute-api.{OTHER}." in regional["regionalDomainName"]
    assert "distributionDomainName" not in regional


def test_a_name_is_taken_in_its_region_and_as_an_edge_one_everywhere(
    rest: APIGatewayClient, aws: Aws
) -> None:
    make_edge(rest)
    with pytest.raises(TfgenError, match="ConflictException"):
        make_regional(rest)
    with pytest.raises(TfgenError, match="ConflictException"):
        make_edge(aws.client("apigateway", OTHER))


def test_a_certificate_is_of_the_region_that_serves(rest: APIGatewayClient) -> None:
    with pytest.raises(TfgenError, match=f"Certificate must be in '{EDGE}'"):
        rest.create_domain_name(domainName=DOMAIN, certificateArn=certificate(REGION))
    make_regional(rest)
    with pytest.raises(TfgenError, match=f"Certificate must be in '{REGION}'"):
        update(rest, "/regionalCertificateArn", certificate(EDGE))


def test_an_endpoint_type_is_added_and_removed_and_not_replaced(rest: APIGatewayClient) -> None:
    make_edge(rest)
    types = "/endpointConfiguration/types"
    for path in (f"{types}/0", f"{types}/EDGE"):
        with pytest.raises(TfgenError, match=f"{path} Invalid request input"):
            update(rest, path, "REGIONAL")
    rest.update_domain_name(
        domainName=DOMAIN,
        patchOperations=[
            {"op": "add", "path": types, "value": "REGIONAL"},
            {"op": "add", "path": "/regionalCertificateArn", "value": certificate(REGION)},
        ],
    )
    both = rest.get_domain_name(domainName=DOMAIN)
    assert both["endpointConfiguration"]["types"] == ["EDGE", "REGIONAL"]
    assert both["distributionDomainName"]
    assert both["regionalDomainName"]
    update(rest, types, "EDGE", "remove")
    assert rest.get_domain_name(domainName=DOMAIN)["endpointConfiguration"]["types"] == ["REGIONAL"]
    with pytest.raises(TfgenError, match="Invalid request input"):
        update(rest, types, "REGIONAL", "remove")


def test_mutual_tls_comes_and_goes_and_is_regional(rest: APIGatewayClient) -> None:
    truststore = {"truststoreUri": "s3://truststore/ca.pem"}
    make_regional(rest, mutualTlsAuthentication=truststore)
    assert rest.get_domain_name(domainName=DOMAIN)["mutualTlsAuthentication"] == truststore
    update(rest, "/mutualTlsAuthentication/truststoreVersion", "two")
    found = rest.get_domain_name(domainName=DOMAIN)["mutualTlsAuthentication"]
    assert found == truststore | {"truststoreVersion": "two"}
    update(rest, "/mutualTlsAuthentication/truststoreUri", "")
    assert "mutualTlsAuthentication" not in rest.get_domain_name(domainName=DOMAIN)
    rest.delete_domain_name(domainName=DOMAIN)
    make_edge(rest)
    with pytest.raises(TfgenError, match="Mutual TLS is only supported"):
        update(rest, "/mutualTlsAuthentication/truststoreUri", "s3://truststore/ca.pem")


def test_both_families_see_one_domain(rest: APIGatewayClient, http: ApiGatewayV2Client) -> None:
    made = make_regional(rest)
    seen = http.get_domain_name(DomainName=DOMAIN)
    (configuration,) = seen["DomainNameConfigurations"]
    assert configuration["ApiGatewayDomainName"] == made["regionalDomainName"]
    assert configuration["EndpointType"] == "REGIONAL"
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    http.update_domain_name(
        DomainName=DOMAIN, DomainNameConfigurations=[{"SecurityPolicy": "TLS_1_0"}]
    )
    assert rest.get_domain_name(domainName=DOMAIN)["securityPolicy"] == "TLS_1_0"
    assert [each["DomainName"] for each in http.get_domain_names()["Items"]] == [DOMAIN]
    http.delete_domain_name(DomainName=DOMAIN)
    assert rest.get_domain_names()["items"] == []
    http.create_domain_name(
        DomainName=DOMAIN,
        DomainNameConfigurations=[
            {"CertificateArn": certificate(REGION), "EndpointType": "REGIONAL"}
        ],
    )
    found = rest.get_domain_name(domainName=DOMAIN)
    assert found["endpointConfiguration"]["types"] == ["REGIONAL"]


def test_a_path_moves_from_one_family_to_the_other(
    rest: APIGatewayClient, http: ApiGatewayV2Client
) -> None:
    make_regional(rest)
    old, new = make_rest(rest), make_http(http)
    made = http.create_api_mapping(DomainName=DOMAIN, ApiId=old, Stage="live")
    assert [each["restApiId"] for each in rest.get_base_path_mappings(domainName=DOMAIN)["items"]]
    http.update_api_mapping(
        DomainName=DOMAIN, ApiMappingId=made["ApiMappingId"], ApiId=new, Stage="$default"
    )
    found = http.get_api_mapping(DomainName=DOMAIN, ApiMappingId=made["ApiMappingId"])
    assert (found["ApiId"], found["Stage"]) == (new, "$default")
    assert rest.get_base_path_mappings(domainName=DOMAIN)["items"] == []


def test_a_path_is_mapped_once(rest: APIGatewayClient, http: ApiGatewayV2Client) -> None:
    make_regional(rest)
    api = make_rest(rest)
    rest.create_base_path_mapping(domainName=DOMAIN, restApiId=api, stage="live")
    with pytest.raises(TfgenError, match="ConflictException: Base path already exists"):
        rest.create_base_path_mapping(domainName=DOMAIN, restApiId=api, stage="live")
    with pytest.raises(TfgenError, match="ConflictException: ApiMapping key already exists"):
        http.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="live")
    made = http.create_api_mapping(
        DomainName=DOMAIN, ApiId=api, Stage="live", ApiMappingKey="v1/items"
    )
    with pytest.raises(TfgenError, match="ConflictException"):
        http.update_api_mapping(
            DomainName=DOMAIN, ApiMappingId=made["ApiMappingId"], ApiId=api, ApiMappingKey=""
        )
    mappings = {each["ApiMappingKey"] for each in http.get_api_mappings(DomainName=DOMAIN)["Items"]}
    assert mappings == {"", "v1/items"}


def test_what_cannot_be_mapped(rest: APIGatewayClient, http: ApiGatewayV2Client) -> None:
    make_regional(rest, securityPolicy="TLS_1_0")
    api = make_http(http)
    with pytest.raises(TfgenError, match="TLS_1_2"):
        http.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="$default")
    update(rest, "/securityPolicy", "TLS_1_2")
    with pytest.raises(TfgenError, match="Invalid stage identifier"):
        http.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="live")
    with pytest.raises(TfgenError, match="may contain only"):
        http.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="$default", ApiMappingKey="/v1")
    with pytest.raises(http.exceptions.NotFoundException):
        http.create_api_mapping(DomainName=DOMAIN, ApiId="none", Stage="$default")
    with pytest.raises(TfgenError, match="Invalid REST API identifier"):
        rest.create_base_path_mapping(domainName=DOMAIN, restApiId=api, stage="$default")


def test_an_edge_domain_is_for_the_family_of_rest_apis(
    rest: APIGatewayClient, http: ApiGatewayV2Client
) -> None:
    make_edge(rest)
    api = make_rest(rest)
    with pytest.raises(TfgenError, match="Only REGIONAL domain names can be managed"):
        http.create_api_mapping(DomainName=DOMAIN, ApiId=api, Stage="live")
    with pytest.raises(TfgenError, match="Only REGIONAL domain names can be managed"):
        http.delete_domain_name(DomainName=DOMAIN)
    rest.create_base_path_mapping(domainName=DOMAIN, restApiId=api, stage="live", basePath="v1")
    found = rest.get_base_path_mapping(domainName=DOMAIN, basePath="v1")
    assert (found["restApiId"], found["stage"]) == (api, "live")


def test_what_is_mapped_stays_until_its_domain_goes(
    rest: APIGatewayClient, http: ApiGatewayV2Client
) -> None:
    make_regional(rest)
    old, new = make_rest(rest), make_http(http)
    rest.create_base_path_mapping(domainName=DOMAIN, restApiId=old, stage="live")
    http.create_api_mapping(DomainName=DOMAIN, ApiId=new, Stage="$default", ApiMappingKey="new")
    with pytest.raises(TfgenError, match="Please remove all API mappings"):
        rest.delete_rest_api(restApiId=old)
    with pytest.raises(TfgenError, match="Please remove all API mappings"):
        rest.delete_stage(restApiId=old, stageName="live")
    with pytest.raises(TfgenError, match="Please remove all API mappings"):
        http.delete_api(ApiId=new)
    with pytest.raises(TfgenError, match="Please remove all API mappings"):
        http.delete_stage(ApiId=new, StageName="$default")
    rest.delete_domain_name(domainName=DOMAIN)
    rest.delete_rest_api(restApiId=old)
    http.delete_api(ApiId=new)
    make_regional(rest)
    assert http.get_api_mappings(DomainName=DOMAIN)["Items"] == []


def test_tags_of_everything_change(rest: APIGatewayClient, http: ApiGatewayV2Client) -> None:
    make_regional(rest, tags={"team": "edge", "old": "yes"})
    old, new = make_rest(rest), make_http(http)
    arn = f"arn:aws:apigateway:{REGION}::"
    for place in (f"/domainnames/{DOMAIN}", f"/restapis/{old}", f"/restapis/{old}/stages/live"):
        rest.tag_resource(resourceArn=arn + place, tags={"team": "core"})
        rest.untag_resource(resourceArn=arn + place, tagKeys=["old"])
        assert rest.get_tags(resourceArn=arn + place)["tags"] == {"team": "core"}
    assert rest.get_domain_name(domainName=DOMAIN)["tags"] == {"team": "core"}
    for place in (f"/apis/{new}", f"/apis/{new}/stages/$default"):
        http.tag_resource(ResourceArn=arn + place, Tags={"team": "core", "old": "yes"})
        http.untag_resource(ResourceArn=arn + place, TagKeys=["old"])
        assert http.get_tags(ResourceArn=arn + place)["Tags"] == {"team": "core"}
    assert http.get_stage(ApiId=new, StageName="$default")["Tags"] == {"team": "core"}


def test_a_wildcard_is_a_domain_like_any_other(
    rest: APIGatewayClient, http: ApiGatewayV2Client
) -> None:
    """The asterisk comes escaped in paths."""
    name = "*.example.com"
    made = rest.create_domain_name(
        domainName=name,
        regionalCertificateArn=certificate(REGION),
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    assert made["domainName"] == rest.get_domain_name(domainName=name)["domainName"] == name
    change: Any = {"op": "replace", "path": ADDRESSES, "value": "dualstack"}
    changed = rest.update_domain_name(domainName=name, patchOperations=[change])
    assert changed["endpointConfiguration"]["ipAddressType"] == "dualstack"
    assert http.get_domain_name(DomainName=name)["DomainName"] == name

    mapping = http.create_api_mapping(DomainName=name, ApiId=make_http(http), Stage="$default")
    found = http.get_api_mapping(DomainName=name, ApiMappingId=mapping["ApiMappingId"])
    assert found["ApiId"] == mapping["ApiId"]
    http.delete_api_mapping(DomainName=name, ApiMappingId=mapping["ApiMappingId"])
    rest.create_base_path_mapping(domainName=name, restApiId=make_rest(rest), stage="live")
    assert rest.get_base_path_mapping(domainName=name, basePath="(none)")["stage"] == "live"
    rest.delete_base_path_mapping(domainName=name, basePath="(none)")
    http.delete_domain_name(DomainName=name)
    assert rest.get_domain_names()["items"] == []
