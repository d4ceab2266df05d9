"""Rules about the API: what each kind of it has, and what AWS refuses together."""

from __future__ import annotations

import re

from tfgen.app import Api, ApiType, App, Region
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS
from tfgen.rules.cors import check_cors
from tfgen.rules.security_policy import check_security_policy

_KINDS: dict[ApiType, str] = {
    "rest": "a REST API",
    "http": "an HTTP API",
    "url": "a function URL",
}

# One segment: a REST API has a resource for each, and what it may be called is said in
# https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html
_REST_PATH = re.compile(r"/[A-Za-z0-9._:-]*")
# Without braces and `+`, which are variables in the key of a route:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
_HTTP_PATH = re.compile(r"/[A-Za-z0-9._~:/-]*")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_ROLE_NAME_LIMIT = 64


def check_api(app: App, places: Places) -> None:
    """Checks what is in front of the function.

    Raises:
        TfgenError: the first broken rule.
    """
    if app.api.endpoint == "edge":
        _check_edge(app, places)
    _check_kind(app.api, places)
    if app.api.type == "url":
        _check_public_url(app, places)
    if app.api.cors:
        check_cors(app.api.cors, app.api.type, places)
    if app.api.open_path:
        _check_open_path(app.api.type, app.api.open_path, places)
    for region in app.regions:
        here = places.for_region(region.name)
        _check_web_acl(app.api, region, here)
        _check_truststore(app, region, here)
        _check_account_role(app, region, here)
    if any(region.truststore for region in app.regions):
        _check_other_ways_in(app.api, places)
    if app.api.security_policy:
        check_security_policy(app, app.api.security_policy, places)


def _check_edge(app: App, places: Places) -> None:
    place = places.at("api", "endpoint")
    if app.api.type == "http":
        raise TfgenError(
            "An HTTP API has no edge endpoint",
            place=place,
            hint="use `endpoint: regional`, or `type: rest`",
        )
    if len(app.regions) > 1:
        raise TfgenError(
            f"An edge endpoint serves one region, and the app has {len(app.regions)}",
            place=place,
            hint="use `endpoint: regional`: latency records send clients to the nearest region",
        )
    for region in app.regions:
        # https://docs.aws.amazon.com/general/latest/gr/apigateway.html
        if region.name in REGIONS and REGIONS[region.name].partition != "aws":
            raise TfgenError(
                f"There are no edge endpoints in the AWS partition of `{region.name}`",
                place=place,
                hint="use `endpoint: regional`",
            )


def _check_kind(api: Api, places: Places) -> None:
    if api.type != "http":
        return
    for key, value, instead in (
        ("binary_media_types", api.binary_media_types, "an HTTP API takes and returns any bytes"),
        ("security_policy", api.security_policy, "AWS has `TLS_1_2` alone for it"),
        ("compression", api.compression is not None, "the function can compress what it returns"),
    ):
        if value:
            raise TfgenError(
                f"`api.{key}` has no effect on an HTTP API",
                place=places.at("api", key),
                hint=f"remove `{key}:`; {instead}",
            )
    if api.access_logs and api.access_logs.account_role:
        raise TfgenError(
            "`api.access_logs.account_role` has no effect on an HTTP API, which logs without it",
            place=places.at("api", "access_logs", "account_role"),
            hint="remove `account_role:`, or use `type: rest`",
        )


def _check_public_url(app: App, places: Places) -> None:
    """Refuses what only a provider can say that knows the condition on the second permission."""
    if app.api.auth == "none" and app.terraform.aws_provider == 5:
        raise TfgenError(
            "Version 5 of the AWS provider cannot open a function's URL to everybody without "
            "opening the function itself as well",
            place=places.at("terraform", "aws_provider"),
            hint="use `aws_provider: 6`, or `auth: iam` under `api:`",
        )


def _check_open_path(kind: ApiType, path: str, places: Places) -> None:
    place = places.at("api", "health_check", "path")
    if kind == "rest" and not _REST_PATH.fullmatch(path):
        raise TfgenError(
            f"The health check's path `{path}` cannot stay open in front of a REST API with `auth`",
            place=place,
            hint="use one segment of letters, digits and `. _ : -`, such as `/_health`",
        )
    if kind == "http" and not _HTTP_PATH.fullmatch(path):
        raise TfgenError(
            f"The health check's path `{path}` cannot stay open in front of an HTTP API with "
            "`auth`",
            place=place,
            hint="use letters, digits and `. _ ~ : / -`, such as `/_health`",
        )


def _check_web_acl(api: Api, region: Region, places: Places) -> None:
    if region.web_acl_arn is None:
        return
    place = places.at("api", "waf")
    if api.type != "rest":
        raise TfgenError(
            f"`api.waf` has no effect on {_KINDS[api.type]}: AWS WAF is for REST APIs",
            place=place,
            hint="use `type: rest`, or remove `waf:`",
        )
    _, _, _, acl_region, _, resource = region.web_acl_arn.split(":", 5)
    if resource.startswith("global/"):
        raise TfgenError(
            f"The web ACL `{region.web_acl_arn}` is for CloudFront",
            place=place,
            hint=f"name one of the scope REGIONAL in `{region.name}`",
        )
    if acl_region != region.name:
        raise TfgenError(
            f"The web ACL `{region.web_acl_arn}` is in `{acl_region}`, the API in `{region.name}`",
            place=place,
            hint=f"set `api.waf` under `regions.{region.name}`",
        )


def _check_truststore(app: App, region: Region, places: Places) -> None:
    if region.truststore is None:
        other = next((each.name for each in app.regions if each.truststore), None)
        if other:
            raise TfgenError(
                f"`{other}` asks clients for a certificate, and `{region.name}` does not",
                place=places.for_region(other).at("api", "mtls"),
                hint=f"add `api: {{mtls: …}}` under `regions.{region.name}`: clients come to any "
                "region",
            )
        return
    place = places.at("api", "mtls")
    if app.api.type == "url":
        raise TfgenError(
            "`api.mtls` has no effect on a function URL",
            place=place,
            hint="remove `mtls:`, or `url: true` from `function`",
        )
    if app.api.domain is None:
        raise TfgenError(
            "`api.mtls` has no effect without `api.domain`",
            place=place,
            hint="add `domain:` under `api:`, or remove `mtls:`",
        )
    if app.api.endpoint == "edge":
        raise TfgenError(
            "The domain of an edge endpoint cannot ask for client certificates",
            place=place,
            hint="use `endpoint: regional`, or remove `mtls:`",
        )


def _check_other_ways_in(api: Api, places: Places) -> None:
    """Checks that client certificates are not asked for at one door of two."""
    if not api.disable_execute_api:
        if api.auth == "none":
            raise TfgenError(
                "`api.mtls` guards the domains only, and everybody may call the execute-api URLs",
                place=places.at("api", "mtls"),
                hint="set `disable_execute_api: true`, or `auth:` to guard both",
            )
    elif api.domain and api.domain.health_check:
        raise TfgenError(
            "A health check has no client certificate, and with `disable_execute_api` there is "
            "nothing that it could ask without",
            place=places.at("api", "health_check"),
            hint="set `health_check: false`, or `auth:` instead of `disable_execute_api: true`",
        )


def _check_account_role(app: App, region: Region, places: Places) -> None:
    logs = app.api.access_logs
    if logs is None or not logs.account_role:
        return
    over = len(f"{app.full_name}-apigateway-{region.name}") - _ROLE_NAME_LIMIT
    if over > 0:
        raise TfgenError(
            f"The IAM role `{app.full_name}-apigateway-{region.name}` would have a name of "
            f"{_ROLE_NAME_LIMIT + over} characters; IAM allows {_ROLE_NAME_LIMIT}",
            place=places.at("name"),
            hint=f"shorten `name` or the stage's name by {over}",
        )
