"""What a client asks, as it came over the wire: nothing decoded, nothing merged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tfgen.sandbox.front import REGION_HEADER
from tfgen.sandbox.gateway.moment import Moment, new_moment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.serving import WSGIRequestHandler

#: The largest request that API Gateway takes, in bytes, for both families of APIs:
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
LARGEST_BODY: Final = 10 * 1024 * 1024

# WSGI knows headers without their spelling, and joins repeated ones. API Gateway does neither.
_HEADERS: Final = "tfgen.headers"

_REGION: Final = REGION_HEADER.lower()
_CHUNK: Final = 64 * 1024
_ABSOLUTE: Final = re.compile(r"\A[a-z]+://[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        method: for example ``GET``.
        host: the host it is for: lower case, without a port or a final dot.
        path: the path, percent-encoded as the client sent it.
        query: what follows the ``?``, as the client sent it.
        headers: names and values as they came, repeated ones repeated.
        source_ip: the client's address.
        protocol: for example ``HTTP/1.1``.
        body: the body; empty if it is too large.
        too_large: whether the body is over `LARGEST_BODY`.
        moment: its time and IDs.
        region: where Route 53 sent it, if the sandbox's own client has asked already.
    """

    method: str
    host: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    source_ip: str
    protocol: str
    body: bytes
    too_large: bool
    moment: Moment
    region: str | None

    def header(self, name: str) -> str | None:
        """Returns the last value of a header; None if there is none."""
        wanted = name.lower()
        for known, value in reversed(self.headers):
            if known.lower() == wanted:
                return value
        return None


def read_request(environ: WSGIEnvironment) -> Request:
    """Reads a request to its end.

    Args:
        environ: of the WSGI request.
    """
    path, query = _target(environ)
    region = trace = None
    headers = []
    for name, value in _headers(environ):
        lower = name.lower()
        if lower == _REGION:
            region = value
            continue
        if lower == "x-amzn-trace-id":
            trace = value
        headers.append((name, value))
    body = _read_body(environ)
    return Request(
        method=environ["REQUEST_METHOD"].upper(),
        host=_plain_host(environ.get("HTTP_HOST", "")),
        path=path,
        query=query,
        headers=tuple(headers),
        source_ip=environ.get("REMOTE_ADDR") or "127.0.0.1",
        protocol=environ.get("SERVER_PROTOCOL") or "HTTP/1.1",
        body=body or b"",
        too_large=body is None,
        moment=new_moment(trace),
        region=region,
    )


def keeping_headers(handler: type[WSGIRequestHandler]) -> type[WSGIRequestHandler]:
    """Makes a request handler pass headers on as they came.

    Without it, the gateway sees what WSGI leaves of them: names in title case, and one value.

    Args:
        handler: werkzeug's, or a class of its kind.

    Returns:
        The handler's class, for ``make_server(request_handler=…)``.
    """

    class Handler(handler):  # type: ignore[valid-type, misc]
        def make_environ(self) -> dict[str, Any]:
            environ: dict[str, Any] = super().make_environ()
            environ[_HEADERS] = list(self.headers.items())
            return environ

    return Handler


def _read_body(environ: WSGIEnvironment) -> bytes | None:
    """Returns the body; None if it is too large.

    It is read to its end all the same: a client that is still sending does not see a refusal.
    """
    stream = environ["wsgi.input"]
    try:
        left = max(0, int(environ.get("CONTENT_LENGTH") or 0))
    except ValueError:
        left = 0
    endless = not left and environ.get("wsgi.input_terminated", False)
    parts, size = [], 0
    while endless or left:
        part: bytes = stream.read(_CHUNK if endless else min(left, _CHUNK))
        if not part:
            break
        left -= 0 if endless else len(part)
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
    return b"".join(parts) if size <= LARGEST_BODY else None


def _target(environ: WSGIEnvironment) -> tuple[str, str]:
    raw = environ.get("RAW_URI")
    if raw is None:
        path = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
        query = environ.get("QUERY_STRING", "")
    else:
        path, _, query = _ABSOLUTE.sub("", raw, count=1).partition("?")
    return _text(path.partition("#")[0]) or "/", _text(query.partition("#")[0])


def _headers(environ: WSGIEnvironment) -> Iterable[tuple[str, str]]:
    if _HEADERS in environ:
        return ((name, _text(value.strip())) for name, value in environ[_HEADERS])
    return [
        (key.removeprefix("HTTP_").replace("_", "-").title(), _text(value))
        for key, value in environ.items()
        if key.startswith("HTTP_") or (key in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value)
    ]


def _plain_host(host: str) -> str:
    return re.sub(r":\d*$", "", host.strip().lower()).removesuffix(".")


def _text(received: str) -> str:
    """Returns what servers hand over as Latin-1 (PEP 3333) as the UTF-8 that it is today."""
    if received.isascii():
        return received
    return received.encode("latin-1", "replace").decode("utf-8", "replace")
