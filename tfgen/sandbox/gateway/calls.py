"""Invokes the function behind an integration, within the integration's time."""

from __future__ import annotations

import enum
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tfgen.sandbox.gateway.permission import FunctionArn, parse_function_arn, why_denied
from tfgen.sandbox.invocation import Invocation, Invoke, InvokeError

_VARIABLE: Final = re.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")


class Failure(enum.Enum):
    """What kept a function from answering."""

    CONFIGURATION = enum.auto()
    DENIED = enum.auto()
    TIMEOUT = enum.auto()
    THROTTLED = enum.auto()
    TOO_LARGE = enum.auto()
    FUNCTION = enum.auto()


class CallError(Exception):
    """A function did not answer.

    Attributes:
        failure: what kind of failure it is.
        reason: for whoever runs the sandbox.
    """

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Call:
    """An integration with a function.

    Attributes:
        uri: of the integration, with its stage variables still in it.
        variables: the stage variables.
        sources: the ARNs of the method or route, in the forms in which a policy may name it.
        account: the API's account.
        timeout: seconds.
        role: whether the integration has a role of its own, so that no policy is asked.
    """

    uri: str
    variables: Mapping[str, str]
    sources: tuple[str, ...]
    account: str
    timeout: float
    role: bool

    def run(self, invoke: Invoke, event: Mapping[str, Any]) -> bytes:
        """Invokes the function and waits for it.

        Args:
            invoke: runs functions.
            event: the request.

        Returns:
            What the function returned.

        Raises:
            CallError: it did not return.
        """
        function = self._function()
        if not self.role:
            denied = why_denied(function, self.sources, self.account)
            if denied is not None:
                raise CallError(Failure.DENIED, denied)
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            invocation = _within(self.timeout, invoke, function, payload)
        except InvokeError as error:
            raise CallError(_failure(error), f"{error.code}: {error.message}") from error
        if invocation is None:
            reason = f"The function took longer than the integration's {self.timeout:g} seconds"
            raise CallError(Failure.TIMEOUT, reason)
        if invocation.error is not None:
            raise CallError(Failure.FUNCTION, f"The function failed: {_said(invocation.payload)}")
        return invocation.payload

    def _function(self) -> FunctionArn:
        uri = _VARIABLE.sub(lambda found: self.variables.get(found.group(1), ""), self.uri)
        function = parse_function_arn(uri)
        if function is None:
            raise CallError(Failure.CONFIGURATION, f"The integration's URI is no function: {uri}")
        return function


def _within(
    timeout: float, invoke: Invoke, function: FunctionArn, payload: bytes
) -> Invocation | None:
    """Returns None when the time is over. The function runs on, as it does in AWS."""
    returned: list[Invocation] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            returned.append(invoke(function.region, function.name, function.qualifier, payload))
        except BaseException as error:  # noqa: BLE001 # raised again where somebody waits for it
            failed.append(error)

    thread = threading.Thread(target=run, name=f"invoke-{function.name}", daemon=True)
    thread.start()
    thread.join(timeout)
    if failed:
        raise failed[0]
    return returned[0] if returned else None


def _failure(error: InvokeError) -> Failure:
    match error.status:
        case 413:
            return Failure.TOO_LARGE
        case 429:
            return Failure.THROTTLED
        case 403 | 404:
            return Failure.DENIED
        case _:
            return Failure.FUNCTION


def _said(payload: bytes) -> str:
    """Returns the first 300 characters of an error's document, on one line."""
    return " ".join(payload.decode("utf-8", "replace").split())[:300]
