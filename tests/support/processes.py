"""Providers that are in nobody's use: taken by whoever needs one, and given back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Lock
from typing import Any

import grpc

UNLIMITED = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
)


class Process:
    """A provider of version 5.

    Args:
        start: runs it as long as the context lasts, and yields what Terraform must be told of it.
    """

    def __init__(self, start: Callable[[], AbstractContextManager[str]]) -> None:
        self._running = ExitStack()
        self.told: dict[str, Any] = json.loads(self._running.enter_context(start()))
        [about] = self.told.values()
        self.address: str = about["Addr"]["String"]
        self.channel = self._running.enter_context(
            grpc.insecure_channel(f"unix:{self.address}", options=UNLIMITED)
        )
        self._lock = Lock()
        self._calls = 0

    @property
    def busy(self) -> bool:
        """Whether it has not answered yet."""
        return self._calls > 0

    def ask(self, method: str, request: bytes) -> bytes:
        """Returns what it answers."""
        with self._lock:
            self._calls += 1
        try:
            answer: bytes = self.channel.unary_unary(method, bytes, bytes)(request)
        finally:
            with self._lock:
                self._calls -= 1
        return answer

    def close(self) -> None:
        """Ends it."""
        self._running.close()


class Processes:
    """The providers of an account.

    Args:
        start: runs one as long as the context lasts, and yields what Terraform must be told of it.
    """

    def __init__(self, start: Callable[[], AbstractContextManager[str]]) -> None:
        self._start = start
        self._lock = Lock()
        self._idle: list[Process] = []
        self._closed = False

    def take(self) -> Process:
        """Returns one that nobody else uses."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Process(self._start)

    @contextmanager
    def taken(self) -> Iterator[Process]:
        """Has one as long as the context lasts."""
        process = self.take()
        try:
            yield process
        finally:
            self.give_back(process)

    def give_back(self, process: Process) -> None:
        """Keeps one for others; ends it if it is at work for somebody who has gone.

        That is what its end would be, too, if it were Terraform's own.
        """
        with self._lock:
            if not process.busy and not self._closed:
                self._idle.append(process)
                return
        process.close()

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            self._closed = True
        while self._idle:
            self._idle.pop().close()
