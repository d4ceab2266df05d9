"""Rules about environment variables."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

from tfgen.app import (
    App,
    Code,
    DatabaseUse,
    KmsSecret,
    Region,
    Secret,
    SecretsManagerSecret,
    SsmSecret,
)
from tfgen.config.places import Places
from tfgen.errors import TfgenError

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED_ENV = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ENV_LIMIT = 4096

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
_DATABASE_NAME_LIMIT = 64
_DATABASE_USER_LIMIT = 63
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
_MANAGED_BY_RDS = (
    "arn:aws:secretsmanager:{}:123456789012:secret:rds!cluster-"
    "01234567-0123-0123-0123-0123456789ab-AbCdEf"
)

# What the wrapper in the bundle is called in the zip, and where it is when the function runs:
# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
WRAPPER_PATH = "/var/task/.tfgen/start"


def check_environment(app: App, region: Region, places: Places) -> None:
    """Checks the variables of one region.

    Args:
        app: the stage.
        region: one of its regions.
        places: of the config, as the region sees it.

    Raises:
        TfgenError: the first broken rule.
    """
    for name, value in region.env.items():
        _check_text(value, name, places.at("env", name))
        if name in RESERVED_ENV:
            raise TfgenError(
                f"Lambda sets `{name}` itself, so `env` cannot",
                place=places.at("env", name),
                hint="choose another name for the variable",
            )
    _check_size(app, region, places)


def _check_size(app: App, region: Region, places: Places) -> None:
    env = deployed_environment(app, region)
    size = env_size(env)
    if size <= ENV_LIMIT:
        return
    largest = max(env, key=lambda name: len(env[name].encode()))
    hint = f"shorten `{largest}`, or read large values from a file beside the code"
    has_bundle = isinstance(region.function.code, Code)
    if has_bundle and any(value.startswith("kms:") for value in env.values()):
        hint = "`secrets_delivery: bundle` puts the ciphertexts into the bundle instead"
    raise TfgenError(
        f"The environment of `{region.name}` has {size:,} bytes; Lambda allows {ENV_LIMIT:,}",
        place=places.at(),
        hint=hint,
    )


def deployed_environment(app: App, region: Region) -> dict[str, str]:
    """Returns the environment that the function of a region is deployed with.

    The module library says the same in HCL. What only AWS knows of a database is as long here as
    it can be.

    Args:
        app: the stage.
        region: one of its regions.
    """
    plain = {
        **region.env,
        **{table.variable: table.full_name for table in region.tables},
        **(_of_database(region.rds) if region.rds else {}),
    }
    if not resolves_secrets(region):
        return plain
    by_app = {"TFGEN_APP": app.name, "TFGEN_STAGE": app.stage}
    if app.decrypt == "wrapper":
        by_app["AWS_LAMBDA_EXEC_WRAPPER"] = WRAPPER_PATH
    references = {name: reference(secret) for name, secret in region.secrets.items()}
    if app.secrets_delivery == "bundle":
        references = {
            name: text
            for name, text in references.items()
            if not isinstance(region.secrets[name], KmsSecret)
        }
    known = {name: text for name, text in references.items() if text is not None}
    return {**plain, **known, **by_app}


def resolves_secrets(region: Region) -> bool:
    """Says whether the function of a region has anything to resolve when it starts."""
    return bool(region.secrets) or (region.rds is not None and region.rds.auth == "secret")


def _of_database(use: DatabaseUse) -> dict[str, str]:
    named = use.variables
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
    host = f"{use.identifier}.cluster-ro-{'x' * 12}.{use.region}.rds.amazonaws.com"
    found = {
        named.host: host,
        named.reader_host: host,
        named.port: "65535",
        named.name: use.name or "x" * _DATABASE_NAME_LIMIT,
    }
    if use.auth == "iam":
        found[named.user] = use.user or "x" * _DATABASE_USER_LIMIT
    if use.auth == "secret":
        secret = use.secret or _MANAGED_BY_RDS.format(use.region)
        found[named.user] = f"secretsmanager:{secret}#username"
        found[named.password] = f"secretsmanager:{secret}#password"
    return found


def reference(secret: Secret) -> str | None:
    """Returns what the environment says of a secret: where its value is, never the value."""
    match secret:
        case KmsSecret(ciphertext=text):
            return None if text is None else f"kms:{text}"
        case SsmSecret(name=name):
            return f"ssm:{name}"
        case SecretsManagerSecret(id=id_, key=key):
            return f"secretsmanager:{id_}" + (f"#{key}" if key else "")


def _check_text(value: str, name: str, place: str) -> None:
    """Refuses text that would not arrive as it is written."""
    normal = unicodedata.normalize("NFC", value)
    if value != normal:
        raise TfgenError(
            f"The value of `{name}` is not in Unicode's normal form C, and Terraform would change "
            "it on the way",
            place=place,
            hint=f"write it as {normal!r}, or encode it",
        )
    if "\0" in value:
        raise TfgenError(
            f"The value of `{name}` has a NUL character, which no environment variable can hold",
            place=place,
            hint="encode the value, for example in Base64",
        )


def env_size(env: Mapping[str, str]) -> int:
    """Returns the bytes of an environment as Lambda counts them: those of its compact JSON."""
    return len(json.dumps(dict(env), ensure_ascii=False, separators=(",", ":")).encode())
