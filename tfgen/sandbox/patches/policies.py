"""IAM: AWS's own policies exist in every account.

moto can load all 1,500 of them, which takes it a second, or none. A role attaches one or two, for
example for functions in a VPC, so each is made when it is first asked for.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.iam.models import IAMBackend, ManagedPolicy


def patch() -> None:
    """Changes moto's IAM.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.iam.models import IAMBackend

    attach = expect_method(IAMBackend, "attach_role_policy", "policy_arn", "role_name")
    get = expect_method(IAMBackend, "get_policy", "policy_arn")

    def attach_role_policy(self: IAMBackend, policy_arn: str, role_name: str) -> None:
        _make(self, policy_arn)
        attach(self, policy_arn, role_name)

    def get_policy(self: IAMBackend, policy_arn: str) -> ManagedPolicy:
        _make(self, policy_arn)
        found: ManagedPolicy = get(self, policy_arn)
        return found

    IAMBackend.attach_role_policy = attach_role_policy  # type: ignore[method-assign]
    IAMBackend.get_policy = get_policy  # type: ignore[method-assign]


def _make(backend: IAMBackend, arn: str) -> None:
    """Makes one of AWS's policies, if the ARN is that of one."""
    from moto.iam.models import AWSManagedPolicy

    if arn in backend.managed_policies or ":iam::aws:policy/" not in arn:
        return
    name = arn.rpartition("/")[2]
    data = _data().get(name)
    if data is None:
        return
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
    if policy.arn == arn:
        backend.aws_managed_policies.append(policy)
        backend.managed_policies[arn] = policy


@cache
def _data() -> Mapping[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    data: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    return data
