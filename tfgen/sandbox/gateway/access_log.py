"""Access logs: a line for each request to a stage that asks for one.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from moto.apigateway.models import Stage as RestStage
    from moto.apigatewayv2.models import Stage as HttpStage

# A name goes on after a dot only if something follows it: a format may be a sentence.
_VARIABLE: Final = re.compile(r"\$context\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)")
_GROUP: Final = re.compile(
    r"arn:[a-z-]+:logs:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):log-group:(?P<name>[^:]+)(?::\*)?"
)

# What AWS writes for what has no value.
_NOTHING: Final = "-"

_log = logging.getLogger(__name__)


def write(stage: RestStage | HttpStage, variables: Mapping[str, str]) -> None:
    """Writes the line of a request, if its stage has an access log.

    Args:
        stage: the stage that answered.
        variables: its ``$context``.
    """
    settings: Mapping[str, Any] = stage.access_log_settings or {}
    arn, form = settings.get("destinationArn"), settings.get("format")
    if not arn or not form:
        return
    found = _GROUP.fullmatch(arn)
    if found is None:
        _say_once(f"The sandbox writes access logs to log groups only, not to {arn}")
        return
    _put(found["account"], found["region"], found["name"], expand(form, variables))


def has_role(account: str, region: str) -> bool:
    """Says whether API Gateway has a role to write the logs of REST APIs with.

    Args:
        account: the API's account.
        region: its region.
    """
    from moto.apigateway.models import apigateway_backends
    from moto.iam.models import iam_backends

    arn = apigateway_backends[account][region].account.cloudwatch_role_arn
    roles = (role for backend in iam_backends[account].values() for role in backend.roles.values())
    return bool(arn) and any(role.arn == arn for role in roles)


def expand(form: str, variables: Mapping[str, str]) -> str:
    """Puts the variables into a format.

    Args:
        form: the format. In one that is JSON, values are escaped.
        variables: name without ``$context.`` → value.
    """
    in_json = form.lstrip().startswith("{")

    def value(match: re.Match[str]) -> str:
        text = variables.get(match[1], _NOTHING)
        # This one comes with its quotes.
        escaped = in_json and match[1] != "error.messageString"
        return json.dumps(text, ensure_ascii=False)[1:-1] if escaped else text

    return _VARIABLE.sub(value, form)


def _put(account: str, region: str, group: str, line: str) -> None:
    from moto.logs.models import logs_backends

    backend = logs_backends[account][region]
    if group not in backend.groups:
        _say_once(f"There is no log group {group} in {region} for an access log")
        return
    stream = time.strftime("%Y/%m/%d", time.gmtime())
    backend.ensure_log_stream(group, stream)
    event = {"timestamp": int(time.time() * 1000), "message": line}
    backend.put_log_events(group, stream, [event])


@cache
def _say_once(what: str) -> None:
    _log.warning("%s", what)
