"""API Gateway, whose actions are the methods of HTTP on the paths of its own API.

The ID of an API is API Gateway's own, so rights on one are rights on all of its kind in the region.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tfgen.iam.deploy.logs import DELIVERIES
from tfgen.iam.deploy.roles import OF_SERVICES, PASSED_TO_GATEWAY
from tfgen.iam.deploy.target import Needs, Scope, Table, Target, Where, each_region, needs
from tfgen.iam.names import Names

_PARTS = "POST PUT PATCH"


def path(names: Names, resource: str) -> str:
    """Returns the ARN of a path of API Gateway's own API."""
    return f"arn:{names.partition}:apigateway:{names.region}::{resource}"


def _paths(*resources: str) -> Callable[[Where], Scope]:
    return each_region(lambda names: [path(names, resource) for resource in resources])


def _domains(where: Where) -> Scope:
    return Scope(
        tuple(
            path(names, f"/domainnames{below}")
            for names, domains in zip(where.regions, domains_of(where), strict=True)
            for below in ("", *(f"/{name}{end}" for name in domains for end in ("", "/*")))
            if domains
        )
    )


def domains_of(where: Where) -> list[list[str]]:
    """Returns the domains of each region's API."""
    domain = where.app.api.domain
    shared = list(domain.names) if domain else []
    return [shared + ([region.domain] if region.domain else []) for region in where.app.regions]


def _mutual_tls(where: Where) -> Scope:
    found = [
        path(names, f"/domainnames{below}")
        for region, names, domains in zip(
            where.app.regions, where.regions, domains_of(where), strict=True
        )
        if region.truststore
        for below in ("", *(f"/{name}" for name in domains))
    ]
    return Scope(tuple(found))


def _truststores(where: Where) -> Scope:
    stores = (region.truststore for region in where.app.regions)
    uris = sorted({store.uri.removeprefix("s3://") for store in stores if store})
    return Scope(tuple(f"arn:{where.regions[0].partition}:s3:::{uri}" for uri in uris))


def _with_web_acl(where: Where) -> list[tuple[str, Names]]:
    pairs = zip(where.app.regions, where.regions, strict=True)
    return [(region.web_acl_arn, names) for region, names in pairs if region.web_acl_arn]


def _stages(where: Where) -> tuple[str, ...]:
    return tuple(path(names, "/restapis/*/stages/live") for _, names in _with_web_acl(where))


def _web_acls(where: Where) -> Scope:
    acls = sorted({arn for arn, _ in _with_web_acl(where)})
    return Scope((*acls, *_stages(where)) if acls else ())


def _edge(where: Where) -> Scope:
    at_edge = where.app.api.endpoint == "edge" and where.app.api.domain is not None
    return Scope(("*",) if at_edge else ())


REST_APIS = Target("RestApis", "apigateway", _paths("/restapis", "/restapis/*"))
HTTP_APIS = Target("HttpApis", "apigateway", _paths("/apis", "/apis/*"))
ACCOUNT = Target("ApiGatewayAccount", "apigateway", _paths("/account"))
TAGS = Target("ApiGatewayTags", "apigateway", _paths("/tags/*"))
DOMAINS = Target("Domains", "apigateway", _domains)
MUTUAL_TLS = Target("MutualTls", "apigateway", _mutual_tls)
# API Gateway reads it as whoever sets it:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
TRUSTSTORES = Target("Truststores", "s3", _truststores)
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
WEB_ACLS = Target("WebAcls", "wafv2", _web_acls)
STAGES_WITH_WEB_ACL = Target("StagesWithWebAcl", "apigateway", lambda where: Scope(_stages(where)))
# The distribution is one of API Gateway's own account:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-edge-optimized-custom-domain-name.html
DISTRIBUTIONS = Target("Distributions", "cloudfront", _edge)


def _part(target: Target, **more: str) -> tuple[Needs, ...]:
    """Returns what a part of an API needs, which is whatever the path takes."""
    said = {"create": _PARTS, "read": "GET", "update": _PARTS, "delete": "DELETE"}
    return (needs(target, **{**said, **more}),)


def _tagged(parts: Sequence[Needs]) -> tuple[Needs, ...]:
    return (*parts, needs(TAGS, create="POST PUT", read="GET", update="DELETE"))


_OF_A_REST_API = (
    "aws_api_gateway_deployment",
    "aws_api_gateway_method_settings",
)
_OF_AN_HTTP_API = (
    "aws_apigatewayv2_authorizer",
    "aws_apigatewayv2_integration",
    "aws_apigatewayv2_route",
)

ACTIONS: Table = {
    **{name: _part(REST_APIS) for name in _OF_A_REST_API},
    **{name: _part(HTTP_APIS) for name in _OF_AN_HTTP_API},
    "aws_api_gateway_rest_api": _tagged(_part(REST_APIS)),
    "aws_api_gateway_stage": _tagged(_part(REST_APIS)),
    "aws_apigatewayv2_api": _tagged(_part(HTTP_APIS)),
    "aws_apigatewayv2_stage": (
        *_tagged(_part(HTTP_APIS)),
        needs(
            DELIVERIES,
            create="CreateLogDelivery DescribeResourcePolicies PutResourcePolicy",
            read="GetLogDelivery ListLogDeliveries",
            update="UpdateLogDelivery",
            delete="DeleteLogDelivery",
        ),
    ),
    "aws_api_gateway_account": (
        needs(ACCOUNT, create="PATCH", read="GET", update="PATCH"),
        needs(PASSED_TO_GATEWAY, create="PassRole"),
    ),
    "aws_api_gateway_domain_name": (
        *_tagged(_part(DOMAINS)),
        needs(MUTUAL_TLS, create="AddCertificateToDomain", update="RemoveCertificateFromDomain"),
        needs(TRUSTSTORES, create="GetObject GetObjectVersion"),
        needs(DISTRIBUTIONS, create="UpdateDistribution"),
        needs(OF_SERVICES, create="CreateServiceLinkedRole"),
    ),
    "aws_api_gateway_base_path_mapping": _part(DOMAINS),
    "aws_apigatewayv2_api_mapping": _part(DOMAINS),
    "aws_wafv2_web_acl_association": (
        needs(
            WEB_ACLS,
            create="AssociateWebACL",
            read="GetWebACL GetWebACLForResource",
            delete="DisassociateWebACL",
        ),
        needs(STAGES_WITH_WEB_ACL, create="SetWebACL"),
    ),
}
