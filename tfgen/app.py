"""The app: a config and a stage with every default and every region explicit.

Frozen data without behaviour. Everything that is rendered, bundled or deployed is read from here;
nothing downstream looks at the config again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]
ApiType = Literal["rest", "http", "url"]
Auth = Literal["none", "iam", "jwt"]
CodeDelivery = Literal["direct", "s3"]
EndpointType = Literal["regional", "edge"]
Failover = Literal["primary", "secondary"]
IpAddressType = Literal["ipv4", "dualstack"]
ProviderMajor = Literal[5, 6]
RoutingPolicy = Literal["latency", "weighted", "failover", "geolocation"]


@dataclass(frozen=True, slots=True)
class Vpc:
    """The network of a function: IDs in the function's own region.

    Attributes:
        ipv6: whether the function reaches IPv6 addresses as well.
    """

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    ipv6: bool


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
        wrapper: whether the bundle brings what resolves secrets when the function starts.
    """

    source: str
    bundle: str
    runtime: str
    handler: str
    layers: tuple[str, ...]
    delivery: CodeDelivery
    wrapper: bool = False


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


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A Route 53 health check of a region.

    Attributes:
        path: the path below the API's stage, with its leading slash.
        interval: seconds between two checks, 10 or 30.
        failure_threshold: consecutive failures after which the region is unhealthy.
    """

    path: str
    interval: int
    failure_threshold: int


@dataclass(frozen=True, slots=True)
class Zone:
    """The hosted zone of the domains: by its name or by its ID, of which one is None.

    Attributes:
        create: create it instead of looking it up; then it has a name.
        role_arn: the role to assume for the zone and its records.
    """

    name: str | None
    id: str | None
    create: bool
    role_arn: str | None


@dataclass(frozen=True, slots=True)
class Domain:
    """The custom domains of the API and the hosted zone that their records live in.

    Attributes:
        names: at least one, in the config's order.
        region_domains: whether each region has a domain of its own below the first name.
        allow_overwrite_records: take over records that the zone has already.
        health_check: None is none.
    """

    names: tuple[str, ...]
    zone: Zone
    routing: RoutingPolicy
    region_domains: bool
    allow_overwrite_records: bool
    health_check: HealthCheck | None


@dataclass(frozen=True, slots=True)
class Cors:
    """What browsers are told about requests from other origins. ``max_age`` is in seconds."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    expose_headers: tuple[str, ...]
    credentials: bool
    max_age: int


@dataclass(frozen=True, slots=True)
class Throttle:
    """The limit of one region's API: requests per second, and requests at once."""

    rate: int
    burst: int


@dataclass(frozen=True, slots=True)
class AccessLogs:
    """A line for every request.

    Attributes:
        account_role: whether this app creates the role with which API Gateway writes logs, of
            which an account has one in each region.
    """

    retention_days: int
    account_role: bool


@dataclass(frozen=True, slots=True)
class Jwt:
    """Whose tokens an HTTP API accepts."""

    issuer: str
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truststore:
    """The authorities whose client certificates a domain accepts: a file in S3."""

    uri: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Api:
    """What is in front of the function, alike in every region.

    Attributes:
        type: an API of API Gateway, or ``url``: the function's own URL.
        auth: who may call.
        jwt: the tokens that ``auth`` of ``jwt`` accepts; None with any other.
        open_path: a path that everybody may ask although ``auth`` keeps them out of all others:
            the health check's, without its query; None if there is no such path.
        binary_media_types: of a REST API.
        compression: bytes from which on a REST API compresses its responses; None is never.
        disable_execute_api: whether only the domains answer.
    """

    type: ApiType
    endpoint: EndpointType
    ip_address_type: IpAddressType
    domain: Domain | None
    cors: Cors | None
    throttle: Throttle | None
    access_logs: AccessLogs | None
    auth: Auth
    jwt: Jwt | None
    open_path: str | None
    binary_media_types: tuple[str, ...]
    compression: int | None
    disable_execute_api: bool


@dataclass(frozen=True, slots=True)
class Region:
    """One region of the app, with what it changes already applied.

    Attributes:
        name: the AWS region, for example ``eu-west-2``.
        env: every environment variable of the function there.
        weight: the region's share of the requests; None unless the routing is weighted.
        failover: the region's part; None unless the routing is failover.
        locations: of the clients that the region serves; empty unless the routing is geolocation.
        web_acl_arn: the web application firewall of the region's REST API.
        truststore: of the region's domains.
        domain: one that leads to this region alone, if the regions have one each.
        in_dns: whether the app's domains lead there; a region that is about to go is out of them
            first.
    """

    name: str
    function: Function
    env: Mapping[str, str]
    weight: int | None
    failover: Failover | None
    locations: tuple[str, ...]
    web_acl_arn: str | None
    truststore: Truststore | None
    domain: str | None
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
        first_region: the one that the config names first. What all regions share and one must
            tell is read from there, so that it stays when others come and go.
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
    first_region: str
    terraform: Terraform
    retired_regions: tuple[str, ...] = ()
