"""REST APIs, their parts and their custom domains that a broken run left behind.

An API and a deployment are found by their time. Everything else is found inside its API or on its
domain name, and those are ours: the plan knows their IDs only because they are in the state.
"""

from __future__ import annotations

from datetime import datetime

from tfgen.aws.adopt.evidence import as_planned, created_since, has_tags, the_only
from tfgen.aws.adopt.planned import PlannedResource, block, text
from tfgen.aws.session import Aws


def find_rest_api(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds an API by its name, time and tags; several may have the same name.

    Import ID: the API's ID
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_rest_api#import).
    """
    name = text(resource, "name")
    if name is None:
        return None
    pages = aws.client("apigateway", resource.region).get_paginator("get_rest_apis").paginate()
    found = [
        api["id"]
        for page in pages
        for api in page["items"]
        if api["name"] == name
        and created_since(api["createdDate"], since)
        and has_tags(resource, api.get("tags", {}))
    ]
    return the_only(resource, found)


def find_deployment(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds the newest deployment of the broken run's time, one that no stage serves if possible.

    The run was killed before it could give its deployment to the stage. Only when a state was lost
    that had not reached its backend yet, the deployment is one that the stage serves.

    Deployments of one API are snapshots that nothing tells apart, so the newest will do. The
    provider cannot import ``triggers``: the plan that follows replaces the deployment by a new one
    and deletes this one, so that none is left over.

    Import ID: API and deployment, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_deployment#import).
    """
    api = text(resource, "rest_api_id")
    if api is None:
        return None
    client = aws.client("apigateway", resource.region)
    try:
        served = {stage["deploymentId"] for stage in client.get_stages(restApiId=api)["item"]}
        pages = client.get_paginator("get_deployments").paginate(restApiId=api)
        deployments = [deployment for page in pages for deployment in page["items"]]
    except client.exceptions.NotFoundException:
        return None
    candidates = [
        (deployment["id"] not in served, deployment["createdDate"], deployment["id"])
        for deployment in deployments
        if created_since(deployment["createdDate"], since)
        and as_planned(resource, {"description": deployment.get("description")})
    ]
    return f"{api}/{max(candidates)[-1]}" if candidates else None


def find_stage(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a stage by its API, name, deployment and tags.

    Import ID: API and stage, with a slash
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_stage#import).
    """
    api, name = text(resource, "rest_api_id"), text(resource, "stage_name")
    if api is None or name is None:
        return None
    client = aws.client("apigateway", resource.region)
    try:
        stage = client.get_stage(restApiId=api, stageName=name)
    except client.exceptions.NotFoundException:
        return None
    serves = as_planned(resource, {"deployment_id": stage["deploymentId"]})
    found = serves and has_tags(resource, stage.get("tags", {}))
    return f"{api}/{name}" if found else None


def find_domain_name(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a custom domain by its name, certificate, endpoint type and tags.

    The certificate stands in for the time, which API Gateway does not tell: a domain that serves
    the certificate in our state is ours.

    Import ID: the domain name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_domain_name#import).
    """
    name = text(resource, "domain_name")
    certificates = {
        attribute: arn
        for attribute in ("certificate_arn", "regional_certificate_arn")
        if (arn := text(resource, attribute))
    }
    if name is None or not certificates:
        return None
    client = aws.client("apigateway", resource.region)
    try:
        domain = client.get_domain_name(domainName=name)
    except client.exceptions.NotFoundException:
        return None
    types = domain.get("endpointConfiguration", {}).get("types", [])
    served = {
        "certificate_arn": domain.get("certificateArn"),
        "regional_certificate_arn": domain.get("regionalCertificateArn"),
    }
    found = (
        all(served[attribute] == arn for attribute, arn in certificates.items())
        and block(resource, "endpoint_configuration").get("types", types) == types
        and has_tags(resource, domain.get("tags", {}))
    )
    return name if found else None


def find_base_path_mapping(aws: Aws, resource: PlannedResource, _since: datetime) -> str | None:
    """Finds a mapping by its domain and path, if it leads to the planned API and stage.

    Import ID: domain and path, with a slash that stays when the path is empty
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_base_path_mapping#import).
    """
    domain, api = text(resource, "domain_name"), text(resource, "api_id")
    if domain is None or api is None:
        return None
    path = text(resource, "base_path") or ""
    client = aws.client("apigateway", resource.region)
    try:
        mapping = client.get_base_path_mapping(domainName=domain, basePath=path or "(none)")
    except client.exceptions.NotFoundException:
        return None
    actual = {"api_id": mapping.get("restApiId"), "stage_name": mapping.get("stage")}
    return f"{domain}/{path}" if as_planned(resource, actual) else None
