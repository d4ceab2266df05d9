"""STS: who calls, also if it is a function.

moto knows the sessions that AssumeRole began. Those of functions are begun by the sandbox.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.sandbox.iam.account import find_role, session_arn
from tfgen.sandbox.iam.sessions import Sessions
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.sts.models import STSBackend


def patch(sessions: Sessions) -> None:
    """Changes moto's STS.

    Args:
        sessions: those of functions.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.sts.models import STSBackend

    get = expect_method(STSBackend, "get_caller_identity", "access_key_id", "region")

    def get_caller_identity(
        self: STSBackend, access_key_id: str, region: str
    ) -> tuple[str, str, str]:
        session = sessions.find(access_key_id)
        if session is None:
            found: tuple[str, str, str] = get(self, access_key_id, region)
            return found
        role = find_role(session.role)
        role_id = role.id if role is not None else "AROA"
        return (
            f"{role_id}:{session.name}",
            session_arn(session.role, session.name),
            session.role.split(":")[4],
        )

    STSBackend.get_caller_identity = get_caller_identity  # type: ignore[method-assign]
