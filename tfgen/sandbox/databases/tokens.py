"""The tokens that log in to a database, as ``generate_db_auth_token`` makes them.

A token is a URL that was signed beforehand, without its scheme:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from tfgen.sandbox.iam.calls import Signature

_SERVICE: Final = "rds-db"
_CREDENTIAL: Final = re.compile(r"(?P<key>\w+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[\w-]+)/.+")

# A clock that is wrong by less is not the token's fault.
_SKEW: Final = timedelta(minutes=5)


class TokenError(Exception):
    """A token is not one, or not for this database, user or time."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a token has to be for.

    Attributes:
        host: the address and the port that the client connected to, with a colon between them.
        region: the database's.
        user: the user that logs in.
    """

    host: str
    region: str
    user: str


def read_token(token: str, login: Login, now: datetime) -> Signature:
    """Returns who signed a token.

    Args:
        token: what the client sent as its password.
        login: what it has to be for.
        now: the time.

    Raises:
        TokenError: it is for something else, or over.
    """
    host, query, rest = token.partition("/?")
    said = dict(parse_qsl(rest))
    credential = _CREDENTIAL.fullmatch(said.get("X-Amz-Credential", ""))
    if not query or credential is None or "X-Amz-Signature" not in said:
        raise TokenError("The password is no token of generate_db_auth_token")
    region, service = credential["region"], credential["service"]
    for what, wanted, found in (
        ("host", login.host, host),
        ("user", login.user, said.get("DBUser", "")),
        ("region", login.region, region),
        ("service", _SERVICE, service),
        ("action", "connect", said.get("Action", "")),
    ):
        if wanted != found:
            raise TokenError(f"The token is for the {what} {found}, and not for {wanted}")
    _check_time(said, now)
    token_of_session = said.get("X-Amz-Security-Token")
    return Signature(credential["key"], token_of_session, region, service)


def _check_time(said: Mapping[str, str], now: datetime) -> None:
    try:
        signed = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        lives = timedelta(seconds=int(said["X-Amz-Expires"]))
    except (KeyError, ValueError, OverflowError) as error:
        raise TokenError("The token does not say when it was made, and for how long") from error
    if now > signed + lives:
        raise TokenError(f"The token is over since {signed + lives:%H:%M:%S} UTC")
    if signed > now + _SKEW:
        raise TokenError(f"The token is of the future: {signed:%Y-%m-%d %H:%M:%S} UTC")
