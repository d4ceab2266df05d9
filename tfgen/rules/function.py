"""Rules about the function in each region."""

from __future__ import annotations

from tfgen.app import ApiType, App, Code, Function, Vpc
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.rules.code import check_bucket_name, check_image

# Seconds after which what is in front of the function gives up:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_TIMEOUTS: dict[ApiType, tuple[str, int]] = {
    "rest": ("a REST API", 29),
    "http": ("an HTTP API", 30),
    "url": ("Lambda", 900),
}


def check_functions(app: App, places: Places) -> None:
    """Checks the function of every region.

    Raises:
        TfgenError: the first broken rule.
    """
    for region in app.regions:
        here = places.for_region(region.name)
        if isinstance(region.function.code, Code):
            _check_path(app, region.function.code, here)
            _check_code(region.name, region.function.code, here)
            check_bucket_name(app, region.name, region.function.code, here)
        else:
            check_image(region.name, region.function.code, here)
        _check_timeout(app.api.type, region.function, here)
        _check_concurrency(region.function, here)
    _check_networks(app, places)


def _check_path(app: App, code: Code, places: Places) -> None:
    output = app.terraform.output
    if code.source == output or code.source.startswith(f"{output}/"):
        raise TfgenError(
            f"The function's source `{code.source}` is inside the rendered tree `{output}`",
            place=places.at("function", "source"),
            hint="keep the source and `terraform.output` apart",
        )


def _check_timeout(kind: ApiType, function: Function, places: Places) -> None:
    who, limit = _TIMEOUTS[kind]
    if function.timeout > limit:
        raise TfgenError(
            f"The timeout of {function.timeout} s is over the {limit} s after which {who} gives up",
            place=places.at("function", "timeout"),
            hint=f"use {limit} or less",
        )


def _check_concurrency(function: Function, places: Places) -> None:
    reserved, provisioned = function.reserved_concurrency, function.provisioned_concurrency
    if reserved is not None and provisioned is not None and provisioned > reserved:
        raise TfgenError(
            f"The provisioned concurrency of {provisioned} is over the reserved concurrency of "
            f"{reserved}, which it is a part of",
            place=places.at("function", "provisioned_concurrency"),
            hint=f"provision {reserved} or less, or reserve {provisioned} or more"
            if reserved
            else "remove `provisioned_concurrency:`: a function with a reserved concurrency of 0 "
            "does not run",
        )


def _check_networks(app: App, places: Places) -> None:
    """Refuses a network in two regions: every subnet and security group is in one."""
    shared = [region.name for region in app.regions if region.function.vpc == app.function.vpc]
    if app.function.vpc and len(shared) > 1:
        raise TfgenError(
            f"{', '.join(f'`{name}`' for name in shared)} cannot share `function.vpc`: a VPC is "
            "in one region",
            place=places.at("function", "vpc"),
            hint=f"set `vpc` under each region: `regions: {{{shared[0]}: {{vpc: …}}, …}}`",
        )
    owners: dict[str, str] = {}
    for region in app.regions:
        vpc = region.function.vpc
        if vpc is None:
            continue
        here = places.for_region(region.name)
        key = ("vpc",) if here.has("regions", region.name, "vpc") else ("function", "vpc")
        _check_replacement(vpc, here, key)
        for each in (*vpc.subnet_ids, *vpc.all_security_group_ids):
            first = owners.setdefault(each, region.name)
            if first == region.name:
                continue
            raise TfgenError(
                f"`{first}` and `{region.name}` cannot share `{each}`: a VPC is in one region",
                place=here.at(*key),
                hint=f"name subnets and security groups of `{region.name}`",
            )


def _check_replacement(vpc: Vpc, places: Places, key: tuple[str, ...]) -> None:
    """Refuses groups that would replace none.

    Args:
        vpc: of a region.
        places: of the config, as the region sees it.
        key: where the region has its network.
    """
    if vpc.replacement_security_group_ids and not vpc.replace_security_groups_on_destroy:
        raise TfgenError(
            "`replacement_security_group_ids` has no effect without "
            "`replace_security_groups_on_destroy`",
            place=places.at(*key, "replacement_security_group_ids"),
            hint="add `replace_security_groups_on_destroy: true`, or remove "
            "`replacement_security_group_ids:`",
        )


def _check_code(region: str, code: Code, places: Places) -> None:
    for layer in code.layers:
        layer_region = layer.split(":")[3]
        if layer_region != region:
            raise TfgenError(
                f"The layer `{layer}` is in `{layer_region}`, the function in `{region}`",
                place=places.at("function", "layers"),
                hint=f"set `function.layers` under `regions.{region}`",
            )
    _check_handler(code, places)


def _check_handler(code: Code, places: Places) -> None:
    if code.runtime.startswith("provided.") or "." in code.handler:
        return
    # Java names a class, which may have no package and no method.
    if code.runtime.startswith(("java", "dotnet")):
        return
    raise TfgenError(
        f"The handler `{code.handler}` does not name a file and a function",
        place=places.at("function", "handler"),
        hint="write it as `file.function`, for example `app.handler`",
    )
