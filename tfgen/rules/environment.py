"""Rules about environment variables."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

from tfgen.app import Region
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


def check_environment(region: Region, places: Places) -> None:
    """Checks the variables of one region.

    Args:
        region: the region.
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
    size = env_size(region.env)
    if size > ENV_LIMIT:
        raise TfgenError(
            f"The environment of `{region.name}` has {size:,} bytes; Lambda allows {ENV_LIMIT:,}",
            place=places.at(),
            hint=f"shorten `{max(region.env, key=lambda name: len(region.env[name].encode()))}`, "
            "or read large values from a file in the bundle",
        )


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
