"""Everything that exists in the simulated account, asked through its own API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tfgen.aws.dns import plain
from tfgen.aws.session import Aws
from tfgen.sandbox.environment import DEFAULT_REGION
from tfgen.sandbox.front import ask
from tfgen.sandbox.references import TAG, is_ours
from tfgen.sandbox.seed import is_seeded, zone_id

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import TagTypeDef
    from mypy_boto3_route53.type_defs import ResourceRecordSetOutputTypeDef

GLOBAL: Final = "global"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that exists.

    Attributes:
        service: as boto3 names it.
        type: one thing of this kind, in the words of its service.
        region: the region, or `GLOBAL`.
        id: what its service knows it by; for a record its type, name and set identifier.
        seeded: whether the sandbox put it there before the app.
    """

    service: str
    type: str
    region: str
    id: str
    seeded: bool = False


def inventory(endpoint: str, regions: Iterable[str] | None = None) -> list[Resource]:
    """Lists what exists in the simulated account.

    What AWS has in every account is left out: its own keys and aliases, service-linked roles, a
    zone's own NS and SOA records. So is a KMS key that waits for its deletion.

    Args:
        endpoint: the sandbox's URL.
        regions: where to look; None for every region that the sandbox was ever asked about.

    Returns:
        Sorted by service, type, region and ID.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    aws = Aws(endpoint)
    if regions is None:
        answer = ask(urlsplit(endpoint).port or 0)
        regions = answer.regions if answer is not None else (DEFAULT_REGION,)
    found = [
        Resource(service, kind, region, id_)
        for region in sorted(set(regions))
        for service, kind, ids in _REGIONAL
        for id_ in ids(aws, region)
    ]
    found += [each for region in sorted(set(regions)) for each in _databases(aws, region)]
    found += [Resource("iam", "role", GLOBAL, role) for role in _roles(aws)]
    found += [Resource("iam", "policy", GLOBAL, policy) for policy in _policies(aws)]
    found += [Resource("iam", "user", GLOBAL, user) for user in _users(aws)]
    found += _zones(aws)
    found += [Resource("route53", "health check", GLOBAL, check) for check in _health_checks(aws)]
    return sorted(found, key=lambda each: (each.service, each.type, each.region, each.id))


def _functions(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("lambda", region).get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            yield function["FunctionName"]


def _log_groups(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("logs", region).get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            yield group["logGroupName"]


def _keys(aws: Aws, region: str) -> Iterator[str]:
    """Yields the keys that somebody made; those that an app is given are not the app's."""
    kms = aws.client("kms", region)
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if (
                about["KeyManager"] == "CUSTOMER"
                and about["KeyState"] != "PendingDeletion"
                and not is_ours(about.get("Description", ""))
            ):
                yield key["KeyId"]


def _key_aliases(aws: Aws, region: str) -> Iterator[str]:
    kms = aws.client("kms", region)
    keys = set(_keys(aws, region))
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias.get("TargetKeyId") in keys:
                yield alias["AliasName"]


def _rest_apis(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("apigateway", region).get_paginator("get_rest_apis").paginate():
        for api in page["items"]:
            yield api["id"]


def _http_apis(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("apigatewayv2", region).get_paginator("get_apis").paginate():
        for api in page["Items"]:
            yield api["ApiId"]


def _alarms(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("cloudwatch", region).get_paginator("describe_alarms").paginate():
        for alarm in page["MetricAlarms"]:
            yield alarm["AlarmName"]


def _web_acls(aws: Aws, region: str) -> Iterator[str]:
    for acl in aws.client("wafv2", region).list_web_acls(Scope="REGIONAL").get("WebACLs", []):
        yield acl["Name"]


def _domain_names(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("apigateway", region).get_paginator("get_domain_names").paginate():
        for domain in page["items"]:
            yield domain["domainName"]


def _certificates(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("acm", region).get_paginator("list_certificates").paginate():
        for certificate in page["CertificateSummaryList"]:
            yield certificate["CertificateArn"]


def _tables(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("dynamodb", region).get_paginator("list_tables").paginate():
        yield from page["TableNames"]


def _layers(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("lambda", region).get_paginator("list_layers").paginate():
        for layer in page["Layers"]:
            yield layer["LayerName"]


def _buckets(aws: Aws, region: str) -> Iterator[str]:
    pages = aws.client("s3", region).get_paginator("list_buckets").paginate(BucketRegion=region)
    for page in pages:
        for bucket in page["Buckets"]:
            yield bucket["Name"]


def _queues(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("sqs", region).get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            yield url.rpartition("/")[2]


def _parameters(aws: Aws, region: str) -> Iterator[str]:
    for page in aws.client("ssm", region).get_paginator("describe_parameters").paginate():
        for parameter in page["Parameters"]:
            yield parameter["Name"]


def _secrets(aws: Aws, region: str) -> Iterator[str]:
    """Yields the secrets that somebody made; those of a database are neither the app's."""
    # Those that wait for their deletion are not listed.
    for page in aws.client("secretsmanager", region).get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            if "OwningService" not in secret and not is_ours(secret.get("Description", "")):
                yield secret["Name"]


_REGIONAL: Final[tuple[tuple[str, str, Callable[[Aws, str], Iterator[str]]], ...]] = (
    ("acm", "certificate", _certificates),
    ("apigateway", "domain name", _domain_names),
    ("apigateway", "REST API", _rest_apis),
    ("apigatewayv2", "HTTP API", _http_apis),
    ("cloudwatch", "alarm", _alarms),
    ("dynamodb", "table", _tables),
    ("kms", "alias", _key_aliases),
    ("kms", "key", _keys),
    ("lambda", "function", _functions),
    ("lambda", "layer", _layers),
    ("logs", "log group", _log_groups),
    ("s3", "bucket", _buckets),
    ("secretsmanager", "secret", _secrets),
    ("sqs", "queue", _queues),
    ("ssm", "parameter", _parameters),
    ("wafv2", "web ACL", _web_acls),
)


def _databases(aws: Aws, region: str) -> Iterator[Resource]:
    rds = aws.client("rds", region)
    for page in rds.get_paginator("describe_db_clusters").paginate():
        for cluster in page["DBClusters"]:
            seeded = _has_mark(cluster.get("TagList", []))
            yield Resource("rds", "cluster", region, cluster["DBClusterIdentifier"], seeded)
    for instances in rds.get_paginator("describe_db_instances").paginate():
        for instance in instances["DBInstances"]:
            seeded = _has_mark(instance.get("TagList", []))
            yield Resource("rds", "instance", region, instance["DBInstanceIdentifier"], seeded)
    for proxies in rds.get_paginator("describe_db_proxies").paginate():
        for proxy in proxies["DBProxies"]:
            seeded = proxy["RoleArn"].endswith(f"/{TAG}")
            yield Resource("rds", "proxy", region, proxy["DBProxyName"], seeded)


def _has_mark(tags: Iterable[TagTypeDef]) -> bool:
    return any(each.get("Key") == TAG for each in tags)


def _roles(aws: Aws) -> Iterator[str]:
    """Yields the roles that somebody made; one that an app is given is not the app's."""
    for page in aws.client("iam", DEFAULT_REGION).get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            of_a_service = role["Path"].startswith("/aws-service-role/")
            if not of_a_service and not is_ours(role.get("Description", "")):
                yield role["RoleName"]


def _users(aws: Aws) -> Iterator[str]:
    for page in aws.client("iam", DEFAULT_REGION).get_paginator("list_users").paginate():
        for user in page["Users"]:
            yield user["UserName"]


def _policies(aws: Aws) -> Iterator[str]:
    iam = aws.client("iam", DEFAULT_REGION)
    for page in iam.get_paginator("list_policies").paginate(Scope="Local"):
        for policy in page["Policies"]:
            yield policy["PolicyName"]


def _health_checks(aws: Aws) -> Iterator[str]:
    route53 = aws.client("route53", DEFAULT_REGION)
    for page in route53.get_paginator("list_health_checks").paginate():
        for check in page["HealthChecks"]:
            yield check["Id"]


def _zones(aws: Aws) -> Iterator[Resource]:
    route53 = aws.client("route53", DEFAULT_REGION)
    for page in route53.get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            zone_name = plain(zone["Name"])
            yield Resource("route53", "hosted zone", GLOBAL, zone_name, seeded=is_seeded(zone))
            records = route53.get_paginator("list_resource_record_sets")
            for listed in records.paginate(HostedZoneId=zone_id(zone)):
                for record in listed["ResourceRecordSets"]:
                    if record["Type"] not in {"NS", "SOA"} or plain(record["Name"]) != zone_name:
                        yield Resource("route53", "record", GLOBAL, _record(record))


def _record(record: ResourceRecordSetOutputTypeDef) -> str:
    name = f"{record['Type']} {plain(record['Name'])}"
    return f"{name} {record['SetIdentifier']}" if "SetIdentifier" in record else name
