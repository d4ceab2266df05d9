"""IAM: the roles of the functions, who they are passed to, and those that AWS makes for itself.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from tfgen.app import Scaling
from tfgen.iam.deploy.target import Scope, Table, Target, Where, needs
from tfgen.iam.document import Condition
from tfgen.iam.names import Names
from tfgen.render.addresses import account_role_name


def function_role(names: Names) -> str:
    """Returns the ARN of the role of a region's function."""
    return names.without_region("iam", f"role/{names.role_name}")


def _account_role(names: Names) -> str:
    """Returns the ARN of the role with which API Gateway writes logs in a region."""
    return names.without_region("iam", f"role/{account_role_name(names.app, names.region)}")


def _has_account_role(where: Where) -> bool:
    logs = where.app.api.access_logs
    return logs is not None and logs.account_role


def _roles(where: Where) -> Scope:
    arns = [function_role(names) for names in where.regions]
    if _has_account_role(where):
        arns += [_account_role(names) for names in where.regions]
    return Scope(tuple(arns))


def _passed(where: Where) -> Scope:
    to = Condition("StringEquals", "iam:PassedToService", ("lambda.amazonaws.com",))
    return Scope(tuple(function_role(names) for names in where.regions), (to,))


def _passed_to_gateway(where: Where) -> Scope:
    if not _has_account_role(where):
        return Scope()
    to = Condition("StringEquals", "iam:PassedToService", ("apigateway.amazonaws.com",))
    return Scope(tuple(_account_role(names) for names in where.regions), (to,))


def _attached(where: Where) -> Scope:
    if not _has_account_role(where):
        return Scope()
    policy = "policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    arn = f"arn:{where.regions[0].partition}:iam::aws:{policy}"
    return Scope(
        tuple(_account_role(names) for names in where.regions),
        (Condition("ArnEquals", "iam:PolicyARN", (arn,)),),
    )


def _of_services(where: Where) -> Scope:
    services = []
    if where.app.api.domain is not None:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
        services.append("ops.apigateway.amazonaws.com")
    tables = where.app.database.tables
    if any(table.replicas for table in tables):
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2gt_IAM.html
        services.append("replication.dynamodb.amazonaws.com")
    if any(table.billing and isinstance(table.billing.read, Scaling) for table in tables):
        # https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
        services.append("dynamodb.application-autoscaling.amazonaws.com")
    names = where.regions[0]
    return Scope(
        tuple(
            names.without_region("iam", f"role/aws-service-role/{service}/*")
            for service in services
        ),
        (Condition("StringEquals", "iam:AWSServiceName", tuple(services)),),
    )


ROLES = Target("Roles", "iam", _roles)
PASSED = Target("PassRolesToLambda", "iam", _passed)
PASSED_TO_GATEWAY = Target("PassRolesToApiGateway", "iam", _passed_to_gateway)
ATTACHED = Target("AttachPolicies", "iam", _attached)
OF_SERVICES = Target("RolesOfServices", "iam", _of_services)

ACTIONS: Table = {
    "aws_iam_role": (
        needs(
            ROLES,
            create="CreateRole TagRole",
            read="GetRole ListAttachedRolePolicies ListRolePolicies ListRoleTags",
            update="UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription UntagRole",
            delete="DeleteRole ListInstanceProfilesForRole",
        ),
    ),
    "aws_iam_role_policy": (
        needs(
            ROLES,
            create="PutRolePolicy",
            read="GetRolePolicy",
            update="PutRolePolicy",
            delete="DeleteRolePolicy",
        ),
    ),
    "aws_iam_role_policy_attachment": (
        needs(ATTACHED, create="AttachRolePolicy", delete="DetachRolePolicy"),
        needs(ROLES, read="ListAttachedRolePolicies"),
    ),
}
