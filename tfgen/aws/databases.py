"""Databases and networks that are there before the app: whether they are, and what they allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tfgen.aws.failures import DENIED, RefusalError

if TYPE_CHECKING:
    from tfgen.app import RdsKind
    from tfgen.aws.session import Aws

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html and the errors of each
# call: RDS has no one way to say it.
_MISSING: Final = frozenset(
    {
        "DBClusterNotFoundFault",
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        "DBProxyNotFoundFault",
        "GlobalClusterNotFoundFault",
    }
)


@dataclass(frozen=True, slots=True)
class Database:
    """What RDS says of a database; None is what it does not say of its kind.

    Attributes:
        iam: whether tokens of IAM let anybody in.
        public: whether it has an address outside its VPC.
        managed_secret: whether RDS manages a secret for its master user.
        regions: of the clusters of a global database, sorted.
    """

    iam: bool | None = None
    public: bool | None = None
    managed_secret: bool | None = None
    regions: tuple[str, ...] | None = None


def find_database(aws: Aws, kind: RdsKind, identifier: str, region: str) -> Database | None:
    """Returns a database; None if there is none of the name.

    Args:
        aws: the account.
        kind: of the database.
        identifier: its name.
        region: where it is looked for.

    Raises:
        TfgenError: RDS cannot be asked.
    """
    try:
        found = list(_described(aws, kind, region, identifier))
    except RefusalError as error:
        if error.code in _MISSING:
            return None
        raise
    # The simulated RDS names others as well.
    return next((_database(kind, each) for each in found if _name(kind, each) == identifier), None)


def database_names(aws: Aws, kind: RdsKind, region: str) -> tuple[str, ...] | None:
    """Returns the names of all databases of a kind in a region, sorted.

    Args:
        aws: the account.
        kind: of the databases.
        region: where they are.

    Returns:
        None if the credentials do not allow to ask for all, who may ask for one.

    Raises:
        TfgenError: RDS cannot be asked.
    """
    try:
        return tuple(sorted(_name(kind, each) for each in _described(aws, kind, region, None)))
    except RefusalError as error:
        if error.code in DENIED:
            return None
        raise


def missing_from_network(
    aws: Aws, region: str, subnets: Sequence[str], groups: Sequence[str]
) -> tuple[str, ...]:
    """Returns which subnets and security groups a region does not have.

    Args:
        aws: the account.
        region: where they should be.
        subnets: IDs of subnets, which may be another account's that shares them.
        groups: IDs of security groups.

    Raises:
        TfgenError: EC2 cannot be asked.
    """
    ec2 = aws.client("ec2", region)
    # A filter finds what there is; to ask for an ID that there is not would be an error.
    there = {
        subnet["SubnetId"]
        for page in ec2.get_paginator("describe_subnets").paginate(
            Filters=[{"Name": "subnet-id", "Values": list(subnets)}]
        )
        for subnet in page["Subnets"]
    } | {
        group["GroupId"]
        for page in ec2.get_paginator("describe_security_groups").paginate(
            Filters=[{"Name": "group-id", "Values": list(groups)}]
        )
        for group in page["SecurityGroups"]
    }
    return tuple(each for each in (*subnets, *groups) if each not in there)


def _described(aws: Aws, kind: RdsKind, region: str, identifier: str | None) -> Iterator[Any]:
    """Yields what RDS says of one database, or of all of a kind."""
    rds = aws.client("rds", region)
    pages: Any
    match kind:
        case "cluster":
            by_name = {"DBClusterIdentifier": identifier}
            pages, key = rds.get_paginator("describe_db_clusters"), "DBClusters"
        case "instance":
            by_name = {"DBInstanceIdentifier": identifier}
            pages, key = rds.get_paginator("describe_db_instances"), "DBInstances"
        case "proxy":
            by_name = {"DBProxyName": identifier}
            pages, key = rds.get_paginator("describe_db_proxies"), "DBProxies"
        case "global_cluster":
            by_name = {"GlobalClusterIdentifier": identifier}
            pages, key = rds.get_paginator("describe_global_clusters"), "GlobalClusters"
    for page in pages.paginate(**(by_name if identifier is not None else {})):
        yield from page[key]


def _name(kind: RdsKind, said: Any) -> str:
    keys = {
        "cluster": "DBClusterIdentifier",
        "instance": "DBInstanceIdentifier",
        "proxy": "DBProxyName",
        "global_cluster": "GlobalClusterIdentifier",
    }
    return str(said[keys[kind]])


def _database(kind: RdsKind, said: Any) -> Database:
    match kind:
        case "cluster":
            return Database(
                iam=bool(said.get("IAMDatabaseAuthenticationEnabled")),
                managed_secret="MasterUserSecret" in said,
            )
        case "instance":
            return Database(
                iam=bool(said.get("IAMDatabaseAuthenticationEnabled")),
                public=bool(said.get("PubliclyAccessible")),
                managed_secret="MasterUserSecret" in said,
            )
        case "proxy":
            modes = [auth.get("IAMAuth") for auth in said.get("Auth", [])]
            # Without a secret, IAM is all there is.
            return Database(iam=not modes or any(mode != "DISABLED" for mode in modes))
        case "global_cluster":
            members = said.get("GlobalClusterMembers", [])
            regions = {member["DBClusterArn"].split(":")[3] for member in members}
            return Database(regions=tuple(sorted(regions)))
