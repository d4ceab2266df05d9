"""Tables, keys, buckets, certificates, alarms and what lets functions into databases."""

from __future__ import annotations

from typing import Any

from tests.removal.noted import Noted
from tfgen.aws.session import Aws


def _tables(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("dynamodb", region)
    for page in client.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            table: Any = client.describe_table(TableName=name)["Table"]
            ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            backups: Any = client.describe_continuous_backups(TableName=name)
            recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
            # What is not read when a table is paid by request: moto keeps the last capacity.
            if table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
                table.pop("ProvisionedThroughput", None)
            for key in ("AttributeDefinitions", "Replicas", "GlobalSecondaryIndexes"):
                table[key] = sorted(table.get(key, []), key=str)
            tags = client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
            notes.add(
                "dynamodb",
                region,
                name,
                **table,
                ttl=ttl,
                recovery=recovery["PointInTimeRecoveryStatus"],
                tags=_tags(tags),
            )


def _scaling(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("application-autoscaling", region)  # type: ignore[call-overload]
    for target in client.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]:
        name = (target["ResourceId"], target["ScalableDimension"])
        notes.call(target["ScalableTargetARN"].rpartition("/")[2], f"target {' '.join(name)}")
        notes.add("scaling", region, *name, **target)
    policies = client.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
    for policy in policies:
        data = {key: value for key, value in policy.items() if key not in {"PolicyARN", "Alarms"}}
        notes.add("scaling", region, policy["ResourceId"], policy["PolicyName"], **data)


def _keys(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("kms", region)
    for page in client.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            name, id_ = alias["AliasName"], alias.get("TargetKeyId")
            if id_ is None:
                continue
            notes.call(id_, f"key {name} in {region}")
            if name.startswith("alias/aws/"):
                continue
            about = client.describe_key(KeyId=id_)["KeyMetadata"]
            notes.add(
                "kms",
                region,
                name,
                **about,
                policy=client.get_key_policy(KeyId=id_, PolicyName="default")["Policy"],
                rotation=client.get_key_rotation_status(KeyId=id_).get("KeyRotationEnabled"),
                tags=client.list_resource_tags(KeyId=id_)["Tags"],
            )


def _buckets(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("s3", region)
    for bucket in client.list_buckets(BucketRegion=region)["Buckets"]:
        name = bucket["Name"]
        found = {}
        for what in (
            "bucket_encryption",
            "bucket_lifecycle_configuration",
            "bucket_ownership_controls",
            "bucket_policy",
            "bucket_tagging",
            "bucket_versioning",
            "public_access_block",
        ):
            try:
                found[what] = getattr(client, f"get_{what}")(Bucket=name)
            except client.exceptions.ClientError as error:
                found[what] = error.response["Error"]["Code"]
        objects = client.list_objects_v2(Bucket=name).get("Contents", [])
        notes.add("s3", region, name, **found, objects=[each["Key"] for each in objects])


def _certificates(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("acm", region)
    for page in client.get_paginator("list_certificates").paginate():
        for summary in page["CertificateSummaryList"]:
            arn = summary["CertificateArn"]
            about = client.describe_certificate(CertificateArn=arn)["Certificate"]
            name = about["DomainName"]
            notes.call(arn.rpartition("/")[2], f"certificate of {name} in {region}")
            for option in about.get("DomainValidationOptions", []):
                if record := option.get("ResourceRecord"):
                    notes.call(record["Name"].rstrip("."), f"validation of {name}")
                    notes.call(record["Value"].rstrip("."), "validation at ACM")
            notes.add(
                "acm",
                region,
                name,
                status=about["Status"],
                names=about.get("SubjectAlternativeNames"),
                used=about.get("InUseBy"),
                tags=client.list_tags_for_certificate(CertificateArn=arn)["Tags"],
            )


def _alarms(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("cloudwatch", region)
    for page in client.get_paginator("describe_alarms").paginate():
        for alarm in page["MetricAlarms"]:
            # Application Auto Scaling makes and deletes them.
            if alarm["AlarmName"].startswith("TargetTracking-"):
                continue
            data = {key: value for key, value in alarm.items() if not key.startswith("State")}
            notes.add("cloudwatch", region, alarm["AlarmName"], **data)


def _groups(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("ec2", region)
    for page in client.get_paginator("describe_security_group_rules").paginate():
        for rule in page["SecurityGroupRules"]:
            if rule.get("Description"):
                data = {k: v for k, v in rule.items() if "RuleId" not in k and "RuleArn" not in k}
                notes.add("ec2", region, "rule", rule["Description"], **data)
    for group in client.describe_security_groups()["SecurityGroups"]:
        notes.call(group["GroupId"], f"group {group['GroupName']} in {region}")


def _networks(aws: Aws, region: str, notes: Noted) -> None:
    client = aws.client("ec2", region)
    for subnet in client.describe_subnets()["Subnets"]:
        notes.call(subnet["SubnetId"], f"subnet {subnet['AvailabilityZone']}")
        notes.call(subnet["VpcId"], f"network of {region}")


def _databases(aws: Aws, region: str, notes: Noted) -> None:
    """Says what the databases are called that are there already."""
    rds: Any = aws.client("rds", region)
    for cluster in rds.describe_db_clusters()["DBClusters"]:
        name = f"cluster {cluster['DBClusterIdentifier']}"
        notes.call(cluster["DbClusterResourceId"], name)
        notes.call(cluster["Endpoint"].split(".")[1].rpartition("-")[2], f"hosts of {name}")
        notes.call(cluster.get("MasterUserSecret", {}).get("SecretArn"), f"secret of {name}")
    for instance in rds.describe_db_instances()["DBInstances"]:
        name = f"instance {instance['DBInstanceIdentifier']}"
        notes.call(instance["DbiResourceId"], name)
        notes.call(instance.get("MasterUserSecret", {}).get("SecretArn"), f"secret of {name}")
    for proxy in rds.describe_db_proxies()["DBProxies"]:
        name = f"proxy {proxy['DBProxyName']}"
        notes.call(proxy["DBProxyArn"].rpartition(":")[2], name)
        notes.call(proxy["Endpoint"].split(".")[1].rpartition("-")[2], f"hosts of {name}")


def _tags(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


READERS = (
    _tables,
    _scaling,
    _keys,
    _buckets,
    _certificates,
    _alarms,
    _groups,
    _networks,
    _databases,
)
