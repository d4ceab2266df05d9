"""The app: a config and a stage with every default and every region explicit.

Frozen data without behaviour. Everything that is rendered, bundled or deployed is read from here;
nothing downstream looks at the config again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]
EndpointType = Literal["regional", "edge"]
IpAddressType = Literal["ipv4", "dualstack"]
ProviderMajor = Literal[5, 6]


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function as one region gets it.

    Attributes:
        source: the folder or zip that the config names, relative to the config's folder.
        bundle: the zip that Terraform uploads, relative to the config's folder, with ``/``.
        memory: megabytes.
        timeout: seconds.
        reserved_concurrency: executions kept for this function; None leaves it unreserved.
        layers: ARNs of layer versions, in the order in which Lambda unpacks them.
    """

    source: str
    bundle: str
    runtime: str
    handler: str
    memory: int
    timeout: int
    architecture: Architecture
    log_retention_days: int
    tracing: bool
    reserved_concurrency: int | None
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A Route 53 health check on a region's own execute-api host.

    Attributes:
        path: the path below the API's stage, with its leading slash.
        interval: seconds between two checks, 10 or 30.
        failure_threshold: consecutive failures after which the region is unhealthy.
    """

    path: str
    interval: int
    failure_threshold: int


@dataclass(frozen=True, slots=True)
class Domain:
    """The custom domain of the API and the hosted zone that its records live in."""

    name: str
    zone: str
    create_zone: bool
    health_check: HealthCheck | None


@dataclass(frozen=True, slots=True)
class Api:
    """The API in front of the function, alike in every region."""

    type: Literal["rest"]
    endpoint: EndpointType
    ip_address_type: IpAddressType
    domain: Domain | None


@dataclass(frozen=True, slots=True)
class Region:
    """One region of the app, with what it changes already applied.

    Attributes:
        name: the AWS region, for example ``eu-west-2``.
        env: every environment variable of the function there.
        in_dns: whether the domain leads there; a region that is about to go is out of it first.
    """

    name: str
    function: Function
    env: Mapping[str, str]
    in_dns: bool = True


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """State in a file beside the root module."""


@dataclass(frozen=True, slots=True)
class S3Backend:
    """State in an S3 object, locked through S3 itself."""

    bucket: str
    key: str
    region: str


@dataclass(frozen=True, slots=True)
class CloudBackend:
    """State in an HCP Terraform workspace."""

    organization: str
    workspace: str


Backend = LocalBackend | S3Backend | CloudBackend


@dataclass(frozen=True, slots=True)
class Terraform:
    """How the app becomes Terraform.

    Attributes:
        output: the folder of the rendered tree, relative to the config's folder, with ``/``.
        aws_provider: the major version of the AWS provider that the tree is for.
    """

    output: str
    aws_provider: ProviderMajor
    backend: Backend


@dataclass(frozen=True, slots=True)
class App:
    """One stage of an app.

    Attributes:
        full_name: what the resources are called, ``<name>-<stage>``.
        tags: put on every resource that takes tags.
        function: what the regions have in common; a region may differ.
        env: the environment variables that the regions have in common.
        regions: at least one, sorted by name.
        retired_regions: names of regions that have no module any more, and whose resources may
            still be in the state: their provider configurations stay until those are destroyed.
    """

    name: str
    stage: str
    full_name: str
    tags: Mapping[str, str]
    function: Function
    env: Mapping[str, str]
    api: Api
    regions: tuple[Region, ...]
    terraform: Terraform
    retired_regions: tuple[str, ...] = ()
