"""As much of HTTP/1.1 as the runtimes of functions speak with Lambda."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

#: How long the head of a request may be. Runtimes put stack traces into headers.
HEAD_BYTES: Final = 2 * 1024 * 1024

_PIECE: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    Attributes:
        method: in capitals.
        path: without the query.
        headers: by their names, in lower case.
        body: the body; None if it is longer than anybody wants.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, longest: int
) -> Request | None:
    """Reads the next request of a connection.

    Args:
        reader: where from.
        writer: where to say that a body may come.
        longest: how many bytes of a body to keep. A longer one is read and thrown away, because
            a client that is still writing does not hear the answer.

    Returns:
        The request; None if there is no more, or if it is not HTTP.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        start, *lines = head[:-4].decode("latin-1").split("\r\n")
        method, target, _ = start.split(" ")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        if headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", "").lower():
            body = await _read_chunks(reader, longest)
        else:
            body = await _read(reader, int(headers.get("content-length", "0")), longest)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
        return None
    return Request(method, target.partition("?")[0], headers, body)


async def _read(reader: asyncio.StreamReader, length: int, longest: int) -> bytes | None:
    if length <= longest:
        return await reader.readexactly(length)
    while length > 0:
        length -= len(await reader.readexactly(min(length, _PIECE)))
    return None


async def _read_chunks(reader: asyncio.StreamReader, longest: int) -> bytes | None:
    body = bytearray()
    fits = True
    while size := int((await reader.readline()).split(b";")[0], 16):
        chunk = await _read(reader, size, longest)
        fits = fits and chunk is not None and len(body) + len(chunk) <= longest
        if fits and chunk is not None:
            body += chunk
        await reader.readline()
    # What follows the last chunk, up to an empty line.
    while (await reader.readline()).strip():
        pass
    return bytes(body) if fits else None


def response(status: HTTPStatus, headers: Mapping[str, str], body: bytes) -> bytes:
    """Returns a response as it goes over the wire.

    Args:
        status: the status.
        headers: by name, without the length.
        body: the body.
    """
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + body
