"""``database.rds`` in the config: a database of each region, which is there already."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tfgen.config.secrets import SECRETS_MANAGER_PATTERN, KmsKeyArn
from tfgen.config.types import EnvName, Model

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
# RDS keeps every name in lower case.
RDS_NAME_PATTERN = r"^[a-z](-?[a-z0-9])*$"
# What an IAM policy would take for more than one user, or for a variable, is in no name:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
DATABASE_USER_PATTERN = r"^[A-Za-z_][A-Za-z0-9_.@-]*$"
DATABASE_NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_$-]*$"

RdsName = Annotated[str, Field(pattern=RDS_NAME_PATTERN, max_length=63)]


class Variables(Model):
    """Names of the environment variables that say where the database is."""

    host: EnvName = Field(
        default="DB_HOST", description="Variable with the host that takes writes."
    )
    reader_host: EnvName = Field(
        default="DB_READER_HOST",
        description="Variable with the host that is for reads alone; where there is none, it is "
        "the same.",
    )
    port: EnvName = Field(default="DB_PORT", description="Variable with the port.")
    name: EnvName = Field(default="DB_NAME", description="Variable with the name of the database.")
    user: EnvName = Field(
        default="DB_USER", description="Variable with the user. `auth: url` has none."
    )
    password: EnvName = Field(
        default="DB_PASSWORD", description="Variable with the password, which `auth: secret` has."
    )


class Rds(Model):
    """A database of RDS or Aurora that the function of one region uses. tfgen makes none."""

    cluster: RdsName | None = Field(
        default=None, description="Name of an Aurora or Multi-AZ cluster.", examples=["hello"]
    )
    instance: RdsName | None = Field(
        default=None, description="Name of an instance, instead of a cluster.", examples=["hello"]
    )
    proxy: RdsName | None = Field(
        default=None,
        description="Name of an RDS Proxy in front of a database, instead of a cluster.",
        examples=["hello"],
    )
    global_cluster: RdsName | None = Field(
        default=None,
        description="Name of an Aurora global database, instead of a cluster: the function uses "
        "the cluster that it has in the region. Takes version 6 of the AWS provider.",
        examples=["hello"],
    )
    region: str | None = Field(
        default=None,
        description="Region of the database, if it is another than the function's. Takes version "
        "6 of the AWS provider.",
        examples=["us-west-2"],
    )
    name: str | None = Field(
        default=None,
        pattern=DATABASE_NAME_PATTERN,
        max_length=64,
        description="Database to connect to. Defaults to the one that the cluster or instance was "
        "made with; required for a proxy.",
        examples=["app"],
    )
    user: str | None = Field(
        default=None,
        pattern=DATABASE_USER_PATTERN,
        max_length=63,
        description="User to connect as with `auth: iam`. Defaults to the master user; required "
        "for a proxy.",
        examples=["app"],
    )
    auth: Literal["iam", "secret", "url"] = Field(
        default="iam",
        description="How the function is let in: with a token of its role (`iam`), with the user "
        "and password of a secret in Secrets Manager (`secret`), or with a URL that has all of it "
        "(`url`).",
    )
    secret: str | None = Field(
        default=None,
        pattern=SECRETS_MANAGER_PATTERN,
        max_length=2048,
        description="With `auth: secret`: name or ARN of a secret with the keys `username` and "
        "`password`. Defaults to the one that RDS manages for the master user; required for a "
        "proxy.",
        examples=["hello/pg"],
    )
    kms_key: KmsKeyArn | None = Field(
        default=None,
        description="ARN of the key that `secret` is encrypted with, if it is one of your own.",
    )
    url: EnvName | None = Field(
        default=None,
        description="With `auth: url`: which of the app's `secrets` is the URL.",
        examples=["DATABASE_URL"],
    )
    public: bool = Field(
        default=False,
        description="Whether the database can be reached from outside its VPC. Otherwise the "
        "function must have a `vpc` in the region.",
    )
    open: bool = Field(
        default=False,
        description="Let the function's security groups in through those of the database, on its "
        "port.",
    )
    variables: Variables = Field(
        default=Variables(), description="What the function's environment variables are called."
    )
