"""What stands between Terraform and providers that run on: it shortens the schema.

The AWS provider describes 1,500 types of resources, and Terraform reads all of that in each of its
commands. It takes more of a processor than a plan of two regions does. Here Terraform is told of
the types that are in use, word for word as the provider describes them, and of no others: to one
that is missing it says that there is no such type.

The provider is asked once for its schema, once whether a configuration of its own or of a resource
is valid, and once what an older state is in the present version. These answers follow from the
question alone, and nineteen of twenty questions of a validation have been asked before. All else
that the two say to each other passes unread.
https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import grpc

_PROVIDER = "/tfplugin5.Provider/"
_SCHEMA = f"{_PROVIDER}GetSchema"
# Asked once in each environment.
_PREPARED = f"{_PROVIDER}PrepareProviderConfig"
# Asked once, whatever the environment.
_ASKED_ONCE = {
    _SCHEMA,
    f"{_PROVIDER}ValidateResourceTypeConfig",
    f"{_PROVIDER}ValidateDataSourceConfig",
    f"{_PROVIDER}UpgradeResourceState",
}

Answers = dict[tuple[str, bytes], bytes]
"""What the provider has answered, by the method and the question."""

# In its answer: maps from the names of resources, data sources and ephemeral resources.
_BY_TYPE = {2, 3, 8}

_UNLIMITED = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
)
# As many as Terraform asks for at once, and the streams that stay open.
_THREADS = 32

_AS_IT_IS = bytes

_TYPE = re.compile(r"\baws_[a-z0-9_]+")


class Relay:
    """Answers for providers that are the same program in the same environment.

    Args:
        types: of the resources that are in use.
        learnt: what the program has answered in any environment; what it answers is added.
    """

    def __init__(self, types: Container[str], learnt: Answers) -> None:
        self._types = types
        self._learnt = learnt
        self._known: Answers = {}

    @contextmanager
    def over(self, provider: str, address: str) -> Iterator[None]:
        """Answers for one of them.

        Args:
            provider: the path of its socket.
            address: the path of the socket to answer on.
        """
        with grpc.insecure_channel(f"unix:{provider}", options=_UNLIMITED) as channel:
            server = grpc.server(
                ThreadPoolExecutor(_THREADS),
                handlers=[_Calls(channel, self._answer)],
                options=_UNLIMITED,
            )
            server.add_insecure_port(f"unix:{address}")
            server.start()
            try:
                yield
            finally:
                server.stop(None)

    def _answer(
        self,
        ask: Callable[[bytes], bytes],
        method: str,
        request: bytes,
        context: grpc.ServicerContext,
    ) -> bytes:
        asked = method, request
        if asked in self._known:
            return self._known[asked]
        answer = self._learnt.get(asked)
        if answer is None:
            try:
                answer = ask(request)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details() or "")
            if method in _ASKED_ONCE:
                self._learnt[asked] = answer
        if method == _SCHEMA:
            answer = shortened(answer, self._types)
        if method in {_SCHEMA, _PREPARED}:
            self._known[asked] = answer
        return answer


class _Calls(grpc.GenericRpcHandler):
    """Every call to a provider, and what Terraform and it have beside.

    Args:
        channel: to the provider.
        answer: returns what the provider answers.
    """

    def __init__(self, channel: grpc.Channel, answer: Callable[..., bytes]) -> None:
        self._channel = channel
        self._answer = answer

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        """Returns what answers a call."""
        if details.method.startswith(_PROVIDER):
            call = self._channel.unary_unary(details.method, _AS_IT_IS, _AS_IT_IS)
            return grpc.unary_unary_rpc_method_handler(partial(self._answer, call, details.method))
        return grpc.stream_stream_rpc_method_handler(partial(self._pass_on, details.method))

    def _pass_on(
        self, method: str, requests: Iterator[bytes], context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        # A single message is a stream of one.
        call = self._channel.stream_stream(method, _AS_IT_IS, _AS_IT_IS)(_received(requests))
        context.add_callback(cast("Callable[[], None]", call.cancel))
        try:
            yield from call
        except grpc.RpcError as error:
            context.abort(error.code(), error.details() or "")


def _received(requests: Iterator[bytes]) -> Iterator[bytes]:
    # Terraform leaves without a word.
    with suppress(grpc.RpcError):
        yield from requests


def shortened(schema: bytes, types: Container[str]) -> bytes:
    """Takes the types away that are not in use.

    Args:
        schema: the provider's answer when it is asked for it.
        types: those that stay.
    """
    kept = bytearray()
    for number, start, content, end in _fields(schema):
        if number in _BY_TYPE:
            entry = schema[content:end]
            [name] = [entry[first:last] for field, _, first, last in _fields(entry) if field == 1]
            if name.decode() not in types:
                continue
        kept += schema[start:end]
    return bytes(kept)


@cache
def types_in(*folders: Path) -> frozenset[str]:
    """Returns whatever looks like a type of the provider's in Terraform's files, code and pages.

    Args:
        folders: of this repository.
    """
    return frozenset(
        name
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".tf", ".py", ".md"}
        for name in _TYPE.findall(file.read_text("utf-8"))
    )


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Takes a message apart: a field's number, where it, its content and the next one begin.

    https://protobuf.dev/programming-guides/encoding/
    """
    place = 0
    while place < len(message):
        start = place
        tag, place = _integer(message, place)
        match tag & 7:
            case 0:
                content = place
                _, place = _integer(message, place)
            case 2:
                length, content = _integer(message, place)
                place = content + length
            case kind:
                raise ValueError(f"a field of kind {kind} in the provider's schema")
        yield tag >> 3, start, content, place


def _integer(message: bytes, place: int) -> tuple[int, int]:
    """Reads a varint, and returns it and the place after it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
