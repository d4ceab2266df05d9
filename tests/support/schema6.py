"""The schema of 5.100, with what provider 6 has beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.support.additions import Argument, Kind, Shape, shape
from tests.support.tfplugin import Message

# In the answer of `GetSchema`, what maps the names of types to their schemas.
_KINDS: Final[Mapping[int, Kind]] = {2: "resource", 3: "data"}
_LIST: Final = 2


def with_additions(schema: bytes) -> tuple[bytes, frozenset[tuple[Kind, str]]]:
    """Adds to the schema of 5.100 what it has not.

    Args:
        schema: the answer of ``GetSchema``.

    Returns:
        The answer of provider 6, and the types of which 5.100 has an attribute ``region``.
    """
    answer = Message(schema)
    own = set()
    for number, kind in _KINDS.items():
        entries = answer.all(number)
        answer.remove(number)
        for entry in entries:
            changed = Message(entry)
            name = changed.text(1)
            of_type = Message(changed.get(2))
            body = Message(of_type.get(2))
            if _has_region(body):
                own.add((kind, name))
            _add(body, shape(kind, name))
            of_type.set(2, body.pack())
            changed.set(2, of_type.pack())
            answer.add(number, changed.pack())
    return answer.pack(), frozenset(own)


def _add(body: Message, added: Shape) -> None:
    if added.in_a_region:
        _set_attribute(body, Argument("region", '"string"', computed=True))
    if added.renamed:
        _set_attribute(body, Argument(added.renamed.name, '"string"', computed=True))
    for argument in added.arguments:
        if argument.within is None:
            _add_argument(body, argument)
            continue
        blocks = body.all(3)
        body.remove(3)
        for block in blocks:
            nested = Message(block)
            if nested.text(1) == argument.within:
                inner = Message(nested.get(2))
                _add_argument(inner, argument)
                nested.set(2, inner.pack())
            body.add(3, nested.pack())


def _set_attribute(body: Message, argument: Argument) -> None:
    attributes = [each for each in body.all(2) if Message(each).text(1) != argument.name]
    body.remove(2)
    for attribute in (*attributes, _attribute_of(argument)):
        body.add(2, attribute)


def _add_argument(body: Message, argument: Argument) -> None:
    if isinstance(argument.type, str):
        body.add(2, _attribute_of(argument))
        return
    inner, block = Message(), Message()
    for name, type_ in argument.type:
        inner.add(2, _attribute_of(Argument(name, type_, computed=True)))
    block.set(1, argument.name.encode())
    block.set(2, inner.pack())
    block.set(3, _LIST)
    block.set(5, 1)
    body.add(3, block.pack())


def _has_region(body: Message) -> bool:
    return any(Message(each).text(1) == "region" for each in body.all(2))


def _attribute_of(argument: Argument) -> bytes:
    assert isinstance(argument.type, str)
    attribute = Message()
    attribute.set(1, argument.name.encode())
    attribute.set(2, argument.type.encode())
    attribute.set(5, 1)
    if argument.computed:
        attribute.set(6, 1)
    return attribute.pack()
