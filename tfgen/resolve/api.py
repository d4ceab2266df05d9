"""What is in front of the function: the API, its domains and their records."""

from __future__ import annotations

import re

from tfgen import app as a
from tfgen.config.api import AccessLogs, Api, Cors, HealthCheck, Mtls
from tfgen.config.model import Config, RegionOverrides
from tfgen.config.places import Places
from tfgen.config.types import HOST_PATTERN
from tfgen.errors import TfgenError

# What only makes sense for a name of one's own.
_OF_THE_DOMAIN = (
    "zone",
    "create_zone",
    "zone_role_arn",
    "allow_overwrite_records",
    "routing",
    "region_domains",
    "health_check",
    "disable_execute_api",
    "mtls",
)

# What API Gateway does and a function's own URL does not.
_OF_API_GATEWAY = (
    "type",
    "endpoint",
    "ip_address_type",
    "domain",
    "throttle",
    "access_logs",
    "jwt",
    "binary_media_types",
    "compression",
    "security_policy",
    "waf",
    *_OF_THE_DOMAIN,
)


# The last one a function URL answers itself.
_ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def resolve_api(config: Config, places: Places) -> a.Api:
    """Returns what is in front of the function.

    Args:
        config: with a stage merged into it.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: a setting has no effect, or one that another needs is missing.
    """
    api = config.api
    by_url = bool(config.function.url)
    if api.auth == "jwt" and (by_url or api.type != "http"):
        _refuse_tokens(by_url, places)
    if by_url:
        _refuse_api_gateway(api, places)
    domain = _domain(api, len(config.regions), places)
    open_path = None
    if api.auth != "none" and domain is not None and domain.health_check is not None:
        open_path = domain.health_check.path.partition("?")[0]
    return a.Api(
        type="url" if by_url else api.type,
        endpoint=api.endpoint,
        ip_address_type=api.ip_address_type,
        domain=domain,
        cors=_cors(api.cors, by_url),
        throttle=a.Throttle(api.throttle.rate, api.throttle.burst) if api.throttle else None,
        access_logs=_access_logs(api.access_logs),
        auth=api.auth,
        jwt=_jwt(api, places),
        open_path=open_path,
        binary_media_types=tuple(api.binary_media_types),
        compression=api.compression,
        disable_execute_api=api.disable_execute_api,
        security_policy=_security_policy(api.security_policy),
    )


def web_acl_arn(api: Api, region: RegionOverrides) -> str | None:
    """Returns the web ACL of one region's API."""
    waf = region.api.waf or api.waf
    return waf.web_acl_arn if waf else None


def truststore(api: Api, region: RegionOverrides) -> a.Truststore | None:
    """Returns the truststore of one region's domains."""
    mtls: Mtls | None = region.api.mtls or api.mtls
    return a.Truststore(mtls.truststore, mtls.version) if mtls else None


def _refuse_tokens(by_url: bool, places: Places) -> None:
    kind = "a function URL" if by_url else "a REST API"
    other = "`auth: iam`" if by_url else "`type: http` or `auth: iam`"
    raise TfgenError(
        f"`auth: jwt` is for HTTP APIs; {kind} cannot check tokens",
        place=places.at("api", "auth"),
        hint=f"use {other}, or let the function check the tokens",
    )


def _refuse_api_gateway(api: Api, places: Places) -> None:
    for key in _OF_API_GATEWAY:
        # A stage with a URL takes a setting of the others back by saying the default.
        if getattr(api, key) != Api.model_fields[key].default and getattr(api, key) is not False:
            raise TfgenError(
                f"`api.{key}` has no effect on a function URL",
                place=places.at("api", key),
                hint=f"remove `{key}:`, or `url: true` from `function`",
            )


def _domain(api: Api, regions: int, places: Places) -> a.Domain | None:
    if api.domain is None:
        for key in _OF_THE_DOMAIN:
            value = getattr(api, key)
            # A stage without a domain takes a setting of the others back by saying the default.
            if value and value != Api.model_fields[key].default:
                raise TfgenError(
                    f"`api.{key}` has no effect without `api.domain`",
                    place=places.at("api", key),
                    hint=f"add `domain:` under `api:`, or remove `{key}:`",
                )
        return None
    names = tuple(api.domain) if isinstance(api.domain, list) else (api.domain,)
    if api.zone is None:
        raise TfgenError(
            "`api.domain` needs the hosted zone that holds its records",
            place=places.at("api", "domain"),
            hint=f"add `zone: {'.'.join(names[0].split('.')[-2:])}` under `api:`",
        )
    check = _health_check(api, regions)
    return a.Domain(
        names=names,
        zone=_zone(api, api.zone, places),
        routing=api.routing,
        region_domains=api.region_domains or _needs_region_domains(api, regions, check),
        allow_overwrite_records=api.allow_overwrite_records,
        health_check=check,
    )


def _needs_region_domains(api: Api, regions: int, check: a.HealthCheck | None) -> bool:
    """Says whether nothing else would lead to one region alone, and something must."""
    if not api.disable_execute_api or api.endpoint == "edge":
        return False
    return regions > 1 or check is not None


def _zone(api: Api, zone: str, places: Places) -> a.Zone:
    by_name = re.fullmatch(HOST_PATTERN, zone) is not None
    if api.create_zone and not by_name:
        raise TfgenError(
            f"`api.zone` is the ID `{zone}`, and a zone that is to be created has none yet",
            place=places.at("api", "zone"),
            hint="write the zone's name, or remove `create_zone:`",
        )
    return a.Zone(
        name=zone if by_name else None,
        id=None if by_name else zone,
        create=api.create_zone,
        role_arn=api.zone_role_arn,
    )


def _health_check(api: Api, regions: int) -> a.HealthCheck | None:
    check = api.health_check
    if check is False:
        return None
    if check is None:
        # With one region there is nowhere else to send the traffic to.
        if regions == 1:
            return None
        check = HealthCheck()
    return a.HealthCheck(
        path=check.path,
        interval=check.interval,
        failure_threshold=check.failure_threshold,
        regions=tuple(sorted(set(check.regions or ()))),
    )


def _cors(cors: Cors | None, by_url: bool) -> a.Cors | None:
    if cors is None:
        return None
    methods: tuple[str, ...] = tuple(cors.methods)
    if "*" in methods:
        # With credentials, browsers take the star for the name of a method.
        methods = _ALL_METHODS[: -1 if by_url else None] if cors.credentials else ("*",)
    return a.Cors(
        origins=tuple(cors.origins),
        methods=methods,
        headers=tuple(cors.headers),
        expose_headers=tuple(cors.expose_headers),
        credentials=cors.credentials,
        max_age=cors.max_age,
    )


def _access_logs(logs: AccessLogs | bool) -> a.AccessLogs | None:
    if logs is False:
        return None
    settings = AccessLogs() if logs is True else logs
    return a.AccessLogs(settings.retention_days, settings.account_role)


def _security_policy(policy: str | None) -> a.SecurityPolicy | None:
    if policy is None:
        return None
    name = "TLS_1_0" if policy == "default" else policy
    return a.SecurityPolicy(name, enhanced=name.startswith(a.ENHANCED_POLICY))


def _jwt(api: Api, places: Places) -> a.Jwt | None:
    if api.auth != "jwt":
        if api.jwt is not None:
            raise TfgenError(
                f"`api.jwt` has no effect while `api.auth` is `{api.auth}`",
                place=places.at("api", "jwt"),
                hint="set `auth: jwt`, or remove `jwt:`",
            )
        return None
    if api.jwt is None:
        raise TfgenError(
            "`auth: jwt` needs the issuer and the audience of the tokens",
            place=places.at("api", "auth"),
            hint="add `jwt: {issuer: https://login.example.com, audience: [my-app]}` under `api:`",
        )
    return a.Jwt(api.jwt.issuer, tuple(api.jwt.audience))
