"""What a region's function may do: the policy of its role, as ``modules/function`` makes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tfgen.app import (
    Access,
    App,
    KmsSecret,
    Region,
    SecretsManagerSecret,
    SsmSecret,
)
from tfgen.iam.document import Condition, Document, Statement, document
from tfgen.iam.names import (
    DATABASE_ID,
    DATABASE_SECRET,
    DATABASE_SECRET_KEY,
    DATABASE_USER,
    Names,
    names_of,
)
from tfgen.render.features import follows_stream

_READ_ITEMS = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
_WRITE_ITEMS = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
_QUERY_LANGUAGE = (
    "dynamodb:DescribeTimeToLive",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
)
_TABLE_ACTIONS: Mapping[Access, tuple[str, ...]] = {
    "read": _READ_ITEMS,
    "write": _READ_ITEMS + _WRITE_ITEMS,
    "full": _READ_ITEMS + _WRITE_ITEMS + _QUERY_LANGUAGE,
}

# Lambda's own, with the function's role.
_MANAGE_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
_DESCRIBE_NETWORK = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")


def function_policy(app: App, region: Region, account: str | None = None) -> Document:
    """Returns the policy of the role of a region's function.

    A secret whose ciphertext nobody has made yet counts: without it there is nothing to deploy.

    Args:
        app: the stage.
        region: one of its regions.
        account: the ID of the account; without it a placeholder stands in its place.
    """
    statements = _statements(app, region, names_of(app, region, account))
    return document(statements, by_terraform=True)


def _statements(app: App, region: Region, names: Names) -> Iterator[Statement]:
    key = names.key(region.kms_key)
    yield Statement(
        "WriteLogs",
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        (f"{names.log_group()}:*",),
    )
    function = names.function()
    bound = "kms:EncryptionContext:aws:lambda:FunctionArn"
    yield _decrypt(
        "DecryptEnvironment", key, Condition("StringLike", bound, (function, f"{function}:*"))
    )
    yield from _of_secrets(app, region, names, key)
    if region.function.tracing:
        # X-Ray has no resource level:
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
        actions = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
        yield Statement("SendTraces", actions, ("*",))
    if region.function.dead_letter:
        yield Statement("SendDeadLetters", ("sqs:SendMessage",), (names.dead_letter_queue(),))
    if region.function.vpc is not None:
        yield from _of_network(names)
    yield from _of_tables(region, names, key)
    yield from _of_database(region, names)
    for policy in region.function.policies:
        yield Statement(
            "",
            policy.actions,
            tuple(map(_variables, policy.resources)),
            tuple(
                Condition(each.test, each.variable, tuple(map(_variables, each.values)))
                for each in policy.conditions
            ),
            policy.effect,
        )


def _of_secrets(app: App, region: Region, names: Names, key: str) -> Iterator[Statement]:
    secrets = [secret for _, secret in sorted(region.secrets.items())]
    if any(isinstance(secret, KmsSecret) for secret in secrets):
        bound = {"app": app.name, "stage": app.stage, "region": region.name}
        yield _decrypt(
            "DecryptSecrets",
            key,
            *(
                Condition("StringEquals", f"kms:EncryptionContext:{name}", (value,))
                for name, value in bound.items()
            ),
        )
    parameters = [secret for secret in secrets if isinstance(secret, SsmSecret)]
    if parameters:
        arns = tuple(_parameter(secret.name, names) for secret in parameters)
        yield Statement("ReadParameters", ("ssm:GetParameters",), arns)
    yield from _by_way_of("ssm", "DecryptParameters", (each.kms_key for each in parameters), names)
    managed = dict(_in_secrets_manager(region))
    if managed:
        arns = tuple(_secret(identifier, names) for identifier in managed)
        yield Statement("ReadSecrets", ("secretsmanager:GetSecretValue",), arns)
    yield from _by_way_of("secretsmanager", "DecryptSecretsManager", managed.values(), names)


def _in_secrets_manager(region: Region) -> Iterator[tuple[str, str | None]]:
    """Yields each secret that is kept there, with the key that it is said to be encrypted with."""
    for _, secret in sorted(region.secrets.items()):
        if isinstance(secret, SecretsManagerSecret):
            yield secret.id, secret.kms_key
    use = region.rds
    if use is not None and use.auth == "secret":
        yield (use.secret, use.kms_key) if use.secret else (DATABASE_SECRET, DATABASE_SECRET_KEY)


def _of_network(names: Names) -> Iterator[Statement]:
    interfaces = f"arn:{names.partition}:ec2:{names.region}:*:*/*"
    yield Statement("ManageNetworkInterfaces", _MANAGE_INTERFACES, (interfaces,))
    # To describe has no resource level:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    yield Statement("DescribeNetwork", _DESCRIBE_NETWORK, ("*",))
    yield Statement(
        "DenyNetworkToCode",
        (*_MANAGE_INTERFACES, "ec2:DetachNetworkInterface", *_DESCRIBE_NETWORK),
        ("*",),
        (Condition("ArnEquals", "lambda:SourceFunctionArn", (names.function(),)),),
        "Deny",
    )


def _of_tables(region: Region, names: Names, key: str) -> Iterator[Statement]:
    tables = sorted(region.tables, key=lambda use: use.variable)
    for use in tables:
        arn = names.table(use.full_name)
        resources = (arn, f"{arn}/index/*") if use.indexes else (arn,)
        # Without a Sid, which has letters and digits only: `a-b` and `ab` would have the same.
        yield Statement("", _TABLE_ACTIONS[use.access], resources)
    for use in tables:
        if follows_stream(use):
            yield Statement(
                "",
                ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
                (f"{names.table(use.full_name)}/stream/*",),
            )
    # Whether or not a table has the key now: it may come to it, or be about to leave it.
    yield from _by_way_of("dynamodb", "DecryptTables", [key] if tables else [], names)


def _of_database(region: Region, names: Names) -> Iterator[Statement]:
    use = region.rds
    if use is not None and use.auth == "iam":
        there = replace(names, region=use.region)
        user = f"dbuser:{DATABASE_ID}/{use.user or DATABASE_USER}"
        yield Statement("ConnectToDatabase", ("rds-db:connect",), (there.arn("rds-db", user),))


def _by_way_of(
    service: str, sid: str, keys: Iterable[str | None], names: Names
) -> Iterator[Statement]:
    """Yields the right to decrypt with keys by way of a service, if there are any."""
    arns = tuple(dict.fromkeys(key for key in keys if key))
    if arns:
        via = Condition("StringEquals", "kms:ViaService", (names.endpoint(service),))
        yield Statement(sid, ("kms:Decrypt",), arns, (via,))


def _decrypt(sid: str, key: str, *conditions: Condition) -> Statement:
    return Statement(sid, ("kms:Decrypt",), (key,), conditions)


def _parameter(name: str, names: Names) -> str:
    """Returns the ARN of a parameter: a version or a label is no part of it, nor is a first slash.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    if name.startswith("arn:"):
        return ":".join(name.split(":")[:6])
    return names.arn("ssm", f"parameter/{name.partition(':')[0].removeprefix('/')}")


def _secret(identifier: str, names: Names) -> str:
    """Returns the ARN of a secret, which ends with six characters of Secrets Manager's own.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html#auth-and-access_examples_wildcard
    """
    if identifier.startswith("arn:") or identifier == DATABASE_SECRET:
        return identifier
    return names.arn("secretsmanager", f"secret:{identifier}-??????")


def _variables(text: str) -> str:
    """Returns a text with the policy variables that Terraform writes in its own way."""
    return text.replace("&{", "${")
