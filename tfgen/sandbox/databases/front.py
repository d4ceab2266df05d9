"""What a database's endpoint does before PostgreSQL: TLS, tokens, and which region is out.

PostgreSQL itself has no TLS here and cannot judge a token. So a client meets this front, which
ends TLS, and lets the server's own rules say how the user logs in: whom the server lets in at once
is a user of IAM, who has to show a token; everything else is between client and server.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tfgen.sandbox.databases import wire
from tfgen.sandbox.databases.server import OWNER
from tfgen.sandbox.databases.wire import First, Message

_PIECE: Final = 64 * 1024

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_INVALID_AUTHORIZATION: Final = "28000"

_log = logging.getLogger("tfgen.sandbox")


@dataclass(frozen=True, slots=True)
class Gate:
    """What decides about the clients of an endpoint.

    Attributes:
        answers: whether the region does.
        why_refused: returns why a user's token does not let them in; None if it does.
        read_only: whether nobody changes anything, unless they say so themselves.
    """

    answers: Callable[[], bool]
    why_refused: Callable[[str, str], str | None]
    read_only: bool


class _RefusedError(Exception):
    """A client is told that it may not come in.

    Args:
        message: what PostgreSQL would say.
        detail: why.
    """

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.answer = wire.refusal(_INVALID_AUTHORIZATION, message, detail)


class Front:
    """An endpoint.

    Args:
        behind: the Unix socket of the server behind it.
        context: its certificate.
        gate: decides who comes in.
    """

    def __init__(self, behind: str, context: ssl.SSLContext, gate: Gate) -> None:
        self._behind = behind
        self._context = context
        self._gate = gate
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def listen(self, listener: socket.socket) -> None:
        """Begins to take connections.

        Args:
            listener: a socket that listens.
        """
        self._server = await asyncio.start_server(self._serve, sock=listener)

    def close(self) -> None:
        """Ends all connections and takes no more."""
        if self._server is not None:
            self._server.close()
        self.disconnect()

    def disconnect(self) -> None:
        """Ends all connections, as a network does that is gone."""
        for writer in self._clients:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            if self._gate.answers():
                await self._talk(reader, writer)
        except (OSError, wire.WireError, asyncio.IncompleteReadError) as error:
            # Clients come and go; what the server has to say, it says to them.
            _log.debug("a connection to a database ended: %s", error)
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, encrypted = await self._begin(reader, writer)
        server_reader, server_writer = await asyncio.open_unix_connection(self._behind)
        try:
            if first.code == wire.CANCEL:
                server_writer.write(first.raw)
                await server_writer.drain()
                return
            parameters = dict(first.parameters)
            server_writer.write(wire.startup(self._changed(parameters), first.code))
            try:
                await self._let_in(reader, writer, server_reader, parameters, encrypted)
            except _RefusedError as refused:
                _log.warning("refused by a database: %s", refused)
                writer.write(refused.answer)
                await writer.drain()
                return
            await _together(
                _relay(reader, server_writer),
                _relay(server_reader, writer),
            )
        finally:
            server_writer.close()

    async def _begin(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[First, bool]:
        """Returns the first message that is not about encryption, and whether it came over TLS."""
        encrypted = False
        while True:
            first = await wire.read_first(reader)
            if first.code == wire.GSS:
                writer.write(b"N")
            elif first.code == wire.SSL and not encrypted:
                writer.write(b"S")
                await writer.start_tls(self._context)
                encrypted = True
            else:
                return first, encrypted

    def _changed(self, parameters: Mapping[str, str]) -> Mapping[str, str]:
        if not self._gate.read_only:
            return parameters
        options = f"-c default_transaction_read_only=on {parameters.get('options', '')}"
        return {**parameters, "options": options.strip()}

    async def _let_in(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        parameters: Mapping[str, str],
        encrypted: bool,
    ) -> None:
        """Answers a client up to the point where only client and server have to understand."""
        user = parameters.get("user", "")
        whom = f'host "127.0.0.1", user "{user}", database "{parameters.get("database", user)}"'
        if user == OWNER:
            raise _RefusedError(f"pg_hba.conf rejects connection for {whom}")
        message = await wire.read_message(server)
        while message.type not in {wire.AUTHENTICATION, wire.ERROR}:
            # A server that knows an older protocol says so first.
            writer.write(message.raw)
            message = await wire.read_message(server)
        if message.lets_in:
            if not encrypted:
                raise _RefusedError(f"no pg_hba.conf entry for {whom}, no encryption")
            await self._ask_for_token(reader, writer, user)
        writer.write(message.raw)

    async def _ask_for_token(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, user: str
    ) -> None:
        writer.write(wire.ask_for_password())
        answer: Message = await wire.read_message(reader)
        if answer.type != wire.PASSWORD:
            raise wire.WireError("a client that is asked for a password has to send one")
        token = answer.body.rstrip(b"\0").decode("utf-8", "replace")
        # What it asks belongs to other threads, which may be waiting for this one.
        reason = await asyncio.to_thread(self._gate.why_refused, user, token)
        if reason is not None:
            raise _RefusedError(f'PAM authentication failed for user "{user}"', reason)


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()


async def _together(*relays: Awaitable[None]) -> None:
    """Runs both directions until one of them ends."""
    tasks = [asyncio.ensure_future(each) for each in relays]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        with suppress(OSError):
            await asyncio.gather(*tasks, return_exceptions=True)
