"""CloudWatch Logs, and the alarms of CloudWatch.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
"""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.iam.deploy.target import Scope, Table, Target, Where, each_region, in_regions, needs


def _groups(where: Where) -> Scope:
    return Scope(tuple(_group_arns(where)))


def _group_arns(where: Where) -> Iterator[str]:
    access_log = f"log-group:/aws/vendedlogs/apigateway/{where.app.full_name}"
    for names in where.regions:
        groups = [names.log_group()]
        if where.app.api.access_logs is not None:
            groups.append(names.arn("logs", access_log))
        for arn in groups:
            # Tags are of the first, all else of the second:
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
            yield from (arn, f"{arn}:*")


def _deliveries(where: Where) -> Scope:
    api = where.app.api
    return in_regions(where.regions if api.type == "http" and api.access_logs else ())


def _alarms(where: Where) -> Scope:
    domain = where.app.api.domain
    if domain is None or domain.health_check is None:
        return Scope()
    names = where.control_plane
    return Scope(
        tuple(
            names.arn("cloudwatch", f"alarm:{where.app.full_name} {region.name} health")
            for region in where.app.regions
        )
    )


LOG_GROUPS = Target("LogGroups", "logs", _groups)
# What is listed is told from its name's beginning, which is no resource.
LISTED_GROUPS = Target(
    "ListLogGroups", "logs", each_region(lambda names: (names.arn("logs", "log-group:*"),))
)
# An HTTP API has its log delivered, which has no resource level:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions.html
DELIVERIES = Target("LogDeliveries", "logs", _deliveries)
ALARMS = Target("Alarms", "cloudwatch", _alarms)

ACTIONS: Table = {
    "aws_cloudwatch_log_group": (
        needs(
            LOG_GROUPS,
            create="AssociateKmsKey CreateLogGroup PutRetentionPolicy TagResource",
            read="ListTagsForResource",
            update="DeleteRetentionPolicy DisassociateKmsKey UntagResource",
            delete="DeleteLogGroup",
        ),
        needs(LISTED_GROUPS, read="DescribeLogGroups"),
    ),
    "aws_cloudwatch_metric_alarm": (
        needs(
            ALARMS,
            create="PutMetricAlarm TagResource",
            read="DescribeAlarms ListTagsForResource",
            update="UntagResource",
            delete="DeleteAlarms",
        ),
    ),
}
