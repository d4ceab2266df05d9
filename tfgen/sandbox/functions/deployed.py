"""What is deployed: a version of a function, read from moto when it is invoked."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.invocation import InvokeError

if TYPE_CHECKING:
    from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction

LATEST: Final = "$LATEST"

#: How often Lambda tries an event again, unless the function says otherwise:
#: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
RETRIES: Final = 2

# A name, or one of the ARNs that Invoke takes instead of one, each with or without a qualifier:
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
_NAME: Final = re.compile(
    r"(?:arn:[^:]+:lambda:[^:]+:)?(?:\d{12}:(?:function:)?)?"
    r"(?P<name>[A-Za-z0-9_-]+)(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]+))?"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip that was uploaded.

    Attributes:
        digest: its SHA-256, as Lambda writes it, in Base64.
        content: the zip itself.
    """

    digest: str
    content: bytes = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Logging:
    """Where and how a function logs.

    Attributes:
        group: the log group.
        json: whether in JSON and not in lines of text.
        application_level: the lowest level of the function's own lines, if in JSON.
        system_level: the lowest level of Lambda's lines, if in JSON.
    """

    group: str
    json: bool = False
    application_level: str = "INFO"
    system_level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A version of a function. Two that are equal can be served by the same processes.

    Attributes:
        region: its region.
        name: the function's name.
        version: a number or ``$LATEST``.
        runtime: for example ``python3.13``; None for a container image.
        handler: as the runtime understands it.
        role: the ARN of its role.
        memory: in MB.
        timeout: in seconds.
        variables: the environment that was configured, name and value.
        logging: where and how it logs.
        code: what runs.
        layers: in the order in which they are laid over each other.
    """

    region: str
    name: str
    version: str
    runtime: str | None
    handler: str
    role: str
    memory: int
    timeout: int
    variables: tuple[tuple[str, str], ...]
    logging: Logging
    code: Archive
    layers: tuple[Archive, ...]

    @property
    def arn(self) -> str:
        """The function's ARN, without a version."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{self.name}"


@dataclass(frozen=True, slots=True)
class Target:
    """What an invocation is for.

    Attributes:
        deployed: the version that runs.
        arn: as it was asked for, with the qualifier.
        reserved: how many invocations of the function may run at once; None is no limit.
        retries: how often an event is tried again whose invocation nobody waits for.
        dead_letters: the ARN of the queue for those that failed to the end, if there is one.
    """

    deployed: Deployed
    arn: str
    reserved: int | None
    retries: int
    dead_letters: str | None


def find(region: str, function: str, qualifier: str | None) -> Target:
    """Returns what an invocation is for.

    An alias that has weights chooses its version anew each time:
    https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html

    Args:
        region: the function's.
        function: its name or its ARN.
        qualifier: a version or an alias; None is ``$LATEST``.

    Raises:
        InvokeError: there is no such function, version or alias.
    """
    from moto.awslambda.utils import make_function_arn
    from moto.backends import get_backend
    from moto.core.models import DEFAULT_ACCOUNT_ID

    backend = get_backend("lambda")[DEFAULT_ACCOUNT_ID][region]
    named = _NAME.fullmatch(function)
    if named is None:
        raise _not_found(make_function_arn(region, DEFAULT_ACCOUNT_ID, function))
    name, asked = named["name"], named["qualifier"] or qualifier
    arn = make_function_arn(region, DEFAULT_ACCOUNT_ID, name)
    if asked is not None:
        arn = f"{arn}:{asked}"
    found = _function(backend, name, _version(backend, name, asked, arn), arn)
    latest = _function(backend, name, LATEST, arn)
    reserved = latest.reserved_concurrency
    return Target(
        deployed=_deployed(backend, region, found),
        arn=arn,
        reserved=None if reserved is None else int(reserved),
        retries=_retries(latest),
        dead_letters=vars(found).get("tfgen_dead_letters"),
    )


def _retries(function: LambdaFunction) -> int:
    configured: list[EventInvokeConfig] = function.event_invoke_config
    asked = configured[-1].config.get("MaximumRetryAttempts") if configured else None
    return RETRIES if asked is None else int(asked)


def _version(backend: LambdaBackend, name: str, qualifier: str | None, arn: str) -> str:
    if qualifier is None or qualifier == LATEST or qualifier.isdecimal():
        return qualifier or LATEST
    from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException

    try:
        alias = backend.get_alias(qualifier, name)
    except (UnknownAliasException, UnknownFunctionException) as error:
        raise _not_found(arn) from error
    routing: Any = alias.routing_config or {}
    weights: Mapping[str, float] = routing.get("AdditionalVersionWeights") or {}
    versions = [*weights, str(alias.function_version)]
    chances = [*weights.values(), 1 - sum(weights.values())]
    return random.choices(versions, chances)[0]  # noqa: S311 (no secret hangs on it)


def _function(backend: LambdaBackend, name: str, version: str, arn: str) -> LambdaFunction:
    from moto.awslambda.exceptions import UnknownFunctionException

    try:
        function: LambdaFunction | None = backend.get_function(name, version)
    except UnknownFunctionException as error:
        raise _not_found(arn) from error
    if function is None:
        raise _not_found(arn)
    return function


def _deployed(backend: LambdaBackend, region: str, function: LambdaFunction) -> Deployed:
    configured: Mapping[str, str] = vars(function).get("tfgen_logging") or {}
    return Deployed(
        region=region,
        name=function.function_name,
        version=str(function.version),
        runtime=function.run_time if function.package_type == "Zip" else None,
        handler=function.handler or "",
        role=function.role,
        memory=int(function.memory_size),
        timeout=int(function.timeout),
        variables=tuple(sorted((function.environment_vars or {}).items())),
        logging=Logging(
            group=configured.get("LogGroup") or f"/aws/lambda/{function.function_name}",
            json=configured.get("LogFormat") == "JSON",
            application_level=configured.get("ApplicationLogLevel", "INFO"),
            system_level=configured.get("SystemLogLevel", "INFO"),
        ),
        code=Archive(function.code_sha_256, getattr(function, "code_bytes", b"")),
        layers=tuple(
            Archive(layer.code_sha_256, layer.code_bytes)
            for each in function.layers
            if (layer := backend.layers_versions_by_arn(each["Arn"])) is not None
        ),
    )


def _not_found(arn: str) -> InvokeError:
    return InvokeError(
        "ResourceNotFoundException", HTTPStatus.NOT_FOUND, f"Function not found: {arn}"
    )
