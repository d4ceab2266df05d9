"""The databases of the simulated account that really answer."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import secrets
import shlex
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from tfgen.sandbox.databases.certificates import Authority
from tfgen.sandbox.databases.front import Front, Gate
from tfgen.sandbox.databases.programs import Programs, find_programs
from tfgen.sandbox.databases.server import OWNER, Server, ServerError, User
from tfgen.sandbox.databases.tokens import Login, TokenError, read_token
from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Signature
from tfgen.sandbox.invocation import Outages

Result = TypeVar("Result")

_LOOPBACK: Final = "127.0.0.1"

# Where RDS Proxy listens for PostgreSQL's clients, and nowhere else:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html
_PROXY_PORT: Final = 5432

_TRIES: Final = 20
_ENDS_WITHIN: Final = 15.0  # seconds

_MISSING: Final = (
    "There is no PostgreSQL on this machine: nobody answers at the endpoints of the sandbox's "
    "databases. The folder of `postgres` and `initdb` can be named in TFGEN_POSTGRES"
)

_log = logging.getLogger("tfgen.sandbox")


@dataclass(frozen=True, slots=True)
class Asked:
    """A database that somebody made in RDS.

    Attributes:
        id: names it for good, as in the ARNs of its users: ``cluster-…``, ``db-…`` or ``prx-…``.
        kind: ``cluster``, ``instance`` or ``proxy``.
        name: its name in RDS.
        region: where it is.
        master: the user that owns what is in it; None is none.
        database: the database in it; None is none but ``postgres``.
        like: the ID of the database whose data it shows, to be read only; None is its own data.
    """

    id: str
    kind: str
    name: str
    region: str
    master: User | None = None
    database: str | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a database answers.

    Attributes:
        address: of loopback.
        port: the port.
        version: the server's.
    """

    address: str
    port: int
    version: str


@dataclass(frozen=True, slots=True)
class _Database:
    """A database that answers.

    Attributes:
        own: whether the server is there for it alone.
    """

    asked: Asked
    endpoint: Endpoint
    server: Server
    front: Front
    own: bool

    async def close(self) -> None:
        self.front.close()
        if self.own:
            await self.server.stop()

    def described(self) -> Mapping[str, object]:
        database = self.asked.database or "postgres"
        return {
            "region": self.asked.region,
            "kind": self.asked.kind,
            "name": self.asked.name,
            "address": self.endpoint.address,
            "port": self.endpoint.port,
            "psql": shlex.join(["psql", "-h", str(self.server.folder), "-U", OWNER, database]),
        }


class Databases:
    """Runs PostgreSQL for the simulated account of this process; safe for threads.

    Connections are served on an event loop in a thread of its own, which the first database
    begins.

    Args:
        home: a folder for certificates, which goes away with the account.
        outages: the regions in which nothing answers.
        why_refused: returns why whoever signed a token may not log in to a resource, an ARN; None
            if they may.
        environ: says where PostgreSQL is, as `find_programs` reads it.
    """

    def __init__(
        self,
        home: Path,
        outages: Outages,
        why_refused: Callable[[Signature, str], str | None],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._home = home
        self._outages = outages
        self._why_refused = why_refused
        self._environ = environ
        self._authority: Authority | None = None
        self._databases: dict[str, _Database] = {}
        self._notices: dict[str, None] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def authority(self) -> Path | None:
        """The certificate of who signs for the databases; None if none has been made."""
        return self._authority.file if self._authority is not None else None

    def open(self, asked: Asked) -> Endpoint | None:
        """Starts a server and takes connections for it.

        Args:
            asked: the database.

        Returns:
            Where it answers; None if nothing does, and `notices` says why.
        """
        with self._lock:
            programs = find_programs(self._environ)
            if programs is None:
                self._notice(_MISSING)
                return None
            try:
                database = self._submit(self._open(asked, programs)).result()
            except (OSError, ServerError) as error:
                self._notice(f"No PostgreSQL answers for the {asked.kind} {asked.name}: {error}")
                return None
            self._databases[asked.id] = database
            return database.endpoint

    def ensure(self, id_: str, user: User, database: str | None) -> bool:
        """Makes sure that a user exists, and may make tables in a database.

        Args:
            id_: the ID of what answers.
            user: the user.
            database: its name; None is no particular one.

        Returns:
            Whether anything answers.

        Raises:
            ServerError: PostgreSQL does not take the names.
        """
        with self._lock:
            found = self._databases.get(id_)
            if found is None:
                return False
            self._submit(found.server.ensure(user, database)).result()
            if found.asked.database is None:
                asked = replace(found.asked, database=database)
                self._databases[id_] = replace(found, asked=asked)
            return True

    def disconnect(self, region: str) -> None:
        """Ends the connections to a region's databases, which is out from now on."""
        with self._lock:
            for each in self._databases.values():
                if each.asked.region == region and self._loop is not None:
                    self._loop.call_soon_threadsafe(each.front.disconnect)

    def close_those(self, region: str, id_: str | None = None) -> None:
        """Ends databases that were deleted.

        Args:
            region: theirs.
            id_: of one of them; None is all.
        """
        with self._lock:
            for each in list(self._databases.values()):
                if each.asked.region == region and id_ in {None, each.asked.id}:
                    del self._databases[each.asked.id]
                    self._submit(each.close()).result(_ENDS_WITHIN)

    def activity(self) -> list[Mapping[str, object]]:
        """Returns where databases answer, as plain data."""
        found = sorted(self._databases.values(), key=lambda it: (it.asked.name, it.asked.region))
        return [each.described() for each in found]

    def notices(self) -> tuple[str, ...]:
        """Returns why databases do not answer, in sentences."""
        return tuple(self._notices)

    def close(self) -> None:
        """Ends all servers."""
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            self._submit(self._close()).result(_ENDS_WITHIN)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_ENDS_WITHIN)
            self._loop.close()
            self._loop = None

    async def _close(self) -> None:
        databases = list(self._databases.values())
        self._databases.clear()
        await asyncio.gather(*(each.close() for each in databases))
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _open(self, asked: Asked, programs: Programs) -> _Database:
        shown = self._databases.get(asked.like) if asked.like is not None else None
        if asked.like is not None and shown is None:
            raise ServerError("nothing answers for the cluster whose data it would show")
        server = shown.server if shown is not None else Server(programs)
        try:
            if shown is None:
                await server.start()
                if asked.master is not None:
                    await server.ensure(asked.master, asked.database)
            listener = _listener(asked.kind)
            address, port = listener.getsockname()
            front = Front(server.socket, self._certified(address), self._gate(asked, address, port))
            await front.listen(listener)
        except BaseException:
            if shown is None:
                await server.stop()
            raise
        return _Database(
            asked, Endpoint(address, port, programs.version), server, front, own=shown is None
        )

    def _certified(self, address: str) -> ssl.SSLContext:
        if self._authority is None:
            self._authority = Authority(self._home)
        return self._authority.context(address)

    def _gate(self, asked: Asked, address: str, port: int) -> Gate:
        def why_refused(user: str, token: str) -> str | None:
            login = Login(f"{address}:{port}", asked.region, user)
            try:
                signed = read_token(token, login, datetime.now(UTC))
            except TokenError as error:
                return str(error)
            resource = f"arn:aws:rds-db:{asked.region}:{ACCOUNT}:dbuser:{asked.id}/{user}"
            return self._why_refused(signed, resource)

        return Gate(
            answers=lambda: asked.region not in self._outages.failed,
            why_refused=why_refused,
            read_only=asked.like is not None,
        )

    def _submit(self, coroutine: Coroutine[Any, Any, Result]) -> concurrent.futures.Future[Result]:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="databases", daemon=True
            )
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _notice(self, sentence: str) -> None:
        if sentence not in self._notices:
            self._notices[sentence] = None
            _log.warning("%s", sentence)


def _listener(kind: str) -> socket.socket:
    """Returns a socket where a database of a kind can be reached.

    What looks a proxy up in AWS gets its address and no port, so each has an address of its own
    where the system has more of them than one.
    """
    if kind != "proxy":
        return socket.create_server((_LOOPBACK, 0))
    for _ in range(_TRIES if sys.platform == "linux" else 0):
        address = f"127.{64 + secrets.randbelow(128)}.{secrets.randbelow(256)}.1"
        with contextlib.suppress(OSError):
            return socket.create_server((address, _PROXY_PORT))
    return socket.create_server((_LOOPBACK, _PROXY_PORT))
