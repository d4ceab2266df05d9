"""Which resource types can be found, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from tfgen.aws.adopt import acm, apigateway, iam, kms, lambdas, logs, route53
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws

Finder = Callable[[Aws, PlannedResource, datetime], str | None]

FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "aws_acm_certificate": acm.find_certificate,
        "aws_api_gateway_base_path_mapping": apigateway.find_base_path_mapping,
        "aws_api_gateway_deployment": apigateway.find_deployment,
        "aws_api_gateway_domain_name": apigateway.find_domain_name,
        "aws_api_gateway_integration": apigateway.find_integration,
        "aws_api_gateway_method": apigateway.find_method,
        "aws_api_gateway_resource": apigateway.find_resource,
        "aws_api_gateway_rest_api": apigateway.find_rest_api,
        "aws_api_gateway_stage": apigateway.find_stage,
        "aws_cloudwatch_log_group": logs.find_log_group,
        "aws_iam_role": iam.find_role,
        "aws_iam_role_policy": iam.find_role_policy,
        "aws_kms_alias": kms.find_alias,
        "aws_kms_key": kms.find_key,
        "aws_lambda_alias": lambdas.find_alias,
        "aws_lambda_function": lambdas.find_function,
        "aws_lambda_permission": lambdas.find_permission,
        "aws_route53_health_check": route53.find_health_check,
        "aws_route53_record": route53.find_record,
        "aws_route53_zone": route53.find_zone,
    }
)
"""Resource type → how to find one. Every type that the module library creates is here or below."""

NOTHING_TO_ADOPT: Mapping[str, str] = MappingProxyType(
    {
        "aws_acm_certificate_validation": (
            "it creates nothing: it waits until the certificate is issued, and waiting again does "
            "no harm"
        ),
    }
)
"""Resource type → why a create that was cut off leaves nothing to find."""


def find_existing(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds what a broken run created for a resource that is now planned to be created.

    Ask only for addresses whose creation that run had started. Whatever AWS says to be older than
    the run, and whatever differs from the plan in name, tags or target, belongs to somebody else
    and is not found. So is what depends on something that is itself yet to be imported: import
    what was found, plan again, and ask again until nothing more is found.

    Args:
        aws: the account.
        resource: what the plan says.
        since: when the broken run began, with its time zone.

    Returns:
        The import ID, or None if there is nothing. For a region-aware resource of provider 6 it
        ends in ``@`` and the region
        (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support#how-region-works).

    Raises:
        TfgenError: more than one thing fits, or AWS cannot be asked.
    """
    finder = FINDERS.get(resource.type)
    found = finder(aws, resource, since) if finder else None
    region = text(resource, "region")
    return f"{found}@{region}" if found and region else found
