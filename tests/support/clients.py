"""Clients of a deployed app that keep asking, as far as DNS has got around to them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from tfgen.errors import TfgenError
from tfgen.sandbox.client import Client


@dataclass(frozen=True, slots=True)
class Request:
    """What came of one request.

    Attributes:
        at: seconds of the monotonic clock when it was sent.
        region: where DNS had sent the client.
        problem: what was wrong with the answer, if anything.
    """

    at: float
    region: str | None
    problem: str | None


@dataclass(slots=True)
class Asking:
    """A client somewhere on earth.

    Attributes:
        place: where it is.
        ttl: seconds for which it keeps an answer of DNS.
        requests: what it has sent.
    """

    place: str
    ttl: float
    requests: list[Request] = field(default_factory=list)

    def failures(self) -> list[Request]:
        """Returns the requests that were not answered well."""
        return [request for request in self.requests if request.problem]

    def regions(self) -> Counter[str | None]:
        """Returns how many requests each region was sent."""
        return Counter(request.region for request in self.requests)


class Crowd:
    """Clients that ask as long as the context lasts.

    Args:
        client: the sandbox.
        url: what they ask for.
        clients: who asks.
        every: seconds between two requests of one client.
    """

    def __init__(self, client: Client, url: str, *clients: Asking, every: float) -> None:
        self._client = client
        self._url = url
        self._every = every
        self._end = threading.Event()
        self._caches = 0
        self._threads = [
            threading.Thread(target=self._ask, args=(asking,), daemon=True) for asking in clients
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def ask_dns_again(self) -> None:
        """Lets every client ask DNS before its next request, and keep that answer for the TTL."""
        self._caches += 1

    def _ask(self, asking: Asking) -> None:
        host = urlsplit(self._url).hostname or ""
        region, known_until, cache = None, 0.0, 0
        while not self._end.is_set():
            at = time.monotonic()
            try:
                if at >= known_until or cache != self._caches:
                    cache = self._caches
                    region = self._client.route(host, asking.place).region
                    known_until = time.monotonic() + asking.ttl
                answer = self._client.request("GET", self._url, region=region)
                problem = None if answer.status == 200 else f"{answer.status} {answer.notice}"
            except TfgenError as error:
                problem = error.message
            asking.requests.append(Request(at, region, problem))
            self._end.wait(max(0.0, at + self._every - time.monotonic()))
