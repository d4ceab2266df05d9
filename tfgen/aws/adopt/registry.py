"""Which resource types can be found, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from tfgen.aws.adopt import (
    acm,
    apigateway,
    apigatewayv2,
    cloudwatch,
    dynamodb,
    ec2,
    iam,
    kms,
    lambdas,
    logs,
    route53,
    s3,
    sqs,
)
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws

Finder = Callable[[Aws, PlannedResource, datetime], str | None]

FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "aws_acm_certificate": acm.find_certificate,
        "aws_api_gateway_base_path_mapping": apigateway.find_base_path_mapping,
        "aws_api_gateway_deployment": apigateway.find_deployment,
        "aws_api_gateway_domain_name": apigateway.find_domain_name,
        "aws_api_gateway_rest_api": apigateway.find_rest_api,
        "aws_api_gateway_stage": apigateway.find_stage,
        "aws_apigatewayv2_api": apigatewayv2.find_api,
        "aws_apigatewayv2_api_mapping": apigatewayv2.find_api_mapping,
        "aws_apigatewayv2_authorizer": apigatewayv2.find_authorizer,
        "aws_apigatewayv2_integration": apigatewayv2.find_integration,
        "aws_apigatewayv2_route": apigatewayv2.find_route,
        "aws_apigatewayv2_stage": apigatewayv2.find_stage,
        "aws_cloudwatch_log_group": logs.find_log_group,
        "aws_cloudwatch_metric_alarm": cloudwatch.find_metric_alarm,
        "aws_dynamodb_table": dynamodb.find_table,
        "aws_iam_role": iam.find_role,
        "aws_iam_role_policy": iam.find_role_policy,
        "aws_iam_role_policy_attachment": iam.find_role_policy_attachment,
        "aws_kms_alias": kms.find_alias,
        "aws_kms_key": kms.find_key,
        "aws_lambda_alias": lambdas.find_alias,
        "aws_lambda_function": lambdas.find_function,
        "aws_lambda_function_url": lambdas.find_function_url,
        "aws_lambda_permission": lambdas.find_permission,
        "aws_route53_health_check": route53.find_health_check,
        "aws_route53_record": route53.find_record,
        "aws_route53_zone": route53.find_zone,
        "aws_s3_bucket": s3.find_bucket,
        "aws_s3_object": s3.find_object,
        "aws_sqs_queue": sqs.find_queue,
        "aws_vpc_security_group_ingress_rule": ec2.find_ingress_rule,
    }
)
"""Resource type → how to find one. Every type that the module library creates is here or below."""

_SETTING: Final = (
    "it is a setting of its {0}: its create puts it in the place of what is there, and it goes "
    "with the {0}"
)

NOTHING_TO_ADOPT: Mapping[str, str] = MappingProxyType(
    {
        "aws_acm_certificate_validation": (
            "it creates nothing: it waits until the certificate is issued, and waiting again does "
            "no harm"
        ),
        "aws_api_gateway_account": (
            "it is a setting that every region has: it is set again, and stays after a destroy"
        ),
        "aws_api_gateway_method_settings": _SETTING.format("stage"),
        "aws_appautoscaling_policy": _SETTING.format("table"),
        "aws_appautoscaling_target": _SETTING.format("table"),
        "aws_lambda_provisioned_concurrency_config": _SETTING.format("alias"),
        "aws_s3_bucket_lifecycle_configuration": _SETTING.format("bucket"),
        "aws_s3_bucket_ownership_controls": _SETTING.format("bucket"),
        "aws_s3_bucket_policy": _SETTING.format("bucket"),
        "aws_s3_bucket_public_access_block": _SETTING.format("bucket"),
        "aws_s3_bucket_server_side_encryption_configuration": _SETTING.format("bucket"),
        "aws_s3_bucket_versioning": _SETTING.format("bucket"),
        "aws_wafv2_web_acl_association": _SETTING.format("stage"),
        "terraform_data": "it is in Terraform's state and nowhere else",
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
