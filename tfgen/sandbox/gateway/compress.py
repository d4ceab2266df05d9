"""Compression of a REST API's responses, where its developer and the client want it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace

from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response


def compress(response: Response, request: Request, least: int | None) -> Response:
    """Compresses a body that is large enough, unless it is compressed already.

    Args:
        response: what is answered.
        request: what was asked.
        least: the size in bytes from which it is done; None is never.
    """
    if least is None or len(response.body) < least or not response.body:
        return response
    if any(name.lower() == "content-encoding" for name, _ in response.headers):
        return response
    accepted = _accepted(request.header("Accept-Encoding") or "")
    if "gzip" in accepted or "*" in accepted:
        body, coding = gzip.compress(response.body, mtime=0), "gzip"
    elif "deflate" in accepted:
        body, coding = zlib.compress(response.body), "deflate"
    else:
        return response
    encoded = replace(response, body=body)
    return encoded.with_headers(("Content-Encoding", coding))


def _accepted(header: str) -> set[str]:
    """Returns the codings that a client accepts: those without a quality of 0."""
    found = set()
    for each in header.split(","):
        coding, _, quality = each.partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            found.add(coding.strip().lower())
    return found
