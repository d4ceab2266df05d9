"""The events that Terraform writes with ``-json``.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui

The version of the stream is 1.2 up to Terraform 1.14 and in OpenTofu 1.12, and 1.3 since Terraform
1.15. A minor version adds messages and keys, and changes none, so it is not compared. What is not
read here is `Other`: the steps of ephemeral resources (``ephemeral_op_*`` in Terraform,
``ephemeral_action_*`` in OpenTofu), of actions (``action_*``), of queries (``list_*``), and the
results of policies (``policy_info``, ``policy_result``). None of them is a change of a resource.
https://github.com/hashicorp/terraform/blob/main/internal/command/views/json/message_types.go
https://github.com/opentofu/opentofu/blob/main/internal/command/views/json/message_types.go
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

Json = Mapping[str, Any]

Value = TypeVar("Value")

# What is raised on the way through a line that is no event, or none that is known: a line that is
# cut off, or that something else has written into a journal.
_UNEXPECTED = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource instance or data source.

    Attributes:
        address: for example ``module.us_west_2.aws_lambda_function.this``.
        module: the address of its module; empty for the root module.
        type: for example ``aws_lambda_function``.
    """

    address: str
    module: str
    type: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that Terraform says.

    Attributes:
        at: when.
        message: the same for people.
    """

    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Version(Event):
    """The first event: which Terraform is speaking."""

    version: str


@dataclass(frozen=True, slots=True)
class Log(Event):
    """A remark, such as that an interrupt was received.

    Attributes:
        level: ``info``, ``warn``, …
    """

    level: str


@dataclass(frozen=True, slots=True)
class Diagnostic(Event):
    """An error or a warning.

    Attributes:
        detail: more about the summary; may be empty, may have several lines.
        address: the resource or provider configuration that it is about.
        file: the source file, relative to the root module.
    """

    severity: Literal["error", "warning"]
    summary: str
    detail: str
    address: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class PlannedChange(Event):
    """What will be done to a resource.

    Attributes:
        action: ``create``, ``read``, ``update``, ``replace``, ``delete``, ``noop``, ``move``, …
    """

    resource: Resource
    action: str


@dataclass(frozen=True, slots=True)
class ResourceDrift(Event):
    """What was done to a resource behind Terraform's back."""

    resource: Resource
    action: str


@dataclass(frozen=True, slots=True)
class ApplyStart(Event):
    """Work on a resource has begun. A replacement is a ``delete`` and a ``create``."""

    resource: Resource
    action: str


@dataclass(frozen=True, slots=True)
class ApplyProgress(Event):
    """Work on a resource goes on, for ``elapsed`` seconds now."""

    resource: Resource
    action: str
    elapsed: int


@dataclass(frozen=True, slots=True)
class ApplyComplete(Event):
    """Work on a resource is done, after ``elapsed`` seconds."""

    resource: Resource
    action: str
    elapsed: int


@dataclass(frozen=True, slots=True)
class ApplyErrored(Event):
    """Work on a resource has failed, after ``elapsed`` seconds; a diagnostic says why."""

    resource: Resource
    action: str
    elapsed: int


@dataclass(frozen=True, slots=True)
class RefreshStart(Event):
    """Terraform asks the provider about a resource."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class RefreshComplete(Event):
    """The provider has answered about a resource."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class ChangeSummary(Event):
    """How much a plan or an apply changes.

    Attributes:
        operation: ``plan``, ``apply`` or ``destroy``.
    """

    operation: str
    add: int
    change: int
    remove: int
    imported: int


@dataclass(frozen=True, slots=True)
class Output:
    """An output of the root module.

    Attributes:
        value: what it is; None when it is sensitive, or not known before the apply.
    """

    sensitive: bool
    value: Any


@dataclass(frozen=True, slots=True)
class Outputs(Event):
    """The outputs of the root module by name."""

    outputs: Mapping[str, Output]


@dataclass(frozen=True, slots=True)
class Other(Event):
    """An event that tfgen does not look into, or that a newer Terraform writes differently."""

    type: str
    content: Json


def parse(line: str) -> Event | None:
    """Read one line of output.

    Args:
        line: a line of standard output or standard error.

    Returns:
        The event, or None for what is not one: Terraform writes warnings about its CLI
        configuration, log lines and crash reports as text between the events.
    """
    if not line.startswith("{"):
        return None
    try:
        content = json.loads(line)
        kind = _text(content["type"])
        at = _moment(content["@timestamp"])
        message = _text(content["@message"])
    except _UNEXPECTED:
        return None
    reader = _READERS.get(kind)
    if reader is not None:
        try:
            return reader(at, message, content)
        except _UNEXPECTED:
            pass  # It is still an event, and what it says is still worth showing.
    return Other(at, message, kind, content)


def parse_all(lines: Iterable[str]) -> Iterator[Event]:
    """Read many lines, passing over what is not an event."""
    for line in lines:
        event = parse(line)
        if event is not None:
            yield event


def read_diagnostic(at: datetime, content: Json) -> Diagnostic:
    """Read a diagnostic, which ``validate -json`` writes in the same form.

    Args:
        at: when it was written.
        content: the object with ``severity``, ``summary`` and so on.

    Raises:
        KeyError: when it is something else.
    """
    place = content.get("range") or {}
    return Diagnostic(
        at,
        _text(content["summary"]),
        severity="warning" if content["severity"] == "warning" else "error",
        summary=content["summary"],
        detail=_text(content.get("detail", "")),
        address=_optional(content.get("address"), str),
        file=_optional(place.get("filename"), str),
        line=_optional(place.get("start", {}).get("line"), int),
    )


def _optional(value: object, kind: type[Value]) -> Value | None:
    if value is not None and not isinstance(value, kind):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    # One without an offset could be compared with no other.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _resource(content: Json) -> Resource:
    resource = content["resource"]
    return Resource(
        _text(resource["addr"]), _text(resource["module"]), _text(resource["resource_type"])
    )


def _version(at: datetime, message: str, content: Json) -> Event:
    return Version(at, message, content.get("terraform") or content["tofu"])


def _log(at: datetime, message: str, content: Json) -> Event:
    return Log(at, message, content["@level"])


def _diagnostic(at: datetime, _: str, content: Json) -> Event:
    return read_diagnostic(at, content["diagnostic"])


def _policy_diagnostic(at: datetime, _: str, content: Json) -> Event:
    # How much it matters depends on the policy, and is the level of the message.
    level = "error" if content["@level"] == "error" else "warning"
    return read_diagnostic(at, {**content["policy_diagnostic"], "severity": level})


def _planned(
    make: Callable[[datetime, str, Resource, str], Event],
) -> Callable[[datetime, str, Json], Event]:
    def read(at: datetime, message: str, content: Json) -> Event:
        change = content["change"]
        return make(at, message, _resource(change), _text(change["action"]))

    return read


def _apply_start(at: datetime, message: str, content: Json) -> Event:
    return ApplyStart(at, message, _resource(content["hook"]), _text(content["hook"]["action"]))


def _applied(
    make: Callable[[datetime, str, Resource, str, int], Event],
) -> Callable[[datetime, str, Json], Event]:
    def read(at: datetime, message: str, content: Json) -> Event:
        hook = content["hook"]
        # A number with a fraction in some releases.
        elapsed = int(hook.get("elapsed_seconds", 0))
        return make(at, message, _resource(hook), _text(hook["action"]), elapsed)

    return read


def _refreshed(
    make: Callable[[datetime, str, Resource], Event],
) -> Callable[[datetime, str, Json], Event]:
    def read(at: datetime, message: str, content: Json) -> Event:
        return make(at, message, _resource(content["hook"]))

    return read


def _change_summary(at: datetime, message: str, content: Json) -> Event:
    changes = content["changes"]
    return ChangeSummary(
        at,
        message,
        operation=changes["operation"],
        add=int(changes["add"]),
        change=int(changes["change"]),
        remove=int(changes["remove"]),
        imported=int(changes.get("import", 0)),
    )


def _outputs(at: datetime, message: str, content: Json) -> Event:
    outputs = {
        name: Output(output["sensitive"], output.get("value"))
        for name, output in content["outputs"].items()
    }
    return Outputs(at, message, outputs)


_READERS: Mapping[str, Callable[[datetime, str, Json], Event]] = {
    "version": _version,
    "log": _log,
    "diagnostic": _diagnostic,
    "policy_diagnostic": _policy_diagnostic,
    "planned_change": _planned(PlannedChange),
    "resource_drift": _planned(ResourceDrift),
    "apply_start": _apply_start,
    "apply_progress": _applied(ApplyProgress),
    "apply_complete": _applied(ApplyComplete),
    "apply_errored": _applied(ApplyErrored),
    "refresh_start": _refreshed(RefreshStart),
    "refresh_complete": _refreshed(RefreshComplete),
    "change_summary": _change_summary,
    "outputs": _outputs,
}
