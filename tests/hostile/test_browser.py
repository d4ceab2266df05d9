"""A page in the user's browser gets nothing from a sandbox: requests as Chromium 150 sends them.

`tests/hostile/browser.py` has a real Chromium send them, and holds its headers against these.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.front import TOKEN_HEADER
from tfgen.sandbox.lifecycle import Running, start, stop
from tfgen.sandbox.record import RECORD

REGION = "eu-west-2"
FUNCTIONS = "/2015-03-31/functions"
ROUTE = "/_tfgen/route?name=api.example.com"
FAIL = "/_tfgen/regions/eu-west-2/fail"

#: What a page of another site sends with ``fetch(…, {mode: "no-cors"})`` or a form.
CROSS_SITE = {"Origin": "http://evil.example:8000", "Sec-Fetch-Site": "cross-site"}
#: What a page of another local server sends: another port is another origin of the same site.
SAME_SITE = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-site"}
#: What an image, a link or a frame sends: no origin.
EMBEDDED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
#: A page whose name has been given the address 127.0.0.1; {port} is the sandbox's.
REBOUND = {
    "Host": "evil.example:{port}",
    "Origin": "http://evil.example:{port}",
    "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-2/lambda/aws4_request, S=x",
}
#: The same with a GET, which has no origin.
REBOUND_GET = {"Host": "evil.example:{port}", "Referer": "http://evil.example:{port}/"}
PREFLIGHT = {
    **CROSS_SITE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": TOKEN_HEADER.lower(),
}

#: Name → method, target and headers.
ATTACKS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "empty the account, from another site": ("POST", "/moto-api/reset", CROSS_SITE),
    "empty the account, from another port": ("POST", "/moto-api/reset", SAME_SITE),
    "empty the account, by rebinding": ("POST", "/moto-api/reset", REBOUND),
    "empty the account, with another spelling": ("POST", "//moto%2Dapi/reset", {}),
    "read the account": ("GET", "/moto-api/data.json", {}),
    "read the account, by rebinding": ("GET", "/moto-api/data.json", REBOUND_GET),
    "make a function, from another site": ("POST", FUNCTIONS, CROSS_SITE),
    "make a function, from a file": ("POST", FUNCTIONS, {"Origin": "null"}),
    "make a function, by rebinding": ("POST", FUNCTIONS, REBOUND),
    "make a function, without a Host": ("POST", FUNCTIONS, {"Host": ""}),
    "make a function, under two Hosts": (
        *("POST", FUNCTIONS),
        {"Host": "127.0.0.1:{port}", "host": "evil.example:{port}"},
    ),
    "make a function, on another port": ("POST", FUNCTIONS, {"Host": "127.0.0.1:80"}),
    "make a function, without a port": ("POST", FUNCTIONS, {"Host": "localhost"}),
    "make a function, under a name like localhost": (
        *("POST", FUNCTIONS),
        {"Host": "localhost.evil.example:{port}"},
    ),
    "list functions in an image": ("GET", FUNCTIONS + "/", EMBEDDED),
    "list functions, by rebinding": ("GET", FUNCTIONS + "/", REBOUND_GET),
    "ask whether AWS may be asked": ("OPTIONS", FUNCTIONS, PREFLIGHT),
    "absolute URL of AWS": ("POST", f"http://127.0.0.1:{{port}}{FUNCTIONS}", {}),
    "absolute URL of another name": ("GET", "http://evil.example/", {}),
    "tunnel": ("CONNECT", "127.0.0.1:{port}", {}),
    "which sandbox it is, by rebinding": ("GET", "/_tfgen/sandbox", REBOUND_GET),
    "control, from another site": ("POST", FAIL, CROSS_SITE),
    "control, with a preflight": ("OPTIONS", FAIL, PREFLIGHT),
    "control, by rebinding": ("POST", FAIL, {**REBOUND, TOKEN_HEADER: "guessed"}),
    "control, with the header of earlier versions": ("POST", FAIL, {"X-Tfgen": "1"}),
    "control, with an empty token": ("GET", ROUTE, {TOKEN_HEADER: ""}),
    "control, with a guessed token": ("GET", ROUTE, {TOKEN_HEADER: "t\u00f6ken"}),
    "control, without a token": ("POST", "/_tfgen/account/reset", {}),
}

HONEST: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "by address": ("GET", "/", {}),
    "by name": ("GET", "/", {"Host": "localhost:{port}"}),
    "by its IPv6 address": ("GET", "/", {"Host": "[::1]:{port}"}),
    "from the address bar": ("GET", "/", {"Sec-Fetch-Site": "none"}),
    "from its own page": ("GET", "/", {"Origin": "http://localhost:{port}"}),
    "which sandbox it is": ("GET", "/_tfgen/sandbox", {}),
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    project = tmp_path_factory.mktemp("project")
    yield start(project)
    stop(project)


@pytest.fixture(scope="module")
def aws(sandbox: Running) -> Aws:
    """The account, with something in it that an attack could remove."""
    aws = Aws(sandbox.endpoint)
    aws.client("logs", REGION).create_log_group(logGroupName="/keep")
    return aws


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_gets_nothing(sandbox: Running, aws: Aws, attack: str) -> None:
    status, headers, body = send(sandbox.port, *ATTACKS[attack])
    assert status == 403
    assert list(json.loads(body)) == ["message"]
    assert not [name for name in headers if name.startswith("access-control")]
    assert [each["logGroupName"] for each in groups(aws)] == ["/keep"]
    assert aws.client("lambda", REGION).list_functions()["Functions"] == []
    assert Client(sandbox).activity()["failed"] == []


@pytest.mark.parametrize("request_", HONEST)
def test_a_program_of_this_machine_is_answered(sandbox: Running, request_: str) -> None:
    status, _, _ = send(sandbox.port, *HONEST[request_])
    assert status == 200


def test_a_bucket_is_found_below_localhost(sandbox: Running, aws: Aws) -> None:
    """An S3 client whose endpoint is a name puts the bucket before it."""
    location: Any = {"LocationConstraint": REGION}
    aws.client("s3", REGION).create_bucket(Bucket="things", CreateBucketConfiguration=location)
    status, _, body = send(sandbox.port, "GET", "/", {"Host": "things.localhost:{port}"})
    assert status == 200
    assert b"<Name>things</Name>" in body


def test_the_token_is_in_the_record_alone(sandbox: Running) -> None:
    home = sandbox.scratch.parent
    assert sandbox.token in (home / RECORD).read_text("utf-8")
    assert (home / RECORD).stat().st_mode & 0o777 == 0o600
    assert sandbox.token not in (home / "server.log").read_text("utf-8")
    assert sandbox.token.encode() not in Path(f"/proc/{sandbox.pid}/cmdline").read_bytes()
    assert sandbox.token not in repr(sandbox)


def test_a_page_takes_no_event_from_a_function() -> None:
    """The Runtime API, by which a function gets its events, is on a port of loopback as well."""
    import asyncio

    from tfgen.sandbox.functions.runtime_api import RuntimeApi

    async def ask(*headers: str) -> bytes:
        api = RuntimeApi(on_turn=lambda: None)
        await api.open()
        host, port = api.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = ["GET /2018-06-01/runtime/nothing HTTP/1.1", *headers, "", ""]
        writer.write("\r\n".join(lines).format(address=api.address).encode())
        answer = await reader.readline()
        writer.close()
        await api.close()
        return answer.split()[1]

    assert asyncio.run(ask("Host: evil.example")) == b"403"
    assert asyncio.run(ask("Host: {address}", "Origin: http://evil.example")) == b"403"
    assert asyncio.run(ask("Host: {address}")) == b"404"


def groups(aws: Aws) -> Any:
    return aws.client("logs", REGION).describe_log_groups()["logGroups"]


def send(
    port: int, method: str, target: str, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """Sends a request as it is, and returns status, headers and body of the answer."""
    lines = [f"{method} {target} HTTP/1.1"]
    if "Host" not in headers:
        lines.append("Host: 127.0.0.1:{port}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    body = ""
    if method == "POST":
        body = json.dumps({"FunctionName": "evil", "Code": {}})
        lines += ["Content-Type: text/plain;charset=UTF-8", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, "", ""]).replace("{port}", str(port))
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall((head + body).encode("latin-1"))
        answer = b""
        while part := connection.recv(65536):
            answer += part
    start_line, _, rest = answer.partition(b"\r\n")
    fields, _, content = rest.partition(b"\r\n\r\n")
    pairs = (line.split(": ", 1) for line in fields.decode("latin-1").split("\r\n"))
    return int(start_line.split()[1]), {name.lower(): value for name, value in pairs}, content
