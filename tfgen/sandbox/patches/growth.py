"""What moto keeps for ever: everything that it ever made, and every line of every log.

It lists all objects of its models, for a page that shows them and that the sandbox does not offer;
what is deleted stays in that list. And a sandbox writes a few lines for each request and each
health check. Both grow as long as it runs. The log of CloudWatch has no end in AWS; here the end of
each stream is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_attributes, expect_method

if TYPE_CHECKING:
    from moto.logs.models import LogStream

#: How many events of a log stream are kept at least.
EVENTS: Final = 2000

# Removed at once, so that a full stream is not copied for every line.
_AT_ONCE: Final = 500

# It closes the files of its objects by that list.
_LISTED: Final = "moto.s3.models"


def patch() -> None:
    """Changes all models of moto's, and its CloudWatch Logs.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    _patch_models()
    _patch_logs()


def _patch_models() -> None:
    from moto.core.common_models import BaseModel
    from moto.logs.models import LogGroup

    group = LogGroup("123456789012", "eu-west-2", "/app")  # type: ignore[abstract]
    expect_attributes(group, "instances_tracked")
    listed = BaseModel.__new__

    def new(cls: type[BaseModel], *args: Any, **named: Any) -> BaseModel:
        if cls.__module__ == _LISTED:
            return listed(cls, *args, **named)
        made: BaseModel = super(BaseModel, cls).__new__(cls)
        return made

    BaseModel.__new__ = staticmethod(new)  # type: ignore[method-assign]


def _patch_logs() -> None:
    from moto.logs.models import LogGroup, LogStream

    group = LogGroup("123456789012", "eu-west-2", "/app")  # type: ignore[abstract]
    expect_attributes(LogStream(group, "stream"), "events")
    put = expect_method(LogStream, "put_log_events", "log_events")

    def put_log_events(self: LogStream, log_events: list[dict[str, Any]]) -> str:
        token: str = put(self, log_events)
        if len(self.events) > EVENTS + _AT_ONCE:
            del self.events[:-EVENTS]
        return token

    LogStream.put_log_events = put_log_events  # type: ignore[method-assign]
