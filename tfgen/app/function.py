"""The function: its code, its settings and its rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]
CodeDelivery = Literal["direct", "s3"]


@dataclass(frozen=True, slots=True)
class Vpc:
    """The network of a function: IDs in the function's own region.

    Attributes:
        ipv6: whether the function reaches IPv6 addresses as well.
        replace_security_groups_on_destroy: whether the network interfaces, which outlive the
            function, lose its security groups.
        replacement_security_group_ids: what they get instead; empty is the VPC's default group.
    """

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    ipv6: bool
    replace_security_groups_on_destroy: bool = False
    replacement_security_group_ids: tuple[str, ...] = ()

    @property
    def all_security_group_ids(self) -> tuple[str, ...]:
        """The groups of the interfaces, before and after the function is destroyed."""
        return (*self.security_group_ids, *self.replacement_security_group_ids)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of an IAM statement: an operator, a condition key, and values to compare."""

    test: str
    variable: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """An IAM statement of the function's role, beside what its other settings ask for."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A function's code as a bundle.

    Attributes:
        source: the folder or zip that the config names, relative to the config's folder.
        bundle: the zip that is deployed, relative to the config's folder, with ``/``.
        layers: ARNs of layer versions, in the order in which Lambda unpacks them.
        delivery: whether the zip goes to Lambda itself or by way of a bucket.
        wrapper: whether the bundle has what resolves the secrets when the function starts.
    """

    source: str
    bundle: str
    runtime: str
    handler: str
    layers: tuple[str, ...]
    delivery: CodeDelivery
    wrapper: bool


@dataclass(frozen=True, slots=True)
class Image:
    """A function's code as a container image in ECR.

    Attributes:
        registry: the host name of the registry that the config names; None is the account's own,
            in the function's region.
        name: the repository, and a tag or digest.
    """

    registry: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function as one region gets it.

    Attributes:
        memory: megabytes.
        timeout: seconds.
        ephemeral_storage: megabytes of ``/tmp``; 512 is what every function has.
        reserved_concurrency: executions kept for this function; None leaves it unreserved.
        provisioned_concurrency: executions kept warm for the alias; None is none.
        dead_letter: whether a queue takes the events of asynchronous invocations that failed.
    """

    code: Code | Image
    memory: int
    timeout: int
    architecture: Architecture
    ephemeral_storage: int
    log_retention_days: int
    tracing: bool
    reserved_concurrency: int | None
    provisioned_concurrency: int | None
    policies: tuple[Statement, ...]
    vpc: Vpc | None
    dead_letter: bool
