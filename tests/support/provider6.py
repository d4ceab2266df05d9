"""What stands in for provider 6: the resources of 5.100, each with an argument ``region``.

Each call goes to a provider of version 5 that is configured for the region which the resource
names, with nothing else different in its configuration. There ``region`` is unknown; it is taken
out of what Terraform says, and put back into what the provider answers, by the rules of version 6:

- where nothing names a region, it stays the one of the state, and is the provider's at first;
- another region replaces the resource;
- ``id@region`` imports from a region.

All else is what 5.100 does. What it does not know is in ``tests.support.additions``. Ephemeral
resources have no ``region`` here.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/provider/sdkv2/region.go
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from tests.support.additions import Kind, Shape, Taken, shape
from tests.support.processes import Process, Processes
from tests.support.regions import RefusedError, Regions
from tests.support.relay import PROVIDER, SCHEMA, Relay, listening
from tests.support.schema6 import with_additions
from tests.support.tfplugin import (
    UNKNOWN,
    Message,
    attribute_path,
    pack_value,
    unpack_value,
)

_IMPORTED: Final = re.compile(r"(?P<id>.+)@(?P<region>[a-z]{2}(-[a-z]+)+-\d{1,2})")


class Provider6:
    """Stands in for provider 6 in an account.

    Args:
        relay: is between this and the providers of version 5.
        processes: these providers.
    """

    def __init__(self, relay: Relay, processes: Processes) -> None:
        self._relay = relay
        self._processes = processes
        self._lock = Lock()
        self._schema: tuple[bytes, frozenset[tuple[Kind, str]]] | None = None

    @contextmanager
    def over(self, address: str) -> Iterator[None]:
        """Answers for one provider configuration of Terraform's.

        Args:
            address: the path of the socket to answer on.
        """
        with (
            Regions(self._processes) as regions,
            listening(address, regions.first.channel, Calls(self, regions).answer),
        ):
            yield

    def ask(self, provider: Process, method: str, request: bytes) -> bytes:
        """Returns what a provider of version 5 answers."""
        return self._relay.answer(provider.ask, method, request)

    def schema(self, provider: Process, request: bytes = b"") -> bytes:
        """Returns the answer of ``GetSchema``."""
        with self._lock:
            if self._schema is None:
                self._schema = with_additions(self.ask(provider, SCHEMA, request))
            return self._schema[0]

    def shape(self, provider: Process, kind: Kind, name: str) -> Shape:
        """Returns what a type has beyond that of version 5."""
        self.schema(provider)
        assert self._schema is not None
        return replace(shape(kind, name), own_region=(kind, name) in self._schema[1])


class Calls:
    """The calls of one provider configuration of Terraform's.

    Args:
        provider: what stands in for provider 6.
        regions: its providers of version 5.
    """

    def __init__(self, provider: Provider6, regions: Regions) -> None:
        self._provider = provider
        self._regions = regions
        # The field of the answer in which diagnostics are, and what makes the answer.
        self._calls: Mapping[str, tuple[int, Callable[[str, Message], bytes]]] = {
            "GetSchema": (4, self._get_schema),
            "Configure": (1, self._configure),
            "Stop": (1, self._stop),
            "ValidateResourceTypeConfig": (1, self._validate_resource),
            "ValidateDataSourceConfig": (1, self._validate_data),
            "UpgradeResourceState": (2, self._upgrade),
            "ReadResource": (2, self._read),
            "PlanResourceChange": (4, self._plan),
            "ApplyResourceChange": (3, self._apply),
            "ImportResourceState": (2, self._import),
            "MoveResourceState": (2, self._move),
            "ReadDataSource": (2, self._read_data),
        }

    def answer(self, method: str, request: bytes) -> bytes:
        """Returns the answer to a call."""
        name = method.removeprefix(PROVIDER)
        if name not in self._calls:
            return self._provider.ask(self._regions.first, method, request)
        number, call = self._calls[name]
        try:
            return call(method, Message(request))
        except RefusedError as refused:
            answer = Message()
            for diagnostic in refused.diagnostics:
                answer.add(number, diagnostic)
            return answer.pack()

    def _shape(self, kind: Kind, name: str) -> Shape:
        return self._provider.shape(self._regions.first, kind, name)

    def _ask(self, taken: Taken, method: str, request: Message) -> Message:
        """Asks the provider of what was taken out, or the first if that names no region."""
        region = self._regions.default if taken.region is None else taken.region
        return Message(self._provider.ask(self._regions.of(region), method, request.pack()))

    def _placed(self, shape: Shape, taken: Taken) -> Taken:
        """Returns what was taken out, with the provider's region where it names none."""
        if shape.in_a_region and taken.region is None:
            return replace(taken, region=self._regions.default)
        return taken

    def _get_schema(self, _: str, request: Message) -> bytes:
        return self._provider.schema(self._regions.first, request.pack())

    def _configure(self, method: str, request: Message) -> bytes:
        return self._regions.configure(method, request.pack())

    def _stop(self, method: str, request: Message) -> bytes:
        answers = [each.ask(method, request.pack()) for each in self._regions.all()]
        return next(filter(None, answers), b"")

    def _validate_resource(self, method: str, request: Message) -> bytes:
        return self._validate("resource", method, request)

    def _validate_data(self, method: str, request: Message) -> bytes:
        return self._validate("data", method, request)

    def _validate(self, kind: Kind, method: str, request: Message) -> bytes:
        shape = self._shape(kind, request.text(1))
        config = unpack_value(request.get(2))
        shape.take(config)
        shape.translate(None, None, config)
        request.set(2, pack_value(config))
        return self._ask(Taken(), method, request).pack()

    def _upgrade(self, method: str, request: Message) -> bytes:
        shape = self._shape("resource", request.text(1))
        taken = _take_raw(request, 3, shape)
        answer = self._ask(Taken(), method, request)
        return _put(answer, 1, shape, taken)

    def _read(self, method: str, request: Message) -> bytes:
        shape = self._shape("resource", request.text(1))
        taken = self._placed(shape, _take(request, 2, shape, state=True))
        return _put(self._ask(taken, method, request), 1, shape, taken)

    def _plan(self, method: str, request: Message) -> bytes:
        shape = self._shape("resource", request.text(1))
        prior, proposed, config = _values(request)
        before = shape.take(prior, _region(prior))
        shape.take(proposed, before.region)
        after = self._placed(shape, shape.take(config).over(before))
        translate_back = shape.translate(prior, proposed, config)
        _set_values(request, prior, proposed, config)
        answer = self._ask(after, method, request)
        if prior is not None and proposed is not None:
            for name in after.replaced(self._placed(shape, before)):
                answer.add(2, attribute_path(name))
        return _put(answer, 1, shape, after, translate_back)

    def _apply(self, method: str, request: Message) -> bytes:
        shape = self._shape("resource", request.text(1))
        prior, planned, config = _values(request)
        before = shape.take(prior, _region(prior))
        after = shape.take(planned, UNKNOWN if before.region is None else before.region)
        shape.take(config)
        # What is destroyed was planned to be nothing.
        taken = self._placed(shape, before if planned is None else after)
        translate_back = shape.translate(prior, planned, config)
        _set_values(request, prior, planned, config)
        return _put(self._ask(taken, method, request), 1, shape, taken, translate_back)

    def _import(self, method: str, request: Message) -> bytes:
        shape = self._shape("resource", request.text(1))
        taken = self._placed(shape, Taken())
        if shape.in_a_region and (found := _IMPORTED.fullmatch(request.text(2))):
            request.set(2, found["id"].encode())
            taken.region = found["region"]
        answer = self._ask(taken, method, request)
        imported = answer.all(1)
        answer.remove(1)
        for each in imported:
            resource = Message(each)
            of_type = self._shape("resource", resource.text(1))
            answer.add(1, _put(resource, 2, of_type, taken))
        return answer.pack()

    def _move(self, method: str, request: Message) -> bytes:
        taken = _take_raw(request, 4, self._shape("resource", request.text(2)))
        answer = self._ask(Taken(), method, request)
        return _put(answer, 1, self._shape("resource", request.text(5)), taken)

    def _read_data(self, method: str, request: Message) -> bytes:
        shape = self._shape("data", request.text(1))
        taken = self._placed(shape, _take(request, 2, shape))
        return _put(self._ask(taken, method, request), 1, shape, taken)


# In the requests for a plan and for an apply: what is, what is to be, and the configuration.
_PRIOR, _NEXT, _CONFIG = _VALUES = 2, 3, 4


def _values(request: Message) -> tuple[Any, Any, Any]:
    return (
        unpack_value(request.get(_PRIOR)),
        unpack_value(request.get(_NEXT)),
        unpack_value(request.get(_CONFIG)),
    )


def _set_values(request: Message, *values: Any) -> None:
    for number, value in zip(_VALUES, values, strict=True):
        request.set(number, pack_value(value))


def _region(value: Any) -> Any:
    return value.get("region") if isinstance(value, dict) else None


def _take(message: Message, number: int, shape: Shape, *, state: bool = False) -> Taken:
    """Takes out of a value in a message what version 5 does not know.

    Args:
        message: is changed.
        number: of the field.
        shape: of the type.
        state: whether it is a state, and no configuration.
    """
    if shape.is_plain:
        return Taken()
    value = unpack_value(message.get(number))
    taken = shape.take(value, _region(value) if state else None)
    message.set(number, pack_value(value))
    return taken


def _take_raw(message: Message, number: int, shape: Shape) -> Taken:
    """Takes likewise out of a state as it is stored."""
    raw = Message(message.get(number))
    if shape.is_plain or not raw.get(1):
        return Taken()
    value = json.loads(raw.get(1))
    taken = shape.take(value, value.get("region"))
    raw.set(1, json.dumps(value).encode())
    message.set(number, raw.pack())
    return taken


def _put(
    message: Message,
    number: int,
    shape: Shape,
    taken: Taken,
    translate_back: Callable[[Any], None] | None = None,
) -> bytes:
    """Puts into a value in a message what was taken out, and returns the message."""
    if not shape.is_plain and message.get(number):
        value = unpack_value(message.get(number))
        shape.put(value, taken)
        if translate_back is not None:
            translate_back(value)
        message.set(number, pack_value(value))
    return message.pack()
