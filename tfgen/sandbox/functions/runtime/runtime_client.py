"""What awslambdaric otherwise has in C, for versions of Python that its compiled file is not for.

It speaks the Runtime API over one connection that stays open:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import http.client
import os

_PREFIX = "/2018-06-01/runtime"


class _Client:
    """A connection to the Runtime API."""

    def __init__(self) -> None:
        self.agent = ""
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[bytes, dict[str, str]]:
        """Asks, and returns the body and the headers of the answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        headers = {"User-Agent": self.agent, **headers}
        self._connection.request(method, _PREFIX + path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"the Runtime API answers {response.status}: {content.decode()}")
        return content, dict(response.getheaders())


_client = _Client()


def initialize_client(user_agent: str) -> None:
    """Keeps what the client calls itself."""
    _client.agent = user_agent


def next() -> tuple[bytes, dict[str, str]]:  # noqa: A001 (awslambdaric calls it so)
    """Waits for the next event, and returns it with its headers."""
    return _client.ask("GET", "/invocation/next", None, {})


def post_invocation_result(
    invoke_id: str, result_data: bytes, content_type: str, invocation_id: str | None = None
) -> None:
    """Hands over what the function returned."""
    del invocation_id
    headers = {"Content-Type": content_type}
    _client.ask("POST", f"/invocation/{invoke_id}/response", result_data, headers)


def post_error(
    invoke_id: str, error_response_data: str, xray_fault: str, invocation_id: str | None = None
) -> None:
    """Hands over the function's error."""
    del invocation_id, xray_fault
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": "Unhandled",
    }
    _client.ask("POST", f"/invocation/{invoke_id}/error", error_response_data.encode(), headers)
