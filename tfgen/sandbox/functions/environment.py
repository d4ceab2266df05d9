"""An execution environment: one process of a function, its Runtime API, and its life.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from tfgen.sandbox.confinement.view import View
from tfgen.sandbox.functions import failure
from tfgen.sandbox.functions.deployed import Deployed
from tfgen.sandbox.functions.failure import Failure
from tfgen.sandbox.functions.journal import Journal, Report
from tfgen.sandbox.functions.memory import memory_of
from tfgen.sandbox.functions.process import Process
from tfgen.sandbox.functions.runtime_api import RuntimeApi, Work
from tfgen.sandbox.functions.runtimes import Launch
from tfgen.sandbox.functions.variables import WRAPPER, function_environment
from tfgen.sandbox.iam.sessions import Sessions
from tfgen.sandbox.invocation import Invocation, InvokeError

#: Seconds that a function has to start, if nobody waits longer for it.
INIT_SECONDS: Final = 10.0

_MEMORY_LOOKS_EVERY: Final = 0.1
_NOT_FOUND: Final = 127


@dataclass(frozen=True, slots=True)
class Setting:
    """What all environments of a version share.

    Attributes:
        deployed: the version.
        launch: how it is run.
        task: the folder of its code.
        layers: the folder of its layers, if it has any.
        endpoint: the sandbox's URL.
        home: where every environment gets a folder.
        authority: the certificate of who signs for the sandbox's databases; None if nobody does.
        sessions: where every environment gets its credentials.
    """

    deployed: Deployed
    launch: Launch
    task: Path
    layers: Path | None
    endpoint: str
    home: Path
    authority: Path | None
    sessions: Sessions


class Environment:
    """One environment; for one event loop, and for one invocation at a time.

    Args:
        setting: what it runs.
        on_end: called when its process has ended, without being asked to.
    """

    def __init__(self, setting: Setting, on_end: Callable[[Environment], None]) -> None:
        self._setting = setting
        self._on_end = on_end
        self._journal = Journal(setting.deployed)
        self._api = RuntimeApi(on_turn=self._wake)
        deployed = setting.deployed
        self._session = setting.sessions.begin(deployed.role, deployed.name, deployed.arn)
        self._folder = setting.home / self._journal.stream[-32:]
        self._process: Process | None = None
        self._turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watcher: asyncio.TimerHandle | None = None
        self._hungry = False
        self._closing = False

    @property
    def alive(self) -> bool:
        """Whether it can take an invocation, as far as anybody knows."""
        return not self._closing and self._process is not None and not self._process.ended.done()

    async def run(self, work: Work) -> Invocation:
        """Runs an invocation, after the start of the process if that has not happened yet.

        Args:
            work: what to run.

        Raises:
            InvokeError: the sandbox ends meanwhile.
        """
        init = None
        failed = None
        self._journal.take_tail()
        if self._process is None:
            failed, init = await self._first_start()
        self._journal.start(work.request_id)
        began = time.monotonic()
        limit = float(self._setting.deployed.timeout)
        if failed is not None:
            # Lambda tries once more, in the time of the invocation.
            init = None
            failed, milliseconds = await self._start(limit)
            if failed is not None:
                self._journal.init_report("invoke", milliseconds, failed)
        if failed is None:
            remaining = limit - (time.monotonic() - began)
            failed = await self._answer(work, remaining)
        self._refuse_if_closing()
        memory = self._memory()
        if failed is not None:
            await self._end_process()
        if failed is not None and failed.status == "timeout":
            self._journal.timed_out(work.request_id)
        milliseconds = (time.monotonic() - began) * 1000
        unusual = failed if failed is not None and failed.document is None else None
        self._journal.report(Report(work.request_id, milliseconds, init, memory, unusual))
        return self._invocation(work, failed)

    async def close(self) -> None:
        """Ends the process, the Runtime API and the folder."""
        self._closing = True
        await self._end_process()
        await self._api.close()
        self._setting.sessions.end(self._session)
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _invocation(self, work: Work, failed: Failure | None) -> Invocation:
        answer = self._api.answer
        if failed is not None:
            payload, is_error = failed.payload(work.request_id), True
        elif answer is not None:
            payload, is_error = answer.body, answer.is_error
        else:
            raise RuntimeError("an invocation ended without an answer")
        return Invocation(
            payload=payload,
            error="Unhandled" if is_error else None,
            version=self._setting.deployed.version,
            request_id=work.request_id,
            log=self._journal.take_tail(),
        )

    async def _first_start(self) -> tuple[Failure | None, float]:
        launch = self._setting.launch
        self._folder.mkdir(parents=True)
        await self._api.open()
        self._journal.init_start(launch.version, launch.notice)
        failed, milliseconds = await self._start(INIT_SECONDS)
        if failed is not None:
            self._journal.init_report("init", milliseconds, failed)
        return failed, milliseconds

    async def _start(self, limit: float) -> tuple[Failure | None, float]:
        """Starts the process and waits until it asks for work.

        Args:
            limit: seconds.

        Returns:
            Why it did not work out, and how many milliseconds it took.
        """
        began = time.monotonic()
        self._refuse_if_closing()
        self._api.reset()
        self._turn = asyncio.get_running_loop().create_future()
        process = self._process = self._spawn()
        process.ended.add_done_callback(lambda _: self._process_ended(process))
        in_time = await self._wait(limit)
        self._refuse_if_closing()
        failed: Failure | None = None
        if self._api.init_failure is not None:
            failed = self._api.init_failure
        elif process.ended.done():
            failed = self._why_it_ended(process)
        elif not in_time:
            failed = failure.timed_out(self._setting.deployed.timeout)
        if failed is not None:
            await self._end_process()
        return failed, (time.monotonic() - began) * 1000

    def _spawn(self) -> Process:
        setting = self._setting
        environment = function_environment(
            setting.deployed,
            setting.launch,
            session=self._session,
            endpoint=setting.endpoint,
            runtime_api=self._api.address,
            stream=self._journal.stream,
            task=setting.task,
            layers=setting.layers,
            scratch=self._folder,
            authority=setting.authority,
        )
        command = setting.launch.command
        if setting.launch.wrapped and (wrapper := environment.get(WRAPPER)):
            command = (wrapper, *command)
        return Process(command, environment, setting.task, self._view(), self._journal.output)

    def _view(self) -> View:
        """Returns the files that the process may see.

        Lambda does not let a function write to its code and its layers; here it may, because Python
        keeps there what it has compiled.
        """
        setting = self._setting
        layers = (setting.layers,) if setting.layers is not None else ()
        authority = (setting.authority,) if setting.authority is not None else ()
        return View(
            (*setting.launch.readable, *authority),
            (*setting.launch.writable, setting.task, *layers, self._folder),
        )

    async def _answer(self, work: Work, limit: float) -> Failure | None:
        """Hands an invocation to the process and waits until it asks for the next one.

        Returns:
            What went wrong outside of the function.
        """
        process = self._process
        if process is None:
            raise RuntimeError("an invocation has no process")
        self._hungry = False
        self._turn = asyncio.get_running_loop().create_future()
        if process.ended.done():
            return self._why_it_ended(process)
        deadline = int((time.time() + limit) * 1000)
        self._api.hand_over(replace(work, deadline=deadline))
        self._watch_later(process)
        in_time = await self._wait(limit)
        if self._watcher is not None:
            self._watcher.cancel()
        if (answer := self._api.answer) is not None:
            if answer.body_too_large:
                return failure.response_too_large()
            if not in_time or self._hungry:
                # It has not asked for the next event, so that it cannot get one.
                await self._end_process()
            return None
        if self._hungry:
            return failure.out_of_memory()
        if process.ended.done():
            return self._why_it_ended(process)
        return failure.timed_out(self._setting.deployed.timeout)

    async def _wait(self, limit: float) -> bool:
        """Waits until the process asks for work or ends; tells whether it did in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(limit, 0)):
                await self._turn
        if self._process is not None:
            self._process.drain()
        return self._turn.done() and not self._turn.cancelled()

    def _wake(self) -> None:
        if not self._turn.done():
            self._turn.set_result(None)

    def _process_ended(self, process: Process) -> None:
        if process is self._process:
            self._wake()
            if not self._closing:
                self._on_end(self)

    def _watch(self, process: Process) -> None:
        """Ends the process if it has taken more memory than the function has."""
        memory = memory_of(process.pid) if process.pid is not None else None
        if memory is not None and memory.anonymous > self._setting.deployed.memory:
            self._hungry = True
            self._wake()
        else:
            self._watch_later(process)

    def _watch_later(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        self._watcher = loop.call_later(_MEMORY_LOOKS_EVERY, self._watch, process)

    def _memory(self) -> int | None:
        pid = self._process.pid if self._process is not None else None
        memory = memory_of(pid) if pid is not None else None
        return memory.peak if memory is not None else None

    def _why_it_ended(self, process: Process) -> Failure:
        ending = process.ended.result()
        if ending.errno is None:
            return failure.exited(ending.code)
        launch = self._setting.launch
        if launch.wrapped:
            # A shell starts the wrapper, in Lambda, and ends with this.
            wrapper = dict(self._setting.deployed.variables).get(WRAPPER, launch.command[0])
            self._journal.output(f"{wrapper}: {os.strerror(ending.errno)}\n".encode())
            return failure.exited(_NOT_FOUND)
        if not Path(launch.command[0]).exists():
            places = "[/var/task/bootstrap /opt/bootstrap]"
            return failure.not_startable(f"Couldn't find valid bootstrap(s): {places}")
        why = os.strerror(ending.errno).lower()
        return failure.not_startable(f"fork/exec /var/task/bootstrap: {why}")

    async def _end_process(self) -> None:
        if self._process is not None:
            await self._process.end()

    def _refuse_if_closing(self) -> None:
        if self._closing:
            raise stopped()


def stopped() -> InvokeError:
    """Returns what callers get whose function has not answered when the sandbox ends."""
    return InvokeError(
        "ServiceException",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The sandbox was stopped before the function had answered",
    )
