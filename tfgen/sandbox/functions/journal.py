"""What Lambda writes into a function's log, around what the function writes itself.

In lines of text or, if the function asks for it, in JSON:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tfgen.sandbox.functions.deployed import Deployed
from tfgen.sandbox.functions.failure import Failure

_TAIL_BYTES: Final = 4096
_LONGEST_LINE: Final = 256 * 1024

# The levels of the log's system lines; the lowest that are written are set for a function.
_SYSTEM_LEVELS: Final = ("DEBUG", "INFO", "WARN")


@dataclass(frozen=True, slots=True)
class Report:
    """How an invocation went.

    Attributes:
        request_id: the invocation's.
        milliseconds: how long it took.
        init_milliseconds: how long the start took before it; None if it was warm.
        memory: the most memory used, in MB; None if nobody knows.
        failure: why it failed, if it is not the function's own error.
    """

    request_id: str
    milliseconds: float
    init_milliseconds: float | None
    memory: int | None
    failure: Failure | None


class Journal:
    """A log stream of a function.

    Args:
        deployed: the function.
    """

    def __init__(self, deployed: Deployed) -> None:
        self._deployed = deployed
        self._rest = b""
        self._tail = bytearray()
        day = datetime.now(UTC).strftime("%Y/%m/%d")
        #: The stream's name.
        self.stream: str = f"{day}/[{deployed.version}]{secrets.token_hex(16)}"

    def output(self, piece: bytes) -> None:
        """Writes what came from the function; a line becomes an event when it is complete."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        # The runtimes keep the lines of one event together by ending them in another way.
        self._write([line.decode(errors="replace").replace("\r", "\n") for line in lines])

    def init_start(self, version: str, notice: str | None) -> None:
        """Writes that a process is started.

        Args:
            version: the runtime's.
            notice: what is different from Lambda, if anything is.
        """
        self._system(
            "INFO",
            f"INIT_START Runtime Version: {version}",
            "platform.initStart",
            {
                "initializationType": "on-demand",
                "phase": "init",
                "runtimeVersion": version,
                "functionName": self._deployed.name,
                "functionVersion": self._deployed.version,
            },
        )
        if notice is not None:
            self._system("WARN", f"[tfgen] {notice}", "tfgen.notice", {"message": notice})

    def init_report(self, phase: str, milliseconds: float, failure: Failure) -> None:
        """Writes that a process could not be started.

        Args:
            phase: ``init`` for the first time, ``invoke`` for the second.
            milliseconds: how long it took.
            failure: what went wrong.
        """
        kind = f"\tError Type: {failure.type}" if failure.status == "error" else ""
        record: dict[str, Any] = {
            "initializationType": "on-demand",
            "phase": phase,
            "status": failure.status,
            "metrics": {"durationMs": round(milliseconds, 3)},
        }
        if failure.status == "error":
            record["errorType"] = failure.type
        self._system(
            "WARN",
            f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: {phase}"
            f"\tStatus: {failure.status}{kind}",
            "platform.initReport",
            record,
        )

    def start(self, request_id: str) -> None:
        """Writes that an invocation begins."""
        version = self._deployed.version
        self._system(
            "INFO",
            f"START RequestId: {request_id} Version: {version}",
            "platform.start",
            {"requestId": request_id, "version": version},
        )

    def timed_out(self, request_id: str) -> None:
        """Writes that an invocation takes too long."""
        if not self._deployed.logging.json:
            seconds = f"{self._deployed.timeout:.2f}"
            self._write([f"{_now()} {request_id} Task timed out after {seconds} seconds"])

    def report(self, report: Report) -> None:
        """Writes that an invocation has ended, and how.

        Args:
            report: how it went.
        """
        if self._rest:
            self.output(b"\n")
        if self._deployed.logging.json:
            self._report_json(report)
        else:
            self._report_text(report)

    def take_tail(self) -> bytes:
        """Returns the end of what was written since the last time."""
        tail = bytes(self._tail[-_TAIL_BYTES:])
        self._tail.clear()
        return tail

    def _report_text(self, report: Report) -> None:
        fields = [
            f"REPORT RequestId: {report.request_id}",
            f"Duration: {report.milliseconds:.2f} ms",
            f"Billed Duration: {_billed(report)} ms",
            f"Memory Size: {self._deployed.memory} MB",
        ]
        if report.memory is not None:
            fields.append(f"Max Memory Used: {report.memory} MB")
        if report.init_milliseconds is not None:
            fields.append(f"Init Duration: {report.init_milliseconds:.2f} ms")
        if report.failure is not None:
            fields.append(f"Status: {report.failure.status}")
            if report.failure.status == "error":
                fields.append(f"Error Type: {report.failure.type}")
        self._write([f"END RequestId: {report.request_id}", "\t".join([*fields, ""])])

    def _report_json(self, report: Report) -> None:
        metrics: dict[str, float] = {
            "durationMs": round(report.milliseconds, 3),
            "billedDurationMs": _billed(report),
            "memorySizeMB": self._deployed.memory,
        }
        if report.memory is not None:
            metrics["maxMemoryUsedMB"] = report.memory
        if report.init_milliseconds is not None:
            metrics["initDurationMs"] = round(report.init_milliseconds, 3)
        record: dict[str, Any] = {"requestId": report.request_id, "metrics": metrics}
        record["status"] = report.failure.status if report.failure else "success"
        if report.failure is not None and report.failure.status == "error":
            record["errorType"] = report.failure.type
        self._system("WARN" if report.failure else "INFO", "", "platform.report", record)

    def _system(self, level: str, text: str, kind: str, record: dict[str, Any]) -> None:
        logging = self._deployed.logging
        if not logging.json:
            self._write([text])
        elif _SYSTEM_LEVELS.index(level) >= _SYSTEM_LEVELS.index(logging.system_level):
            self._write([json.dumps({"time": _now(), "type": kind, "record": record})])

    def _write(self, lines: Sequence[str]) -> None:
        if not lines:
            return
        from moto.backends import get_backend
        from moto.core.models import DEFAULT_ACCOUNT_ID

        for line in lines:
            self._tail += f"{line}\n".encode()
        del self._tail[: -2 * _TAIL_BYTES]
        backend = get_backend("logs")[DEFAULT_ACCOUNT_ID][self._deployed.region]
        now = int(time.time() * 1000)
        group = self._deployed.logging.group
        # Each time: whoever deletes a log group does not ask whether somebody still writes.
        backend.ensure_log_group(group)
        backend.ensure_log_stream(group, self.stream)
        events = [{"timestamp": now, "message": f"{line}\n"} for line in lines]
        backend.put_log_events(group, self.stream, events)


def _billed(report: Report) -> int:
    # The start counts: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    return math.ceil(report.milliseconds + (report.init_milliseconds or 0))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
