"""Runs Route 53's health checks.

As https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
describes them, with one difference: Route 53 asks from many places and wants to hear well from more
than 18% of them; here is one checker, whose word is the status. So an endpoint is asked once in an
interval, not a dozen times, and its status changes after as many results in a row as the failure
threshold says, in either direction. CloudWatch alarms and routing controls are not simulated;
health checks of those types are healthy.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from tfgen.sandbox.dns.checks import Check, Target, read_checks

Probe: TypeAlias = Callable[[Target], bool]
"""Asks a target and returns whether its answer is what Route 53 takes as healthy."""

# Seconds. How soon a new, changed or deleted health check is noticed, and how exact intervals are.
_LOOKS_EVERY: Final = 0.25
_PROBES_AT_ONCE: Final = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a health check last saw.

    Attributes:
        at: when, in UTC.
        success: whether the endpoint answered as it should.
    """

    at: datetime
    success: bool


@dataclass(frozen=True, slots=True)
class CheckHealth:
    """A health check and its status.

    Attributes:
        check: the health check as it is configured.
        healthy: what Route 53 goes by, inverted if it is inverted.
        last: the last observation; None before the first, and where nothing is asked.
    """

    check: Check
    healthy: bool
    last: Observation | None


@dataclass(slots=True)
class _State:
    """One check's endpoint over time; guarded by the lock of `HealthChecks`."""

    check: Check
    due: float
    up: bool = True
    against: int = 0
    running: bool = False
    last: Observation | None = None


class HealthChecks:
    """All health checks of the simulated account; safe for threads.

    Args:
        probe: asks a target; called in other threads, several at once.
        clock: seconds that only grow; a faster clock makes shorter intervals.
        read: reads the health checks.
        executor: runs the probes; by default threads of its own.
    """

    def __init__(
        self,
        probe: Probe,
        *,
        clock: Callable[[], float] = time.monotonic,
        read: Callable[[], Sequence[Check]] = read_checks,
        executor: Executor | None = None,
    ) -> None:
        self._probe = probe
        self._clock = clock
        self._read = read
        self._executor = executor or ThreadPoolExecutor(_PROBES_AT_ONCE, "health-check")
        self._lock = threading.Lock()
        self._states: dict[str, _State] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health-checks", daemon=True)

    def start(self) -> None:
        """Begins to ask."""
        self._thread.start()

    def close(self) -> None:
        """Stops asking; what is being asked is not waited for."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def step(self) -> None:
        """Looks for new, changed and deleted health checks, and asks whom it is time to ask."""
        now = self._clock()
        checks = {check.id: check for check in self._read()}
        with self._lock:
            self._states = {
                id_: self._state_of(check, self._states.get(id_), now)
                for id_, check in checks.items()
            }
            due = list(self._due(now))
        for state, target in due:
            self._executor.submit(self._ask, state, target)

    def is_healthy(self, id_: str) -> bool:
        """Returns the status of a health check; one that does not exist is healthy."""
        with self._lock:
            return self._is_healthy(id_, frozenset())

    def report(self) -> Mapping[str, CheckHealth]:
        """Returns the status of all health checks by their IDs."""
        with self._lock:
            return {
                id_: CheckHealth(state.check, self._is_healthy(id_, frozenset()), state.last)
                for id_, state in self._states.items()
            }

    def _run(self) -> None:
        while not self._closing.wait(_LOOKS_EVERY):
            try:
                self.step()
            except Exception:  # noqa: BLE001 (whatever it was, the next look may go well)
                _log.exception("health checks were not looked at")

    def _due(self, now: float) -> Iterator[tuple[_State, Target]]:
        """Yields whom it is time to ask, and marks them as being asked."""
        for state in self._states.values():
            check = state.check
            if check.target and not check.disabled and not state.running and state.due <= now:
                state.running = True
                state.due = now + check.interval
                yield state, check.target

    @staticmethod
    def _state_of(check: Check, before: _State | None, now: float) -> _State:
        if before is None or before.check.target != check.target:
            # Route 53 takes a health check as healthy until it knows better.
            return _State(check, due=now)
        if before.check.interval != check.interval:
            before.due = min(before.due, now + check.interval)
        before.check = check
        return before

    def _ask(self, state: _State, target: Target) -> None:
        try:
            success = self._probe(target)
        except Exception:  # noqa: BLE001 (an endpoint that cannot be asked did not answer)
            _log.exception("the health check %s could not ask", state.check.id)
            success = False
        with self._lock:
            state.running = False
            state.last = Observation(datetime.now(UTC), success)
            state.against = 0 if success is state.up else state.against + 1
            if state.against >= state.check.threshold:
                state.up, state.against = success, 0

    def _is_healthy(self, id_: str, asked: frozenset[str]) -> bool:
        """Tells the status; ``asked`` are the calculated ones on the way here."""
        state = self._states.get(id_)
        if state is None:
            return True
        check = state.check
        healthy = True
        if check.disabled:
            pass
        elif check.children_needed is not None:
            healthy = (
                sum(
                    self._is_healthy(child, asked | {id_})
                    for child in check.children
                    if child not in asked | {id_}
                )
                >= check.children_needed
            )
        elif check.target is not None:
            healthy = state.up
        return healthy != check.inverted
