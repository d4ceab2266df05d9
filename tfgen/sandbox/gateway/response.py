"""What a client is answered, and how API Gateway refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer.

    Attributes:
        status: for example 200.
        headers: names and values.
        body: the bytes.
        reason: why it is not what the function returned, for whoever runs the sandbox; None if
            it is. AWS keeps this from clients, and so does the body.
        message: what API Gateway itself says in place of the function; None if it does not.
        kind: of a REST API, the type of that gateway response, for example ``THROTTLED``.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reason: str | None = None
    message: str | None = None
    kind: str | None = None

    def with_headers(self, *headers: tuple[str, str]) -> Response:
        """Returns the answer with more headers."""
        return replace(self, headers=(*self.headers, *headers))


def refuse_rest(
    status: int, message: str, error: str, reason: str, kind: str | None = None
) -> Response:
    """Refuses as a REST API does.

    Args:
        status: for example 403.
        message: for the client, in AWS's words.
        error: what the header ``x-amzn-ErrorType`` says.
        reason: for whoever runs the sandbox.
        kind: the type of the gateway response; None if no API can have one of its own for it.

    Returns:
        The answer, as the default gateway response of that kind makes it:
        https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """
    headers = (("Content-Type", _JSON), ("x-amzn-ErrorType", error))
    return Response(status, headers, _message(message), reason, message, kind)


def refuse_http(status: int, message: str, reason: str) -> Response:
    """Refuses as an HTTP API does.

    Args:
        status: for example 404.
        message: for the client, in AWS's words.
        reason: for whoever runs the sandbox.
    """
    return Response(status, (("Content-Type", _JSON),), _message(message), reason, message)


def unsupported(what: str) -> Response:
    """Refuses what API Gateway can do and the sandbox cannot.

    Args:
        what: a sentence that says so, without its full stop.
    """
    return Response(501, (("Content-Type", _JSON),), _message(what), what)


def header_text(text: str) -> str:
    """Returns the value of a header as WSGI wants it: its bytes as Latin-1 (PEP 3333)."""
    return text.encode().decode("latin-1")


def _message(message: str) -> bytes:
    return json.dumps({"message": message}, separators=(",", ":")).encode()
