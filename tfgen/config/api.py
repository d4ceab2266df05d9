"""``api`` in the config: the API in front of the function, its domain and its records."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from tfgen.config.types import ZONE_PATTERN, DomainName, Model, RetentionDays

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
MEDIA_TYPE_PATTERN = r"^(\*|[A-Za-z0-9!#$&^_.+-]+)/(\*|[A-Za-z0-9!#$&^_.+-]+)$"
# As browsers send it: scheme, host in lower case, and port; without a path.
ORIGIN_PATTERN = r"^(\*|[a-z][a-z0-9+.-]*://[a-z0-9._:\[\]-]+)$"
HEADER_PATTERN = r"^(\*|[A-Za-z0-9_-]+)$"

Origin = Annotated[str, Field(pattern=ORIGIN_PATTERN)]
HeaderName = Annotated[str, Field(pattern=HEADER_PATTERN)]
CorsMethod = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"]
WebAclArn = Annotated[
    str,
    Field(pattern=r"^arn:[a-z-]+:wafv2:[a-z0-9-]+:\d{12}:(regional|global)/webacl/[\w-]+/[\w-]+$"),
]


# `TLS_1_0` is missing: it is what an API has without the key.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
SecurityPolicy = Literal[
    "default",
    "TLS_1_2",
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS12_2018_EDGE",
]

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
CheckerRegion = Literal[
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1",
    "sa-east-1", "us-east-1", "us-west-1", "us-west-2",
]  # fmt: skip


class HealthCheck(Model):
    """How Route 53 decides that a region is healthy."""

    path: str = Field(
        default="/_health",
        pattern=r"^/[\x21-\x7e]*$",
        max_length=200,
        description="Path that answers 2xx or 3xx while the region is healthy.",
    )
    interval: Literal[10, 30] = Field(
        default=30, description="Seconds between two checks from one checker. 10 costs more."
    )
    failure_threshold: int = Field(
        default=3, ge=1, le=10, description="Failures in a row after which a region is unhealthy."
    )
    regions: list[CheckerRegion] | None = Field(
        default=None,
        min_length=3,
        description="Regions whose checkers ask, three at least. Defaults to all eight that Route "
        "53 has. Fewer send fewer requests, which cost less.",
        examples=[["us-east-1", "eu-west-1", "ap-southeast-1"]],
    )


class Cors(Model):
    """What browsers are told about requests from other origins."""

    origins: list[Origin] = Field(
        min_length=1,
        description='Origins that may ask, or `"*"`.',
        examples=["https://www.example.com"],
    )
    methods: list[CorsMethod] = Field(
        default=["*"], min_length=1, description='Methods that they may use, or `"*"`.'
    )
    headers: list[HeaderName] = Field(
        default=["Content-Type", "Authorization"],
        description="Headers that requests may have.",
    )
    expose_headers: list[HeaderName] = Field(
        default=[], description="Headers of responses that scripts may read."
    )
    credentials: bool = Field(
        default=False, description="Let browsers send cookies and credentials."
    )
    max_age: int = Field(
        default=300, ge=0, le=86400, description="Seconds for which browsers may keep the answer."
    )


class Throttle(Model):
    """How many requests each region's API takes before it answers 429."""

    rate: int = Field(ge=1, description="Requests per second, over time.")
    burst: int = Field(ge=1, description="Requests at once.")


class AccessLogs(Model):
    """A line of JSON for every request, in a log group beside the function's."""

    retention_days: RetentionDays = Field(
        default=30, description="Days after which CloudWatch deletes the lines."
    )
    account_role: bool = Field(
        default=False,
        description="Create the role that lets API Gateway write logs, for this account in each "
        "region. Say so once, and only if the account has none: REST APIs need it. It stays when "
        "the app goes.",
    )


class Jwt(Model):
    """Whose tokens an HTTP API accepts."""

    issuer: str = Field(
        pattern=r"^https://\S+$",
        description="URL of the issuer, below which its OpenID configuration is.",
        examples=["https://login.example.com"],
    )
    audience: list[str] = Field(
        min_length=1, description="Audiences or client IDs, of which a token must name one."
    )


class Waf(Model):
    """The web application firewall in front of a REST API."""

    web_acl_arn: WebAclArn = Field(
        description="ARN of a web ACL of WAFv2, in the region of the API."
    )


class Mtls(Model):
    """Client certificates: the domain answers only to those who show one."""

    truststore: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+$",
        description="URI of the file of accepted authorities, in a bucket of S3.",
        examples=["s3://hello-truststore/authorities.pem"],
    )
    version: str | None = Field(
        default=None, min_length=1, description="Version of the file, in a bucket with versions."
    )


def _kind_or_off(value: Any) -> str:
    return "off" if value is False else "on"


def _kind_or_switch(value: Any) -> str:
    return "switch" if isinstance(value, bool) else "settings"


def _one_or_several(value: Any) -> str:
    return "several" if isinstance(value, list) else "one"


class Api(Model):
    """The API in front of the function."""

    type: Literal["rest", "http"] = Field(
        default="rest", description="Kind of API Gateway API. `http` is cheaper and has less."
    )
    endpoint: Literal["regional", "edge"] = Field(
        default="regional",
        description="Endpoint type. `edge` puts CloudFront in front of a REST API in one region.",
    )
    ip_address_type: Literal["ipv4", "dualstack"] = Field(
        default="dualstack",
        description="What clients may connect with. `dualstack` adds IPv6 and AAAA records.",
    )
    domain: (
        Annotated[
            Annotated[DomainName, Tag("one")]
            | Annotated[list[DomainName], Field(min_length=1, max_length=10), Tag("several")],
            Discriminator(_one_or_several),
        ]
        | None
    ) = Field(
        default=None,
        description='Custom domain of the API in all regions, or a list of them. `"*.example.com"` '
        "is every name one level below `example.com`. Without it, every region has its execute-api "
        "URL.",
        examples=["api.example.com", ["*.example.com", "example.com"]],
    )
    zone: str | None = Field(
        default=None,
        pattern=ZONE_PATTERN,
        max_length=253,
        description="Public hosted zone that holds the domains' records: its name, or its ID.",
        examples=["example.com"],
    )
    create_zone: bool = Field(
        default=False, description="Create the hosted zone instead of looking it up."
    )
    zone_role_arn: str | None = Field(
        default=None,
        pattern=r"^arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+$",
        description="Role to assume for the zone and its records, when another account has them.",
        examples=["arn:aws:iam::123456789012:role/dns"],
    )
    allow_overwrite_records: bool = Field(
        default=False,
        description="Take over records of the same name that the zone has already, instead of "
        "failing on them. They are destroyed with the stage, also validation records that other "
        "stacks' certificates need.",
    )
    routing: Literal["latency", "weighted", "failover", "geolocation"] = Field(
        default="latency",
        description="How Route 53 chooses a region: the nearest, by `weight`, the primary while it "
        "is healthy, or by where the client is. `regions.REGION.routing` has each region's part.",
    )
    region_domains: bool = Field(
        default=False,
        description="Give each region a domain of its own as well, such as "
        "`us-west-2.api.example.com`, below the first of the domains that is no wildcard. Health "
        "checks ask it.",
    )
    disable_execute_api: bool = Field(
        default=False,
        description="Answer through the domains only. With several regions, or a health check, "
        "each region then has a domain of its own, as with `region_domains`.",
    )
    health_check: (
        Annotated[
            Annotated[HealthCheck, Tag("on")] | Annotated[Literal[False], Tag("off")],
            Discriminator(_kind_or_off),
        ]
        | None
    ) = Field(
        default=None,
        description="Route 53 health check of each region, or `false`. Defaults to a check of "
        "`/_health` when the app has a domain and more than one region.",
    )
    cors: Cors | None = Field(
        default=None,
        description="Let scripts from other origins call the API. A REST API answers the "
        "browser's question and puts the headers on its own errors; to its responses, the "
        "function adds `Access-Control-Allow-Origin`.",
    )
    throttle: Throttle | None = Field(
        default=None, description="Limit of each region's API. Without it: the account's."
    )
    access_logs: Annotated[
        Annotated[AccessLogs, Tag("settings")] | Annotated[bool, Tag("switch")],
        Discriminator(_kind_or_switch),
    ] = Field(default=False, description="Log every request: `true`, or settings.")
    auth: Literal["none", "iam", "jwt"] = Field(
        default="none",
        description="Who may call: everybody, who signs with AWS credentials, or, for HTTP APIs, "
        "who has a token. The health check's path stays open.",
    )
    jwt: Jwt | None = Field(default=None, description="The tokens that `auth: jwt` accepts.")
    binary_media_types: list[Annotated[str, Field(pattern=MEDIA_TYPE_PATTERN)]] = Field(
        default=[],
        description='Media types whose bodies a REST API passes on as bytes; `"*/*"` is all. '
        "HTTP APIs need none.",
    )
    compression: int | None = Field(
        default=None,
        ge=0,
        le=10485760,
        description="Bytes from which on a REST API compresses its responses.",
    )
    security_policy: SecurityPolicy | None = Field(
        default=None,
        description="TLS versions and ciphers that a REST API and its domains accept. `default` "
        "sets what they have without the key. Needs version 6 of the AWS provider.",
        examples=["SecurityPolicy_TLS13_1_3_2025_09"],
    )
    waf: Waf | None = Field(default=None, description="Web application firewall of a REST API.")
    mtls: Mtls | None = Field(
        default=None, description="Client certificates that the domains ask for."
    )


class RegionApi(Model):
    """Settings of the API that name something in one region."""

    waf: Waf | None = Field(default=None, description="Web ACL of this region.")
    mtls: Mtls | None = Field(default=None, description="Truststore of this region.")


class Routing(Model):
    """A region's part in Route 53's choice among the regions."""

    weight: int | None = Field(
        default=None,
        ge=0,
        le=255,
        description="Share of the requests, relative to the others', for `routing: weighted`.",
    )
    failover: Literal["primary", "secondary"] | None = Field(
        default=None, description="Part of the region in `routing: failover`."
    )
    locations: list[
        Annotated[
            str,
            Field(pattern=r"^(\*|continent:(AF|AN|AS|EU|NA|OC|SA)|[A-Z]{2}(-[A-Z0-9]{1,3})?)$"),
        ]
    ] = Field(
        default=[],
        description="Clients that the region serves in `routing: geolocation`: countries such as "
        '`GB`, states such as `US-WA`, `continent:EU`, and `"*"` for all others.',
    )
