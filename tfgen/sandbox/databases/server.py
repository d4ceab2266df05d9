"""One PostgreSQL server: made, started, told what it is to have, and ended without a trace."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tfgen.sandbox.databases import wire
from tfgen.sandbox.databases.programs import Programs

#: Owns the server, as the user of the same name owns those of AWS: nobody logs in as this user.
OWNER: Final = "rdsadmin"

#: Whoever has this role logs in with a token, and with nothing else:
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
IAM: Final = "rds_iam"

_KEEPER: Final = Path(__file__).with_name("keeper.py")

# PostgreSQL puts the port into the name of its socket, also if it listens nowhere else.
_SOCKET: Final = ".s.PGSQL.5432"

# Who runs servers when root starts them, which PostgreSQL refuses.
_UNPRIVILEGED: Final = "nobody"

_STARTS_WITHIN: Final = 30.0  # seconds
_ENDS_WITHIN: Final = 10.0

# Whoever reaches the socket is the sandbox or the developer. The role decides how users log in:
# https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
_RULES: Final = f"""\
local all {OWNER} trust
local all +{IAM} trust
local all all scram-sha-256
"""

# The data goes when the sandbox stops, so nothing has to survive a loss of power.
_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "postgres: ",
    "log_min_messages": "error",
    # Statements may have passwords in them.
    "log_min_error_statement": "panic",
}


class ServerError(Exception):
    """A server does not start, or does not do what it is told."""


@dataclass(frozen=True, slots=True)
class User:
    """A role that logs in.

    Attributes:
        name: of the role.
        password: None leaves the one that it has, if it has one.
        iam: whether it logs in with tokens, and with nothing else.
        master: whether it may make databases and roles, as the master user of RDS.
    """

    name: str
    password: str | None = field(default=None, repr=False)
    iam: bool = False
    master: bool = False


class Server:
    """A server that nobody reaches but by its socket.

    Args:
        programs: PostgreSQL.
    """

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._account = pwd.getpwnam(_UNPRIVILEGED) if os.geteuid() == 0 else None
        # Not below the project: the path of a socket has to be short, and an unprivileged user
        # would not get into a folder that is root's alone.
        self.folder = Path(tempfile.mkdtemp(prefix="tfgen-postgres-"))
        self._pid: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def socket(self) -> str:
        """The path of the server's socket."""
        return str(self.folder / _SOCKET)

    async def start(self) -> None:
        """Makes the server and waits until it takes connections.

        Raises:
            ServerError: it does not start.
        """
        try:
            await asyncio.to_thread(self._make)
            self._launch()
            await self._ready()
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or str(error)
            raise ServerError(said.strip().rpartition("\n")[2]) from error

    async def execute(self, *statements: str, database: str = "postgres") -> list[str]:
        """Executes statements as the server's owner.

        Args:
            statements: SQL.
            database: where.

        Returns:
            The first column of all rows that come back.

        Raises:
            ServerError: the server does not take them.
        """
        try:
            where = {"user": OWNER, "database": database}
            return await wire.execute(self.socket, where, statements)
        except (OSError, wire.WireError, asyncio.IncompleteReadError) as error:
            raise ServerError(str(error)) from error

    async def ensure(self, user: User, database: str | None) -> None:
        """Makes sure that a user exists as described, and may make tables in a database.

        Args:
            user: the user.
            database: its name, which is made if it is missing; None is no particular one.

        Raises:
            ServerError: the server does not take the names.
        """
        role = name(user.name)
        if user.name not in await self.execute("SELECT rolname FROM pg_roles"):
            await self.execute(f"CREATE ROLE {role} LOGIN")
        await self.execute(*_of_user(user))
        if database is None:
            return
        if database not in await self.execute("SELECT datname FROM pg_database"):
            await self.execute(f"CREATE DATABASE {name(database)} OWNER {role}")
        await self.execute(*_of_database(user, database), database=database)

    async def stop(self) -> None:
        """Ends the server and removes its folder."""
        if self._control is not None:
            self._control.close()
        if self._keeper is not None:
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._keeper.wait, _ENDS_WITHIN)
            if self._keeper.returncode != 0 and self._pid is not None:
                # Somebody has killed the keeper.
                self._keeper.kill()
                with suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGQUIT)
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    def _make(self) -> None:
        """Fills the folder: the server's data, its rules and its settings."""
        data = self.folder / "data"
        if self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        command = [str(self._programs.initdb), "--pgdata", str(data), "--username", OWNER]
        command += ["--encoding", "UTF8", "--locale", "C", "--auth", "reject", "--no-sync"]
        account = self._account
        subprocess.run(
            command,
            env=_environment(),
            cwd=self.folder,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            capture_output=True,
            text=True,
            check=True,
            timeout=_STARTS_WITHIN,
        )
        (data / "pg_hba.conf").write_text(_RULES, encoding="utf-8")
        settings = {**_SETTINGS, "unix_socket_directories": str(self.folder)}
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{key} = {literal(value)}\n" for key, value in settings.items())

    def _launch(self) -> None:
        self._control, theirs = socket.socketpair()
        account = self._account
        ids = (account.pw_uid, account.pw_gid) if account else (-1, -1)
        command = [str(self._programs.server), "-D", str(self.folder / "data")]
        try:
            self._keeper = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", str(_KEEPER)),
                    *(str(self.folder), *map(str, ids), *command),
                ],
                stdin=theirs.fileno(),
                cwd=self.folder,
                env=_environment(),
                start_new_session=True,
            )
        finally:
            theirs.close()
        self._control.setblocking(False)

    async def _ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + _STARTS_WITHIN
        while True:
            try:
                await self.execute(f"CREATE ROLE {IAM}")
            except ServerError as error:
                if self._has_ended() or asyncio.get_running_loop().time() > deadline:
                    raise ServerError("the sandbox's log says why the server ended") from error
            else:
                return
            await asyncio.sleep(0.02)

    def _has_ended(self) -> bool:
        """Returns whether the keeper says so, and takes note of the server's process."""
        with suppress(BlockingIOError):
            said = self._control.recv(1024) if self._control else b""
            for line in said.decode().splitlines():
                word, _, number = line.partition(" ")
                if word == "pid":
                    self._pid = int(number)
                else:
                    return True
            return not said
        return False


def name(text: str) -> str:
    """Returns a name as SQL has it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def literal(text: str) -> str:
    """Returns a text as SQL has it, where backslashes mean nothing."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _of_user(user: User) -> Iterator[str]:
    role = name(user.name)
    if user.master:
        yield f"ALTER ROLE {role} WITH CREATEDB CREATEROLE"
    if user.password is not None:
        yield f"ALTER ROLE {role} WITH PASSWORD {literal(user.password)}"
    yield f"GRANT {IAM} TO {role}" if user.iam else f"REVOKE {IAM} FROM {role}"


def _of_database(user: User, database: str) -> Sequence[str]:
    """Lets a user do all that the owner of the database may, who need not be the same."""
    role = name(user.name)
    return (
        f"GRANT ALL ON DATABASE {name(database)} TO {role}",
        f"GRANT ALL ON SCHEMA public TO {role}",
    )


def _environment() -> Mapping[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
