"""Subnets and security groups that a config names are there, with the IDs that they must have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.adopt import PlannedResource, find_existing
from tfgen.aws.failures import RefusalError
from tfgen.aws.session import Aws
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.networks import ensure_network

SUBNETS = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
GROUP = "sg-0a1b2c3d4e5f60001"
OTHER = "sg-0a1b2c3d4e5f60002"


KIND = "aws_vpc_security_group_ingress_rule"


def test_they_are_made_once_in_one_vpc(endpoint: str, aws: Aws) -> None:
    for subnets in (SUBNETS[:1], SUBNETS, SUBNETS):
        ensure_network(aws, REGION, subnets, [GROUP])
    ec2 = aws.client("ec2", REGION)
    found = ec2.describe_subnets(SubnetIds=SUBNETS)["Subnets"]
    [group] = ec2.describe_security_groups(GroupIds=[GROUP])["SecurityGroups"]
    assert {each["VpcId"] for each in found} == {group["VpcId"]}
    assert len({each["CidrBlock"] for each in found}) == 2
    assert all(each["AvailabilityZone"].startswith(REGION) for each in found)
    everywhere = ec2.describe_subnets()["Subnets"]
    assert len({each["SubnetId"] for each in everywhere}) == len(everywhere)
    assert inventory(endpoint, [REGION]) == []


def test_others_get_ids_of_their_own(aws: Aws) -> None:
    ensure_network(aws, REGION, SUBNETS, [GROUP])
    ec2 = aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    assert made not in SUBNETS
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=vpc)["GroupId"]
    assert group != GROUP


def test_a_rule_that_lets_another_group_in_keeps_its_description(aws: Aws) -> None:
    ensure_network(aws, REGION, [], [GROUP, OTHER])
    ec2 = aws.client("ec2", REGION)
    made = ec2.authorize_security_group_ingress(
        GroupId=GROUP,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": OTHER, "Description": "The function"}],
            }
        ],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    [rule] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[made])["SecurityGroupRules"]
    assert rule["Description"] == "The function"
    assert rule["ReferencedGroupInfo"]["GroupId"] == OTHER

    # So that what a broken run left can be told from other rules.
    values = {
        "security_group_id": GROUP,
        "referenced_security_group_id": OTHER,
        "ip_protocol": "tcp",
        "from_port": 5432,
        "to_port": 5432,
        "description": "The function",
    }
    for changed, expected in (
        ({}, made),
        ({"to_port": 5433}, None),
        ({"description": "Another function"}, None),
        ({"referenced_security_group_id": GROUP}, None),
    ):
        resource = PlannedResource("a.b", KIND, REGION, {**values, **changed})
        assert find_existing(aws, resource, datetime.now(UTC)) == expected


def test_they_are_of_one_region(aws: Aws) -> None:
    ensure_network(aws, REGION, SUBNETS, [GROUP])
    with pytest.raises(RefusalError, match="does not exist"):
        aws.client("ec2", "us-west-2").describe_subnets(SubnetIds=SUBNETS)
