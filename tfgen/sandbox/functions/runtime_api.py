"""The Runtime API, for one execution environment.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html: its runtime asks for the next
event, and hands over the response to it or the error. The address has no room for a name of the
environment, so each has a port of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from tfgen.sandbox.functions.failure import RESPONSE_BYTES, Failure, reported
from tfgen.sandbox.functions.wire import HEAD_BYTES, Request, read_request, response

_PREFIX: Final = "/2018-06-01/runtime/"
_ERROR_TYPE: Final = "lambda-runtime-function-error-type"
_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Work:
    """An event for a runtime.

    Attributes:
        request_id: the invocation's.
        arn: what was invoked.
        payload: the event, JSON.
        trace: the header of X-Ray.
        client_context: JSON; None if there is none.
        deadline: milliseconds since 1970.
    """

    request_id: str
    arn: str
    payload: bytes
    trace: str
    client_context: str | None = None
    deadline: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a runtime said to an event.

    Attributes:
        body: the response, or the error, JSON.
        is_error: which of them.
        body_too_large: whether it was longer than a response may be; the body is lost.
    """

    body: bytes
    is_error: bool
    body_too_large: bool = False


class RuntimeApi:
    """Serves the Runtime API to one runtime; for one event loop.

    Args:
        on_turn: called when the runtime asks for an event, or cannot start.
    """

    def __init__(self, on_turn: Callable[[], None]) -> None:
        self._on_turn = on_turn
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._work: Work | None = None
        self._next: asyncio.Future[Work] | None = None
        #: Host and port.
        self.address = ""
        #: The answer to the last event, once it is there.
        self.answer: Answer | None = None
        #: Why the runtime says that it cannot start.
        self.init_failure: Failure | None = None

    async def open(self) -> None:
        """Begins to listen, on a free port of loopback."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=HEAD_BYTES)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    async def close(self) -> None:
        """Stops to listen and hangs up."""
        if self._server is not None:
            self._server.close()
        self.reset()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def reset(self) -> None:
        """Forgets the runtime, for another one that starts instead of it."""
        for talk in self._talks:
            talk.cancel()
        self._work = self._next = self.answer = self.init_failure = None

    def hand_over(self, work: Work) -> None:
        """Gives the runtime the event that it waits for.

        Args:
            work: the event.
        """
        self.answer = None
        self._work = work
        if self._next is not None:
            self._next.set_result(work)
            self._next = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served outside of a task")
        self._talks.add(task)
        try:
            while (request := await read_request(reader, writer, RESPONSE_BYTES)) is not None:
                writer.write(await self._reply(request))
                await writer.drain()
        except (asyncio.CancelledError, OSError):
            # The runtime is gone, or it has to go; either way nobody reads on.
            return
        finally:
            self._talks.discard(task)
            writer.close()

    async def _reply(self, request: Request) -> bytes:
        # No page in a browser may take an event away: see `tfgen.sandbox.guard`.
        if request.headers.get("host") != self.address or "origin" in request.headers:
            return _refusal(HTTPStatus.FORBIDDEN, "Forbidden", f"only for {self.address}")
        if not request.path.startswith(_PREFIX):
            return _refusal(HTTPStatus.NOT_FOUND, "NotFound", f"no {request.path} here")
        match request.method, request.path.removeprefix(_PREFIX).split("/"):
            case "GET", ["invocation", "next"]:
                return await self._reply_next()
            case "POST", ["invocation", request_id, "response" | "error" as kind]:
                return self._reply_answer(request, request_id, is_error=kind == "error")
            case "POST", ["init", "error"]:
                return self._reply_init_error(request)
            case _:
                return _refusal(HTTPStatus.NOT_FOUND, "NotFound", f"no {request.path} here")

    async def _reply_next(self) -> bytes:
        if self._next is not None or (self._work is not None and self.answer is None):
            return _wrong_state("the last invocation is not over")
        self._work = None
        waiting = self._next = asyncio.get_running_loop().create_future()
        self._on_turn()
        work = await waiting
        headers = {
            **_JSON,
            "Lambda-Runtime-Aws-Request-Id": work.request_id,
            "Lambda-Runtime-Deadline-Ms": str(work.deadline),
            "Lambda-Runtime-Invoked-Function-Arn": work.arn,
            "Lambda-Runtime-Trace-Id": work.trace,
        }
        if work.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = work.client_context
        return response(HTTPStatus.OK, headers, work.payload)

    def _reply_answer(self, request: Request, request_id: str, *, is_error: bool) -> bytes:
        if self._work is None or request_id != self._work.request_id:
            return _refusal(HTTPStatus.BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
        if self.answer is not None:
            return _wrong_state("the invocation was answered before")
        if request.body is None:
            self.answer = Answer(b"", is_error, body_too_large=True)
            # The runtime may end now, or ask for more: it is not asked again in either case.
            self._on_turn()
            return _refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "RequestEntityTooLarge",
                f"Exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes).",
            )
        self.answer = Answer(request.body, is_error)
        return _accepted()

    def _reply_init_error(self, request: Request) -> bytes:
        if self._work is not None:
            return _wrong_state("the runtime has started")
        self.init_failure = reported(request.headers.get(_ERROR_TYPE, ""), request.body or b"{}")
        self._on_turn()
        return _accepted()


def _accepted() -> bytes:
    return response(HTTPStatus.ACCEPTED, _JSON, b'{"status":"OK"}\n')


def _wrong_state(why: str) -> bytes:
    return _refusal(HTTPStatus.FORBIDDEN, "InvalidStateTransition", why)


def _refusal(status: HTTPStatus, kind: str, message: str) -> bytes:
    said: Mapping[str, str] = {"errorMessage": message, "errorType": kind}
    return response(status, _JSON, json.dumps(said).encode())
