"""Parts of the sandbox's databases, each by itself: tokens, messages, programs, servers."""

from __future__ import annotations

import asyncio
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from tests.sandbox.test_databases import NEEDS_POSTGRESQL
from tests.support.moments import wait_until
from tfgen.sandbox.databases import wire
from tfgen.sandbox.databases.programs import Programs, find_programs
from tfgen.sandbox.databases.server import Server, ServerError, User, literal, name
from tfgen.sandbox.databases.tokens import Login, TokenError, read_token
from tfgen.sandbox.iam.calls import Signature

LOGIN = Login("127.0.0.1:40001", "eu-west-2", "app")
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
SAID = {
    "Action": "connect",
    "DBUser": "app",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "ASIAAAAAAAAAAAAAAAAA/20260131/eu-west-2/rds-db/aws4_request",
    "X-Amz-Date": "20260131T120000Z",
    "X-Amz-Expires": "900",
    "X-Amz-Security-Token": "a/token+of=a session",
    "X-Amz-Signature": "0123",
}


def token(**changed: str | None) -> str:
    said = {**SAID, **{key.replace("_", "-"): value for key, value in changed.items()}}
    query = urlencode({key: value for key, value in said.items() if value is not None})
    return f"{LOGIN.host}/?{query}"


def test_a_token_says_who_signed_it() -> None:
    signed = Signature("ASIAAAAAAAAAAAAAAAAA", "a/token+of=a session", "eu-west-2", "rds-db")
    assert read_token(token(), LOGIN, NOW) == signed
    late = NOW + timedelta(seconds=900)
    assert read_token(token(X_Amz_Security_Token=None), LOGIN, late).token is None


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("correct-horse", "no token"),
        ("", "no token"),
        (token(X_Amz_Signature=None), "no token"),
        (token(X_Amz_Credential="me"), "no token"),
        (token().replace("40001", "40002"), "for the host 127.0.0.1:40002"),
        (token(DBUser="boss"), "for the user boss"),
        (token(Action="describe"), "for the action describe"),
        (token(X_Amz_Credential="ASIA/20260131/us-east-1/rds-db/x"), "for the region us-east-1"),
        (token(X_Amz_Credential="ASIA/20260131/eu-west-2/s3/x"), "for the service s3"),
        (token(X_Amz_Date="20260131T114459Z"), "over since 11:59:59 UTC"),
        (token(X_Amz_Date="20260201T120000Z"), "of the future"),
        (token(X_Amz_Date="today"), "does not say when"),
        (token(X_Amz_Expires=None), "does not say when"),
    ],
)
def test_a_token_that_lets_nobody_in(made: str, reason: str) -> None:
    with pytest.raises(TokenError, match=reason):
        read_token(made, LOGIN, NOW)


def reader_of(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


def test_messages_are_read_as_they_were_written() -> None:
    async def talk() -> None:
        said = {"user": "ünïcode", "database": "app", "options": ""}
        first = await wire.read_first(reader_of(wire.startup(said)))
        assert (first.code, first.parameters) == (wire.PROTOCOL, said)
        assert first.raw == wire.startup(said)
        refused = await wire.read_message(reader_of(wire.refusal("28000", "no", "because")))
        fields = {"S": "FATAL", "V": "FATAL", "C": "28000", "M": "no", "D": "because"}
        assert refused.fields == fields
        assert wire.Message(b"R", struct.pack("!I", 0)).lets_in
        assert not (await wire.read_message(reader_of(wire.ask_for_password()))).lets_in

    asyncio.run(talk())


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack("!II", 7, wire.PROTOCOL),
        struct.pack("!II", 10_001, wire.PROTOCOL),
        wire.First(wire.PROTOCOL, b"user\0app\0").raw,
        wire.First(wire.PROTOCOL, b"user").raw,
    ],
)
def test_who_does_not_speak_postgresql_is_not_understood(data: bytes) -> None:
    async def read() -> object:
        return (await wire.read_first(reader_of(data))).parameters

    with pytest.raises(wire.WireError):
        asyncio.run(read())


def test_sql_is_quoted() -> None:
    assert literal("it's") == "'it''s'"
    assert name('a"b') == '"a""b"'


def test_programs_are_where_a_variable_says_and_nowhere_else(tmp_path: Path) -> None:
    for program in ("postgres", "initdb"):
        file = tmp_path / program
        file.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.2 (Debian)'\n", "utf-8")
        file.chmod(0o700)
    environ = {"PATH": "/usr/bin:/bin", "TFGEN_POSTGRES": str(tmp_path)}
    found = Programs(tmp_path / "postgres", tmp_path / "initdb", "17.2")
    assert find_programs(environ) == found
    assert find_programs({"PATH": str(tmp_path)}) == found
    (tmp_path / "initdb").unlink()
    assert find_programs(environ) is None


def test_a_server_that_cannot_be_made_says_why_and_leaves_nothing() -> None:
    async def make() -> None:
        false = Path("/bin/false")
        server = Server(Programs(false, false, "15.1"))
        with pytest.raises(ServerError, match="exit status 1"):
            await server.start()
        await server.stop()
        assert not server.folder.exists()

    asyncio.run(make())


@NEEDS_POSTGRESQL
def test_a_server_ends_when_its_keeper_was_killed() -> None:
    async def live() -> tuple[Path, list[psutil.Process]]:
        programs = find_programs(os.environ)
        assert programs is not None
        others = psutil.Process().children()
        server = Server(programs)
        await server.start()
        await server.ensure(User("it's me", "a'b\\c"), "the base")
        await server.ensure(User("it's me", iam=True), "the base")
        assert "the base" in await server.execute("SELECT datname FROM pg_database")
        with pytest.raises(ServerError, match="does not exist"):
            await server.execute("SELECT nothing")
        [keeper] = [each for each in psutil.Process().children() if each not in others]
        processes = keeper.children(recursive=True)
        keeper.kill()
        await server.stop()
        return server.folder, processes

    folder, processes = asyncio.run(live())
    assert processes
    assert not folder.exists()
    wait_until(lambda: not any(each.is_running() for each in processes), "the server's end")
