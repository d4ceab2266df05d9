"""The door before AWS: whoever has rights has these and no others.

Requests with credentials that the account made are judged: those of functions, which are sessions
of their roles, those of IAM users, and those from AssumeRole. Whoever comes with anything else, as
Terraform does and the developer, owns the sandbox and may do everything in it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.iam import services
from tfgen.sandbox.iam.account import UnknownKeyError, identify
from tfgen.sandbox.iam.calls import Call, Signature, read_call, signature
from tfgen.sandbox.iam.conditions import PolicyError
from tfgen.sandbox.iam.evaluation import Access, Identity, Right, why_refused
from tfgen.sandbox.iam.known import unknown_keys
from tfgen.sandbox.iam.refusals import Refusal, answer
from tfgen.sandbox.iam.sessions import Sessions
from tfgen.sandbox.iam.text import Context

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_ISSUED: Final = re.compile(r"A[KS]IA[A-Z0-9]{16}")
_REMEMBERED: Final = 100
_REMEMBERED_RIGHTS: Final = 10_000

# They differ between requests that are alike.
_OF_THE_MOMENT: Final = frozenset({"aws:currenttime", "aws:epochtime", "aws:useragent"})

_log = logging.getLogger("tfgen.sandbox")


@dataclass(frozen=True, slots=True)
class Denial:
    """A request that was refused.

    Attributes:
        at: when, ISO 8601.
        region: where.
        who: the caller's ARN; empty if nobody knows the credentials.
        action: for example ``kms:Decrypt``.
        resource: on what; ``*`` if nobody knows.
        message: as the caller saw it.
    """

    at: str
    region: str
    who: str
    action: str
    resource: str
    message: str


class Enforcement:
    """A WSGI application that refuses what a caller may not do and hands everything else on.

    Args:
        aws: answers what is allowed.
        sessions: those of functions.
    """

    def __init__(self, aws: WSGIApplication, sessions: Sessions) -> None:
        self._aws = aws
        self._sessions = sessions
        self._denials: deque[Denial] = deque(maxlen=_REMEMBERED)
        self._rights: OrderedDict[object, Right] = OrderedDict()
        self._notices: dict[str, None] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        signed = signature(environ)
        if signed is None or _ISSUED.fullmatch(signed.key) is None:
            return self._aws(environ, start_response)
        call = read_call(environ, signed)
        refusal = self._refusal(call, signed, _context(environ, call))
        if refusal is None:
            return self._aws(environ, start_response)
        return answer(refusal, signed.service, environ, start_response)

    def why_no_login(self, signed: Signature, resource: str) -> str | None:
        """Returns why whoever signed a token may not log in to a database; None if they may.

        Args:
            signed: the token's signature.
            resource: the ARN of the database's user.
        """
        if _ISSUED.fullmatch(signed.key) is None:
            return None
        call = Call(signed.service, signed.region, "connect", {"Resource": resource}, method="GET")
        refusal = self._refusal(call, signed, _context({}, call))
        return None if refusal is None else refusal.message

    def denials(self) -> tuple[Denial, ...]:
        """Returns the last requests that were refused, in order."""
        return tuple(self._denials)

    def rights(self) -> tuple[Right, ...]:
        """Returns what the last requests were allowed to do, in the order of the first of each."""
        with self._lock:
            return tuple(self._rights.values())

    def notices(self) -> tuple[str, ...]:
        """Returns what the sandbox could not judge as AWS would, in sentences."""
        return tuple(self._notices)

    def _refusal(self, call: Call, signed: Signature, context: Context) -> Refusal | None:
        try:
            identity = identify(signed, self._sessions)
        except UnknownKeyError:
            message = "The security token included in the request is invalid."
            self._remember(call, "", None, f"{message} Nobody here has the key {signed.key}.")
            return Refusal(message, unknown=True)
        except PolicyError as error:
            message = f"A policy of the caller is not valid: {error}"
            self._remember(call, "", None, message)
            return Refusal(message)
        return None if identity is None else self._judge(call, identity, context)

    def _judge(self, call: Call, identity: Identity, context: Context) -> Refusal | None:
        who = identity.principal.arn
        try:
            accesses = services.accesses(call, identity.principal)
        except PolicyError as error:
            message = f"The policy of the resource is not valid: {error}"
            self._remember(call, who, None, message)
            return Refusal(message)
        if accesses is None:
            self._notice(
                f"The sandbox does not know which action {call.method} is in {call.service}, and "
                "lets everybody do it"
            )
            return None
        for access in accesses:
            if access.resource is None:
                self._notice(_judged_by_action(call, access))
            self._notice_keys(identity, access)
            reason = why_refused(identity, access, context)
            if reason is not None:
                message = _message(call, who, access, reason)
                self._remember(call, who, access, message)
                return Refusal(access.says or message)
            self._allowed(identity, access, context)
        return None

    def _allowed(self, identity: Identity, access: Access, context: Context) -> None:
        known = {**identity.context, **context, **access.context}
        alike = frozenset((key, known[key]) for key in known.keys() - _OF_THE_MOMENT)
        key = (identity.principal.arn, access.action, access.resource, alike)
        with self._lock:
            if key in self._rights:
                return
        without = replace(identity, policies=())
        right = Right(
            identity.principal.arn,
            access.action,
            access.resource,
            known,
            own=why_refused(without, access, context) is not None,
        )
        with self._lock:
            self._rights[key] = right
            if len(self._rights) > _REMEMBERED_RIGHTS:
                self._rights.popitem(last=False)

    def _remember(self, call: Call, who: str, access: Access | None, message: str) -> None:
        action = f"{call.service}:{call.operation or call.method}"
        self._denials.append(
            Denial(
                at=datetime.now(UTC).isoformat(timespec="seconds"),
                region=call.region,
                who=who,
                action=access.action if access else action,
                resource=access.resource or "*" if access else "*",
                message=message,
            )
        )
        _log.warning("refused in %s: %s", call.region, message)

    def _notice_keys(self, identity: Identity, access: Access) -> None:
        policies = [*identity.policies, identity.boundary, identity.session, access.policy]
        for policy in policies:
            if policy is not None:
                for key in unknown_keys(policy, access.action) - access.context.keys():
                    self._notice(
                        f"A policy asks for {key}, which the sandbox does not know: it is taken to "
                        "be missing from every request"
                    )

    def _notice(self, sentence: str) -> None:
        with self._lock:
            if sentence in self._notices:
                return
            self._notices[sentence] = None
        _log.warning("%s", sentence)


def _judged_by_action(call: Call, access: Access) -> str:
    mapped = call.service in services.SERVICES
    what = access.action if mapped else f"requests to {access.action.partition(':')[0]}"
    return f"The sandbox does not know the resources of {what}, and judges by the action alone"


def _message(call: Call, who: str, access: Access, reason: str) -> str:
    resource = access.resource or "*"
    if call.service == "s3":
        resource = f'"{resource}"'
    return (
        f"User: {who} is not authorized to perform: {access.action} on resource: {resource} "
        f"{reason}"
    )


def _context(environ: Mapping[str, Any], call: Call) -> Context:
    """Returns what is known of every request.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    now = datetime.now(UTC)
    context = {
        "aws:currenttime": (now.isoformat(timespec="seconds").replace("+00:00", "Z"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:requestedregion": (call.region,),
        # It stands for a request over TLS.
        "aws:securetransport": ("true",),
        "aws:sourceip": (str(environ.get("REMOTE_ADDR", "127.0.0.1")),),
        "aws:viaawsservice": ("false",),
    }
    if agent := environ.get("HTTP_USER_AGENT"):
        context["aws:useragent"] = (agent,)
    return context
