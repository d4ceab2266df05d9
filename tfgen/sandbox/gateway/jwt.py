"""JWT authorizers of HTTP APIs: whether a token is what the API asks for.

Everything that a token says is checked as AWS does
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html). Its
signature is not: the issuer's keys are on the internet, and the sandbox asks nobody there.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs

from tfgen.sandbox.gateway.request import Request

# AWS takes no others.
_ALGORITHMS: Final = frozenset({"RS256", "RS384", "RS512"})

_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """A token that does not let its client in.

    Attributes:
        status: 401, or 403 for one that is good and not for this route.
        challenge: what the header ``www-authenticate`` says.
        reason: for whoever runs the sandbox.
    """

    def __init__(self, status: int, challenge: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.challenge = challenge
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says of its client.

    Attributes:
        values: the claims as functions get them: all of them text.
        scopes: those of the token; None if the route asks for none.
    """

    values: Mapping[str, str]
    scopes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an authorizer asks for.

    Attributes:
        sources: where the token may be, for example ``$request.header.Authorization``.
        issuer: who must have issued it.
        audience: for whom it may have been issued.
    """

    sources: tuple[str, ...]
    issuer: str
    audience: frozenset[str]

    @classmethod
    def of(cls, configuration: Any, sources: Any) -> Asked:
        """Reads what moto keeps of an authorizer.

        Args:
            configuration: its issuer and audience.
            sources: its identity sources.
        """
        return cls(
            tuple(sources or ("$request.header.Authorization",)),
            configuration.get("issuer") or "",
            frozenset(configuration.get("audience") or ()),
        )


def authorize(request: Request, asked: Asked, scopes: Sequence[str]) -> Claims:
    """Checks the token that a request comes with.

    Args:
        request: what is asked.
        asked: what the authorizer asks for.
        scopes: of which the token must have one; none if it needs none.

    Returns:
        What it says.

    Raises:
        RefusedError: it does not let the client in.
    """
    wanted = " ".join(scopes)
    token = _token(request, asked.sources)
    if token is None:
        raise RefusedError(401, "Bearer", "The route asks for a token (JWT)")
    header, claims = _decoded(token, wanted)
    _say_once()
    problem = _problem(header, claims, request.moment.seconds, asked)
    if problem is not None:
        raise _invalid(wanted, problem)
    own = _scopes(claims)
    if scopes and not set(own) & set(scopes):
        description = "the token does not have a valid scope"
        raise RefusedError(403, _challenge(wanted, "insufficient_scope", description), description)
    values = {name: _text(value) for name, value in claims.items()}
    return Claims(values, own if scopes else None)


def _token(request: Request, sources: Sequence[str]) -> str | None:
    for source in sources:
        _, _, place = source.partition("$request.")
        kind, _, name = place.partition(".")
        found = (
            request.header(name)
            if kind == "header"
            else parse_qs(request.query).get(name, [None])[-1]
        )
        if found:
            scheme, _, rest = found.partition(" ")
            return rest.strip() if scheme.lower() == "bearer" else found
    return None


def _decoded(token: str, wanted: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise _invalid(wanted, "the token is not well-formed")
    try:
        header, claims = (json.loads(_bytes(part)) for part in parts[:2])
        _bytes(parts[2])
    except (ValueError, binascii.Error) as error:
        raise _invalid(wanted, "the token is not well-formed") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise _invalid(wanted, "the token is not well-formed")
    return header, claims


def _bytes(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _problem(
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    now: float,
    asked: Asked,
) -> str | None:
    """Returns what is wrong with a token; None if nothing is."""
    algorithm = header.get("alg")
    if algorithm not in _ALGORITHMS:
        return f"signing method {algorithm} is invalid"
    if claims.get("iss") != asked.issuer:
        return "the token does not have a valid issuer"
    # The client's ID counts only where there is no audience.
    own = claims["aud"] if "aud" in claims else claims.get("client_id")
    if not asked.audience & set(own if isinstance(own, list) else [own]):
        return "the token does not have a valid audience"
    times = {name: claims.get(name) for name in ("exp", "nbf", "iat")}
    for name, value in times.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            return f"the token does not have a valid {name}"
    if times["exp"] is None or times["exp"] <= now:
        return "the token has expired"
    if (times["nbf"] or 0) > now or (times["iat"] or 0) > now:
        return "the token is not valid yet"
    return None


def _scopes(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = claims.get("scope", claims.get("scp")) or ()
    return tuple(found.split()) if isinstance(found, str) else tuple(map(str, found))


def _invalid(wanted: str, description: str) -> RefusedError:
    return RefusedError(401, _challenge(wanted, "invalid_token", description), description)


def _challenge(wanted: str, error: str, description: str) -> str:
    printable = description.encode("ascii", "replace").decode().replace('"', "'")
    return f'Bearer scope="{wanted}" error="{error}" error_description="{printable}"'


def _text(value: object) -> str:
    """Returns a claim as AWS gives it to functions: text, and lists between brackets."""
    if isinstance(value, list):
        return f"[{' '.join(map(_text, value))}]"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


@cache
def _say_once() -> None:
    _log.warning("JWT authorizers read tokens without checking their signatures")
