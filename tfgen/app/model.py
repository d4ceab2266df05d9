"""One stage of an app, and its regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tfgen.app.api import Api, Truststore
from tfgen.app.database import Database, TableUse
from tfgen.app.function import Function
from tfgen.app.rds import DatabaseUse
from tfgen.app.secrets import Decrypt, KeyPolicy, Secret, SecretsDelivery
from tfgen.app.terraform import Terraform

Failover = Literal["primary", "secondary"]


@dataclass(frozen=True, slots=True)
class Region:
    """One region of the app, with what it changes already applied.

    Attributes:
        name: the AWS region, for example ``eu-west-2``.
        env: every environment variable of the function there that has a plain value.
        secrets: every one that has not.
        tables: those that the function uses there, by name.
        rds: the database that it uses there; None if it uses none.
        kms_key: alias or ARN of the key for what belongs to the function; None is one that the
            app has there for itself.
        weight: the region's share of the requests; None unless the routing is weighted.
        failover: the region's part; None unless the routing is failover.
        locations: of the clients that the region serves; empty unless the routing is geolocation.
        web_acl_arn: the web application firewall of the region's REST API.
        truststore: of the region's domains.
        domain: one that leads to this region alone, if the regions have one each.
        in_dns: whether the app's domains lead there; a region that is about to go is out of them
            first, and its replicas of tables are not protected any more.
    """

    name: str
    function: Function
    env: Mapping[str, str]
    secrets: Mapping[str, Secret]
    tables: tuple[TableUse, ...]
    rds: DatabaseUse | None
    kms_key: str | None
    weight: int | None
    failover: Failover | None
    locations: tuple[str, ...]
    web_acl_arn: str | None
    truststore: Truststore | None
    domain: str | None
    in_dns: bool = True


@dataclass(frozen=True, slots=True)
class App:
    """One stage of an app.

    Attributes:
        full_name: what the resources are called, ``<name>-<stage>``.
        account: ID of the only AWS account that the stage may be in; None is any.
        tags: put on every resource that takes tags.
        function: what the regions have in common; a region may differ.
        env: the environment variables that the regions have in common.
        secrets_delivery: how ciphertexts get to the function.
        decrypt: whether what tfgen puts into the bundle resolves secrets, or the function's code.
        key_policy: of the keys that the app has for itself.
        database: the tables that are made here.
        regions: at least one, sorted by name.
        first_region: the one that the config names first. What all regions share and one must
            tell is read from there, so that it stays when others come and go.
        retired_regions: names of regions that have no module any more, and whose resources may
            still be in the state: their provider configurations stay until those are destroyed.
    """

    name: str
    stage: str
    full_name: str
    account: str | None
    tags: Mapping[str, str]
    function: Function
    env: Mapping[str, str]
    secrets_delivery: SecretsDelivery
    decrypt: Decrypt
    key_policy: KeyPolicy
    api: Api
    database: Database
    regions: tuple[Region, ...]
    first_region: str
    terraform: Terraform
    retired_regions: tuple[str, ...] = ()
