"""EC2: a subnet or security group that is taken to exist before the app has the ID it must have.

EC2 makes up the IDs, and so does moto. A config names subnets and security groups by their IDs in
the real account; so that the same Terraform runs here, they have to have them here as well. A
subnet's tag and a group's description say which, in a form that Terraform never uses.

And of a rule that lets another group in, moto forgets the description, so that every plan wants to
set it again: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from inspect import signature
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_attributes, expect_function, expect_method
from tfgen.sandbox.references import TAG, id_in

if TYPE_CHECKING:
    from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule
    from moto.ec2.models.subnets import Subnet

_WANTED: Final[ContextVar[str | None]] = ContextVar("wanted", default=None)

_OF_SUBNETS: Final = (
    *("vpc_id", "cidr_block", "ipv6_cidr_block", "availability_zone", "availability_zone_id"),
    *("ipv6_native", "tags"),
)
_OF_GROUPS: Final = ("name", "description", "vpc_id", "tags", "force", "is_default")


def patch() -> None:
    """Changes moto's EC2.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.ec2.models import security_groups, subnets

    _wish(subnets, "random_subnet_id")
    _wish(security_groups, "random_security_group_id")
    subnet_backend = subnets.SubnetBackend
    create_subnet = expect_method(subnet_backend, "create_subnet", *_OF_SUBNETS)
    group_backend = security_groups.SecurityGroupBackend
    create_group = expect_method(group_backend, "create_security_group", *_OF_GROUPS)

    def create_subnet_with_its_id(self: Any, *args: Any, **kwargs: Any) -> Subnet:
        tags = signature(create_subnet).bind(self, *args, **kwargs).arguments.get("tags") or {}
        mark = tags.get("subnet", {}).get(TAG, "")
        made: Subnet = _wishing(id_in(mark), lambda: create_subnet(self, *args, **kwargs))
        return made

    def create_group_with_its_id(self: Any, *args: Any, **kwargs: Any) -> SecurityGroup:
        said = signature(create_group).bind(self, *args, **kwargs).arguments["description"] or ""
        made: SecurityGroup = _wishing(id_in(said), lambda: create_group(self, *args, **kwargs))
        return made

    rule = security_groups.SecurityGroupRule
    expect_attributes(rule(None, "-1", "", None, None, None), "ip_range", "source_group")

    def description(self: SecurityGroupRule) -> str | None:
        said = self.ip_range.get("Description") or self.source_group.get("Description")
        return None if said is None else str(said)

    rule.description = property(description)  # type: ignore[assignment]
    subnet_backend.create_subnet = create_subnet_with_its_id  # type: ignore[method-assign]
    group_backend.create_security_group = create_group_with_its_id  # type: ignore[method-assign]


def _wish(module: ModuleType, name: str) -> None:
    """Lets a function that makes up an ID return the one that is wanted."""
    make_up = expect_function(module, name)
    setattr(module, name, lambda: _WANTED.get() or make_up())


def _wishing(id_: str | None, create: Callable[[], Any]) -> Any:
    token = _WANTED.set(id_)
    try:
        return create()
    finally:
        _WANTED.reset(token)
