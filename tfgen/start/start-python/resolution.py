"""All requests at once: threads, each with a connection of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from client import Client, Trust, endpoint_of
from jobs import Failure, Job, Refusal

# Seconds. Lambda gives a function ten to start:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
BUDGET = 6.0

# Connections to one service at a time: each costs a TLS handshake, and a small function has a
# fraction of a core for it.
CONNECTIONS = 4


class Resolution:
    """All requests, made at once.

    Args:
        environment: the function's.
        seconds: how long it may take.

    Attributes:
        results: variable → its value, or why it has none.
    """

    def __init__(self, environment: Mapping[str, str], seconds: float = BUDGET) -> None:
        self.results: dict[str, str | Failure] = {}
        self._environment = environment
        self._trust = Trust(environment.get("AWS_CA_BUNDLE"))
        self._deadline = time.monotonic() + seconds

    def run(self, jobs: Sequence[Job]) -> None:
        """Makes the requests, and returns when all are answered or when the time is over.

        Raises:
            Failure: it is not known where a service is.
        """
        for job in jobs:
            self._fail(job, "no answer in time")
        threads = []
        for service in {job.service for job in jobs}:
            url = endpoint_of(service, self._environment)
            queue = deque(job for job in jobs if job.service == service)
            # Those that hang, in the look-up of a name for example, must not keep this waiting.
            threads += [
                threading.Thread(target=self._work, args=(url, queue), daemon=True)
                for _ in range(min(len(queue), CONNECTIONS))
            ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, self._deadline + 0.2 - time.monotonic()))

    def _work(self, url: str, queue: deque[Job]) -> None:
        client = Client(url, self._environment, self._trust, self._deadline)
        while True:
            try:
                job = queue.popleft()
            except IndexError:
                return
            try:
                for name, result in job.values(client.ask(job)):
                    failed = isinstance(result, Failure)
                    self.results[name] = Failure(f"{job.title}: {result}") if failed else result
            except Refusal as refusal:
                parts = job.parts()
                if len(parts) > 1:
                    # One of them is enough to have all refused.
                    queue.extend(parts)
                    continue
                self._fail(job, job.explain(refusal))
            except Failure as failure:
                self._fail(job, str(failure))
            except Exception as error:  # noqa: BLE001 - nobody else sees what happens in a thread
                # Its own message may show what was answered.
                self._fail(job, f"the answer makes no sense ({type(error).__name__})")

    def _fail(self, job: Job, why: str) -> None:
        self.results.update(dict.fromkeys(job.names, Failure(f"{job.title}: {why}")))
