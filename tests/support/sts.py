"""An STS that knows whose the credentials are, and nothing else."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.command import environment

_IDENTITY = """\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{account}</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>
"""


class Sts:
    """A server that keeps what it was asked.

    Args:
        account: to which the credentials belong.
        caller: the last part of the caller's ARN.
    """

    def __init__(self, account: str, caller: str = "iam::{account}:user/dev") -> None:
        self.asked: list[str] = []
        self.account = account
        self.caller = caller
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                server.asked.append(body)
                answer = server.identity.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def identity(self) -> str:
        """What it answers."""
        arn = "arn:aws:" + self.caller.format(account=self.account)
        return _IDENTITY.format(arn=arn, account=self.account)

    def environment(self, **more: str) -> dict[str, str]:
        """Returns the environment of a command whose AWS this is."""
        return environment(**self.variables(**more))

    def variables(self, **more: str) -> dict[str, str]:
        """Returns what of that environment is about AWS."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ACCESS_KEY_ID": "user",
            "AWS_SECRET_ACCESS_KEY": "user",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **more,
        }

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()
