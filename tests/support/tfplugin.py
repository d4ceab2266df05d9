"""Reads and changes the messages between Terraform and a provider.

A message is a list of fields, and only those that are asked for are looked at. All others stay as
they are, whichever minor version of the protocol has added them.
https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto
https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import msgpack

_VARINT: Final = 0
_BYTES: Final = 2
# Of a diagnostic.
_ERROR: Final = 1

UNKNOWN: Final = msgpack.ExtType(0, b"\0")
"""A value that Terraform does not know yet.

https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md
"""


class Message:
    """A protobuf message.

    Args:
        data: the message in its encoding.
    """

    def __init__(self, data: bytes = b"") -> None:
        self._fields = list(_read(data))

    def all(self, number: int) -> list[bytes]:
        """Returns the values of a repeated field: messages, texts or bytes."""
        return [
            value for field, value in self._fields if field == number and isinstance(value, bytes)
        ]

    def get(self, number: int) -> bytes:
        """Returns the value of a field that is a message, a text or bytes; empty if it is unset."""
        return next(iter(self.all(number)), b"")

    def text(self, number: int) -> str:
        """Returns the value of a text."""
        return self.get(number).decode()

    def number(self, number: int) -> int:
        """Returns the value of an integer."""
        return next(
            (value for field, value in self._fields if field == number and isinstance(value, int)),
            0,
        )

    def set(self, number: int, value: bytes | int) -> None:
        """Replaces the value of a field. The others keep their order."""
        places = [place for place, (field, _) in enumerate(self._fields) if field == number]
        place = places[0] if places else len(self._fields)
        self._fields = [each for each in self._fields if each[0] != number]
        self._fields.insert(place, (number, value))

    def add(self, number: int, value: bytes | int) -> None:
        """Adds a value to a repeated field."""
        self._fields.append((number, value))

    def remove(self, number: int) -> None:
        """Removes a field."""
        self._fields = [each for each in self._fields if each[0] != number]

    def pack(self) -> bytes:
        """Returns the message in its encoding."""
        data = bytearray()
        for number, value in self._fields:
            if isinstance(value, int):
                data += _varint(number << 3 | _VARINT) + _varint(value)
            else:
                data += _varint(number << 3 | _BYTES) + _varint(len(value)) + value
        return bytes(data)


def unpack_value(dynamic: bytes) -> Any:
    """Returns what is in a ``DynamicValue``: an object is a dictionary; null and unset are None.

    Values that are not known yet are ``msgpack.ExtType``, with what is known about them.
    """
    message = Message(dynamic)
    if packed := message.get(1):
        return msgpack.unpackb(packed, strict_map_key=False)
    text = message.get(2)
    return json.loads(text) if text else None


def pack_value(value: Any) -> bytes:
    """Returns the ``DynamicValue`` of what ``unpack_value`` has returned."""
    message = Message()
    message.set(1, msgpack.packb(value))
    return message.pack()


def is_unknown(value: Any) -> bool:
    """Says whether a value is not known yet, whatever is known about it."""
    return isinstance(value, msgpack.ExtType)


def error(summary: str) -> bytes:
    """Returns a ``Diagnostic``."""
    message = Message()
    message.set(1, _ERROR)
    message.set(2, summary.encode())
    return message.pack()


def errors(diagnostics: list[bytes]) -> list[bytes]:
    """Returns those of some ``Diagnostic`` that are more than a warning."""
    return [each for each in diagnostics if Message(each).number(1) == _ERROR]


def attribute_path(name: str) -> bytes:
    """Returns the ``AttributePath`` of an attribute of a resource."""
    step, path = Message(), Message()
    step.set(1, name.encode())
    path.set(1, step.pack())
    return path.pack()


def _read(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    place = 0
    while place < len(data):
        tag, place = _read_varint(data, place)
        value: bytes | int
        match tag & 7:
            case 0:
                value, place = _read_varint(data, place)
            case 2:
                length, place = _read_varint(data, place)
                value, place = data[place : place + length], place + length
            case kind:
                raise ValueError(f"a field of kind {kind}, which the protocol does not use")
        yield tag >> 3, value


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    """Reads an integer, and returns it and the place after it."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)
