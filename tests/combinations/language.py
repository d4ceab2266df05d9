"""The config language as dimensions: for each thing that an app can have, the ways to say it.

A value is a change to a config: what it adds for the whole app, and what it adds for each region.
A test sees to it that no key and no choice of the language is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.combinations import databases
from tests.combinations.databases import ACCOUNT

Document = dict[str, Any]

# Near enough to each other for a table that is strongly consistent.
REGIONS = ("us-west-2", "us-east-2")
ZONE_NAME = "example.com"
# Of a zone that is named by its ID, and has a name of its own: two zones of one name could not be
# told apart by it.
ZONE_ID = "Z0123456789ABCDEFGHIJ"
ZONE_NAME_OF_ID = "example.org"
# Of a key that is there in every region.
KEY_ALIAS = "alias/company"


def _nothing(_region: str, _index: int) -> Document:
    return {}


@dataclass(frozen=True, slots=True)
class Change:
    """What one value of a dimension adds to a config.

    Attributes:
        app: for the whole app, as it would stand in the file.
        function: settings of the function, which can be said for the whole app or for one region.
        region: from a region's name and its index to what stands below its name.
    """

    app: Mapping[str, Any] | None = None
    function: Mapping[str, Any] | None = None
    region: Callable[[str, int], Document] = _nothing


def _api(**keys: Any) -> Change:
    return Change({"api": keys})


def _function(**keys: Any) -> Change:
    return Change(function=keys)


def _backend(**keys: Any) -> Change:
    return Change({"terraform": {"backend": keys}})


def _tables(**tables: Document) -> Change:
    return Change({"database": {"home": REGIONS[0], "dynamodb": tables}})


def _rds(said: Callable[[str, str], Document], **others: Document) -> Change:
    return Change({"database": {"rds": said(*REGIONS)}, **others})


def _layer(region: str, _index: int) -> Document:
    return {"function": {"layers": [f"arn:aws:lambda:{region}:{ACCOUNT}:layer:tools:3"]}}


def _image(region: str, _index: int) -> Document:
    return {"function": {"image": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/hello:1.4"}}


def _by_s3_first(_region: str, index: int) -> Document:
    return {} if index else {"function": {"code": "s3"}}


def _image_first(region: str, index: int) -> Document:
    return {"function": dict(BUNDLE)} if index else _image(region, index)


def _vpc(_region: str, index: int) -> Document:
    subnets = [f"subnet-0123456{index}", f"subnet-0123457{index}"]
    return {"vpc": {"subnet_ids": subnets, "security_group_ids": [f"sg-0123456{index}"]}}


def _vpc_ipv6(region: str, index: int) -> Document:
    return {"vpc": {**_vpc(region, index)["vpc"], "ipv6": True}}


def _vpc_replacement(region: str, index: int) -> Document:
    groups = {} if index else {"replacement_security_group_ids": [f"sg-0123458{index}"]}
    return {
        "vpc": {**_vpc(region, index)["vpc"], "replace_security_groups_on_destroy": True, **groups}
    }


def _web_acl(region: str, _index: int) -> Document:
    return {"api": {"waf": {"web_acl_arn": _WEB_ACL.format(region)}}}


def _truststore(region: str, _index: int) -> Document:
    store = {"truststore": f"s3://hello-truststore-{region}/authorities.pem", "version": "3"}
    return {"api": {"mtls": store}}


def _environment(region: str, _index: int) -> Document:
    return {"env": {"MESSAGE": f"Hello from {region}"}}


def _secrets_with_keys(region: str, _index: int) -> Document:
    key = f"arn:aws:kms:{region}:{ACCOUNT}:key/0123abcd"
    return {
        "secrets": {
            "DB": "kms",
            "TOKEN": {"ssm": "/hello/token", "kms_key": key},
            "PG": {"secretsmanager": "hello/pg", "key": "url", "kms_key": key},
        }
    }


def _kms_key(region: str, _index: int) -> Document:
    return {"kms_key": f"arn:aws:kms:{region}:{ACCOUNT}:{KEY_ALIAS}"}


def _weight(_region: str, index: int) -> Document:
    return {"routing": {"weight": 10 * (index + 1)}}


def _part(_region: str, index: int) -> Document:
    return {"routing": {"failover": "secondary" if index else "primary"}}


def _location(_region: str, index: int) -> Document:
    places = ["GB", "continent:EU"] if index else ["*", "US", "US-WA"]
    return {"routing": {"locations": places}}


NONE = Change()
BUNDLE = {"source": "./src", "runtime": "python3.13", "handler": "app.handler"}
_STATEMENTS = [
    {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::reports/*"]},
    {
        "effect": "Deny",
        "actions": ["s3:GetObject", "s3:ListBucket"],
        "resources": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/secret/*"],
        "conditions": [
            {"test": "StringNotEquals", "variable": "aws:ResourceTag/team", "values": ["edge"]}
        ],
    },
]
_KEYS = {
    "hash_key": "id",
    "range_key": "at",
    "attributes": {"at": "N", "owner": "S", "digest": "B"},
    "indexes": {
        "by-owner": {"hash_key": "owner", "range_key": "at", "projection": ["title"]},
        "by-digest": {"hash_key": "digest", "projection": "all"},
        "by-time": {"hash_key": "at", "projection": "keys"},
    },
    "local_indexes": {
        "by-digest-of-id": {"range_key": "digest", "projection": "keys"},
        "by-owner-of-id": {"range_key": "owner", "projection": "all"},
    },
}
_WEB_ACL = f"arn:aws:wafv2:{{}}:{ACCOUNT}:regional/webacl/hello/0123-4567"
ZONE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/dns"
_PRINCIPALS = {
    "administrators": [f"arn:aws:iam::{ACCOUNT}:role/deploy"],
    "encrypters": [f"arn:aws:iam::{ACCOUNT}:role/developer"],
    "decrypters": [f"arn:aws:iam::{ACCOUNT}:user/admin"],
}
_SITE = "https://www.example.com"

# The first value of each is what a config has that does not say it.
CHANGES: Mapping[str, Mapping[str, Change]] = {
    "type": {"rest": NONE, "http": _api(type="http"), "url": _function(url=True)},
    "code": {
        "bundle": _function(**BUNDLE),
        "s3": _function(**BUNDLE, code="s3"),
        "image": _function(image="hello:1.4"),
        "image of each region": Change(region=_image),
        "s3 in one region": Change(function=BUNDLE, region=_by_s3_first),
        "image in one region": Change(region=_image_first),
    },
    "regions": {"one": NONE, "two": NONE},
    "domain": {
        "none": NONE,
        "one": _api(domain="api.example.com"),
        "several": _api(domain=["api.example.com", "example.com"]),
        "wildcard": _api(domain="*.example.com"),
        "wildcard and a name": _api(domain=["*.example.com", "example.com"]),
    },
    "zone": {
        "none": NONE,
        "name": _api(zone=ZONE_NAME),
        "id": _api(zone=ZONE_ID),
        "created": _api(zone=ZONE_NAME, create_zone=True),
        "of a role": _api(zone=ZONE_NAME, zone_role_arn=ZONE_ROLE),
        "created by a role": _api(zone=ZONE_NAME, create_zone=True, zone_role_arn=ZONE_ROLE),
    },
    "tables": {
        "none": NONE,
        "all keys": _tables(
            items={**_KEYS, "ttl": "expires", "encryption": "app", "stream": "keys"},
            settings={"hash_key": "name", "access": "read"},
        ),
        "replicated": _tables(
            items={
                **_KEYS,
                "replicate": True,
                "consistency": "eventual",
                "encryption": "app",
                "access": "full",
            },
            sessions={"hash_key": "id", "replicate": True, "encryption": "aws_managed"},
        ),
        "strong": _tables(
            items={
                "hash_key": "id",
                "replicate": True,
                "consistency": "strong",
                "witness": "us-east-1",
                "stream": "new_and_old",
            }
        ),
        "fixed capacity": _tables(
            items={
                **_KEYS,
                "ttl": {"attribute": "expires", "enabled": False},
                "billing": {"read": 5, "write": 2},
                "stream": "new",
            },
            drafts={
                "hash_key": "id",
                "point_in_time_recovery": False,
                "deletion_protection": False,
            },
        ),
        "scaled capacity": _tables(
            items={
                "hash_key": "id",
                "ttl": {"attribute": "expires", "enabled": True},
                "stream": "old",
                "billing": {
                    "read": {"min": 5, "max": 50},
                    "write": {"min": 2, "max": 20, "target": 60},
                },
            }
        ),
        "existing": Change(
            {
                "database": {
                    "dynamodb": {
                        "legacy": {"existing": "legacy"},
                        "near": {"existing": {REGIONS[0]: "near"}, "access": "read"},
                    }
                }
            }
        ),
    },
    "rds": {
        "none": NONE,
        "clusters": _rds(databases.clusters),
        "open": _rds(databases.opened),
        "proxy": _rds(databases.proxy),
        "url": _rds(databases.url, secrets={"DATABASE_URL": {"ssm": "/hello/url"}}),
        "global": _rds(databases.global_cluster),
    },
    "endpoint": {"regional": NONE, "edge": _api(endpoint="edge")},
    "routing": {
        "latency": NONE,
        "weighted": Change({"api": {"routing": "weighted"}}, region=_weight),
        "failover": Change({"api": {"routing": "failover"}}, region=_part),
        "geolocation": Change({"api": {"routing": "geolocation"}}, region=_location),
    },
    "region_domains": {"no": NONE, "yes": _api(region_domains=True)},
    "disable_execute_api": {"no": NONE, "yes": _api(disable_execute_api=True)},
    "health_check": {
        "default": NONE,
        "said": _api(
            health_check={
                "path": "/up?deep=1",
                "interval": 10,
                "failure_threshold": 1,
                "regions": ["us-east-1", "us-west-1", "us-west-2", "eu-west-1", "sa-east-1"],
            }
        ),
        "by few": _api(
            health_check={"regions": ["ap-northeast-1", "ap-southeast-1", "ap-southeast-2"]}
        ),
        "off": _api(health_check=False),
    },
    "allow_overwrite_records": {"no": NONE, "yes": _api(allow_overwrite_records=True)},
    "ip_address_type": {"dualstack": NONE, "ipv4": _api(ip_address_type="ipv4")},
    "auth": {
        "none": NONE,
        "iam": _api(auth="iam"),
        "jwt": _api(
            auth="jwt", jwt={"issuer": "https://login.example.com", "audience": ["hello", "shop"]}
        ),
    },
    "cors": {
        "none": NONE,
        "any": _api(cors={"origins": ["*"]}),
        "several": _api(cors={"origins": [_SITE, "https://shop.example.com"], "headers": ["*"]}),
        "said": _api(
            cors={
                "origins": [_SITE],
                "methods": ["GET", "POST"],
                "headers": ["Content-Type"],
                "expose_headers": ["ETag"],
                "credentials": True,
                "max_age": 0,
            }
        ),
    },
    "throttle": {"no": NONE, "yes": _api(throttle={"rate": 100, "burst": 200})},
    "access_logs": {
        "no": NONE,
        "yes": _api(access_logs=True),
        "said": _api(access_logs={"retention_days": 7}),
        "with the role": _api(access_logs={"retention_days": 7, "account_role": True}),
    },
    "binary_media_types": {"no": NONE, "yes": _api(binary_media_types=["image/png", "*/*"])},
    "compression": {"no": NONE, "all": _api(compression=0), "large": _api(compression=1024)},
    "security_policy": {
        "none": NONE,
        "default": _api(security_policy="default"),
        "regional": _api(security_policy="SecurityPolicy_TLS13_1_3_2025_09"),
        "edge": _api(security_policy="SecurityPolicy_TLS13_2025_EDGE"),
    },
    "waf": {
        "no": NONE,
        "of each region": Change(region=_web_acl),
        "of the app": _api(waf={"web_acl_arn": _WEB_ACL.format(REGIONS[0])}),
    },
    "mtls": {
        "no": NONE,
        "yes": _api(mtls={"truststore": "s3://hello-truststore/authorities.pem"}),
        "of each region": Change(region=_truststore),
    },
    "env": {
        "none": NONE,
        "shared": Change({"env": {"LEVEL": "info"}}),
        "own": Change(region=_environment),
    },
    "secrets": {
        "none": NONE,
        "kms": Change({"secrets": {"DB": "kms"}}),
        "parameter": Change({"secrets": {"TOKEN": {"ssm": "/hello/token"}}}),
        "secret": Change({"secrets": {"PG": {"secretsmanager": "hello/pg"}}}),
        "with keys": Change(region=_secrets_with_keys),
    },
    "secrets_delivery": {
        "environment": NONE,
        "bundle": Change({"secrets_delivery": "bundle"}),
    },
    "decrypt": {"wrapper": NONE, "manual": Change({"decrypt": "manual"})},
    "kms_key": {
        "none": NONE,
        "of the app": Change({"kms_key": KEY_ALIAS}),
        "of each region": Change(region=_kms_key),
    },
    "key_policy": {"none": NONE, "some": Change({"key_policy": _PRINCIPALS})},
    "account": {"none": NONE, "said": Change({"account": ACCOUNT})},
    "tags": {"none": NONE, "some": Change({"tags": {"team": "edge"}})},
    "layers": {"no": NONE, "yes": Change(region=_layer)},
    "vpc": {
        "no": NONE,
        "yes": Change(region=_vpc),
        "with IPv6": Change(region=_vpc_ipv6),
        "with replacement": Change(region=_vpc_replacement),
    },
    "policies": {"no": NONE, "yes": _function(policies=_STATEMENTS)},
    "ephemeral_storage": {"no": NONE, "yes": _function(ephemeral_storage=2048)},
    "dead_letter": {"no": NONE, "yes": _function(dead_letter=True)},
    "reserved_concurrency": {"no": NONE, "yes": _function(reserved_concurrency=20)},
    "provisioned_concurrency": {"no": NONE, "yes": _function(provisioned_concurrency=2)},
    "tracing": {"no": NONE, "yes": _function(tracing=True)},
    "size": {
        "default": NONE,
        "said": _function(memory=1024, timeout=20, architecture="x86_64", log_retention_days=7),
    },
    # Where the function's settings stand: for all regions, or for the first one alone.
    "place": {"app": NONE, "one region": NONE},
    # Whether a stage without any of it shares the modules.
    "stages": {"one": NONE, "beside a plain one": NONE, "beside one of its kind": NONE},
    # For the whole config, so it is said apart from the others.
    "aws_provider": {"6": NONE, "5": NONE},
    "backend": {
        "local": NONE,
        "s3": _backend(type="s3", bucket="hello-state", region="eu-west-1"),
        "s3 with a key": _backend(
            type="s3", bucket="hello-state", key="hello.tfstate", region="eu-west-1"
        ),
        "cloud": _backend(type="cloud", organization="acme"),
        "cloud with a workspace": _backend(type="cloud", organization="acme", workspace="hello"),
    },
}

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    name: tuple(changes) for name, changes in CHANGES.items()
}
