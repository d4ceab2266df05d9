"""The API in front of the function, its domains and their hosted zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ApiType = Literal["rest", "http", "url"]
Auth = Literal["none", "iam", "jwt"]
EndpointType = Literal["regional", "edge"]
IpAddressType = Literal["ipv4", "dualstack"]
RoutingPolicy = Literal["latency", "weighted", "failover", "geolocation"]

ENHANCED_POLICY: Final = "SecurityPolicy_"
"""How the names of the policies begin that need an endpoint access mode.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
"""

WILDCARD: Final = "*."
"""How a domain begins that is for all names one level below another.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html
"""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A Route 53 health check of a region.

    Attributes:
        path: the path below the API's stage, with its leading slash.
        interval: seconds between two checks, 10 or 30.
        failure_threshold: consecutive failures after which the region is unhealthy.
        regions: those whose checkers ask, sorted; empty is all that Route 53 has.
    """

    path: str
    interval: int
    failure_threshold: int
    regions: tuple[str, ...]


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
        region_domains: whether each region has a domain of its own below `host`.
        allow_overwrite_records: take over records that the zone has already.
        health_check: None is none.
    """

    names: tuple[str, ...]
    zone: Zone
    routing: RoutingPolicy
    region_domains: bool
    allow_overwrite_records: bool
    health_check: HealthCheck | None

    @property
    def host(self) -> str | None:
        """The first of the names that is no wildcard, which a client can ask; None if all are."""
        return next((name for name in self.names if not is_wildcard(name)), None)

    @property
    def has_wildcard(self) -> bool:
        """Whether any of the names is a wildcard."""
        return any(is_wildcard(name) for name in self.names)


def is_wildcard(name: str) -> bool:
    """Says whether a domain is a wildcard, such as ``*.example.com``."""
    return name.startswith(WILDCARD)


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
class SecurityPolicy:
    """The TLS versions and the ciphers that a REST API takes.

    Attributes:
        name: of the policy of the API. ``TLS_1_0`` is API Gateway's own default.
        enhanced: whether the domains have the same policy; otherwise they have ``TLS_1_2``.
    """

    name: str
    enhanced: bool


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
        security_policy: of a REST API; None leaves the policy that it has.
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
    security_policy: SecurityPolicy | None
