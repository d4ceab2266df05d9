"""Whether a request is allowed, and why not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
for requests within one account, which are all that there are in the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tfgen.sandbox.iam.policy import Named, Policy, Principal, Statement
from tfgen.sandbox.iam.text import Context


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, and the policies that are theirs.

    Attributes:
        principal: who.
        policies: those of the user and their groups, or of the role.
        boundary: the permissions boundary; None is none.
        session: what AssumeRole narrowed the session to; None is nothing.
        context: what is known of them, for conditions.
    """

    principal: Principal
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    session: Policy | None = None
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that a request does to one resource.

    Attributes:
        action: for example ``kms:Decrypt``.
        resource: its ARN, ``*`` if the action has none; None if nobody knows.
        context: what is known of it, for conditions.
        policy: the resource's own; None if it has none.
        must_be_named: whether the resource's policy has to let the caller or their account in, as
            with KMS keys and roles, where elsewhere an identity's policy is enough.
        granted: whether a grant of a KMS key lets the caller in.
        says: what the refusal says instead of the usual, if the service has words of its own.
    """

    action: str
    resource: str | None
    context: Context = field(default_factory=dict)
    policy: Policy | None = None
    must_be_named: bool = False
    granted: bool = False
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """Something that a request was allowed to do; requests that are alike are one.

    Attributes:
        who: the caller's ARN.
        action: for example ``kms:Decrypt``.
        resource: on what; None if nobody knows.
        context: what was known of it, for conditions.
        own: whether the caller's own policies were what allowed it, and not the resource's alone.
    """

    who: str
    action: str
    resource: str | None
    context: Context
    own: bool


def why_refused(identity: Identity, access: Access, context: Context) -> str | None:
    """Says why a request is refused.

    Args:
        identity: who makes it.
        access: what it does.
        context: what is known of the request, besides what they say.

    Returns:
        The reason as AWS puts it (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html);
        None if it is allowed.
    """
    known = _together(identity.context, context, access.context)
    applies = _applying(access, known)
    own = {
        "an identity-based policy": identity.policies,
        "a permissions boundary": _some(identity.boundary),
        "a session policy": _some(identity.session),
    }
    for kind, policies in own.items():
        if any(applies(each) for each in _statements(policies) if not each.allows):
            return f"with an explicit deny in {kind}"
    named = Named.NOT
    for statement in _statements(_some(access.policy)):
        closeness = _closeness(statement, identity.principal)
        if closeness is not Named.NOT and applies(statement):
            if not statement.allows:
                return "with an explicit deny in a resource-based policy"
            named = max(named, closeness)
    return _why_not_allowed(identity, access, named, applies)


def _why_not_allowed(
    identity: Identity, access: Access, named: Named, applies: Callable[[Statement], bool]
) -> str | None:
    if named is Named.EXACTLY or access.granted:
        return None
    if named is not Named.PRINCIPAL:
        if access.must_be_named and named is Named.NOT:
            return f"because no resource-based policy allows the {access.action} action"
        if not _allowed(identity.policies, applies):
            return f"because no identity-based policy allows the {access.action} action"
    for kind, limit in (
        ("permissions boundary", identity.boundary),
        ("session policy", identity.session),
    ):
        if limit is not None and not _allowed((limit,), applies):
            return f"because no {kind} allows the {access.action} action"
    return None


def _applying(access: Access, context: Context) -> Callable[[Statement], bool]:
    resource = access.resource
    if resource is None:
        return lambda statement: statement.may_apply(access.action, context)
    return lambda statement: statement.applies(access.action, resource, context)


def _closeness(statement: Statement, principal: Principal) -> Named:
    if statement.principals is None:
        return Named.NOT
    found = statement.principals.named(principal)
    # An account that is denied is everybody in it.
    return found if statement.allows or found is Named.NOT else Named.EXACTLY


def _allowed(policies: Iterable[Policy], applies: Callable[[Statement], bool]) -> bool:
    return any(applies(each) for each in _statements(policies) if each.allows)


def _statements(policies: Iterable[Policy]) -> Iterable[Statement]:
    return (statement for policy in policies for statement in policy.statements)


def _some(policy: Policy | None) -> tuple[Policy, ...]:
    return () if policy is None else (policy,)


def _together(*contexts: Context) -> Mapping[str, tuple[str, ...]]:
    together: dict[str, tuple[str, ...]] = {}
    for context in contexts:
        together.update(context)
    return together
