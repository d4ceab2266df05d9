"""The subnets and security groups that a config names: put into the simulated account."""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tfgen.aws.failures import RefusalError
from tfgen.aws.session import Aws
from tfgen.sandbox.references import TAG, reference

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import TagTypeDef

    from tfgen.app import App

_PREFIX: Final = 24
_DUPLICATE: Final = frozenset({"InvalidGroup.Duplicate", "InvalidSubnet.Conflict"})


def ensure_networks_of(endpoint: str, app: App) -> None:
    """Makes sure that the subnets and security groups of a stage's functions exist.

    Args:
        endpoint: the sandbox's URL.
        app: the stage.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    aws = Aws(endpoint)
    for region in app.regions:
        vpc = region.function.vpc
        if vpc is not None:
            ensure_network(aws, region.name, vpc.subnet_ids, vpc.all_security_group_ids)


def ensure_network(
    aws: Aws, region: str, subnet_ids: Sequence[str], security_group_ids: Sequence[str]
) -> None:
    """Makes sure that subnets and security groups exist, all in the default VPC of a region.

    Args:
        aws: the simulated account.
        region: where they are.
        subnet_ids: the subnets' IDs.
        security_group_ids: the groups' IDs.

    Raises:
        TfgenError: the sandbox does not answer.
    """
    ec2 = aws.client("ec2", region)
    vpc = default_vpc(ec2)
    _ensure_groups(ec2, vpc, security_group_ids)
    subnets = ec2.describe_subnets()["Subnets"]
    missing = sorted(set(subnet_ids) - {each["SubnetId"] for each in subnets})
    zones = itertools.cycle(sorted({each["AvailabilityZone"] for each in subnets}))
    [described] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    free = _free(described["CidrBlock"], (each["CidrBlock"] for each in subnets))
    for subnet, block, zone in zip(missing, free, zones, strict=False):
        mark: TagTypeDef = {"Key": TAG, "Value": reference(subnet, subnet)}
        # Somebody who brings up another stage at the same time may have been faster.
        with _made_by_others():
            ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=block,
                AvailabilityZone=zone,
                TagSpecifications=[{"ResourceType": "subnet", "Tags": [mark]}],
            )


def default_vpc(ec2: EC2Client) -> str:
    """Returns the ID of a region's default VPC.

    Args:
        ec2: of the region.
    """
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return vpc["VpcId"]


def _ensure_groups(ec2: EC2Client, vpc: str, ids: Sequence[str]) -> None:
    found = {each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}
    for group in sorted(set(ids) - found):
        with _made_by_others():
            ec2.create_security_group(
                GroupName=group, Description=reference(group, group), VpcId=vpc
            )


def _free(vpc: str, taken: Iterable[str]) -> Iterator[str]:
    """Yields parts of a VPC's addresses that no subnet has, from the end."""
    others = [ipaddress.IPv4Network(each) for each in taken]
    for block in reversed(list(ipaddress.IPv4Network(vpc).subnets(new_prefix=_PREFIX))):
        if not any(block.overlaps(each) for each in others):
            yield str(block)


@contextlib.contextmanager
def _made_by_others() -> Iterator[None]:
    try:
        yield
    except RefusalError as error:
        if error.code not in _DUPLICATE:
            raise
