"""HTTP APIs and their parts that a broken run left behind.

An API is found by its time. Everything else is found inside its API or on its domain name, and
those are ours: the plan knows their IDs only because they are in the state.
"""

from __future__ import annotations

from datetime import datetime

from tfgen.aws.adopt.evidence import agrees, as_planned, created_since, has_tags, the_only
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_api(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds an API by its name, protocol, time and tags; several may have the same name.

    Import ID: the API's ID
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_api#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    pages = aws.client("apigatewayv2", resource.region).get_paginator("get_apis").paginate()
    found = [
        api["ApiId"]
        for page in pages
        for api in page["Items"]
        if api["Name"] == name
        and as_planned(resource, {"protocol_type": api["ProtocolType"]})
        and created_since(api["CreatedDate"], since)
        and has_tags(resource, api.get("Tags", {}))
    ]
    return the_only(resource, found)


def find_stage(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a stage by its API, name and tags.

    Import ID: API and stage, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_stage#import).
    """
    api, name = text(resource, "api_id"), text(resource, "name")
    if api is None or name is None:
        return None
    client = aws.client("apigatewayv2", resource.region)
    try:
        stage = client.get_stage(ApiId=api, StageName=name)
    except client.exceptions.NotFoundException:
        return None
    return f"{api}/{name}" if has_tags(resource, stage.get("Tags", {})) else None


def find_integration(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds an integration by its API, type and target; several may have the same.

    The run was cut off before it could lead a route to its own. Only when a state was lost that
    had not reached its backend yet, the integration is one that a route leads to.

    Import ID: API and integration, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_integration#import).
    """
    api = text(resource, "api_id")
    if api is None or text(resource, "integration_uri") is None:
        return None
    client = aws.client("apigatewayv2", resource.region)
    try:
        routes = client.get_paginator("get_routes").paginate(ApiId=api)
        used = {route.get("Target", "") for page in routes for route in page["Items"]}
        pages = client.get_paginator("get_integrations").paginate(ApiId=api)
        fitting = [
            each["IntegrationId"]
            for page in pages
            for each in page["Items"]
            if as_planned(
                resource,
                {
                    "integration_type": each.get("IntegrationType"),
                    "integration_uri": each.get("IntegrationUri"),
                    "payload_format_version": each.get("PayloadFormatVersion"),
                },
            )
        ]
    except client.exceptions.NotFoundException:
        return None
    idle = [each for each in fitting if f"integrations/{each}" not in used]
    found = the_only(resource, idle or fitting)
    return f"{api}/{found}" if found else None


def find_route(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a route by its API, key and target; a key is unique in an API.

    Import ID: API and route, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_route#import).
    """
    api, key = text(resource, "api_id"), text(resource, "route_key")
    if api is None or key is None:
        return None
    client = aws.client("apigatewayv2", resource.region)
    try:
        pages = client.get_paginator("get_routes").paginate(ApiId=api)
        for route in (route for page in pages for route in page["Items"]):
            if route["RouteKey"] == key:
                ours = as_planned(resource, {"target": route.get("Target")})
                return f"{api}/{route['RouteId']}" if ours else None
    except client.exceptions.NotFoundException:
        return None
    return None


def find_authorizer(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds an authorizer by its API, name and type; a name is unique in an API.

    Import ID: API and authorizer, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_authorizer#import).
    """
    api, name = text(resource, "api_id"), text(resource, "name")
    if api is None or name is None:
        return None
    client = aws.client("apigatewayv2", resource.region)
    try:
        pages = client.get_paginator("get_authorizers").paginate(ApiId=api)
        found = [
            each["AuthorizerId"]
            for page in pages
            for each in page["Items"]
            if each["Name"] == name
            and as_planned(resource, {"authorizer_type": each.get("AuthorizerType")})
        ]
    except client.exceptions.NotFoundException:
        return None
    authorizer = the_only(resource, found)
    return f"{api}/{authorizer}" if authorizer else None


def find_api_mapping(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a mapping by its domain and key, if it leads to the planned API and stage.

    Import ID: mapping and domain, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_api_mapping#import).
    """
    domain, api = text(resource, "domain_name"), text(resource, "api_id")
    if domain is None or api is None:
        return None
    client = aws.client("apigatewayv2", resource.region)
    key = text(resource, "api_mapping_key")
    token: dict[str, str] = {}
    while True:
        try:
            page = client.get_api_mappings(DomainName=domain, **token)
        except client.exceptions.NotFoundException:
            return None
        for mapping in page["Items"]:
            if agrees(key, mapping.get("ApiMappingKey")):
                actual = {"api_id": mapping["ApiId"], "stage": mapping["Stage"]}
                ours = as_planned(resource, actual)
                return f"{mapping['ApiMappingId']}/{domain}" if ours else None
        if not page.get("NextToken"):
            return None
        token = {"NextToken": page["NextToken"]}
