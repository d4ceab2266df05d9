"""What the sandbox's rooms agree on: how a function is invoked, and which regions are out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Invocation:
    """What came of invoking a function.

    Attributes:
        payload: what the function returned, as it wrote it; the error's document if it failed.
        error: None; ``Handled`` or ``Unhandled``, as in the header ``X-Amz-Function-Error``.
        version: the version that ran, also when an alias was asked for.
        request_id: the ID in the function's log.
        log: the end of what this invocation logged, at most 4 KB.
    """

    payload: bytes
    error: str | None
    version: str
    request_id: str
    log: bytes


class InvokeError(Exception):
    """An invocation that AWS refuses before the function runs.

    Attributes:
        code: as Lambda's API names it, for example ``ResourceNotFoundException``.
        status: the HTTP status of that answer.
        message: what is wrong, in a sentence.
    """

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message


class Invoke(Protocol):
    """Runs a function and waits for it, as ``InvocationType=RequestResponse`` does."""

    def __call__(
        self, region: str, function: str, qualifier: str | None, payload: bytes
    ) -> Invocation:
        """Invokes.

        Args:
            region: the function's.
            function: its name.
            qualifier: a version or an alias; None is ``$LATEST``.
            payload: the event, JSON.

        Raises:
            InvokeError: there is no such function or version, or it cannot run here.
        """


class Outages:
    """The regions whose gateway and functions do not answer; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: frozenset[str] = frozenset()

    @property
    def failed(self) -> frozenset[str]:
        """The regions that are out."""
        return self._failed

    def fail(self, region: str) -> None:
        """Takes a region out."""
        with self._lock:
            self._failed |= {region}

    def heal(self, region: str) -> None:
        """Brings a region back."""
        with self._lock:
            self._failed -= {region}
