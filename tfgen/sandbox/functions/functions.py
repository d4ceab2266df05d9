"""Runs the functions that are deployed in the sandbox."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import secrets
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

from tfgen.sandbox.functions import dead_letters
from tfgen.sandbox.functions.deployed import Deployed, Target, find
from tfgen.sandbox.functions.environment import Setting
from tfgen.sandbox.functions.failure import ASYNCHRONOUS_EVENT_BYTES, EVENT_BYTES
from tfgen.sandbox.functions.pool import IDLE_SECONDS, Counts, Pool
from tfgen.sandbox.functions.runtime_api import Work
from tfgen.sandbox.functions.runtimes import Runtimes, runnable
from tfgen.sandbox.functions.unpack import Unpacked
from tfgen.sandbox.iam.sessions import Sessions
from tfgen.sandbox.invocation import Invocation, InvokeError, Outages

Result = TypeVar("Result")

#: How many seconds a minute takes that Lambda waits before it tries an event again. Nobody who
#: watches here wants to wait for three real ones:
#: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
MINUTE: Final = 1.0

_ENDS_WITHIN: Final = 30.0  # seconds

_log = logging.getLogger("tfgen.sandbox")


@dataclass(frozen=True, slots=True)
class VersionActivity:
    """What runs of a version of a function, and what it has done.

    Attributes:
        region: the function's.
        function: its name.
        version: a number or ``$LATEST``.
        environments: how many processes it has now.
        invocations: how many times it was invoked.
        errors: how many of them ended with an error.
    """

    region: str
    function: str
    version: str
    environments: int
    invocations: int
    errors: int


class Functions:
    """Runs the functions of the simulated account of this process; safe for threads.

    Everything happens on one event loop in a thread of its own; whoever invokes waits in theirs.

    Args:
        home: a folder for unpacked code and for what functions write, which goes away with the
            account; it need not exist.
        endpoint: the sandbox's URL.
        outages: the regions in which nothing runs.
        authority: returns the certificate of who signs for the sandbox's databases, if they have
            one.
        idle_seconds: how long a process lives that nobody needs.
        minute: how many seconds a minute takes that Lambda waits before it tries an event again.

    Attributes:
        sessions: whose credentials the functions have.
    """

    def __init__(
        self,
        home: Path,
        endpoint: str | Callable[[], str],
        outages: Outages,
        *,
        authority: Callable[[], Path | None] = lambda: None,
        idle_seconds: float = IDLE_SECONDS,
        minute: float = MINUTE,
    ) -> None:
        self.sessions = Sessions()
        self._home = home.absolute()
        self._endpoint = endpoint
        self._outages = outages
        self._authority = authority
        self._idle_seconds = idle_seconds
        self._minute = minute
        self._unpacked = Unpacked(self._home / "code")
        self._runtimes = Runtimes(self._home / "libraries")
        self._notices: dict[str, None] = {}
        self._pools: dict[tuple[str, str, str], Pool] = {}
        self._retired: set[Pool] = set()
        self._counts: dict[tuple[str, str, str], Counts] = {}
        self._running: Counter[tuple[str, str]] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="functions", daemon=True
        )
        self._thread.start()

    def invoke(
        self,
        region: str,
        function: str,
        qualifier: str | None,
        payload: bytes,
        *,
        client_context: str | None = None,
        trace: str | None = None,
    ) -> Invocation:
        """Runs a function and waits for it, as ``InvocationType=RequestResponse`` does.

        Args:
            region: the function's.
            function: its name or its ARN.
            qualifier: a version or an alias; None is ``$LATEST``.
            payload: the event, JSON; empty is an empty object.
            client_context: JSON for the handler's context.
            trace: the header ``X-Amzn-Trace-Id``, if there was one.

        Raises:
            InvokeError: there is no such function or version, it cannot run here, or its region
                is out.
        """
        target = self.check(region, function, qualifier, payload, EVENT_BYTES)
        work = _work(target, payload, client_context, trace)
        return self._submit(self._run(target, work)).result()

    def invoke_later(
        self,
        region: str,
        function: str,
        qualifier: str | None,
        payload: bytes,
        *,
        client_context: str | None = None,
        trace: str | None = None,
    ) -> str:
        """Runs a function without waiting for it, as ``InvocationType=Event`` does.

        What fails is tried again, and when it has failed to the end it goes where the function's
        dead letters go.

        Args:
            region: the function's.
            function: its name or its ARN.
            qualifier: a version or an alias; None is ``$LATEST``.
            payload: the event, JSON; empty is an empty object.
            client_context: JSON for the handler's context.
            trace: the header ``X-Amzn-Trace-Id``, if there was one.

        Returns:
            The invocation's request ID.

        Raises:
            InvokeError: there is no such function or version, or its region is out.
        """
        target = self.check(region, function, qualifier, payload, ASYNCHRONOUS_EVENT_BYTES)
        work = _work(target, payload, client_context, trace)
        self._submit(self._run_to_the_end(target, work))
        return work.request_id

    def check(
        self,
        region: str,
        function: str,
        qualifier: str | None,
        payload: bytes,
        longest: int = EVENT_BYTES,
    ) -> Target:
        """Makes sure that an invocation would be accepted, as ``InvocationType=DryRun`` does.

        Args:
            region: the function's.
            function: its name or its ARN.
            qualifier: a version or an alias; None is ``$LATEST``.
            payload: the event.
            longest: how many bytes an event may have.

        Returns:
            What it would run.

        Raises:
            InvokeError: it would be refused.
        """
        if region in self._outages.failed:
            raise _unavailable(f"Lambda does not answer in {region}: the region is out")
        if len(payload) > longest:
            raise InvokeError(
                "RequestEntityTooLargeException",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"Request must be smaller than {longest} bytes for the InvokeFunction operation",
            )
        return find(region, function, qualifier)

    def end(self, region: str, function: str, version: str | None) -> None:
        """Ends the processes of what was deleted, each after the invocation that it works on.

        Args:
            region: the function's.
            function: its name.
            version: a number; None is the whole function.
        """
        self._submit(self._end(region, function, version)).result()

    def notices(self) -> tuple[str, ...]:
        """Returns in what the functions that ran are not run as Lambda would, in sentences."""
        return tuple(self._notices)

    def activity(self) -> tuple[VersionActivity, ...]:
        """Returns what runs and what was done, for every version that was invoked."""
        return self._submit(self._activity()).result()

    def close(self) -> None:
        """Ends all processes; invocations that are not answered yet are refused."""
        if self._closed:
            return
        self._submit(self._close()).result(_ENDS_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ENDS_WITHIN)
        self._loop.close()

    def _submit(self, coroutine: Coroutine[Any, Any, Result]) -> concurrent.futures.Future[Result]:
        if self._closed:
            coroutine.close()
            raise _unavailable("The sandbox was stopped")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _run(self, target: Target, work: Work) -> Invocation:
        if self._closed:
            raise _unavailable("The sandbox was stopped")
        deployed = target.deployed
        function = (deployed.region, deployed.name)
        if target.reserved is not None and self._running[function] >= target.reserved:
            # https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
            raise InvokeError(
                "TooManyRequestsException", HTTPStatus.TOO_MANY_REQUESTS, "Rate Exceeded."
            )
        self._running[function] += 1
        try:
            return await self._pool(deployed).run(work)
        finally:
            self._running[function] -= 1

    async def _run_to_the_end(self, target: Target, work: Work) -> None:
        """Runs an invocation that nobody waits for, again if it fails."""
        for attempt in range(1 + target.retries):
            # A minute before the second attempt, two before the third.
            await asyncio.sleep(self._minute * attempt)
            outcome: Invocation | InvokeError
            try:
                outcome = await self._run(target, work)
            except InvokeError as error:
                outcome = error
            if isinstance(outcome, Invocation) and outcome.error is None:
                return
        if self._closed:
            return
        if target.dead_letters is not None:
            send = dead_letters.send
            await asyncio.to_thread(
                send, target.dead_letters, work.request_id, work.payload, outcome
            )
        elif isinstance(outcome, InvokeError):
            _log.warning("an event was dropped: %s", outcome.message)

    def _pool(self, deployed: Deployed) -> Pool:
        """Returns the environments of a version as it is deployed now."""
        key = (deployed.region, deployed.name, deployed.version)
        pool = self._pools.get(key)
        if pool is None or pool.deployed != deployed:
            if pool is not None:
                self._retire(pool)
            counts = self._counts.setdefault(key, Counts())
            pool = self._pools[key] = Pool(deployed, self._prepare, counts, self._idle_seconds)
        return pool

    async def _end(self, region: str, function: str, version: str | None) -> None:
        for key in [*self._counts]:
            if key[:2] == (region, function) and version in {None, key[2]}:
                self._retire(self._pools.pop(key))
                del self._counts[key]

    def _retire(self, pool: Pool) -> None:
        # Invocations may still be under way in it.
        self._retired = {each for each in self._retired if each.environments} | {pool}
        task = self._loop.create_task(pool.retire())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _prepare(self, deployed: Deployed) -> Setting:
        """Unpacks a version and finds its runtime."""
        runnable(deployed)
        task = self._unpacked.folder([deployed.code])
        layers = self._unpacked.folder(deployed.layers) if deployed.layers else None
        launch = self._runtimes.launch(deployed, task, layers)
        if launch.notice is not None and launch.notice not in self._notices:
            self._notices[launch.notice] = None
            _log.warning("%s", launch.notice)
        return Setting(
            deployed=deployed,
            launch=launch,
            task=task,
            layers=layers,
            endpoint=self._endpoint if isinstance(self._endpoint, str) else self._endpoint(),
            home=self._home / "environments",
            authority=self._authority(),
            sessions=self.sessions,
        )

    async def _activity(self) -> tuple[VersionActivity, ...]:
        return tuple(
            VersionActivity(
                *key,
                environments=self._pools[key].environments,
                invocations=counts.invocations,
                errors=counts.errors,
            )
            for key, counts in sorted(self._counts.items())
        )

    async def _close(self) -> None:
        self._closed = True
        pools = [*self._pools.values(), *self._retired]
        await asyncio.gather(*(pool.close() for pool in pools))
        # Whoever waits for an invocation is told that it was in vain.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


def _work(target: Target, payload: bytes, client_context: str | None, trace: str | None) -> Work:
    root = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return Work(
        request_id=str(uuid.uuid4()),
        arn=target.arn,
        payload=payload or b"{}",
        trace=trace or f"{root};Parent={secrets.token_hex(8)};Sampled=0",
        client_context=client_context,
    )


def _unavailable(message: str) -> InvokeError:
    # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
    return InvokeError("ServiceException", HTTPStatus.SERVICE_UNAVAILABLE, message)
