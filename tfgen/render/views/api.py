"""An API as the ``api`` variable of the modules takes it.

A root module says only what is in use: the rest are the defaults of the variable.
"""

from __future__ import annotations

from tfgen.app import AccessLogs, Api, App, Auth, Cors, Jwt, Region, Throttle, Truststore
from tfgen.render.hcl import Value
from tfgen.render.views.values import merged

_AUTHORIZATION: dict[Auth, str] = {"none": "NONE", "iam": "AWS_IAM", "jwt": "JWT"}


def api_settings(app: App) -> dict[str, Value]:
    """Returns what the APIs of all regions of a stage have in common."""
    if app.api.type == "url":
        return _function_url(app.api)
    settings = _api_gateway(app.api)
    if app.api.security_policy and app.terraform.aws_provider == 6:
        settings["security_policy"] = app.api.security_policy.name
    return settings


def region_api(app: App, region: Region) -> Value:
    """Returns the API of a region in terms of ``local.api``."""
    shared = api_settings(app)
    return merged("local.api", shared, shared | _own(region))


def truststore(trusted: Truststore | None) -> Value:
    """Returns the truststore of a region's domains as the ``truststore`` variable takes it."""
    if trusted is None:
        return None
    value: dict[str, Value] = {"uri": trusted.uri}
    return value | {"version": trusted.version} if trusted.version else value


def _function_url(api: Api) -> dict[str, Value]:
    settings: dict[str, Value] = {"authorization": _AUTHORIZATION[api.auth]}
    return settings | {"cors": _cors(api.cors)} if api.cors else settings


def _api_gateway(api: Api) -> dict[str, Value]:
    settings: dict[str, Value] = {
        "ip_address_type": api.ip_address_type,
        "endpoint": "EDGE" if api.endpoint == "edge" else None,
        "authorization": None if api.auth == "none" else _AUTHORIZATION[api.auth],
        "jwt": _jwt(api.jwt) if api.jwt else None,
        "open_path": api.open_path,
        "cors": _cors(api.cors) if api.cors else None,
        "throttle": _throttle(api.throttle) if api.throttle else None,
        "access_logs": _access_logs(api.access_logs) if api.access_logs else None,
        "binary_media_types": list(api.binary_media_types) or None,
        "compression": api.compression,
        "disable_execute_api": api.disable_execute_api or None,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _jwt(jwt: Jwt) -> dict[str, Value]:
    return {"issuer": jwt.issuer, "audience": list(jwt.audience)}


def _throttle(throttle: Throttle) -> dict[str, Value]:
    return {"rate": throttle.rate, "burst": throttle.burst}


def _cors(cors: Cors) -> dict[str, Value]:
    settings: dict[str, Value] = {
        "origins": list(cors.origins),
        "methods": list(cors.methods),
        "headers": list(cors.headers),
        "max_age": cors.max_age,
    }
    if cors.credentials:
        settings["credentials"] = True
    if cors.expose_headers:
        settings["expose_headers"] = list(cors.expose_headers)
    return settings


def _access_logs(logs: AccessLogs) -> dict[str, Value]:
    settings: dict[str, Value] = {"retention_days": logs.retention_days}
    return settings | {"account_role": True} if logs.account_role else settings


def _own(region: Region) -> dict[str, Value]:
    return {"web_acl_arn": region.web_acl_arn} if region.web_acl_arn else {}
