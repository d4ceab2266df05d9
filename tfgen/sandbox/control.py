"""What the sandbox answers for itself: who serves whom, what runs, and which regions are out."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from tfgen.errors import TfgenError
from tfgen.sandbox.databases.server import ServerError, User
from tfgen.sandbox.dns.model import Candidate, Resolution, Status
from tfgen.sandbox.front import CONTROL, TOKEN_HEADER
from tfgen.sandbox.guard import refuse
from tfgen.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# The header as WSGI names it.
_TOKEN: Final = "HTTP_" + TOKEN_HEADER.upper().replace("-", "_")


class Control:
    """A WSGI application for `tfgen.sandbox.client`.

    Args:
        world: what it is asked about.
        token: what every request has to bring along.
    """

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token.encode()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        brought = environ.get(_TOKEN, "").encode("latin-1", "replace")
        if not hmac.compare_digest(brought, self._token):
            return refuse(start_response, f"This needs the sandbox's token, in {TOKEN_HEADER}.")
        path = environ["PATH_INFO"].removeprefix(CONTROL)
        query = parse_qs(environ.get("QUERY_STRING", ""))
        try:
            match environ["REQUEST_METHOD"], path.split("/")[1:]:
                case "GET", ["route"]:
                    said = self._route(query["name"][0], query.get("from", [None])[0])
                case "GET", ["activity"]:
                    said = self._world.activity()
                case "GET", ["rights"]:
                    said = self._world.rights()
                case "POST", ["regions", region, "fail"]:
                    self._world.outages.fail(region)
                    self._world.databases.disconnect(region)
                    said = {}
                case "POST", ["regions", region, "heal"]:
                    self._world.outages.heal(region)
                    said = {}
                case "POST", ["account", "reset"]:
                    self._world.reset()
                    said = {}
                case "POST", ["databases", id_, "users"]:
                    said = self._ensure_user(id_, json.loads(_body(environ)))
                case _:
                    return answer(start_response, HTTPStatus.NOT_FOUND, {"message": "no such path"})
        except TfgenError as error:
            refusal = {"message": error.message, "hint": error.hint}
            return answer(start_response, HTTPStatus.BAD_REQUEST, refusal)
        return answer(start_response, HTTPStatus.OK, said)

    def _ensure_user(self, id_: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        databases = self._world.databases
        user = User(asked["name"], asked["password"], iam=asked["iam"])
        try:
            answers = databases.ensure(id_, user, asked["database"])
        except ServerError as error:
            raise TfgenError(f"PostgreSQL does not take the user {user.name}: {error}") from error
        return {"answers": answers, "notices": databases.notices()}

    def _route(self, name: str, place: str | None) -> Mapping[str, Any]:
        client = self._world.place_of(place)
        found = self._world.route(name, client)
        decision = found.decision
        return {
            "host": found.name,
            "place": client.name,
            "found": found.status is Status.FOUND,
            "region": found.region,
            "policy": decision.policy if decision else None,
            "candidates": [_described(each, found) for each in decision.candidates]
            if decision
            else [],
        }


def _body(environ: WSGIEnvironment) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def _described(candidate: Candidate, found: Resolution) -> Mapping[str, Any]:
    region = candidate.record.region or (found.region if candidate.chosen else None)
    return {
        "name": candidate.record.set_identifier or candidate.record.name,
        "region": region,
        "latency_ms": candidate.latency_ms,
        "healthy": candidate.healthy,
        "chosen": candidate.chosen,
        "why": candidate.why,
    }


def answer(
    start_response: StartResponse, status: HTTPStatus, said: Mapping[str, Any]
) -> list[bytes]:
    """Answers a WSGI request with JSON."""
    body = json.dumps(said).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    return [body]
