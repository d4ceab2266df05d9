"""The front door: who answers, and for which regions it was asked."""

from __future__ import annotations

import socket
import threading

from tests.sandbox.conftest import REGION
from tfgen.aws.session import Aws
from tfgen.sandbox.front import ask
from tfgen.sandbox.lifecycle import Running


def test_it_says_which_sandbox_it_is(running: Running) -> None:
    answer = ask(running.port)
    assert answer is not None
    assert answer.instance == running.instance


def test_it_remembers_the_regions_that_were_asked_about(running: Running, aws: Aws) -> None:
    for region in ("sa-east-1", REGION):
        aws.client("logs", region).describe_log_groups()
    answer = ask(running.port)
    assert answer is not None
    assert {"sa-east-1", REGION} <= set(answer.regions)
    assert list(answer.regions) == sorted(answer.regions)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ask(port) is None


def test_somebody_else_there() -> None:
    for said in (b"garbage\r\n", b"HTTP/1.1 404 Not Found\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n[1]"):
        with socket.create_server(("127.0.0.1", 0)) as server:
            answering = threading.Thread(target=_answer_once, args=(server, said))
            answering.start()
            assert ask(server.getsockname()[1]) is None
            answering.join()


def test_somebody_who_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert ask(server.getsockname()[1], timeout=0.1) is None


def _answer_once(server: socket.socket, said: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(said)
