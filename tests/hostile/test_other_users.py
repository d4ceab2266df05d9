"""Another user of the machine gets nothing from a sandbox."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfgen.sandbox import peers
from tfgen.sandbox.lifecycle import Running, start, stop

NOBODY = "65534"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    yield start(tmp_path)
    stop(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused(sandbox: Running) -> None:
    host = f"127.0.0.1:{sandbox.port}"
    ask = (
        f"exec 3<>/dev/tcp/127.0.0.1/{sandbox.port}; "
        f"printf 'GET / HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n' >&3; head -n 1 <&3"
    )
    other = ["setpriv", f"--reuid={NOBODY}", "--clear-groups", "bash", "-c", ask]
    assert "403" in subprocess.run(other, capture_output=True, text=True, check=True).stdout
    assert "200" in subprocess.run(other[3:], capture_output=True, text=True, check=True).stdout


def test_who_hangs_up_at_once_is_nobody() -> None:
    assert peers.can_tell()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        own = client.getsockname()[1]
        assert peers.is_own(own, port)
        client.close()
        assert not peers.is_own(own, port)
        assert not peers.is_own(port, port)


@pytest.mark.parametrize(("user", "own"), [(0, True), (1000, True), (1001, False)])
def test_whose_socket_it_is_decides(monkeypatch: pytest.MonkeyPatch, user: int, own: bool) -> None:
    monkeypatch.setattr(peers, "_owner", lambda *_: peers._Owner(user, 4711))  # noqa: SLF001
    monkeypatch.setattr(peers, "can_tell", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert peers.is_own(1, 2) is own


def test_where_the_system_does_not_tell_everybody_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(peers, "_owner", refuse)
    assert not peers.can_tell.__wrapped__()
