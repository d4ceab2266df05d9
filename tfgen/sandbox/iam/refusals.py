"""Refusals as AWS writes them, in the protocol of the service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_IN_XML: Final = frozenset({"cloudfront", "route53"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered.

    Attributes:
        message: the reason.
        unknown: whether nobody knows the credentials; otherwise the rights do not suffice.
    """

    message: str
    unknown: bool = False


def answer(
    refusal: Refusal, service: str, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Answers a request with a refusal.

    Args:
        refusal: why.
        service: whom it was for, as signatures name it.
        environ: the request.
        start_response: takes the answer's beginning.
    """
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        return _in_cbor(refusal, start_response)
    if "HTTP_X_AMZ_TARGET" in environ:
        return _in_json(refusal, service, start_response)
    if environ["REQUEST_METHOD"] == "HEAD":
        # Its answer has no body, and so no code either.
        return _send(HTTPStatus.FORBIDDEN, [], b"", start_response)
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if (
        service == "s3"
        or form
        or service in _IN_XML
        or "Action=" in environ.get("QUERY_STRING", "")
    ):
        return _in_xml(refusal, service, start_response)
    code = "UnrecognizedClientException" if refusal.unknown else "AccessDeniedException"
    body = json.dumps({"Message": refusal.message, "message": refusal.message}).encode()
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
    return _send(HTTPStatus.FORBIDDEN, headers, body, start_response)


def _in_json(refusal: Refusal, service: str, start_response: StartResponse) -> Iterable[bytes]:
    code = "UnrecognizedClientException" if refusal.unknown else "AccessDeniedException"
    headers = [("Content-Type", "application/x-amz-json-1.1")]
    if service == "sqs" and not refusal.unknown:
        # Clients go by the name that it had in the protocol before this one.
        headers.append(("x-amzn-query-error", "AccessDenied;Sender"))
    body = json.dumps({"__type": code, "message": refusal.message}).encode()
    return _send(HTTPStatus.BAD_REQUEST, headers, body, start_response)


def _in_cbor(refusal: Refusal, start_response: StartResponse) -> Iterable[bytes]:
    code = "UnrecognizedClientException" if refusal.unknown else "AccessDeniedException"
    said = ("__type", code, "message", refusal.message)
    body = b"\xa2" + b"".join(_cbor_text(each) for each in said)
    headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
    return _send(HTTPStatus.BAD_REQUEST, headers, body, start_response)


def _cbor_text(text: str) -> bytes:
    """Writes a text that is shorter than 64 KB: https://www.rfc-editor.org/rfc/rfc8949#section-3.1"""
    encoded = text.encode()
    return b"\x79" + len(encoded).to_bytes(2, "big") + encoded


def _in_xml(refusal: Refusal, service: str, start_response: StartResponse) -> Iterable[bytes]:
    request_id = str(uuid4())
    message = escape(refusal.message)
    if service == "s3":
        code = "InvalidAccessKeyId" if refusal.unknown else "AccessDenied"
        said = (
            f"<Error><Code>{code}</Code><Message>{message}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
    elif service == "ec2":
        code = "AuthFailure" if refusal.unknown else "UnauthorizedOperation"
        said = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            f"</Errors><RequestID>{request_id}</RequestID></Response>"
        )
    else:
        code = "InvalidClientTokenId" if refusal.unknown else "AccessDenied"
        said = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
            f"<Message>{message}</Message></Error><RequestId>{request_id}</RequestId>"
            "</ErrorResponse>"
        )
    headers = [("Content-Type", "text/xml")]
    return _send(HTTPStatus.FORBIDDEN, headers, said.encode(), start_response)


def _send(
    status: HTTPStatus,
    headers: list[tuple[str, str]],
    body: bytes,
    start_response: StartResponse,
) -> Iterable[bytes]:
    more = [("Content-Length", str(len(body))), ("x-amzn-RequestId", str(uuid4()))]
    start_response(f"{status.value} {status.phrase}", [*headers, *more])
    return [body]
