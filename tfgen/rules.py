"""Rules that tie the parts of an app together: what AWS or Terraform would refuse much later.

Each function raises the first broken rule as a ``TfgenError`` with its place.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping

from tfgen.app import App, CloudBackend, Function, Region, S3Backend
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS, suggest

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
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
REST_TIMEOUT = 29
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE_NAME_LIMIT = 64


def check_app(app: App, places: Places) -> None:
    """Checks one stage.

    Raises:
        TfgenError: the first broken rule.
    """
    _check_regions(app, places)
    _check_names(app, places)
    _check_domain(app, places)
    _check_paths(app, places)
    for region in app.regions:
        _check_env(region, places)
        _check_function(region, places)


def check_stages(apps: Iterable[App], places: Places) -> None:
    """Checks that no two stages would own the same thing.

    Raises:
        TfgenError: two stages share a domain, a zone that both create, or a state.
    """
    apps = tuple(apps)
    _refuse_shared(
        apps,
        lambda app: app.api.domain.name if app.api.domain else None,
        what="the domain `{}`",
        path=("api", "domain"),
        hint="give each stage a domain of its own: `stages: {{{stage}: {{api: {{domain: …}}}}}}`",
        places=places,
    )
    _refuse_shared(
        apps,
        lambda app: app.api.domain.zone if app.api.domain and app.api.domain.create_zone else None,
        what="the hosted zone `{}` and would both create it",
        path=("api", "create_zone"),
        hint="let one stage create it, and set `create_zone: false` for `{stage}`",
        places=places,
    )
    _refuse_shared(
        apps,
        _state_of,
        what="the state {}",
        path=("terraform", "backend"),
        hint="leave `key` or `workspace` out: every stage then gets its own",
        places=places,
    )


def _state_of(app: App) -> str | None:
    match app.terraform.backend:
        case S3Backend(bucket=bucket, key=key):
            return f"`s3://{bucket}/{key}`"
        case CloudBackend(organization=organization, workspace=workspace):
            return f"`{organization}/{workspace}`"
    return None


def _refuse_shared(
    apps: tuple[App, ...],
    owned: Callable[[App], Hashable],
    *,
    what: str,
    path: tuple[str, ...],
    hint: str,
    places: Places,
) -> None:
    owners: dict[Hashable, str] = {}
    for app in apps:
        thing = owned(app)
        if thing is None:
            continue
        if thing in owners:
            raise TfgenError(
                f"The stages `{owners[thing]}` and `{app.stage}` share {what.format(thing)}",
                place=places.for_stage(app.stage).at(*path),
                hint=hint.format(stage=app.stage),
            )
        owners[thing] = app.stage


def _check_regions(app: App, places: Places) -> None:
    if not app.regions:
        raise TfgenError(
            "The app has no region",
            place=places.at("regions"),
            hint="add one: `regions: {us-west-2: {}}`",
        )
    for region in app.regions:
        if region.name not in REGIONS:
            close = suggest(region.name)
            raise TfgenError(
                f"There is no AWS region `{region.name}`",
                place=places.at("regions", region.name),
                hint=f"did you mean `{close}`?" if close else "for example `us-west-2`",
            )
    first = app.regions[0].name
    for region in app.regions:
        partition = REGIONS[region.name].partition
        if partition != REGIONS[first].partition:
            raise TfgenError(
                f"`{first}` and `{region.name}` are in different AWS partitions",
                place=places.at("regions", region.name),
                hint="one account cannot reach both; make the regions of each a stage of its own",
            )
    if app.api.endpoint == "edge":
        _refuse_edge(app, places)


def _refuse_edge(app: App, places: Places) -> None:
    if len(app.regions) > 1:
        raise TfgenError(
            f"An edge endpoint serves one region, and the app has {len(app.regions)}",
            place=places.at("api", "endpoint"),
            hint="use `endpoint: regional`: latency records send clients to the nearest region",
        )
    raise TfgenError(
        "This version of tfgen does not render edge endpoints",
        place=places.at("api", "endpoint"),
        hint="use `endpoint: regional`",
    )


def _check_names(app: App, places: Places) -> None:
    for region in app.regions:
        role = f"{app.full_name}-{region.name}"
        if len(role) > ROLE_NAME_LIMIT:
            raise TfgenError(
                f"The IAM role `{role}` would have a name of {len(role)} characters; "
                f"IAM allows {ROLE_NAME_LIMIT}",
                place=places.at("name"),
                hint=f"shorten `name` or the stage's name by {len(role) - ROLE_NAME_LIMIT}",
            )


def _check_domain(app: App, places: Places) -> None:
    domain = app.api.domain
    if domain is None or domain.name == domain.zone or domain.name.endswith(f".{domain.zone}"):
        return
    raise TfgenError(
        f"The domain `{domain.name}` is not inside the zone `{domain.zone}`",
        place=places.at("api", "domain"),
        hint=f"use a name such as `{domain.name.split('.')[0]}.{domain.zone}`, or another zone",
    )


def _check_paths(app: App, places: Places) -> None:
    output = app.terraform.output
    for region in app.regions:
        source = region.function.source
        if source == output or source.startswith(f"{output}/"):
            raise TfgenError(
                f"The function's source `{source}` is inside the rendered tree `{output}`",
                place=function_place(region, "source", places),
                hint="keep the source and `terraform.output` apart",
            )


def _check_env(region: Region, places: Places) -> None:
    for name, value in region.env.items():
        _check_text(value, name, _env_place(region, name, places))
        if name in RESERVED_ENV:
            raise TfgenError(
                f"Lambda sets `{name}` itself, so `env` cannot",
                place=_env_place(region, name, places),
                hint="choose another name for the variable",
            )
    size = env_size(region.env)
    if size > ENV_LIMIT:
        raise TfgenError(
            f"The environment of `{region.name}` has {size:,} bytes; Lambda allows {ENV_LIMIT:,}",
            place=places.at("regions", region.name),
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


def _check_function(region: Region, places: Places) -> None:
    function = region.function
    if function.timeout > REST_TIMEOUT:
        raise TfgenError(
            f"The timeout of {function.timeout} s is over the {REST_TIMEOUT} s after which "
            "a REST API gives up",
            place=function_place(region, "timeout", places),
            hint=f"use {REST_TIMEOUT} or less",
        )
    for layer in function.layers:
        layer_region = layer.split(":")[3]
        if layer_region != region.name:
            raise TfgenError(
                f"The layer `{layer}` is in `{layer_region}`, the function in `{region.name}`",
                place=function_place(region, "layers", places),
                hint=f"set `function.layers` under `regions.{region.name}`",
            )
    _check_runtime(region, function, places)


def _check_runtime(region: Region, function: Function, places: Places) -> None:
    if function.runtime.startswith("provided.") or "." in function.handler:
        return
    # Java names a class, which may have no package and no method.
    if function.runtime.startswith(("java", "dotnet")):
        return
    raise TfgenError(
        f"The handler `{function.handler}` does not name a file and a function",
        place=function_place(region, "handler", places),
        hint="write it as `file.function`, for example `app.handler`",
    )


def function_place(region: Region, key: str, places: Places) -> str:
    """Returns where a setting of a region's function stands: with the region or with the app."""
    own = ("regions", region.name, "function", key)
    return places.at(*own) if places.has(*own) else places.at("function", key)


def _env_place(region: Region, name: str, places: Places) -> str:
    own = ("regions", region.name, "env", name)
    return places.at(*own) if places.has(*own) else places.at("env", name)
