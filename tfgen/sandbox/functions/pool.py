"""The environments of one version of a function: kept warm, one for each request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tfgen.sandbox.functions.deployed import Deployed
from tfgen.sandbox.functions.environment import Environment, Setting, stopped
from tfgen.sandbox.functions.runtime_api import Work
from tfgen.sandbox.invocation import Invocation, InvokeError

#: How many environments a version has at most. Lambda has a thousand for an account, this machine
#: has one processor or a few; requests beyond them wait for their turn.
ENVIRONMENTS: Final = 10

#: Seconds after which an environment that nobody needs is ended.
IDLE_SECONDS: Final = 300.0


@dataclass(slots=True)
class Counts:
    """What a version has done.

    Attributes:
        invocations: how many it was invoked.
        errors: how many of them ended with an error.
    """

    invocations: int = 0
    errors: int = 0


class Pool:
    """Runs the invocations of one version; for one event loop.

    Args:
        deployed: the version.
        prepare: unpacks it and finds its runtime; may block.
        counts: counts what it does.
        idle_seconds: how long an environment lives that nobody needs.
    """

    def __init__(
        self,
        deployed: Deployed,
        prepare: Callable[[Deployed], Setting],
        counts: Counts,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.deployed = deployed
        self._prepare = prepare
        self._counts = counts
        self._idle_seconds = idle_seconds
        self._setting: Setting | None = None
        self._turns = asyncio.Semaphore(ENVIRONMENTS)
        self._environments: set[Environment] = set()
        self._idle: dict[Environment, asyncio.TimerHandle] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._retired = False
        self._closed = False

    @property
    def environments(self) -> int:
        """How many there are, busy or not."""
        return len(self._environments)

    async def run(self, work: Work) -> Invocation:
        """Runs an invocation, as soon as there is an environment for it.

        Args:
            work: what to run.

        Raises:
            InvokeError: it cannot run here, or the sandbox ends meanwhile.
        """
        self._counts.invocations += 1
        try:
            async with self._turns:
                environment = self._take() or await self._new()
                try:
                    done = await environment.run(work)
                finally:
                    self._give_back(environment)
        except InvokeError:
            self._counts.errors += 1
            raise
        self._counts.errors += done.error is not None
        return done

    async def retire(self) -> None:
        """Ends the environments that nobody uses now, and every other one after its invocation."""
        self._retired = True
        for environment in [*self._idle]:
            self._end(environment)
        await self._ended()

    async def close(self) -> None:
        """Ends all environments, also those that are in the middle of an invocation."""
        self._retired = self._closed = True
        for environment in [*self._environments]:
            self._end(environment)
        await self._ended()

    def _take(self) -> Environment | None:
        while self._idle:
            environment, expiry = self._idle.popitem()
            expiry.cancel()
            if environment.alive:
                return environment
            self._end(environment)
        return None

    async def _new(self) -> Environment:
        if self._setting is None:
            self._setting = await asyncio.to_thread(self._prepare, self.deployed)
        if self._closed:
            raise stopped()
        environment = Environment(self._setting, on_end=self._lost)
        self._environments.add(environment)
        return environment

    def _give_back(self, environment: Environment) -> None:
        if self._retired or not environment.alive:
            self._end(environment)
            return
        loop = asyncio.get_running_loop()
        self._idle[environment] = loop.call_later(self._idle_seconds, self._end, environment)

    def _lost(self, environment: Environment) -> None:
        # One that is at work is given back by who uses it.
        if environment in self._idle:
            self._end(environment)

    def _end(self, environment: Environment) -> None:
        if (expiry := self._idle.pop(environment, None)) is not None:
            expiry.cancel()
        if environment not in self._environments:
            return
        self._environments.discard(environment)
        ending = asyncio.get_running_loop().create_task(environment.close())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _ended(self) -> None:
        await asyncio.gather(*self._endings)
