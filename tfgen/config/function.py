"""``function`` in the config, for the app, a stage or a region."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tfgen.config.types import Model, RelativePath, RetentionDays

RUNTIME_PATTERN = (
    r"^(python3\.\d+|nodejs\d+\.x|java\d+(\.al2)?|dotnet\d+|ruby\d+\.\d+|provided\.al\d+)$"
)
LAYER_PATTERN = r"^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$"
# A repository of the account itself, or the whole URI of an image in ECR:
# https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
IMAGE_PATTERN = (
    r"^(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.(com(\.cn)?|eu)/)?"
    # What has a dot in front of a slash is another registry, whose images Lambda does not take.
    r"([a-z0-9]+([_-][a-z0-9]+)*/([a-z0-9]+([._-][a-z0-9]+)*/)*)?[a-z0-9]+([._-][a-z0-9]+)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$"
)

LayerArn = Annotated[str, Field(pattern=LAYER_PATTERN)]
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
Action = Annotated[str, Field(pattern=r"^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$")]
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
Resource = Annotated[str, Field(pattern=r"^(\*|arn:[^\s:]+:[^\s:]+:.*)$")]


class Vpc(Model):
    """Where the function's network interfaces are."""

    subnet_ids: list[SubnetId] = Field(
        min_length=1, max_length=16, description="Subnets of the function, in its own region."
    )
    security_group_ids: list[SecurityGroupId] = Field(
        min_length=1, max_length=5, description="Security groups, in the VPC of the subnets."
    )
    ipv6: bool = Field(
        default=False,
        description="Let the function reach IPv6 addresses as well. Its subnets must have some.",
    )
    replace_security_groups_on_destroy: bool = Field(
        default=False,
        description="Take the security groups off the function's network interfaces before the "
        "function is destroyed, so that they can be deleted at once. The interfaces stay for a "
        "while, with the default group of their VPC.",
    )
    replacement_security_group_ids: list[SecurityGroupId] = Field(
        default=[],
        max_length=5,
        description="Security groups that the interfaces get instead of the VPC's default group. "
        "They must outlive the function.",
    )


class Condition(Model):
    """A condition of an IAM statement."""

    test: str = Field(
        pattern=r"^[A-Za-z]+(:[A-Za-z]+)?$",
        description="Condition operator.",
        examples=["StringEquals"],
    )
    variable: str = Field(
        min_length=1, description="Condition key.", examples=["aws:ResourceTag/team"]
    )
    values: list[str] = Field(min_length=1, description="Values, of which one must match.")


class Statement(Model):
    """An IAM statement of the function's role, beside what tfgen grants it."""

    actions: list[Action] = Field(
        min_length=1, description="Actions of AWS services.", examples=["s3:GetObject"]
    )
    resources: list[Resource] = Field(
        min_length=1,
        description='ARNs of what the actions are for, or `"*"`.',
        examples=["arn:aws:s3:::reports/*"],
    )
    effect: Literal["Allow", "Deny"] = Field(
        default="Allow", description="Whether the statement grants or forbids."
    )
    conditions: list[Condition] = Field(
        default=[], description="Conditions that must all hold for the statement to count."
    )


class Function(Model):
    """The function that every region runs."""

    source: RelativePath | None = Field(
        default=None,
        description="Folder that becomes the bundle, or a `.zip`, relative to the config file and "
        "in its git repository. "
        "Required, unless there is an `image`.",
        examples=["./src"],
    )
    image: str | None = Field(
        default=None,
        pattern=IMAGE_PATTERN,
        max_length=512,
        description="Container image in ECR, instead of `source`, `runtime` and `handler`: its "
        "whole URI, or a repository and a tag or digest that the account has in every region.",
        examples=["hello:1.4"],
    )
    runtime: str | None = Field(
        default=None,
        pattern=RUNTIME_PATTERN,
        description="Lambda runtime identifier. Required with `source`.",
        examples=["python3.13"],
    )
    handler: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        pattern=r"^\S+$",
        description="What Lambda calls: file and function. Required with `source`.",
        examples=["app.handler"],
    )
    memory: int | None = Field(
        default=None, ge=128, le=10240, description="Memory in MB, which also decides the CPU."
    )
    timeout: int | None = Field(
        default=None,
        ge=1,
        le=900,
        description="Seconds that one invocation may take. Behind a REST API: 29 at most; behind "
        "an HTTP API: 30.",
    )
    architecture: Literal["arm64", "x86_64"] | None = Field(
        default=None, description="Instruction set of the function."
    )
    ephemeral_storage: int | None = Field(
        default=None, ge=512, le=10240, description="Size of `/tmp` in MB."
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
    provisioned_concurrency: int | None = Field(
        default=None,
        ge=1,
        description="Executions that are kept warm for the alias that serves, in each region.",
    )
    layers: list[LayerArn] | None = Field(
        default=None,
        max_length=5,
        description="ARNs of layer versions. A layer must be in the function's own region.",
    )
    policies: list[Statement] | None = Field(
        default=None, description="Further IAM statements of the function's role."
    )
    vpc: Vpc | None = Field(
        default=None,
        description="Network of the function. A VPC is in one region, so an app in several has "
        "one under each of `regions`.",
    )
    dead_letter: bool | None = Field(
        default=None,
        description="Create a queue in each region for the events of asynchronous invocations "
        "that failed.",
    )
    url: bool | None = Field(
        default=None,
        description="Give the function a URL of its own, instead of an API in front of it. Of the "
        "app or a stage, not of a region.",
    )
    code: Literal["direct", "s3"] | None = Field(
        default=None,
        description="How the bundle gets to Lambda: in the request, or by way of a private bucket "
        "in each region, which bundles over 50 MB need.",
    )
