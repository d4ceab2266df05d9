"""What functions return, made into responses as each payload format says.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tfgen.sandbox.gateway.response import Response, header_text

_FIELDS: Final = frozenset(
    {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
)
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAKS: Final = re.compile(r"[\r\n\0]")

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_REMAPPED: Final = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
    }
)
_NEVER: Final = frozenset({"connection", "content-length", "transfer-encoding"})


class MalformedError(Exception):
    """A function returned what API Gateway cannot make a response of.

    Attributes:
        reason: what is wrong with it, in a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def rest_reply(payload: bytes, *, accepts_binary: bool) -> Response:
    """Makes the response of a REST API.

    Args:
        payload: what the function returned.
        accepts_binary: whether the client's ``Accept`` is one of the API's binary media types.
            Otherwise a body in base64 stays in base64.

    Raises:
        MalformedError: it is no response.
    """
    reply = _object(payload)
    unknown = sorted(reply.keys() - _FIELDS)
    if unknown:
        raise MalformedError(f"The function returned a response with an unknown key, {unknown[0]}")
    encoded = bool(reply.get("isBase64Encoded")) and accepts_binary
    headers = [
        (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value)
        for name, value in _merged_headers(reply)
        if name.lower() != "transfer-encoding"
    ]
    return Response(
        status=_status(reply.get("statusCode", 200)),
        headers=_with_type(headers, "application/json"),
        body=_body(reply.get("body"), encoded=encoded),
    )


def http_reply_1(payload: bytes) -> Response:
    """Makes the response of an HTTP API whose integration asks for format 1.0.

    Args:
        payload: what the function returned.

    Raises:
        MalformedError: it is no response.
    """
    reply = _object(payload)
    if "statusCode" not in reply:
        raise MalformedError("The function returned a response without a statusCode")
    return _http_response(reply, _merged_headers(reply))


def http_reply_2(payload: bytes) -> Response:
    """Makes the response of an HTTP API in format 2.0.

    Args:
        payload: what the function returned. What has no ``statusCode`` is itself the body.

    Raises:
        MalformedError: it is no response.
    """
    value = _json(payload)
    if not isinstance(value, dict) or "statusCode" not in value:
        body = value.encode() if isinstance(value, str) else payload
        return Response(200, (("Content-Type", "application/json"),), body)
    cookies = value.get("cookies") or []
    if not isinstance(cookies, list):
        raise MalformedError("The function returned cookies that are no list")
    headers = [
        *_headers(_mapping(value, "headers")),
        *(("Set-Cookie", _header_value("Set-Cookie", each)) for each in cookies),
    ]
    return _http_response(value, headers)


def _http_response(reply: Mapping[str, Any], headers: Iterable[tuple[str, str]]) -> Response:
    kept = [(name, value) for name, value in headers if name.lower() not in _NEVER]
    return Response(
        status=_status(reply["statusCode"]),
        headers=_with_type(kept, "text/plain;charset=UTF-8"),
        body=_body(reply.get("body"), encoded=bool(reply.get("isBase64Encoded"))),
    )


def _object(payload: bytes) -> Mapping[str, Any]:
    value = _json(payload)
    if not isinstance(value, dict):
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        raise MalformedError(
            f"The function returned {kind} instead of a response with a statusCode"
        )
    return value


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError as error:
        raise MalformedError("The function returned something that is not JSON") from error


def _status(value: object) -> int:
    try:
        status = int(str(value))
    except ValueError:
        status = 0
    if not 200 <= status <= 599:
        raise MalformedError(f"The function returned the statusCode {value!r}")
    return status


def _merged_headers(reply: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns both kinds of headers: of a name that is in both, the multiple ones come first."""
    single = _headers(_mapping(reply, "headers"))
    multiple = []
    for name, values in _mapping(reply, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise MalformedError(
                f"The function returned a multiValueHeaders.{name} that is no list"
            )
        multiple += [(name, _header_value(name, value)) for value in values]
    spelled = {name.lower(): name for name, _ in multiple}
    return multiple + [(spelled.get(name.lower(), name), value) for name, value in single]


def _mapping(reply: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = reply.get(field)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MalformedError(f"The function returned {field} that are no object")
    return found


def _headers(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, _header_value(name, value)) for name, value in found.items() if value is not None
    ]


def _header_value(name: str, value: object) -> str:
    if isinstance(value, (dict, list)):
        raise MalformedError(f"The function returned a header {name} that is no string")
    text = _scalar(value)
    if not _TOKEN.fullmatch(name) or _BREAKS.search(text):
        raise MalformedError(f"The function returned a header that HTTP does not allow: {name!r}")
    return header_text(text)


def _body(value: object, *, encoded: bool) -> bytes:
    if value is None:
        return b""
    if isinstance(value, (dict, list)):
        raise MalformedError("The function returned a body that is no string; use json.dumps")
    text = _scalar(value)
    if not encoded:
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("The function returned a body that is not base64") from error


def _scalar(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _with_type(headers: list[tuple[str, str]], default: str) -> tuple[tuple[str, str], ...]:
    if any(name.lower() == "content-type" for name, _ in headers):
        return tuple(headers)
    return (("Content-Type", default), *headers)
