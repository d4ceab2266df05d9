"""Policies: what they say, read once for each text.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final

from tfgen.sandbox.iam.conditions import Clause, PolicyError, compile_conditions
from tfgen.sandbox.iam.text import Context, Text

_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_KINDS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


class Named(IntEnum):
    """How a policy names who calls; the higher, the closer."""

    NOT = 0
    #: Their account, which is left to say what they may.
    ACCOUNT = 1
    #: Their role, or everybody.
    PRINCIPAL = 2
    #: Their user or their session.
    EXACTLY = 3


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls.

    Attributes:
        arn: their user's or their session's.
        of: the ARN of the role that the session is of; the user's.
        account: 12 digits.
    """

    arn: str
    of: str
    account: str


@dataclass(frozen=True, slots=True)
class Principals:
    """Whom a statement is about.

    Attributes:
        names: ARNs, account numbers, or ``*``.
        negated: whether it is about all others.
    """

    names: tuple[str, ...]
    negated: bool = False

    def named(self, principal: Principal) -> Named:
        """Returns how a principal is named here."""
        found = max((_named(name, principal) for name in self.names), default=Named.NOT)
        if self.negated:
            return Named.NOT if found else Named.PRINCIPAL
        return found


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy.

    Attributes:
        allows: whether it allows and does not deny.
        actions: which actions it is about.
        other_actions: whether it is about all others instead.
        resources: which resources it is about; none are all.
        other_resources: whether it is about all others instead.
        clauses: its conditions; all have to hold.
        principals: whom it is about; None is whoever the policy is attached to.
    """

    allows: bool
    actions: tuple[Text, ...]
    other_actions: bool
    resources: tuple[Text, ...]
    other_resources: bool
    clauses: tuple[Clause, ...]
    principals: Principals | None

    def applies(self, action: str, resource: str, context: Context) -> bool:
        """Returns whether it is about a request, whoever makes it.

        Args:
            action: for example ``kms:Decrypt``.
            resource: an ARN, or ``*`` for an action that has none.
            context: what is known of the request.
        """
        return (
            self.has(action)
            and self._has_resource(resource, context)
            and all(clause.holds(context) for clause in self.clauses)
        )

    def may_apply(self, action: str, context: Context) -> bool:
        """Returns whether it counts for a request of which nobody knows the resource.

        One that allows counts if it could be about the request; one that denies, if it must be.
        """
        if not self.has(action):
            return False
        if self.allows:
            return all(each.key not in context or each.holds(context) for each in self.clauses)
        everything = not self.other_resources and (
            not self.resources or any(each.source == "*" for each in self.resources)
        )
        return everything and all(
            each.key in context and each.holds(context) for each in self.clauses
        )

    def has(self, action: str) -> bool:
        """Returns whether it is about an action."""
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
        found = any(each.matches(action, {}, any_case=True) for each in self.actions)
        return found is not self.other_actions

    def _has_resource(self, resource: str, context: Context) -> bool:
        if not self.resources:
            return True
        found = any(each.matches(resource, context) for each in self.resources)
        return found is not self.other_resources


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy. The same text is the same policy.

    Attributes:
        statements: in the order of the document.
    """

    statements: tuple[Statement, ...]

    def keys(self, action: str) -> frozenset[str]:
        """Returns the condition keys, in lower case, that it asks for where an action is done.

        Args:
            action: for example ``kms:Decrypt``.
        """
        return frozenset(
            clause.key for each in self.statements if each.has(action) for clause in each.clauses
        )


@lru_cache(maxsize=2048)
def parse_policy(document: str) -> Policy:
    """Reads a policy.

    Args:
        document: JSON.

    Raises:
        PolicyError: it is no policy, or it says what IAM does not know.
    """
    try:
        policy = json.loads(document)
    except ValueError as error:
        raise PolicyError(f"it is no JSON: {error}") from error
    if not isinstance(policy, Mapping):
        raise PolicyError("it is no object")
    version = policy.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise PolicyError(f"there is no version {version}")
    statements = policy.get("Statement", [])
    return Policy(
        tuple(
            _statement(each, variables=version == _VERSIONS[1])
            for each in (statements if isinstance(statements, list) else [statements])
        )
    )


def _statement(said: object, *, variables: bool) -> Statement:
    if not isinstance(said, Mapping):
        raise PolicyError("a statement is no object")
    if unknown := said.keys() - _ELEMENTS:
        raise PolicyError(f"a statement has no {', '.join(sorted(unknown))}")
    effect = said.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise PolicyError("the Effect of a statement is Allow or Deny")
    actions, other_actions = _one_of(said, "Action", "NotAction")
    if actions is None:
        raise PolicyError("a statement has neither Action nor NotAction")
    resources, other_resources = _one_of(said, "Resource", "NotResource")
    return Statement(
        allows=effect == "Allow",
        actions=tuple(Text(each, variables=False) for each in actions),
        other_actions=other_actions,
        resources=tuple(Text(each, variables) for each in resources or ()),
        other_resources=other_resources,
        clauses=compile_conditions(said.get("Condition") or {}, variables=variables),
        principals=_principals(said),
    )


def _one_of(said: Mapping[str, Any], name: str, other: str) -> tuple[list[str] | None, bool]:
    if name in said and other in said:
        raise PolicyError(f"a statement has {name} and {other}")
    key = other if other in said else name
    return (_texts(key, said[key]) if key in said else None), key == other


def _principals(said: Mapping[str, Any]) -> Principals | None:
    if "Principal" in said and "NotPrincipal" in said:
        raise PolicyError("a statement has Principal and NotPrincipal")
    negated = "NotPrincipal" in said
    value = said.get("NotPrincipal" if negated else "Principal")
    if value is None:
        return None
    if value == "*":
        return Principals(("*",), negated)
    if not isinstance(value, Mapping) or value.keys() - _KINDS:
        raise PolicyError(f"a Principal is * or an object of {', '.join(sorted(_KINDS))}")
    # The others are services and people from elsewhere, of whom none calls here.
    return Principals(tuple(_texts("Principal", value.get("AWS", []))), negated)


def _texts(name: str, value: object) -> list[str]:
    values: list[object] = value if isinstance(value, list) else [value]
    texts = [each for each in values if isinstance(each, str)]
    if len(texts) < len(values):
        raise PolicyError(f"{name} has something that is no text")
    return texts


def _named(name: str, principal: Principal) -> Named:
    if name == principal.arn:
        return Named.EXACTLY
    if name in {"*", principal.of}:
        return Named.PRINCIPAL
    if name in {principal.account, f"arn:aws:iam::{principal.account}:root"}:
        return Named.ACCOUNT
    return Named.NOT
