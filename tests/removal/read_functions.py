"""Functions with all that hangs on them, their logs and their queues."""

from __future__ import annotations

from typing import Any

from tests.removal.noted import Noted
from tfgen.aws.session import Aws

ALIAS = "live"
# Which version serves is counted up; what it is, is read.
_COUNTED = ("Version", "FunctionArn", "MasterArn")


def _functions(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("lambda", region)
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"]
            said = client.get_function(FunctionName=name)
            resource = ("lambda", region, name)
            notes.add(
                *resource,
                latest=_settings(said["Configuration"]),
                tags=said.get("Tags", {}),
                concurrency=said.get("Concurrency", {}),
                policy=_policy(client, name),
            )
            for alias in client.list_aliases(FunctionName=name)["Aliases"]:
                called = alias["Name"]
                served = client.get_function_configuration(FunctionName=name, Qualifier=called)
                notes.add(
                    *resource,
                    called,
                    description=alias.get("Description"),
                    routing=alias.get("RoutingConfig"),
                    serves=_settings(served),
                    policy=_policy(client, name, Qualifier=called),
                )
            urls = client.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
            for url in urls:
                notes.call(url["FunctionUrl"].split("/")[2].split(".")[0], f"URL of {name}")
                notes.add(*resource, "url", **url)
            for warm in client.list_provisioned_concurrency_configs(FunctionName=name)[
                "ProvisionedConcurrencyConfigs"
            ]:
                notes.add(
                    *resource,
                    "provisioned concurrency",
                    asked=warm["RequestedProvisionedConcurrentExecutions"],
                )


def _settings(configuration: Any) -> dict[str, Any]:
    said = {key: value for key, value in configuration.items() if key not in _COUNTED}
    # A function that has left its VPC has an empty one.
    if not said.get("VpcConfig", {}).get("SubnetIds"):
        said.pop("VpcConfig", None)
    return said


def _policy(client: Any, name: str, **qualifier: str) -> Any:
    try:
        return client.get_policy(FunctionName=name, **qualifier)["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return None


def _log_groups(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("logs", region)
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            tags = client.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))
            notes.add("logs", region, group["logGroupName"], **group, tags=tags.get("tags"))


def _queues(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("sqs", region)
    for page in client.get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            said = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            kept = {key: value for key, value in said.items() if not key.endswith("Timestamp")}
            tags = client.list_queue_tags(QueueUrl=url).get("Tags")
            notes.add("sqs", region, url.rpartition("/")[2], attributes=kept, tags=tags)


READERS = (_functions, _log_groups, _queues)
