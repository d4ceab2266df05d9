"""Calls that are made once more because their answer was lost on its way.

An SDK tries again when a connection breaks, and cannot know whether AWS had done what it was asked.
What is created is then there already, and a create that had succeeded fails. Between AWS and its
clients that is rare; between processes of one busy machine it is not rare enough.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Every attempt of a call has the same ID; the other header numbers the attempts from 1:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_CALL: Final = "HTTP_AMZ_SDK_INVOCATION_ID"
_ATTEMPT: Final = re.compile(r"attempt=(\d+)")

# An SDK waits 20 seconds at most before it tries again; a run makes less calls meanwhile.
_KEPT: Final = 1000

_log = logging.getLogger("tfgen.sandbox")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was said to a call that succeeded."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Retries:
    """A WSGI application that says again what it has said of a call which succeeded.

    Args:
        aws: answers what is asked for the first time.
    """

    def __init__(self, aws: WSGIApplication) -> None:
        self._aws = aws
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, _Answer] = OrderedDict()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        call = environ.get(_CALL)
        if call is None or environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            return self._aws(environ, start_response)
        attempt = _ATTEMPT.search(environ.get("HTTP_AMZ_SDK_REQUEST", ""))
        with self._lock:
            answer = self._answers.get(call)
        if answer is None or attempt is None or attempt[1] == "1":
            answer = self._ask(environ)
            self._keep(call, answer)
        else:
            _log.info("said once more, for its answer was lost: %s", environ.get("PATH_INFO"))
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _ask(self, environ: WSGIEnvironment) -> _Answer:
        said: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(
            status: str,
            headers: list[tuple[str, str]],
            _exc_info: tuple[type[BaseException], BaseException, TracebackType]
            | tuple[None, None, None]
            | None = None,
            /,
        ) -> Callable[[bytes], object]:
            said.append((status, headers))
            return written.append

        parts = self._aws(environ, start_response)
        try:
            body = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        status, headers = said[-1]
        return _Answer(status, headers, b"".join(written) + body)

    def _keep(self, call: str, answer: _Answer) -> None:
        if not answer.status.startswith("2"):
            return
        with self._lock:
            self._answers[call] = answer
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
