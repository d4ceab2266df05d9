"""A simulated account in this process whose functions run."""

from __future__ import annotations

import io
import itertools
import json
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psutil

from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.invocation import Invocation, Outages

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

REGION = "eu-west-2"
ROLE = "arn:aws:iam::123456789012:role/functions"

# Long enough for a machine that does much else; nothing takes as long as this.
PATIENCE = 60.0

_numbers = itertools.count()

ECHO = """
import os

def handler(event, context):
    return {"event": event, "pid": os.getpid(), "environment": dict(os.environ)}
"""


@dataclass
class Lab:
    """What the tests work with.

    Attributes:
        endpoint: the URL of the simulated AWS.
        home: where functions are unpacked.
        outages: the regions that are out.
        functions: what runs functions.
    """

    endpoint: str
    home: Path
    outages: Outages
    functions: Functions
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Returns a plain boto3 client."""
        if service not in self._clients:
            self._clients[service] = boto3.client(  # type: ignore[call-overload]
                service,
                region_name=REGION,
                endpoint_url=self.endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self._clients[service]

    @property
    def awslambda(self) -> LambdaClient:
        """Lambda's API."""
        client: LambdaClient = self.client("lambda")
        return client

    def deploy(
        self,
        code: str | bytes | Mapping[str, str],
        *,
        runtime: str = "python3.11",
        handler: str = "app.handler",
        environment: Mapping[str, str] | None = None,
        **more: Any,
    ) -> str:
        """Makes a function of its own and returns its name.

        Args:
            code: ``app.py``, or files by their names, or a zip.
            runtime: the runtime.
            handler: the handler.
            environment: its variables.
            more: anything else that CreateFunction takes.
        """
        name = f"function-{next(_numbers)}"
        self.awslambda.create_function(
            FunctionName=name,
            Role=ROLE,
            Runtime=runtime,  # type: ignore[arg-type]
            Handler=handler,
            Code={"ZipFile": code if isinstance(code, bytes) else bundle(code)},
            Environment={"Variables": dict(environment or {})},
            **{"Timeout": 30, **more},
        )
        return name

    def invoke(self, name: str, event: Any = None, qualifier: str | None = None) -> Invocation:
        """Invokes a function."""
        return self.functions.invoke(REGION, name, qualifier, json.dumps(event or {}).encode())

    def result(self, name: str, event: Any = None, qualifier: str | None = None) -> Any:
        """Invokes a function that must not fail, and returns its result."""
        done = self.invoke(name, event, qualifier)
        assert done.error is None, done.payload
        return json.loads(done.payload)

    def environments(self, name: str) -> int:
        """Returns how many processes a function has."""
        return sum(each.environments for each in self.functions.activity() if each.function == name)

    def logged(self, name: str, group: str | None = None) -> list[str]:
        """Returns the messages in the log of a function, in order; none if it has no log."""
        logs: CloudWatchLogsClient = self.client("logs")
        group = group or f"/aws/lambda/{name}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        try:
            return [event["message"] for page in pages for event in page["events"]]
        except logs.exceptions.ResourceNotFoundException:
            return []


def bundle(code: str | Mapping[str, str], modes: Mapping[str, int] | None = None) -> bytes:
    """Returns a zip.

    Args:
        code: ``app.py``, or files by their names.
        modes: the modes of files that are not just readable.
    """
    files = {"app.py": code} if isinstance(code, str) else code
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100000 | (modes or {}).get(name, 0o644)) << 16
            archive.writestr(entry, content)
    return target.getvalue()


def wait_until(true: Callable[[], object], what: str) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Returns whether a process has ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Later(threading.Thread):
    """Calls something in a thread and keeps what comes of it."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._result: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._call()
        except Exception as error:  # noqa: BLE001 (it is raised again where it is expected)
            self._error = error

    def get(self) -> Any:
        """Waits, and returns the result or raises the error."""
        self.join(PATIENCE)
        assert not self.is_alive(), "it does not end"
        if self._error is not None:
            raise self._error
        return self._result
