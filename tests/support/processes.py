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
        start: starts one.
    """

    def __init__(self, start: Callable[[], Process]) -> None:
        self._start = start
        self._lock = Lock()
        self._all: list[Process] = []
        self._idle: list[Process] = []

    def take(self) -> Process:
        """Returns one that nobody else uses."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        process = self._start()
        with self._lock:
            self._all.append(process)
        return process

    @contextmanager
    def taken(self) -> Iterator[Process]:
        """Has one as long as the context lasts."""
        process = self.take()
        try:
            yield process
        finally:
            self.give_back(process)

    def give_back(self, process: Process) -> None:
        """Keeps one for others, unless it is still at work for a Terraform that is gone.

        Then it is ended, as it would be if that Terraform had started it.
        """
        with self._lock:
            if not process.busy:
                self._idle.append(process)
                return
            if process in self._all:
                self._all.remove(process)
        process.close()

    def close(self) -> None:
        """Ends all of them, in use or not."""
        while self._all:
            self._all.pop().close()
