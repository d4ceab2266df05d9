"""Clusters, instances and proxies that are taken to exist, in the simulated RDS.

They are for PostgreSQL, have a master user `MASTER` whose password RDS manages, take tokens of IAM,
and can be reached from everywhere; so whatever a config says of the way in, is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tfgen.aws.failures import RefusalError
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError
from tfgen.sandbox.environment import DEFAULT_REGION
from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.networks import default_vpc
from tfgen.sandbox.references import TAG, is_ours, reference

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import TagTypeDef

    from tfgen.app import DatabaseUse, RdsKind

#: The user that owns a database, and the database to connect to, if the config names none: what a
#: PostgreSQL server has without anybody asking for it.
MASTER: Final = "postgres"
DATABASE: Final = "postgres"

_AURORA: Final = "aurora-postgresql"
_LONGEST: Final = 63  # letters of a name

# A proxy says nothing of its tags.
_ROLE_OF_SEEDED: Final = f"arn:aws:iam::{ACCOUNT}:role/{TAG}"


@dataclass(frozen=True, slots=True)
class Found:
    """A database of the simulated account.

    Attributes:
        id: what RDS calls it for good.
        seeded: whether the sandbox put it there.
        secret: the ARN of the secret that RDS manages for its master user; None is none.
    """

    id: str
    seeded: bool
    secret: str | None


def ensure(aws: Aws, use: DatabaseUse) -> Found:
    """Finds a database, or makes it.

    Args:
        aws: the simulated account.
        use: what a function uses.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    find, make = _KINDS[use.kind]
    found = find(aws, use)
    if found is None:
        try:
            make(aws, use)
        except RefusalError as error:
            # Somebody who brings up another stage at the same time may have been faster.
            if "AlreadyExists" not in error.code:
                raise
        found = find(aws, use)
    if found is None:
        raise TfgenError(
            f"The sandbox has lost the database `{use.identifier}`", hint="run the command again"
        )
    return found


def _find_cluster(aws: Aws, use: DatabaseUse) -> Found | None:
    return _cluster(aws, use.region, use.identifier)


def _cluster(aws: Aws, region: str, name: str) -> Found | None:
    for page in aws.client("rds", region).get_paginator("describe_db_clusters").paginate():
        for each in page["DBClusters"]:
            if each["DBClusterIdentifier"] == name:
                return _found(each["DbClusterResourceId"], each)
    return None


def _make_cluster(aws: Aws, use: DatabaseUse) -> None:
    _create_cluster(aws, use, use.identifier, _owned(use, "DatabaseName"))


def _create_cluster(aws: Aws, use: DatabaseUse, name: str, more: Mapping[str, Any]) -> None:
    rds = aws.client("rds", use.region)
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine=_AURORA,
        EnableIAMDatabaseAuthentication=True,
        VpcSecurityGroupIds=[_default_group(aws, use.region)],
        Tags=_tags(name),
        **more,
    )
    rds.create_db_instance(
        DBInstanceIdentifier=f"{name[: _LONGEST - 2]}-1",
        DBInstanceClass="db.t4g.medium",
        Engine=_AURORA,
        DBClusterIdentifier=name,
        PubliclyAccessible=True,
        Tags=_tags(name),
    )


def _find_global_cluster(aws: Aws, use: DatabaseUse) -> Found | None:
    for arn in _members(aws, use.identifier) or ():
        region, name = arn.split(":")[3:7:3]
        if region == use.region:
            return _cluster(aws, region, name)
    return None


def _make_global_cluster(aws: Aws, use: DatabaseUse) -> None:
    """Makes the global database if there is none yet, and the region's cluster in it."""
    members = _members(aws, use.identifier)
    if members is None:
        aws.client("rds", DEFAULT_REGION).create_global_cluster(
            GlobalClusterIdentifier=use.identifier, Engine=_AURORA
        )
    more = {"GlobalClusterIdentifier": use.identifier}
    # All others show the data of the first, and have its users.
    more |= {} if members else _owned(use, "DatabaseName")
    name = f"{use.identifier[: _LONGEST - len(use.region) - 1]}-{use.region}"
    _create_cluster(aws, use, name, more)


def _members(aws: Aws, name: str) -> list[str] | None:
    """Returns the ARNs of a global database's clusters; None if there is no such database."""
    for each in aws.client("rds", DEFAULT_REGION).describe_global_clusters()["GlobalClusters"]:
        if each["GlobalClusterIdentifier"] == name:
            return [member["DBClusterArn"] for member in each["GlobalClusterMembers"]]
    return None


def _find_instance(aws: Aws, use: DatabaseUse) -> Found | None:
    for page in aws.client("rds", use.region).get_paginator("describe_db_instances").paginate():
        for each in page["DBInstances"]:
            if each["DBInstanceIdentifier"] == use.identifier:
                return _found(each["DbiResourceId"], each)
    return None


def _make_instance(aws: Aws, use: DatabaseUse) -> None:
    aws.client("rds", use.region).create_db_instance(
        DBInstanceIdentifier=use.identifier,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        EnableIAMDatabaseAuthentication=True,
        PubliclyAccessible=True,
        Tags=_tags(use.identifier),
        **_owned(use, "DBName"),
    )


def _find_proxy(aws: Aws, use: DatabaseUse) -> Found | None:
    for page in aws.client("rds", use.region).get_paginator("describe_db_proxies").paginate():
        for each in page["DBProxies"]:
            if each["DBProxyName"] == use.identifier:
                id_ = each["DBProxyArn"].rpartition(":")[2]
                return Found(id_, each["RoleArn"] == _ROLE_OF_SEEDED, None)
    return None


def _make_proxy(aws: Aws, use: DatabaseUse) -> None:
    ec2 = aws.client("ec2", use.region)
    network = [{"Name": "vpc-id", "Values": [default_vpc(ec2)]}]
    subnets = ec2.describe_subnets(Filters=network)["Subnets"]  # type: ignore[arg-type]
    aws.client("rds", use.region).create_db_proxy(
        DBProxyName=use.identifier,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "IAMAuth": "ENABLED"}],
        RoleArn=_ROLE_OF_SEEDED,
        VpcSubnetIds=[each["SubnetId"] for each in subnets],
        RequireTLS=True,
    )


_KINDS: Final[
    Mapping[
        RdsKind,
        tuple[Callable[[Aws, DatabaseUse], Found | None], Callable[[Aws, DatabaseUse], None]],
    ]
] = {
    "cluster": (_find_cluster, _make_cluster),
    "global_cluster": (_find_global_cluster, _make_global_cluster),
    "instance": (_find_instance, _make_instance),
    "proxy": (_find_proxy, _make_proxy),
}


def _found(id_: str, described: Mapping[str, Any]) -> Found:
    tags = {each["Key"]: each["Value"] for each in described.get("TagList", [])}
    secret = described.get("MasterUserSecret", {}).get("SecretArn")
    return Found(id_, is_ours(tags.get(TAG, "")), secret)


def _owned(use: DatabaseUse, parameter: str) -> dict[str, Any]:
    return {
        parameter: use.name or DATABASE,
        "MasterUsername": MASTER,
        "ManageMasterUserPassword": True,
    }


def _tags(name: str) -> list[TagTypeDef]:
    return [{"Key": TAG, "Value": reference(name)}]


def _default_group(aws: Aws, region: str) -> str:
    ec2 = aws.client("ec2", region)
    groups: Iterable[Any] = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [default_vpc(ec2)]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    return next(str(each["GroupId"]) for each in groups)
