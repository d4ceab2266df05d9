"""PostgreSQL's messages, as far as the sandbox takes part in them.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: What a client asks for in its first message, in place of a version.
SSL: Final = 80877103
GSS: Final = 80877104
CANCEL: Final = 80877102

#: The one version of the protocol that servers of today speak; the minor is the low half.
PROTOCOL: Final = 3 << 16

AUTHENTICATION: Final = b"R"
ERROR: Final = b"E"
PASSWORD: Final = b"p"
READY: Final = b"Z"
_ROW: Final = b"D"

_OK: Final = 0
_CLEARTEXT: Final = 3

# As the server limits them: MAX_STARTUP_PACKET_LENGTH and PG_MAX_AUTH_TOKEN_LENGTH of
# https://github.com/postgres/postgres/tree/master/src/include/libpq
_LONGEST_FIRST: Final = 10_000
_LONGEST_PASSWORD: Final = 65_535


class WireError(Exception):
    """Somebody does not speak PostgreSQL."""


@dataclass(frozen=True, slots=True)
class First:
    """The first message of a client, which has no type.

    Attributes:
        code: the version of the protocol, or what is asked for in its place.
        body: what follows the code.
    """

    code: int
    body: bytes

    @property
    def raw(self) -> bytes:
        """The message as it came."""
        return struct.pack("!II", len(self.body) + 8, self.code) + self.body

    @property
    def parameters(self) -> Mapping[str, str]:
        """What a client that begins says: ``user``, ``database`` and settings.

        Raises:
            WireError: it is no list of names and values.
        """
        words = self.body.split(b"\0")
        # The last value ends, and so does the list.
        if len(words) % 2 or words[-2:] != [b"", b""]:
            raise WireError("the parameters of a connection are not complete")
        texts = [word.decode("utf-8", "replace") for word in words[:-2]]
        return dict(zip(texts[::2], texts[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Message:
    """A message.

    Attributes:
        type: a letter.
        body: the rest, without the length.
    """

    type: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        """The message as it came."""
        return self.type + struct.pack("!I", len(self.body) + 4) + self.body

    @property
    def lets_in(self) -> bool:
        """Whether a server asks for nothing more."""
        return self.type == AUTHENTICATION and self.body[:4] == struct.pack("!I", _OK)

    @property
    def fields(self) -> Mapping[str, str]:
        """What an error says: by letter, ``M`` is the message and ``C`` the SQLSTATE."""
        parts = (part.decode("utf-8", "replace") for part in self.body.split(b"\0") if part)
        return {part[0]: part[1:] for part in parts}

    @property
    def first_column(self) -> str:
        """The first value of a row; empty if it is null."""
        (length,) = struct.unpack_from("!i", self.body, 2)
        return self.body[6 : 6 + max(length, 0)].decode("utf-8", "replace")


def startup(parameters: Mapping[str, str], version: int = PROTOCOL) -> bytes:
    """Returns the message that a client begins with.

    Args:
        parameters: ``user``, ``database`` and settings.
        version: of the protocol.
    """
    words = [word for pair in parameters.items() for word in pair]
    return First(version, "".join(f"{word}\0" for word in [*words, ""]).encode()).raw


def query(sql: str) -> bytes:
    """Returns the message that has statements executed."""
    return Message(b"Q", f"{sql}\0".encode()).raw


def ask_for_password() -> bytes:
    """Returns the message that asks for a password as it is."""
    return Message(AUTHENTICATION, struct.pack("!I", _CLEARTEXT)).raw


def refusal(code: str, message: str, detail: str | None = None) -> bytes:
    """Returns the error that ends a connection.

    Args:
        code: the SQLSTATE.
        message: one line, as PostgreSQL writes them.
        detail: the reason, if it is told.
    """
    fields = [("S", "FATAL"), ("V", "FATAL"), ("C", code), ("M", message)]
    if detail is not None:
        fields.append(("D", detail))
    return Message(ERROR, "".join(f"{kind}{text}\0" for kind, text in fields).encode() + b"\0").raw


async def read_first(reader: asyncio.StreamReader) -> First:
    """Reads the first message of a client.

    Raises:
        WireError: it is not PostgreSQL's.
        asyncio.IncompleteReadError: the client has gone.
    """
    length, code = struct.unpack("!II", await reader.readexactly(8))
    if not 8 <= length <= _LONGEST_FIRST:
        raise WireError(f"a first message cannot have {length} bytes")
    return First(code, await reader.readexactly(length - 8))


async def read_message(reader: asyncio.StreamReader, longest: int = _LONGEST_PASSWORD) -> Message:
    """Reads a message.

    Args:
        reader: from whom.
        longest: how many bytes it may have.

    Raises:
        WireError: it is longer.
        asyncio.IncompleteReadError: whoever it was has gone.
    """
    kind = await reader.readexactly(1)
    (length,) = struct.unpack("!I", await reader.readexactly(4))
    if not 4 <= length <= longest:
        raise WireError(f"a message cannot have {length} bytes here")
    return Message(kind, await reader.readexactly(length - 4))


async def execute(
    socket: str, parameters: Mapping[str, str], statements: Iterable[str]
) -> list[str]:
    """Executes statements one by one on a server that asks for no password.

    Args:
        socket: the server's Unix socket.
        parameters: ``user`` and ``database``.
        statements: SQL.

    Returns:
        The first column of all rows that come back.

    Raises:
        OSError: nobody listens there.
        WireError: the server refuses the connection or a statement.
        asyncio.IncompleteReadError: the server has ended.
    """
    reader, writer = await asyncio.open_unix_connection(socket)
    try:
        writer.write(startup(parameters))
        found = await _until_ready(reader)
        for statement in statements:
            writer.write(query(statement))
            found += await _until_ready(reader)
        return found
    finally:
        writer.close()


async def _until_ready(reader: asyncio.StreamReader) -> list[str]:
    error: WireError | None = None
    found: list[str] = []
    while True:
        message = await read_message(reader)
        if message.type == _ROW:
            found.append(message.first_column)
        if message.type == ERROR:
            error = WireError(message.fields.get("M", "an error without a message"))
            if message.fields.get("V") == "FATAL":
                raise error
        if message.type == READY:
            if error is not None:
                raise error
            return found
