"""APIs, their stages and their domains."""

from __future__ import annotations

from typing import Any

from tests.removal.noted import Noted
from tfgen.aws.session import Aws


def _domains(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("apigateway", region)
    newer = aws.client("apigatewayv2", region)
    for page in client.get_paginator("get_domain_names").paginate():
        for domain in page["items"]:
            name = domain["domainName"]
            notes.call(domain.get("regionalDomainName"), f"target of {name} in {region}")
            notes.call(domain.get("distributionDomainName"), f"distribution of {name}")
            # Mappings of the newer API are for regional endpoints.
            edge = "EDGE" in domain["endpointConfiguration"]["types"]
            mappings = [] if edge else newer.get_api_mappings(DomainName=name)["Items"]
            paths = client.get_base_path_mappings(domainName=name).get("items", [])
            notes.add(
                "domain",
                region,
                name,
                **{key: value for key, value in domain.items() if key != "domainNameId"},
                mappings=[_without(mapping, "ApiMappingId") for mapping in mappings],
                paths=paths,
            )


def _rest_apis(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("apigateway", region)
    notes.add("apigateway", region, "account", role=client.get_account().get("cloudwatchRoleArn"))
    for page in client.get_paginator("get_rest_apis").paginate():
        for api in page["items"]:
            name, id_ = api["name"], api["id"]
            resource = ("apigateway", region, name)
            notes.call(id_, f"API {name} in {region}")
            notes.call(api.get("rootResourceId"), f"root of {name} in {region}")
            notes.add(*resource, **api)
            for below in client.get_resources(restApiId=id_, limit=500, embed=["methods"])["items"]:
                path = below["path"]
                notes.call(below["id"], f"{path} of {name} in {region}")
                methods = below.get("resourceMethods", {})
                notes.add(*resource, path, methods=methods)
            responses = client.get_gateway_responses(restApiId=id_)["items"]
            notes.add(
                *resource,
                "gateway responses",
                **{each["responseType"]: each for each in responses if not each["defaultResponse"]},
            )
            for stage in client.get_stages(restApiId=id_)["item"]:
                called = stage["stageName"]
                # The simulated account has no value until one is set, which is the same.
                notes.add(*resource, "stage", called, **{"tracingEnabled": False, **stage})
                arn = f"arn:aws:apigateway:{region}::/restapis/{id_}/stages/{called}"
                notes.add(*resource, "stage", called, web_acl=_web_acl(aws, region, arn))


def _web_acl(aws: Aws, region: str, arn: str) -> Any:
    client = aws.client("wafv2", region)
    try:
        return client.get_web_acl_for_resource(ResourceArn=arn).get("WebACL", {}).get("Name")
    except client.exceptions.WAFNonexistentItemException:
        return None


def _http_apis(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("apigatewayv2", region)
    for page in client.get_paginator("get_apis").paginate():
        for api in page["Items"]:
            name, id_ = api["Name"], api["ApiId"]
            resource = ("apigatewayv2", region, name)
            notes.call(id_, f"API {name} in {region}")
            notes.add(*resource, **api)
            for each in client.get_integrations(ApiId=id_)["Items"]:
                uri = each["IntegrationUri"]
                notes.call(each["IntegrationId"], f"integration {uri} of {name}")
                notes.add(*resource, "integration", uri, **each)
            for authorizer in client.get_authorizers(ApiId=id_)["Items"]:
                called = authorizer["Name"]
                notes.call(authorizer["AuthorizerId"], f"authorizer {called} of {name}")
                notes.add(*resource, "authorizer", called, **authorizer)
            for route in client.get_routes(ApiId=id_)["Items"]:
                data = _without(route, "RouteId")
                notes.add(*resource, "route", route["RouteKey"], **data)
            for stage in client.get_stages(ApiId=id_)["Items"]:
                data = _without(stage, "LastDeploymentStatusMessage")
                notes.add(*resource, "stage", stage["StageName"], **data)


def _without(data: Any, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}


READERS = (_domains, _rest_apis, _http_apis)
