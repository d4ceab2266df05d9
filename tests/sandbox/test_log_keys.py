"""The key of a log group changes in place."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws

KEY = f"arn:aws:kms:{REGION}:123456789012:key/0123abcd"


def test_a_log_group_takes_another_key_and_none(aws: Aws) -> None:
    logs = aws.client("logs", REGION)
    logs.create_log_group(logGroupName="/app", kmsKeyId=KEY)
    logs.associate_kms_key(logGroupName="/app", kmsKeyId=f"{KEY}4")
    [group] = logs.describe_log_groups(logGroupNamePrefix="/app")["logGroups"]
    assert group["kmsKeyId"] == f"{KEY}4"
    logs.disassociate_kms_key(logGroupName="/app")
    [group] = logs.describe_log_groups(logGroupNamePrefix="/app")["logGroups"]
    assert "kmsKeyId" not in group


def test_there_must_be_one(aws: Aws) -> None:
    logs = aws.client("logs", REGION)
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.associate_kms_key(logGroupName="/none", kmsKeyId=KEY)
