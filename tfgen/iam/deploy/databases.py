"""DynamoDB with its capacity that scales, and RDS.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
"""

from __future__ import annotations

from tfgen import app as a
from tfgen.iam.deploy.keys import BY_SERVICES
from tfgen.iam.deploy.roles import OF_SERVICES
from tfgen.iam.deploy.target import Scope, Table, Target, Where, each_region, in_regions, needs
from tfgen.iam.document import Condition
from tfgen.iam.names import Names


def _tables(where: Where) -> Scope:
    database = where.app.database
    return Scope(
        tuple(
            names.table(table.full_name)
            for table in database.tables
            for names in where.those((database.home, *table.replicas))
        )
    )


def _replicas(where: Where) -> Scope:
    return Scope(
        tuple(
            names.table(table.full_name)
            for table in where.app.database.tables
            for names in where.those(table.replicas)
        )
    )


def _witnesses(where: Where) -> Scope:
    return Scope(
        tuple(
            names.table(table.full_name)
            for table in where.app.database.tables
            if table.witness
            for names in where.those((where.app.database.home, *table.replicas, table.witness))
        )
    )


def _scaled(where: Where) -> list[a.Table]:
    tables = where.app.database.tables
    return [each for each in tables if each.billing and isinstance(each.billing.read, a.Scaling)]


def _home(where: Where) -> tuple[Names, ...]:
    return where.those((where.app.database.home,)) if _scaled(where) else ()


def _alarms(where: Where) -> Scope:
    return Scope(
        tuple(
            names.arn("cloudwatch", f"alarm:TargetTracking-table/{table.full_name}-*")
            for names in _home(where)
            for table in _scaled(where)
        )
    )


def _default_keys(where: Where) -> Scope:
    """Returns AWS's own keys for DynamoDB, where the app has none with a right to describe them.

    The provider asks for them to keep them out of the state, and goes on where that is refused: a
    replica can then look as if it were to get another key, and would be deleted and made again.
    """
    given = {region.name for region in where.app.regions if region.kms_key}
    regions = dict.fromkeys(
        region
        for table in where.app.database.tables
        for region in (where.app.database.home, *table.replicas)
        if table.encryption != "aws_owned" and region in given
    )
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-request-alias
    named = Condition("StringEquals", "kms:RequestAlias", ("alias/aws/dynamodb",))
    return Scope(tuple(names.arn("kms", "key/*") for names in where.those(regions)), (named,))


TABLES = Target("Tables", "dynamodb", _tables)
DEFAULT_KEYS = Target("DefaultKeys", "kms", _default_keys)
WITNESSES = Target("Witnesses", "dynamodb", _witnesses)
# DynamoDB fills a replica as whoever makes it:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2gt_IAM.html
REPLICAS = Target("FillReplicas", "dynamodb", _replicas)
SCALING = Target(
    "Scaling",
    "application-autoscaling",
    lambda where: Scope(
        tuple(names.arn("application-autoscaling", "scalable-target/*") for names in _home(where))
    ),
)
# To describe has no resource level.
ALL_SCALING = Target(
    "DescribeScaling", "application-autoscaling", lambda where: in_regions(_home(where))
)
# https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
ALARMS_OF_SCALING = Target("AlarmsOfScaling", "cloudwatch", _alarms)
# Of all databases, for what one is called by whom it was made is not known here.
DATABASES = Target(
    "Databases",
    "rds",
    each_region(
        lambda names: [
            *(names.arn("rds", f"{kind}:*") for kind in ("cluster", "db", "db-proxy")),
            names.without_region("rds", "global-cluster:*"),
        ]
    ),
)
SECURITY_GROUPS = Target(
    "SecurityGroups",
    "ec2",
    each_region(
        lambda names: [
            names.arn("ec2", f"{kind}/*") for kind in ("security-group", "security-group-rule")
        ]
    ),
)
# To describe has no resource level.
ALL_SECURITY_GROUPS = Target(
    "DescribeSecurityGroups", "ec2", lambda where: in_regions(where.regions)
)

ACTIONS: Table = {
    "aws_dynamodb_table": (
        needs(
            TABLES,
            create="CreateTable CreateTableReplica TagResource UpdateContinuousBackups "
            "UpdateTimeToLive",
            read="DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource",
            update="UpdateTable UntagResource",
            delete="DeleteTable DeleteTableReplica",
        ),
        needs(WITNESSES, create="CreateGlobalTableWitness", delete="DeleteGlobalTableWitness"),
        needs(
            REPLICAS,
            create="BatchWriteItem DeleteItem GetItem PutItem Query Scan UpdateItem",
        ),
        needs(OF_SERVICES, create="CreateServiceLinkedRole"),
        needs(DEFAULT_KEYS, read="DescribeKey"),
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
        *(
            needs(keys, create="CreateGrant DescribeKey", read="Decrypt Encrypt")
            for keys in BY_SERVICES
        ),
    ),
    "aws_appautoscaling_target": (
        needs(
            SCALING,
            create="RegisterScalableTarget TagResource",
            read="ListTagsForResource",
            update="UntagResource",
            delete="DeregisterScalableTarget",
        ),
        needs(ALL_SCALING, read="DescribeScalableTargets"),
        needs(OF_SERVICES, create="CreateServiceLinkedRole"),
    ),
    "aws_appautoscaling_policy": (
        needs(SCALING, create="PutScalingPolicy", delete="DeleteScalingPolicy"),
        needs(ALL_SCALING, read="DescribeScalingPolicies"),
        needs(
            ALARMS_OF_SCALING, create="PutMetricAlarm", read="DescribeAlarms", delete="DeleteAlarms"
        ),
    ),
    "data.aws_rds_cluster": (needs(DATABASES, read="DescribeDBClusters ListTagsForResource"),),
    "data.aws_db_instance": (needs(DATABASES, read="DescribeDBInstances ListTagsForResource"),),
    "data.aws_db_proxy": (needs(DATABASES, read="DescribeDBProxies ListTagsForResource"),),
    "data.aws_rds_global_cluster": (
        needs(DATABASES, read="DescribeGlobalClusters ListTagsForResource"),
    ),
    "aws_vpc_security_group_ingress_rule": (
        needs(
            SECURITY_GROUPS,
            create="AuthorizeSecurityGroupIngress CreateTags",
            update="ModifySecurityGroupRules DeleteTags",
            delete="RevokeSecurityGroupIngress",
        ),
        needs(ALL_SECURITY_GROUPS, read="DescribeSecurityGroupRules"),
    ),
}
