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
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import grpc

from tests.support.processes import UNLIMITED, Process
from tests.support.tfplugin import Message

PROVIDER = "/tfplugin5.Provider/"
SCHEMA = f"{PROVIDER}GetSchema"
# Asked once in each environment.
_PREPARED = f"{PROVIDER}PrepareProviderConfig"
# Asked once, whatever the environment.
_ASKED_ONCE = {
    SCHEMA,
    f"{PROVIDER}ValidateResourceTypeConfig",
    f"{PROVIDER}ValidateDataSourceConfig",
    f"{PROVIDER}UpgradeResourceState",
}

Answers = dict[tuple[str, bytes], bytes]
"""What the provider has answered, by the method and the question."""

Answer = Callable[[str, bytes], bytes]
"""Returns the answer to a method and a message."""

# In the answer to `GetSchema`: maps from the names of resources, data sources and ephemeral ones.
_BY_TYPE = {2, 3, 8}

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

    def over(self, process: Process, address: str) -> AbstractContextManager[None]:
        """Answers for one of them as long as the context lasts.

        Args:
            process: the provider.
            address: the path of the socket to answer on.
        """
        return listening(address, process.channel, partial(self.answer, process.ask))

    def answer(self, ask: Answer, method: str, request: bytes) -> bytes:
        """Returns what a provider answers, and asks it only if it must be asked.

        Args:
            ask: asks the provider.
            method: of the call.
            request: its message.
        """
        asked = method, request
        if asked in self._known:
            return self._known[asked]
        answer = self._learnt.get(asked)
        if answer is None:
            answer = ask(method, request)
            if method in _ASKED_ONCE:
                self._learnt[asked] = answer
        if method == SCHEMA:
            answer = shortened(answer, self._types)
        if method in {SCHEMA, _PREPARED}:
            self._known[asked] = answer
        return answer


@contextmanager
def listening(address: str, channel: grpc.Channel, answer: Answer) -> Iterator[None]:
    """Answers Terraform's calls to a provider.

    Args:
        address: the path of the socket to answer on.
        channel: to where all else leads that Terraform asks for.
        answer: returns the answer to a call.
    """
    server = grpc.server(
        ThreadPoolExecutor(_THREADS), handlers=[_Calls(channel, answer)], options=UNLIMITED
    )
    server.add_insecure_port(f"unix:{address}")
    server.start()
    try:
        yield
    finally:
        server.stop(None)


class _Calls(grpc.GenericRpcHandler):
    """Every call to a provider, and what Terraform and it have beside.

    Args:
        channel: to the provider.
        answer: returns what the provider answers.
    """

    def __init__(self, channel: grpc.Channel, answer: Answer) -> None:
        self._channel = channel
        self._answer = answer

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        """Returns what answers a call."""
        if details.method.startswith(PROVIDER):
            return grpc.unary_unary_rpc_method_handler(partial(self._reply, details.method))
        return grpc.stream_stream_rpc_method_handler(partial(self._pass_on, details.method))

    def _reply(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            return self._answer(method, request)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details() or "")

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
    answer = Message(schema)
    for number in _BY_TYPE:
        entries = answer.all(number)
        answer.remove(number)
        for entry in entries:
            if Message(entry).text(1) in types:
                answer.add(number, entry)
    return answer.pack()


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
