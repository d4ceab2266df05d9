"""The credentials of functions: sessions of their roles, which end with what they were made for."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from typing import Final

_SIGNS: Final = string.ascii_uppercase + "234567"


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a role.

    Attributes:
        role: the role's ARN.
        name: the session's; that of a function is the function's.
        function: the function's ARN, without a version.
        key: the access key ID.
        secret: the secret access key.
        token: the session token.
    """

    role: str
    name: str
    function: str
    key: str
    secret: str = field(repr=False)
    token: str = field(repr=False)


class Sessions:
    """The sessions that the sandbox has begun itself; safe for threads."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def begin(self, role: str, name: str, function: str) -> Session:
        """Returns the credentials of a new session.

        Args:
            role: the role's ARN.
            name: the session's.
            function: the ARN of the function that has it, without a version.
        """
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        key = "ASIA" + "".join(secrets.choice(_SIGNS) for _ in range(16))
        secret, token = secrets.token_urlsafe(30), secrets.token_urlsafe(96)
        session = Session(role, name, function, key, secret, token)
        self._sessions[key] = session
        return session

    def end(self, session: Session) -> None:
        """Forgets a session: its credentials are worth nothing from now on."""
        self._sessions.pop(session.key, None)

    def find(self, key: str) -> Session | None:
        """Returns the session of an access key."""
        return self._sessions.get(key)
