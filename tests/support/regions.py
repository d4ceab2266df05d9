"""The same provider configuration in many regions: a provider of version 5 for each of them."""

from __future__ import annotations

from threading import Lock
from typing import Any

from tests.support.processes import Process, Processes
from tests.support.relay import PROVIDER
from tests.support.tfplugin import Message, error, errors, is_unknown, pack_value, unpack_value


class RefusedError(Exception):
    """The answer is an error, which Terraform shows.

    Args:
        diagnostics: of the answer.
    """

    def __init__(self, *diagnostics: bytes) -> None:
        super().__init__()
        self.diagnostics = diagnostics


class Regions:
    """Providers of version 5 for one provider configuration of Terraform's, one for each region.

    Args:
        processes: from where they come, and where they return.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._lock = Lock()
        self._configure: Message | None = None
        self.first = processes.take()
        self.default: Any = None
        self._others: dict[str, Process] = {}

    def __enter__(self) -> Regions:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.all():
            self._processes.give_back(process)

    def all(self) -> list[Process]:
        """Returns all that are in use."""
        return [self.first, *self._others.values()]

    def configure(self, method: str, request: bytes) -> bytes:
        """Configures the first, and the others when they are needed.

        Raises:
            RefusedError: it names no region. Rendered ones do.
        """
        self._configure = Message(request)
        self.default = unpack_value(self._configure.get(2)).get("region")
        if self.default is None:
            raise RefusedError(error("in these tests a provider configuration names a region"))
        return self.first.ask(method, request)

    def of(self, region: Any) -> Process:
        """Returns the provider of a region.

        Raises:
            RefusedError: it cannot be configured for that.
        """
        if region == self.default or is_unknown(region):
            return self.first
        with self._lock:
            if region not in self._others:
                self._others[region] = self._start(region)
            return self._others[region]

    def _start(self, region: str) -> Process:
        assert self._configure is not None
        request = Message(self._configure.pack())
        config = unpack_value(request.get(2))
        request.set(2, pack_value({**config, "region": region}))
        process = self._processes.take()
        answer = Message(process.ask(f"{PROVIDER}Configure", request.pack()))
        if wrong := errors(answer.all(1)):
            self._processes.give_back(process)
            raise RefusedError(*wrong)
        return process
