"""How an invocation fails, in Lambda's words.

The types and the sentences are what Lambda answers, see
https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html and the source of
https://github.com/aws/aws-lambda-runtime-interface-emulator.
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import Final, Literal

#: The longest event and the longest response, in bytes:
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
EVENT_BYTES: Final = 6 * 1024 * 1024
RESPONSE_BYTES: Final = 6 * 1024 * 1024 + 100

#: The longest event that does not wait for its answer, in bytes.
ASYNCHRONOUS_EVENT_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result.

    Attributes:
        type: for example ``Runtime.ExitError``.
        message: what happened, in a sentence.
        document: what the runtime itself says of it, JSON.
        status: how the line ``REPORT`` calls it.
    """

    type: str
    message: str
    document: bytes | None = None
    status: Literal["error", "timeout"] = "error"

    def payload(self, request_id: str) -> bytes:
        """Returns the document that the caller gets.

        Args:
            request_id: the invocation's.
        """
        if self.document is not None:
            return self.document
        message = self.message.replace(_REQUEST, request_id)
        return json.dumps({"errorType": self.type, "errorMessage": message}).encode()


_REQUEST: Final = "\0"


def reported(kind: str, document: bytes) -> Failure:
    """Returns what a runtime reports.

    Args:
        kind: the error's type, from the header; may be empty.
        document: the error, JSON.
    """
    return Failure(kind or "Runtime.Unknown", "", document)


def timed_out(seconds: float) -> Failure:
    """Returns what a function gets that does not end.

    Args:
        seconds: how long it was allowed to run.
    """
    message = f"RequestId: {_REQUEST} Error: Task timed out after {seconds:.2f} seconds"
    return Failure("Sandbox.Timedout", message, status="timeout")


def exited(code: int | None) -> Failure:
    """Returns what a runtime gets that ends before it has answered.

    Args:
        code: its exit code, or the number of a signal, negative; None if nobody knows.
    """
    if code is None or code == 0:
        how = "Runtime exited without providing a reason"
    elif code > 0:
        how = f"Runtime exited with error: exit status {code}"
    else:
        name = (signal.strsignal(-code) or f"signal {-code}").lower()
        how = f"Runtime exited with error: signal: {name}"
    return Failure("Runtime.ExitError", f"RequestId: {_REQUEST} Error: {how}")


def out_of_memory() -> Failure:
    """Returns what a function gets that takes more memory than it has."""
    message = f"RequestId: {_REQUEST} Error: Runtime exited with error: signal: killed"
    return Failure("Runtime.OutOfMemory", message)


def not_startable(why: str) -> Failure:
    """Returns what a function gets whose runtime cannot even be started.

    Args:
        why: the reason.
    """
    return Failure("Runtime.InvalidEntrypoint", f"RequestId: {_REQUEST} Error: {why}")


def response_too_large() -> Failure:
    """Returns what a function gets that returns too much."""
    return Failure(
        "Function.ResponseSizeTooLarge",
        f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes).",
    )
