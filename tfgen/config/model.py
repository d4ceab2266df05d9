"""The language of ``tfgen.yaml``: every key, its type, its default and what it is for.

The models hold what can be said of one key alone. Rules between keys are in ``tfgen.rules``.
The JSON Schema and the reference page are generated from here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tfgen.config.api import Api, RegionApi, Routing
from tfgen.config.database import Database
from tfgen.config.function import Function, Vpc
from tfgen.config.secrets import KeyPolicy, KmsKey, Secrets
from tfgen.config.types import (
    NAME_PATTERN,
    AccountId,
    Env,
    Model,
    RelativePath,
    StageName,
    TagKey,
    TagValue,
)


class RegionOverrides(Model):
    """What one region changes."""

    env: Env = Field(
        default={}, description="Environment variables of this region, over the app's."
    )
    secrets: Secrets = Field(default={}, description="Secrets of this region, over the app's.")
    kms_key: KmsKey | None = Field(
        default=None,
        description="ARN or alias of a key of your own in this region, instead of the app's.",
    )
    function: Function = Field(default=Function(), description="Function settings of this region.")
    vpc: Vpc | None = Field(default=None, description="Network of the function in this region.")
    api: RegionApi = Field(default=RegionApi(), description="API settings of this region.")
    routing: Routing = Field(
        default=Routing(), description="The region's part in Route 53's choice."
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

    output: RelativePath = Field(
        default="infra",
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


SecretsDelivery = Literal["environment", "bundle"]
Decrypt = Literal["wrapper", "manual"]


class Stage(Model):
    """What one stage changes: merged deep over the rest; its `regions` replace the set."""

    account: AccountId | None = Field(
        default=None,
        description="ID of the AWS account of this stage, in quotes.",
        examples=["123456789012"],
    )
    tags: dict[TagKey, TagValue] = Field(default={}, description="Tags of this stage.")
    function: Function = Field(default=Function(), description="Function settings of this stage.")
    api: Api = Field(default=Api(), description="API settings of this stage.")
    env: Env = Field(default={}, description="Environment variables of this stage.")
    secrets: Secrets = Field(default={}, description="Secrets of this stage, over the app's.")
    secrets_delivery: SecretsDelivery = Field(
        default="environment", description="How this stage's ciphertexts get to the function."
    )
    decrypt: Decrypt = Field(
        default="wrapper", description="What decrypts the secrets of this stage."
    )
    kms_key: KmsKey | None = Field(default=None, description="Key of this stage's own.")
    key_policy: KeyPolicy = Field(
        default=KeyPolicy(), description="Who may do what with the keys of this stage."
    )
    database: Database = Field(default=Database(), description="Data of this stage.")
    regions: Regions | None = Field(
        default=None, description="The regions of this stage, in place of the app's."
    )
    terraform: StageTerraform = Field(
        default=StageTerraform(), description="Terraform settings of this stage."
    )


class Config(Model):
    """The whole of ``tfgen.yaml``."""

    name: str = Field(
        pattern=NAME_PATTERN,
        description="Name of the app, and the first part of the name of all that it creates.",
        examples=["hello"],
    )
    account: AccountId | None = Field(
        default=None,
        description="ID of the AWS account that the app belongs to, in quotes. Terraform and tfgen "
        "refuse the credentials of any other account.",
        examples=["123456789012"],
    )
    tags: dict[TagKey, TagValue] = Field(
        default={},
        description="Tags of every resource, through the provider's `default_tags`: 49 at most, 9 "
        "with health checks in Route 53, and no two keys that differ in case alone.",
    )
    function: Function = Field(description="The function that every region runs.")
    api: Api = Field(default=Api(), description="The API in front of the function.")
    env: Env = Field(default={}, description="Environment variables of the function, everywhere.")
    secrets: Secrets = Field(
        default={},
        description="Environment variables whose values nobody may read in the repository or in "
        "Terraform's state: `kms` for a ciphertext that `tfgen env set` keeps, or where AWS keeps "
        "the value. The function has them in plain text when it starts.",
        examples=[{"DB": "kms", "TOKEN": {"ssm": "/hello/token"}}],
    )
    secrets_delivery: SecretsDelivery = Field(
        default="environment",
        description="How ciphertexts get to the function: in its environment, which has 4 KB for "
        "all variables together, or in the bundle, with those of all regions.",
    )
    decrypt: Decrypt = Field(
        default="wrapper",
        description="What turns the secrets into plain text: a `wrapper` that tfgen puts into the "
        "bundle, which is for Python and Node.js, or the function's own code.",
    )
    kms_key: KmsKey | None = Field(
        default=None,
        description="Alias of a key of your own in every region, or its ARN in an app of one "
        "region, instead of a key for the app.",
        examples=["alias/hello"],
    )
    key_policy: KeyPolicy = Field(
        default=KeyPolicy(),
        description="Who may do what with the app's key in each region. For an app with secrets "
        "or with a policy of its own; otherwise IAM decides.",
    )
    database: Database = Field(
        default=Database(), description="The data that the function works with."
    )
    regions: Regions
    stages: dict[StageName, Stage | None] = Field(
        default={},
        max_length=200,
        description="Copies of the app, each with a root module and a state of its own. "
        "Without any: `production`.",
    )
    terraform: Terraform = Field(default=Terraform(), description="How the app becomes Terraform.")
