"""The language of ``tfgen.yaml``: every key, its type, its default and what it is for.

The models hold what can be said of one key alone. Rules between keys are in ``tfgen.resolve``.
The JSON Schema and the reference page are generated from here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"
HOST_PATTERN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$"
RUNTIME_PATTERN = (
    r"^(python3\.\d+|nodejs\d+\.x|java\d+(\.al2)?|dotnet\d+|ruby\d+\.\d+|provided\.al\d+)$"
)
LAYER_PATTERN = r"^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$"

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545,
    731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]  # fmt: skip

EnvName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]+$")]
LayerArn = Annotated[str, Field(pattern=LAYER_PATTERN)]
HostName = Annotated[str, Field(pattern=HOST_PATTERN, max_length=253)]
Env = dict[EnvName, str]
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TagKey = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\w .:/=+\-@]+$")]
TagValue = Annotated[str, Field(max_length=256, pattern=r"^[\w .:/=+\-@]*$")]


class Model(BaseModel):
    """What all parts of the config share: nothing unknown, nothing converted, nothing changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FunctionOverrides(Model):
    """Settings of the function that a region or a stage may change."""

    source: str | None = Field(
        default=None,
        min_length=1,
        description="Folder that becomes the bundle, or a `.zip`, relative to the config file.",
        examples=["./src"],
    )
    runtime: str | None = Field(
        default=None,
        pattern=RUNTIME_PATTERN,
        description="Lambda runtime identifier.",
        examples=["python3.13"],
    )
    handler: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        pattern=r"^\S+$",
        description="What Lambda calls: file and function.",
        examples=["app.handler"],
    )
    memory: int | None = Field(
        default=None, ge=128, le=10240, description="Memory in MB, which also decides the CPU."
    )
    timeout: int | None = Field(
        default=None,
        ge=1,
        le=900,
        description="Seconds that one invocation may take. Behind a REST API: 29 at most.",
    )
    architecture: Literal["arm64", "x86_64"] | None = Field(
        default=None, description="Instruction set of the function."
    )
    log_retention_days: RetentionDays | None = Field(
        default=None, description="Days after which CloudWatch deletes the function's log events."
    )
    tracing: bool | None = Field(
        default=None, description="Send traces of the function and its API stage to AWS X-Ray."
    )
    reserved_concurrency: int | None = Field(
        default=None,
        ge=0,
        description="Concurrent executions kept for this function, in each region.",
    )
    layers: list[LayerArn] | None = Field(
        default=None,
        max_length=5,
        description="ARNs of layer versions. A layer must be in the function's own region.",
    )


class Function(FunctionOverrides):
    """The function that every region runs."""

    source: str = Field(
        min_length=1,
        description="Folder that becomes the bundle, or a `.zip`, relative to the config file.",
        examples=["./src"],
    )
    runtime: str = Field(
        pattern=RUNTIME_PATTERN, description="Lambda runtime identifier.", examples=["python3.13"]
    )
    handler: str = Field(
        min_length=1,
        max_length=128,
        pattern=r"^\S+$",
        description="What Lambda calls: file and function.",
        examples=["app.handler"],
    )


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


def _health_check_kind(value: Any) -> str:
    return "off" if value is False else "check"


class Api(Model):
    """The API in front of the function."""

    type: Literal["rest"] = Field(default="rest", description="Kind of API Gateway API.")
    endpoint: Literal["regional", "edge"] = Field(
        default="regional",
        description="API Gateway endpoint type. `edge`, for one region only, is not rendered yet.",
    )
    ip_address_type: Literal["ipv4", "dualstack"] = Field(
        default="dualstack",
        description="What clients may connect with. `dualstack` adds IPv6 and AAAA records.",
    )
    domain: HostName | None = Field(
        default=None,
        description="Custom domain of the API in all regions. Without it, every region has its "
        "execute-api URL.",
        examples=["api.example.com"],
    )
    zone: HostName | None = Field(
        default=None,
        description="Public hosted zone that holds the domain's records.",
        examples=["example.com"],
    )
    create_zone: bool = Field(
        default=False, description="Create the hosted zone instead of looking it up."
    )
    health_check: (
        Annotated[
            Annotated[HealthCheck, Tag("check")] | Annotated[Literal[False], Tag("off")],
            Discriminator(_health_check_kind),
        ]
        | None
    ) = Field(
        default=None,
        description="Route 53 health check of each region, or `false`. Defaults to a check of "
        "`/_health` when the app has a domain and more than one region.",
    )


class RegionOverrides(Model):
    """What one region changes."""

    env: Env = Field(
        default={}, description="Environment variables of this region, over the app's."
    )
    function: FunctionOverrides = Field(
        default=FunctionOverrides(), description="Function settings of this region."
    )


Regions = Annotated[
    dict[str, RegionOverrides | None],
    Field(
        description="The AWS regions that the app runs in, each with what it changes.",
        examples=[{"us-west-2": {"env": {"MESSAGE": "Hello"}}}],
    ),
]


class LocalBackend(Model):
    """State in a file beside the root module."""

    type: Literal["local"] = Field(description="State in a file beside the root module.")


class S3Backend(Model):
    """State in an S3 bucket, locked with S3's own lock file."""

    type: Literal["s3"] = Field(description="State in an S3 bucket, locked by S3 itself.")
    bucket: str = Field(
        min_length=3, max_length=63, description="Bucket of the state. It must exist already."
    )
    key: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="Key of the state. Defaults to `<name>/<stage>/terraform.tfstate`.",
    )
    region: str = Field(description="Region of the bucket.")


class CloudBackend(Model):
    """State in HCP Terraform."""

    type: Literal["cloud"] = Field(description="State in HCP Terraform.")
    organization: str = Field(min_length=1, description="HCP Terraform organization.")
    workspace: str | None = Field(
        default=None, min_length=1, description="Workspace. Defaults to `<name>-<stage>`."
    )


Backend = Annotated[LocalBackend | S3Backend | CloudBackend, Field(discriminator="type")]


class StageTerraform(Model):
    """What a stage may say about Terraform."""

    backend: Backend | None = Field(
        default=None, description="Where the state of this stage is kept."
    )


class Terraform(Model):
    """How the app becomes Terraform."""

    output: str = Field(
        default="infra",
        min_length=1,
        description="Folder of the rendered tree, relative to the config file.",
    )
    aws_provider: Literal[5, 6] = Field(
        default=6,
        description="Major version of the AWS provider: 6 (one provider configuration, `region` "
        "arguments) or 5 (one aliased provider configuration per region).",
    )
    backend: Backend = Field(
        default=LocalBackend(type="local"), description="Where the state is kept."
    )


class Stage(Model):
    """What one stage changes: merged deep over the rest; its `regions` replace the set."""

    tags: dict[TagKey, TagValue] = Field(default={}, description="Tags of this stage.")
    function: FunctionOverrides = Field(
        default=FunctionOverrides(), description="Function settings of this stage."
    )
    api: Api = Field(default=Api(), description="API settings of this stage.")
    env: Env = Field(default={}, description="Environment variables of this stage.")
    regions: Regions | None = Field(
        default=None, description="The regions of this stage, in place of the app's."
    )
    terraform: StageTerraform = Field(
        default=StageTerraform(), description="Terraform settings of this stage."
    )


StageName = Annotated[str, Field(pattern=NAME_PATTERN)]


class Config(Model):
    """The whole of ``tfgen.yaml``."""

    name: str = Field(
        pattern=NAME_PATTERN,
        description="Name of the app, and the first part of the name of all that it creates.",
        examples=["hello"],
    )
    tags: dict[TagKey, TagValue] = Field(
        default={}, description="Tags of every resource, through the provider's `default_tags`."
    )
    function: Function = Field(description="The function that every region runs.")
    api: Api = Field(default=Api(), description="The API in front of the function.")
    env: Env = Field(default={}, description="Environment variables of the function, everywhere.")
    regions: Regions
    stages: dict[StageName, Stage | None] = Field(
        default={},
        description="Copies of the app, each with a root module and a state of its own. "
        "Without any: `production`.",
    )
    terraform: Terraform = Field(default=Terraform(), description="How the app becomes Terraform.")
