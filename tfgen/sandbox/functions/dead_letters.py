"""Dead-letter queues: where events go that a function failed on to the end.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from tfgen.sandbox.invocation import Invocation, InvokeError

# Of the error's message.
_BYTES: Final = 1024

_log = logging.getLogger("tfgen.sandbox")


def send(target: str, request_id: str, event: bytes, outcome: Invocation | InvokeError) -> None:
    """Puts an event into a queue, with why it is there.

    Args:
        target: the queue's ARN.
        request_id: the invocation's.
        event: what the function was invoked with.
        outcome: how its last attempt ended.
    """
    from moto.core.exceptions import ServiceException
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.sqs.models import sqs_backends

    _, _, service, region, _, name = target.split(":", 5)
    if service != "sqs":
        _log.warning("an event was lost: the sandbox has no dead letters for %s", target)
        return
    code, message = _said(outcome)
    attributes = {
        "RequestID": ("String", request_id),
        "ErrorCode": ("Number", str(code.value)),
        "ErrorMessage": ("String", message.encode()[:_BYTES].decode("utf-8", "ignore")),
    }
    try:
        sqs_backends[DEFAULT_ACCOUNT_ID][region].send_message(
            name,
            event.decode("utf-8", "replace"),
            message_attributes={key: _attribute(*each) for key, each in attributes.items()},
        )
    except ServiceException as error:
        _log.warning("an event was lost: %s does not take it: %s", target, error)


def _attribute(kind: str, value: str) -> Mapping[str, str]:
    return {"DataType": kind, "StringValue": value}


def _said(outcome: Invocation | InvokeError) -> tuple[HTTPStatus, str]:
    if isinstance(outcome, InvokeError):
        return HTTPStatus(outcome.status), outcome.message
    try:
        document: Any = json.loads(outcome.payload)
    except ValueError:
        document = None
    said = document.get("errorMessage") if isinstance(document, dict) else None
    # The function was invoked, so that the status is that of an invocation.
    return HTTPStatus.OK, str(said) if said else "Unknown error"
