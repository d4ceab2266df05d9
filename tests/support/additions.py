"""What provider 6 has and 5.100 has not: ``region``, and the arguments that rendered trees use.

``region`` decides where a call goes. The arguments in ``ARGUMENTS`` decide nothing: what they say
is kept in the state, and AWS never hears of it. Those in ``RENAMED`` are said in 5.100's words.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from tests.support.tfplugin import UNKNOWN, is_unknown
from tfgen.lint.schema import region_aware

Kind: TypeAlias = Literal["resource", "data"]


@dataclass(frozen=True)
class Argument:
    """An argument that 5.100 does not know, or a block.

    Attributes:
        name: what it is called.
        type: as Terraform writes types in JSON; of a block, the types of its arguments.
        computed: whether it keeps its value, or gets the default, where the configuration says
            nothing.
        default: its value then.
        replaces: whether the resource is replaced when it changes.
        within: the nested block that it belongs to.
        key: the argument of that block which tells one from the other.
    """

    name: str
    type: str | tuple[tuple[str, str], ...]
    computed: bool = False
    default: Any = None
    replaces: bool = False
    within: str | None = None
    key: str = ""

    def bodies(self, value: Any) -> Iterator[tuple[Hashable, dict[str, Any]]]:
        """Yields the objects that have it in a resource's value, each with what it is known by."""
        if self.within is None:
            yield None, value
        elif isinstance(blocks := value.get(self.within), list):
            for block in blocks:
                if isinstance(block, dict):
                    yield block[self.key], block

    def take(self, value: Any) -> dict[Hashable, Any]:
        """Removes it from a resource's value, and returns what it was."""
        return {key: body.pop(self.name, None) for key, body in self.bodies(value)}

    def put(self, value: Any, values: Mapping[Hashable, Any]) -> None:
        """Puts it into a resource's value."""
        for key, body in self.bodies(value):
            found = values.get(key)
            body[self.name] = self.default if found is None and self.computed else found


ARGUMENTS: Final[Mapping[str, tuple[Argument, ...]]] = {
    # Restricts a permission to calls by way of the function's URL (6.28). The sandbox checks that
    # a URL has the permission to invoke the function, not this condition of it.
    "aws_lambda_permission": (Argument("invoked_via_function_url", '"bool"', replaces=True),),
    "aws_dynamodb_table": (
        # The protection of a replica from being deleted. Version 5 cannot set it.
        Argument(
            "deletion_protection_enabled",
            '"bool"',
            computed=True,
            default=False,
            within="replica",
            key="region_name",
        ),
        # A table that is strongly consistent in all its regions. With this provider it is made,
        # and replicates as others do.
        Argument(
            "consistency_mode",
            '"string"',
            computed=True,
            default="EVENTUAL",
            within="replica",
            key="region_name",
        ),
        # The region that only votes on writes to such a table. Nothing is made there.
        Argument("global_table_witness", (("region_name", '"string"'),), computed=True, default=()),
    ),
    # Which TLS versions and ciphers an API and its domains take. Nothing here speaks TLS.
    "aws_api_gateway_rest_api": (
        Argument("security_policy", '"string"', computed=True, default="TLS_1_0"),
        Argument("endpoint_access_mode", '"string"'),
    ),
    "aws_api_gateway_domain_name": (Argument("endpoint_access_mode", '"string"'),),
    # Whether Route 53 takes changes while us-east-1 fails. In the sandbox it never does.
    "aws_route53_zone": (Argument("enable_accelerated_recovery", '"bool"'),),
}
"""Type of resource → what 6 takes beyond 5.100, besides ``region``."""


@dataclass(frozen=True)
class Renamed:
    """An argument that 5.100 has by another name, and as an attribute by this one.

    Attributes:
        name: of the argument in 6, and of the attribute in both.
        before: of the argument in 5.100. What decides is whether it differs from the attribute.
    """

    name: str
    before: str

    def translate(self, prior: Any, next_: Any, config: Any) -> Callable[[Any], None]:
        """Says in the words of 5.100 what a resource is to be.

        Args:
            prior: what it is; None if it is not there.
            next_: what it is proposed or planned to be; None if its configuration is all there is.
            config: its configuration.

        Returns:
            What says in the words of 6 what 5.100 makes of it.
        """
        wanted = config.get(self.name) if isinstance(config, dict) else None
        if wanted is None:
            return lambda _: None
        config[self.before], config[self.name] = wanted, None
        known = kept = None
        if isinstance(prior, dict):
            known = prior[self.before] = prior[self.name]
        if isinstance(next_, dict):
            kept = next_[self.before]
            next_[self.before], next_[self.name] = wanted, known if known == wanted else UNKNOWN

        def translate_back(value: Any) -> None:
            if isinstance(value, dict):
                value[self.before] = kept
                if is_unknown(value[self.name]):
                    value[self.name] = wanted

        return translate_back


RENAMED: Final[Mapping[str, Renamed]] = {
    # The hash of the code that Lambda has; another one has the code uploaded (6.28). 5.100 compares
    # what two configurations say, here it is told what Lambda has instead of what was said before.
    # https://github.com/hashicorp/terraform-provider-aws/issues/42826
    "aws_lambda_function": Renamed("code_sha256", "source_code_hash"),
}
"""Type of resource → what it says in other words than in 5.100."""


@dataclass
class Taken:
    """What was taken out of a resource's value.

    Attributes:
        region: its region; None if it names none.
        values: what its other additions were.
    """

    region: Any = None
    values: Mapping[Argument, Mapping[Hashable, Any]] = field(default_factory=dict)

    def over(self, earlier: Taken) -> Taken:
        """Returns what is planned by a configuration for a resource that has been something."""
        values = {}
        for argument, said in self.values.items():
            before = earlier.values.get(argument, {}) if argument.computed else {}
            values[argument] = {**before, **_said(said)}
        region = earlier.region if self.region is None else self.region
        return Taken(region, values)

    def replaced(self, earlier: Taken) -> Iterator[str]:
        """Yields the arguments whose change replaces the resource."""
        if self.region != earlier.region:
            yield "region"
        for argument, values in self.values.items():
            before = earlier.values.get(argument, {})
            if argument.replaces and _said(values) != _said(before):
                yield argument.name


def _said(values: Mapping[Hashable, Any]) -> Mapping[Hashable, Any]:
    # A block that is not there is an empty list.
    return {key: value for key, value in values.items() if value is not None and value != []}


@dataclass(frozen=True)
class Shape:
    """What a type has beyond that of 5.100.

    Attributes:
        in_a_region: whether it has the argument ``region``.
        arguments: what else it has.
        renamed: what 5.100 calls differently.
        own_region: whether 5.100 has a computed attribute ``region``, which says the same.
    """

    in_a_region: bool
    arguments: tuple[Argument, ...]
    renamed: Renamed | None = None
    own_region: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is what it is in 5.100."""
        return not self.in_a_region and not self.arguments and self.renamed is None

    def translate(self, prior: Any, next_: Any, config: Any) -> Callable[[Any], None]:
        """Does what ``Renamed.translate`` does, if anything is renamed."""
        if self.renamed is None:
            return lambda _: None
        return self.renamed.translate(prior, next_, config)

    def take(self, value: Any, own_region: Any = None) -> Taken:
        """Removes from a value what 5.100 does not know.

        Args:
            value: of a configuration or state; null and unknown ones are left alone.
            own_region: what 5.100 is told where it has an attribute ``region``.
        """
        if not isinstance(value, dict):
            return Taken()
        taken = Taken(values={argument: argument.take(value) for argument in self.arguments})
        if self.in_a_region:
            taken.region = value.pop("region", None)
            if self.own_region:
                value["region"] = own_region
        return taken

    def put(self, value: Any, taken: Taken) -> None:
        """Puts into a value what 5.100 does not know; null and unknown ones are left alone."""
        if not isinstance(value, dict):
            return
        for argument in self.arguments:
            argument.put(value, taken.values.get(argument, {}))
        if self.in_a_region:
            value["region"] = taken.region


@cache
def shape(kind: Kind, name: str) -> Shape:
    """Returns what a type has beyond that of 5.100."""
    if kind == "data":
        return Shape(region_aware(kind, name), ())
    return Shape(region_aware(kind, name), ARGUMENTS.get(name, ()), RENAMED.get(name))
