"""Lambda: function URLs of functions and of aliases.

moto knows one URL for each function and no qualifier, so that two aliases share it and Terraform
reads another URL than it made; it lets one be made twice, and what is not there breaks it. Names of
headers come back in the case in which they were sent, from Lambda in lower case.
https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from tfgen.sandbox.functions.urls import FunctionUrl, configured
from tfgen.sandbox.patches.expect import expect_method, expect_no_method
from tfgen.sandbox.patches.failures import invalid, missing, refuse

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction
    from moto.awslambda.responses import LambdaResponse

_AUTH: Final = ("NONE", "AWS_IAM")
_MODES: Final = ("BUFFERED", "RESPONSE_STREAM")

# OPTIONS is none of them: Lambda answers preflights by itself.
# https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
_METHODS: Final = frozenset({"GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*"})

_ID_LETTERS: Final = string.ascii_lowercase + string.digits
_ID_LENGTH: Final = 32


def patch() -> None:
    """Changes moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda import urls
    from moto.awslambda.models import LambdaBackend
    from moto.awslambda.responses import LambdaResponse

    expect_method(LambdaBackend, "get_function", "function_name_or_arn", "qualifier")
    expect_method(LambdaBackend, "get_alias", "name", "function_name")
    expect_no_method(LambdaResponse, "list_function_url_configs")
    for name, answer in (
        ("create_function_url_config", _create),
        ("get_function_url_config", _get),
        ("update_function_url_config", _update),
        ("delete_function_url_config", _delete),
    ):
        expect_method(LambdaResponse, name)
        setattr(LambdaResponse, name, answer)
    setattr(LambdaResponse, "list_function_url_configs", _list)  # noqa: B010 (moto has none)
    urls.url_paths[r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls$"] = (
        LambdaResponse.dispatch
    )


def _create(self: LambdaResponse) -> tuple[int, dict[str, Any], str]:
    function, qualifier = _target(self)
    existing = configured(function)
    if (qualifier or "") in existing:
        raise refuse(
            "ResourceConflictException",
            HTTPStatus.CONFLICT,
            f"Failed to create function url config for [functionArn = {_arn(function, qualifier)}]."
            " Error message:  FunctionUrlConfig exists for this Lambda function",
        )
    asked = self.json_body
    _check(asked)
    now = _now()
    made = FunctionUrl(
        id="".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH)),
        region=function.region,
        function=function.function_name,
        arn=_arn(function, qualifier),
        qualifier=qualifier,
        auth=asked["AuthType"],
        cors=_kept(asked.get("Cors") or {}),
        mode=asked.get("InvokeMode") or "BUFFERED",
        created=now,
        modified=now,
    )
    existing[qualifier or ""] = made
    return 201, {"status": 201}, json.dumps(_described(made))


def _get(self: LambdaResponse) -> tuple[int, dict[str, Any], str]:
    return 200, {}, json.dumps(_described(_existing(self)))


def _update(self: LambdaResponse) -> str:
    found = _existing(self)
    asked = self.json_body
    _check(asked)
    changed = replace(
        found,
        auth=asked.get("AuthType") or found.auth,
        # An empty one takes it away, as Terraform does when the block goes.
        cors=found.cors if asked.get("Cors") is None else _kept(asked["Cors"]),
        mode=asked.get("InvokeMode") or found.mode,
        modified=_now(),
    )
    function, qualifier = _target(self)
    configured(function)[qualifier or ""] = changed
    return json.dumps(_described(changed))


def _delete(self: LambdaResponse) -> tuple[int, dict[str, Any], str]:
    found = _existing(self)
    function, _ = _target(self)
    del configured(function)[found.qualifier or ""]
    return 204, {"status": 204}, ""


def _list(self: LambdaResponse) -> tuple[int, dict[str, Any], str]:
    function = self.backend.get_function(_name(self), None)
    urls: Iterable[FunctionUrl] = configured(function).values()
    return 200, {}, json.dumps({"FunctionUrlConfigs": [_described(each) for each in urls]})


def _target(request: LambdaResponse) -> tuple[LambdaFunction, str | None]:
    """Returns the function that a request is for, and the alias if one is named."""
    qualifier: str | None = request.querystring.get("Qualifier", [None])[0]
    name = _name(request)
    function = request.backend.get_function(name, None)
    if qualifier is None:
        return function, None
    if qualifier == "$LATEST" or qualifier.isdecimal():
        raise invalid("Function URL does not support versions; the qualifier must be an alias")
    request.backend.get_alias(qualifier, name)
    return function, qualifier


def _existing(request: LambdaResponse) -> FunctionUrl:
    function, qualifier = _target(request)
    found = configured(function).get(qualifier or "")
    if found is None:
        raise missing("The resource you requested does not exist.")
    return found


def _name(request: LambdaResponse) -> str:
    name: str = unquote(request.path.rstrip("/").split("/")[-2])
    return name.rsplit(":", 1)[-1]


def _arn(function: LambdaFunction, qualifier: str | None) -> str:
    return f"{function.function_arn}:{qualifier}" if qualifier else str(function.function_arn)


def _check(asked: Mapping[str, Any]) -> None:
    auth, mode = asked.get("AuthType", "NONE"), asked.get("InvokeMode") or "BUFFERED"
    methods = (asked.get("Cors") or {}).get("AllowMethods") or []
    for field, value, allowed in (
        ("authType", auth, _AUTH),
        ("invokeMode", mode, _MODES),
        *(("cors.allowMethods", method, _METHODS) for method in methods),
    ):
        if value not in allowed:
            raise refuse(
                "ValidationException",
                HTTPStatus.BAD_REQUEST,
                f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy "
                f"constraint: Member must satisfy enum value set: [{', '.join(sorted(allowed))}]",
            )


def _kept(cors: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what Lambda keeps of CORS: the names of headers in lower case.

    https://github.com/go-to-k/cdk-real-drift/issues/874
    """
    lowered = {
        key: [name.lower() for name in cors[key]]
        for key in ("AllowHeaders", "ExposeHeaders")
        if cors.get(key)
    }
    return {**cors, **lowered}


def _described(url: FunctionUrl) -> dict[str, Any]:
    described: dict[str, Any] = {
        "FunctionUrl": f"https://{url.host}/",
        "FunctionArn": url.arn,
        "AuthType": url.auth,
        "CreationTime": url.created,
        "LastModifiedTime": url.modified,
        "InvokeMode": url.mode,
    }
    return described | ({"Cors": dict(url.cors)} if url.cors else {})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
