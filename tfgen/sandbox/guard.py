"""Refuses requests to the sandbox that do not come from a program of its user.

A program that may call AWS here can create a function and invoke it, which runs code as the user.
A page in the user's browser reaches every port of loopback, in two ways:

- It sends a request to ``http://127.0.0.1:PORT``. The browser lets it, and only keeps the answer
  from the page. Such a request names the page in ``Origin`` or says in ``Sec-Fetch-Site`` that it
  comes from another site: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
- It gives its own name the address 127.0.0.1, so that the browser takes the sandbox for the page's
  own server and hands the answers over as well. Such a request has that name as its ``Host``.

So ``Host`` has to be a name of loopback and the very port that answers. ``localhost`` and what is
below it is always loopback (https://www.rfc-editor.org/rfc/rfc6761#section-6.3); below it are the
buckets of an S3 client whose endpoint is a name. Clients whose endpoint is an address, as it is for
Terraform, put the bucket into the path. Nothing but a proxy is asked for an absolute URL or with
``CONNECT``, so both are refused as well: werkzeug would take the host from the URL.

Other users of the machine reach loopback as well; `tfgen.sandbox.peers` tells them from its own.

The gateway is not guarded like this: see `tfgen.sandbox.gateway.gateway`.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tfgen.sandbox.peers import is_own

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOOPBACK: Final = re.compile(
    r"(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9_-]+\.)*localhost):([0-9]{1,5})", re.IGNORECASE
)
_ORIGIN: Final = re.compile(r"http://(.+)")

# What a browser says of a request that was typed, or that the sandbox's own page sends.
_OWN_SITE: Final = frozenset({"none", "same-origin"})

# moto's own endpoints, which empty the account and change how moto works.
_MOTO: Final = re.compile(r"/+moto-api")


def why_refused(environ: WSGIEnvironment) -> str | None:
    """Returns why a request is refused, in a sentence; None if it is not.

    Args:
        environ: of the WSGI request, as werkzeug makes it.
    """
    port: str = environ["SERVER_PORT"]
    if not is_own(int(environ["REMOTE_PORT"]), int(port)):
        return "The sandbox answers its own user, and no other user of this machine."
    if not environ.get("RAW_URI", "/").startswith("/"):
        return "The sandbox is not a proxy."
    if not is_loopback(environ.get("HTTP_HOST", ""), port):
        return (
            f"The sandbox answers to 127.0.0.1:{port} and localhost:{port}, and to no other Host."
        )
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None:
        named = _ORIGIN.fullmatch(origin)
        if named is None or not is_loopback(named[1], port):
            return "The sandbox does not answer pages of other origins."
    if environ.get("HTTP_SEC_FETCH_SITE", "none") not in _OWN_SITE:
        return "The sandbox does not answer pages of other sites."
    if _MOTO.match(environ.get("PATH_INFO", "")):
        return "The sandbox does not offer moto's own endpoints."
    return None


def is_loopback(host: str, port: str) -> bool:
    """Says whether a host with a port, as a client names it, is a port of this machine."""
    named = _LOOPBACK.fullmatch(host)
    return named is not None and named[1] == port


def refuse(start_response: StartResponse, sentence: str) -> list[bytes]:
    """Answers a WSGI request with 403.

    Args:
        start_response: of the WSGI request.
        sentence: why.
    """
    body = json.dumps({"message": sentence}).encode()
    start_response(
        f"{HTTPStatus.FORBIDDEN.value} {HTTPStatus.FORBIDDEN.phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    return [body]
