"""Asks a running sandbox: which region serves whom, what answers, what is out, what happened."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from tfgen.errors import ExitCode, TfgenError
from tfgen.sandbox.front import CONTROL, REASON_HEADER, REGION_HEADER, TOKEN_HEADER
from tfgen.sandbox.iam.evaluation import Right
from tfgen.sandbox.lifecycle import Running

# Longer than API Gateway lets a function take: 29 seconds.
_ANSWERS_WITHIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that Route 53 could have answered with.

    Attributes:
        name: its set identifier; the record's name if it has none.
        region: where it leads, if that is a region.
        latency_ms: the estimated round trip, in milliseconds.
        healthy: whether Route 53 takes it as healthy.
        chosen: whether it answers.
        why: why it does or does not.
    """

    name: str
    region: str | None
    latency_ms: float | None
    healthy: bool
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where Route 53 sends a client.

    Attributes:
        host: the name that was resolved.
        place: where the client is.
        found: whether there is an address for it.
        region: which region has that address; None if it is none of AWS's.
        policy: the routing policy that decided.
        candidates: what could have answered, the nearest first.
    """

    host: str
    place: str
    found: bool
    region: str | None
    policy: str | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """What a deployed API answered.

    Attributes:
        status: for example 200.
        reason: for example ``OK``.
        headers: as they came, repeated ones repeated.
        body: the bytes.
        notice: why the sandbox's gateway answered in the function's place, if it did.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    notice: str | None


@dataclass(frozen=True, slots=True)
class Client:
    """A sandbox, as the command line talks to it.

    Attributes:
        running: the sandbox.
    """

    running: Running

    def route(self, host: str, place: str | None) -> Route:
        """Asks Route 53.

        Args:
            host: a name, without a port.
            place: where the client is, as `tfgen.places.find_place` reads it; None is the place
                that the sandbox was started with.

        Raises:
            TfgenError: there is no such place, or the sandbox has ended.
        """
        query = {"name": host} | ({"from": place} if place else {})
        said = self._control("GET", f"/route?{urlencode(query)}")
        candidates = tuple(Candidate(**each) for each in said.pop("candidates"))
        return Route(**said, candidates=candidates)

    def fail(self, region: str) -> None:
        """Takes a region out: its gateway and its functions no longer answer.

        Raises:
            TfgenError: the sandbox has ended.
        """
        self._control("POST", f"/regions/{quote(region)}/fail")

    def heal(self, region: str) -> None:
        """Brings a region back.

        Raises:
            TfgenError: the sandbox has ended.
        """
        self._control("POST", f"/regions/{quote(region)}/heal")

    def reset(self) -> None:
        """Empties the simulated account.

        Raises:
            TfgenError: the sandbox has ended.
        """
        self._control("POST", "/account/reset")

    def ensure_user(
        self, database: str, name: str, *, within: str, password: str | None = None
    ) -> Sequence[str]:
        """Makes sure that somebody can log in to a database, and make tables there.

        Args:
            database: the ID that RDS has for the cluster, instance or proxy.
            name: the user's.
            within: the database inside, which is made if it is missing.
            password: None is a user who logs in with a token.

        Returns:
            Why nobody can, in sentences; nothing if that user can.

        Raises:
            TfgenError: PostgreSQL does not take the names, or the sandbox has ended.
        """
        user = {
            "name": name,
            "password": password,
            "iam": password is None,
            "database": within,
        }
        said = self._control("POST", f"/databases/{quote(database)}/users", user)
        return () if said["answers"] else said["notices"]

    def activity(self) -> Mapping[str, Any]:
        """Returns what runs and what has been served.

        Raises:
            TfgenError: the sandbox has ended.
        """
        return self._control("GET", "/activity")

    def rights(self) -> list[Right]:
        """Returns what callers with rights were allowed to do; requests that are alike are one.

        Raises:
            TfgenError: the sandbox has ended.
        """
        return [
            Right(
                **{
                    **each,
                    "context": {key: tuple(values) for key, values in each["context"].items()},
                }
            )
            for each in self._control("GET", "/rights")["rights"]
        ]

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        region: str | None = None,
    ) -> Response:
        """Sends a request to a deployed API.

        Args:
            method: for example ``GET``.
            url: with the host that was deployed, ``https`` or not.
            headers: beside those that every client sends.
            body: the bytes.
            region: where Route 53 sent the client.

        Raises:
            TfgenError: the gateway does not answer.
        """
        parts = urlsplit(url)
        path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
        if parts.query:
            path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.running.gateway_port, timeout=_ANSWERS_WITHIN
        )
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in _all_headers(parts.netloc, headers, body, region):
                connection.putheader(name, value.encode("utf-8"))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Response(
                status=answer.status,
                reason=answer.reason,
                headers=tuple(each for each in answer.getheaders() if each[0] != REASON_HEADER),
                body=answer.read(),
                notice=answer.getheader(REASON_HEADER),
            )
        except (OSError, http.client.HTTPException) as error:
            raise TfgenError(
                f"The sandbox's gateway does not answer on port {self.running.gateway_port}",
                hint="run `tfgen sandbox status` to see whether the sandbox still runs",
            ) from error
        finally:
            connection.close()

    def _control(
        self, method: str, path: str, document: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.running.port, timeout=_ANSWERS_WITHIN
        )
        try:
            body = None if document is None else json.dumps(document)
            headers = {TOKEN_HEADER: self.running.token}
            connection.request(method, CONTROL + path, body, headers)
            answer = connection.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TfgenError(
                f"The sandbox does not answer on port {self.running.port}",
                hint="run `tfgen sandbox status` to see whether it still runs",
            ) from error
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise TfgenError(said["message"], hint=said.get("hint"), exit_code=ExitCode.USAGE)
        return said


def _all_headers(
    host: str, headers: Sequence[tuple[str, str]], body: bytes | None, region: str | None
) -> list[tuple[str, str]]:
    """Returns the headers of a request, with those that curl would add."""
    given = {name.lower() for name, _ in headers}
    result = [(name, value) for name, value in headers if value]
    if "host" not in given:
        result.insert(0, ("Host", host.rpartition("@")[2]))
    for name, value in (("User-Agent", "tfgen"), ("Accept", "*/*")):
        if name.lower() not in given:
            result.append((name, value))
    if body is not None:
        if "content-type" not in given:
            result.append(("Content-Type", "application/x-www-form-urlencoded"))
        result.append(("Content-Length", str(len(body))))
    if region is not None:
        result.append((REGION_HEADER, region))
    return result
