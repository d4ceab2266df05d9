"""What an app uses of the module library, so that a tree has no trace of the rest.

The library's modules can do everything that a config can ask for. Paragraphs for what not every
app uses stand between two comments::

    # tfgen: when vpc
    …
    # tfgen: end

and are rendered only for a tree in which some stage uses the feature, here ``vpc``. With several
names after ``when``, separated by commas, one that is used is enough. What takes the place of a
paragraph that is not rendered stands behind it as a comment, so that the library stays valid
Terraform, and is rendered without the ``#``::

    # tfgen: when edge
    types = [var.api.endpoint]
    # tfgen: else
    # types = ["REGIONAL"]
    # tfgen: end
"""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.app import (
    Api,
    App,
    Code,
    DatabaseUse,
    Function,
    Image,
    KmsSecret,
    RdsVariables,
    Region,
    Scaling,
    SecretsManagerSecret,
    SsmSecret,
    Table,
    TableUse,
)
from tfgen.regions import REGIONS

Features = frozenset[str]
"""Names after ``when`` in the library."""


FROM_PROVIDER_6: Features = frozenset(
    {
        "accelerated_recovery",
        "code_sha256",
        "replica_protection",
        "security_policy",
        "strong_consistency",
        "url_invocations",
        "witness",
    }
)
"""What version 5 of the AWS provider does not have: no tree for it uses this."""


def features(apps: Iterable[App]) -> Features:
    """Returns what the stages of a tree use, all together."""
    used: set[str] = set()
    for app in apps:
        used |= _of_app(app) if app.terraform.aws_provider == 6 else _of_app(app) - FROM_PROVIDER_6
    # What the function's environment is put together of.
    if len(used & {"environment", "secrets", "tables"}) > 1:
        used.add("mixed_environment")
    return frozenset(used)


def _of_app(app: App) -> set[str]:
    used = _of_api(app.api) | _of_keys(app) | _of_zone(app)
    for table in app.database.tables:
        used |= _of_table(table)
    for region in app.regions:
        used |= _of_region(region) | _of_function(region.function)
    return used


def _of_api(api: Api) -> set[str]:
    logs = api.access_logs
    return _given(
        {
            "edge": api.endpoint == "edge",
            "public_url": api.type == "url" and api.auth == "none",
            "url_invocations": api.type == "url" and api.auth == "none",
            "cors": api.cors,
            "cors_origins": api.cors and len(api.cors.origins) > 1,
            "cors_credentials": api.cors and api.cors.credentials,
            "cors_expose_headers": api.cors and api.cors.expose_headers,
            "throttle": api.throttle,
            "access_logs": logs,
            "account_role": logs and logs.account_role,
            "auth": api.auth != "none",
            "jwt": api.jwt,
            "open_path": api.open_path,
            "binary_media_types": api.binary_media_types,
            "compression": api.compression is not None,
            "disable_execute_api": api.disable_execute_api,
            "security_policy": api.security_policy,
        }
    )


def _of_zone(app: App) -> set[str]:
    domain = app.api.domain
    created = domain is not None and domain.zone.create
    # The copy of the zone is in us-west-2, so the other partitions do not have it.
    partition = REGIONS[app.regions[0].name].partition
    return _given({"accelerated_recovery": created and partition == "aws"})


def _of_region(region: Region) -> set[str]:
    return _of_database(region.rds) | _given(
        {
            "environment": region.env,
            "config_environment": region.env,
            "tables": region.tables,
            "used_indexes": any(use.indexes for use in region.tables),
            "used_streams": any(follows_stream(use) for use in region.tables),
            "full_access": any(use.access == "full" for use in region.tables),
            "mtls": region.truststore,
            "waf": region.web_acl_arn,
        }
    )


def _of_keys(app: App) -> set[str]:
    """Returns what the secrets and the keys of a stage make use of."""
    secrets = [secret for region in app.regions for secret in region.secrets.values()]
    kms = any(isinstance(secret, KmsSecret) for secret in secrets)
    parameters = [secret for secret in secrets if isinstance(secret, SsmSecret)]
    managed = [secret for secret in secrets if isinstance(secret, SecretsManagerSecret)]
    own_key = any(region.kms_key is None for region in app.regions)
    policy = app.key_policy
    principals = policy.administrators or policy.encrypters or policy.decrypters
    return _given(
        {
            "secrets": secrets,
            "config_secrets": secrets,
            "ciphertexts": kms and app.secrets_delivery == "environment",
            "bundled": kms and app.secrets_delivery == "bundle",
            "ssm": parameters,
            "ssm_key": any(secret.kms_key for secret in parameters),
            "secretsmanager": managed,
            "secretsmanager_key": any(secret.kms_key for secret in managed),
            "json_key": any(secret.key for secret in managed),
            "own_key": own_key,
            "given_key": any(region.kms_key for region in app.regions),
            "key_policy": own_key and (kms or principals),
            "principals": own_key and principals,
        }
    )


def follows_stream(use: TableUse) -> bool:
    """Says whether a function may read the stream of a table."""
    return use.stream and use.access == "full"


def _of_table(table: Table) -> set[str]:
    billing = table.billing
    scaled = billing is not None and isinstance(billing.read, Scaling)
    return _given(
        {
            "table_range_key": table.range_key,
            "table_indexes": table.indexes,
            "table_local_indexes": table.local_indexes,
            "table_ttl": table.ttl,
            "table_stream": table.stream,
            "table_encryption": table.encryption != "aws_owned",
            "table_keys": table.encryption == "app",
            "capacity": billing,
            "scaled_capacity": scaled,
            "fixed_capacity": billing and not scaled,
            "replicas": table.replicas,
            "replica_protection": table.replicas,
            "strong_consistency": table.consistency == "strong",
            "witness": table.witness,
        }
    )


def _of_database(use: DatabaseUse | None) -> set[str]:
    if use is None:
        return set()
    secret = use.auth == "secret"
    managed = secret and use.secret is None
    return _given(
        {
            # What the function knows of it comes as what the config itself says.
            "environment": True,
            "secrets": secret,
            "secretsmanager": secret,
            "json_key": secret,
            "secretsmanager_key": managed or use.kms_key,
            "rds_name": use.name,
            "rds_user": use.user,
            "rds_iam": use.auth == "iam",
            "rds_secret": secret,
            "rds_named_secret": secret and use.secret,
            "rds_managed_secret": managed,
            "rds_secret_key": use.kms_key,
            "rds_global_cluster": use.kind == "global_cluster",
            "rds_public": use.public,
            "rds_open": use.open,
            "rds_variables": use.variables != DEFAULT_VARIABLES,
        }
    )


def _of_function(function: Function) -> set[str]:
    code = function.code
    return _given(
        {
            "bundle": isinstance(code, Code),
            "code_sha256": isinstance(code, Code),
            "image": isinstance(code, Image),
            "direct": isinstance(code, Code) and code.delivery == "direct",
            "s3": isinstance(code, Code) and code.delivery == "s3",
            "layers": isinstance(code, Code) and code.layers,
            "wrapper": isinstance(code, Code) and code.wrapper,
            "ephemeral_storage": function.ephemeral_storage != DEFAULT_EPHEMERAL_STORAGE,
            "tracing": function.tracing,
            "reserved_concurrency": function.reserved_concurrency is not None,
            "provisioned_concurrency": function.provisioned_concurrency,
            "policies": function.policies,
            "conditions": any(statement.conditions for statement in function.policies),
            "vpc": function.vpc,
            "vpc_ipv6": function.vpc and function.vpc.ipv6,
            "vpc_replacement": function.vpc and function.vpc.replace_security_groups_on_destroy,
            "vpc_replacement_ids": function.vpc and function.vpc.replacement_security_group_ids,
            "dead_letter": function.dead_letter,
        }
    )


# https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
DEFAULT_EPHEMERAL_STORAGE = 512
DEFAULT_VARIABLES = RdsVariables(
    host="DB_HOST",
    reader_host="DB_READER_HOST",
    port="DB_PORT",
    name="DB_NAME",
    user="DB_USER",
    password="DB_PASSWORD",  # noqa: S106 # the name of a variable
)


def _given(values: dict[str, object]) -> set[str]:
    return {name for name, value in values.items() if value}
