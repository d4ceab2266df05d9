"""CloudWatch alarms that a broken run left behind."""

from __future__ import annotations

from datetime import datetime

from tfgen.aws.adopt.evidence import as_planned, created_since, has_tags
from tfgen.aws.adopt.planned import PlannedResource, text
from tfgen.aws.session import Aws


def find_metric_alarm(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds an alarm by its name, metric, tags and the time of its last change.

    CloudWatch does not tell when an alarm was made. One that was made earlier and changed since
    is found too, if it has the planned name and tags: Terraform's own create would have put the
    planned one in its place.

    Import ID: the name
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm#import).
    """
    name = text(resource, "alarm_name")
    if name is None:
        return None
    cloudwatch = aws.client("cloudwatch", resource.region)
    alarms = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm"])
    for alarm in alarms["MetricAlarms"]:
        metric = {"metric_name": alarm.get("MetricName"), "namespace": alarm.get("Namespace")}
        answer = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])
        tags = {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}
        found = (
            created_since(alarm["AlarmConfigurationUpdatedTimestamp"], since)
            and as_planned(resource, metric)
            and has_tags(resource, tags)
        )
        return name if found else None
    return None
