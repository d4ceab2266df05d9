"""What the simulated account has of IAM, read from moto at each request, and read as policies once.

Of moto's own enforcement (``moto.iam.access_control``) nothing is used: it knows neither the
resources nor the conditions of identities' policies, takes a condition that does not hold for an
explicit deny, maps no request to the resources that it is about, and reads every policy anew for
each request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.iam.calls import Signature
from tfgen.sandbox.iam.evaluation import Identity
from tfgen.sandbox.iam.policy import Policy, Principal, parse_policy
from tfgen.sandbox.iam.sessions import Sessions

if TYPE_CHECKING:
    from moto.iam.models import IAMBackend, ManagedPolicy, Role, User
    from moto.sts.models import AssumedRole

#: The account: there is one.
ACCOUNT: Final = "123456789012"

_PARTITION: Final = "aws"


class UnknownKeyError(LookupError):
    """An access key of which the account knows nothing, or not with this session token."""


def identify(signed: Signature, sessions: Sessions) -> Identity | None:
    """Returns who signed a request.

    Args:
        signed: the signature.
        sessions: those of functions.

    Returns:
        Who it is; None if it is a role of another account, of which nobody here knows the rights.

    Raises:
        UnknownKeyError: nobody has these credentials.
        PolicyError: one of their policies cannot be read.
    """
    if (session := sessions.find(signed.key)) is not None:
        if signed.token != session.token:
            raise UnknownKeyError
        found = _of_role(session.role, session.name)
        # https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        function = {"lambda:sourcefunctionarn": (session.function,)}
        return found and replace(found, context={**found.context, **function})
    if (assumed := assumed_role(signed.key)) is not None:
        if signed.token != assumed.session_token:
            raise UnknownKeyError
        return _of_role(assumed.role_arn, assumed.session_name, assumed.policy)
    user = _find_user(signed.key)
    if user is None or signed.token is not None:
        raise UnknownKeyError
    return _of_user(user)


def find_role(arn: str) -> Role | None:
    """Returns a role of the account.

    Args:
        arn: the role's.
    """
    # Another request may make or delete one meanwhile.
    roles: list[Role] = list(_iam().roles.values())
    return next((each for each in roles if each.arn == arn), None)


def assumed_role(key: str) -> AssumedRole | None:
    """Returns the session of an access key, if AssumeRole began it."""
    from moto.sts.models import sts_backends

    # A role of another account is in the books of that account.
    for account in list(sts_backends.values()):
        for session in list(account[_PARTITION].assumed_roles):
            if session.access_key_id == key:
                found: AssumedRole = session
                return found
    return None


def session_arn(role: str, session: str) -> str:
    """Returns the ARN of a session of a role."""
    account = role.split(":")[4]
    name = role.rpartition("/")[2]
    return f"arn:aws:sts::{account}:assumed-role/{name}/{session}"


def _of_role(arn: str, name: str, narrowed: str | None = None) -> Identity | None:
    role = find_role(arn)
    account = arn.split(":")[4]
    if role is None and account != ACCOUNT:
        return None
    principal = Principal(session_arn(arn, name), arn, account)
    # A role that is gone has no rights any more.
    policies: tuple[Policy, ...] = ()
    boundary = None
    context: dict[str, tuple[str, ...]] = {"aws:principaltype": ("AssumedRole",)}
    if role is not None:
        policies = tuple(_policies(role))
        boundary = _boundary(role.permissions_boundary_arn)
        context |= {"aws:userid": (f"{role.id}:{name}",), **_tags(role.tags)}
    return Identity(
        principal=principal,
        policies=policies,
        boundary=boundary,
        session=parse_policy(narrowed) if narrowed else None,
        context=context | _context(principal),
    )


def _of_user(user: User) -> Identity:
    principal = Principal(user.arn, user.arn, ACCOUNT)
    groups = _iam().get_groups_for_user(user.name)
    policies = [policy for each in (user, *groups) for policy in _policies(each)]
    context: dict[str, tuple[str, ...]] = {
        "aws:principaltype": ("User",),
        "aws:username": (user.name,),
        "aws:userid": (user.id,),
        **_tags(_iam().list_user_tags(user.name)),
    }
    return Identity(
        principal=principal,
        policies=tuple(policies),
        context=context | _context(principal),
    )


def _context(principal: Principal) -> dict[str, tuple[str, ...]]:
    return {
        "aws:principalarn": (principal.of,),
        "aws:principalaccount": (principal.account,),
        "aws:principalisawsservice": ("false",),
    }


def _policies(owner: Any) -> Iterator[Policy]:
    """Reads the policies of a user, a group or a role, inline and attached."""
    for document in list(owner.policies.values()):
        yield parse_policy(document)
    for attached in list(owner.managed_policies.values()):
        yield parse_policy(_default(attached))


def _boundary(arn: str | None) -> Policy | None:
    return parse_policy(_default(_iam().get_policy(arn))) if arn else None


def _default(policy: ManagedPolicy) -> str:
    document: str = next(each.document for each in policy.versions if each.is_default)
    return document


def _tags(tags: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    return {f"aws:principaltag/{each['Key'].lower()}": (each["Value"],) for each in tags}


def _find_user(key: str) -> User | None:
    """Returns the user of an access key that is active."""
    users: list[User] = list(_iam().users.values())
    for user in users:
        for each in list(user.access_keys):
            if each.access_key_id == key and each.status == "Active":
                return user
    return None


def _iam() -> IAMBackend:
    from moto.iam.models import iam_backends

    backend: IAMBackend = iam_backends[ACCOUNT][_PARTITION]
    return backend
