"""AWS simulated in the test process, and what the tests ask of it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tfgen.aws.session import Aws

Answer = Callable[[int, str, str], str]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The URL of a simulated AWS on loopback."""
    from moto.apigatewayv2.responses import ApiGatewayV2Response
    from moto.server import ThreadedMotoServer

    from tfgen.sandbox.patches import authorizers

    authorizers.patch()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    delattr(ApiGatewayV2Response, "get_authorizers")


@pytest.fixture(scope="session")
def clients(endpoint: str) -> Aws:
    """The account whatever is in it, with clients that all tests share: making one is slow."""
    return Aws(endpoint)


@pytest.fixture
def aws(endpoint: str, clients: Aws) -> Aws:
    """The account, empty."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=30)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    connection.close()
    return clients


@pytest.fixture
def before() -> datetime:
    """When a run began that is now broken."""
    return datetime.now(UTC)


@pytest.fixture
def later(before: datetime) -> datetime:
    """When a run began to which everything in the account is old."""
    return before + timedelta(hours=1)


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Starts a server that answers every call with one error, and returns its URL."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, code: str, message: str) -> str:
        body = json.dumps({"__type": code, "message": message}).encode()

        class Refusal(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
