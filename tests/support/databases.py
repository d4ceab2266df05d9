"""Databases and networks as somebody has made them before the app, in a simulated AWS."""

from __future__ import annotations

from typing import Any

from tfgen.aws.session import Aws

ENGINE = "aurora-postgresql"


def make_cluster(aws: Aws, region: str, name: str, **settings: Any) -> str:
    """Makes a cluster with IAM authentication, and returns its ARN."""
    said = {
        "Engine": ENGINE,
        "DatabaseName": "app",
        "MasterUsername": "postgres",
        "EnableIAMDatabaseAuthentication": True,
        **settings,
    }
    if "ManageMasterUserPassword" not in said and "GlobalClusterIdentifier" not in said:
        said["MasterUserPassword"] = "not-a-secret"
    made = aws.client("rds", region).create_db_cluster(DBClusterIdentifier=name, **said)
    return made["DBCluster"]["DBClusterArn"]


def make_instance(aws: Aws, region: str, name: str, **settings: Any) -> None:
    """Makes an instance with a public address."""
    said: dict[str, Any] = {
        "DBName": "app",
        "MasterUserPassword": "not-a-secret",
        "EnableIAMDatabaseAuthentication": True,
        "PubliclyAccessible": True,
        **settings,
    }
    aws.client("rds", region).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="postgres",
        AllocatedStorage=20,
        **said,
    )


def make_proxy(aws: Aws, region: str, name: str, mode: Any = "REQUIRED") -> None:
    """Makes a proxy in subnets of the default VPC."""
    secret = f"arn:aws:secretsmanager:{region}:123456789012:secret:pg-Ab12Cd"
    aws.client("rds", region).create_db_proxy(
        DBProxyName=name,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": mode}],
        RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=subnets_of(aws, region)[:2],
    )


def subnets_of(aws: Aws, region: str) -> list[str]:
    """Returns the subnets that a region has."""
    found = aws.client("ec2", region).describe_subnets()["Subnets"]
    return sorted(subnet["SubnetId"] for subnet in found)


def groups_of(aws: Aws, region: str) -> list[str]:
    """Returns the security groups that a region has."""
    found = aws.client("ec2", region).describe_security_groups()["SecurityGroups"]
    return sorted(group["GroupId"] for group in found)
