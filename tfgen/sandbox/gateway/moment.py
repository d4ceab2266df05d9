"""What is new with every request: its time and its IDs."""

from __future__ import annotations

import base64
import os
import re
import time
import uuid
from dataclasses import dataclass
from typing import Final

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)

# https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
_ROOT: Final = re.compile(r"(?:^|;)\s*Root=([^;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """The time and the IDs of a request.

    Attributes:
        seconds: since the epoch.
        request_id: a UUID, as REST APIs give.
        short_id: 15 characters and ``=``, as HTTP APIs give; the extended ID of REST APIs.
        trace: the X-Ray header that the function gets.
    """

    seconds: float
    request_id: str
    short_id: str
    trace: str

    @property
    def milliseconds(self) -> int:
        """Milliseconds since the epoch."""
        return int(self.seconds * 1000)

    @property
    def text(self) -> str:
        """The time as in Apache's logs, in UTC and in English whatever the locale."""
        at = time.gmtime(self.seconds)
        month = _MONTHS[at.tm_mon - 1]
        clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
        return f"{at.tm_mday:02}/{month}/{at.tm_year}:{clock} +0000"

    @property
    def trace_answer(self) -> str:
        """The X-Ray header that the client gets."""
        root = _ROOT.search(self.trace)
        return f"Root={root.group(1) if root else ''};Parent={self.short_parent};Sampled=0"

    @property
    def short_parent(self) -> str:
        """The ID of this request's segment in the trace."""
        return self.request_id.replace("-", "")[:16]


def new_moment(trace: str | None) -> Moment:
    """Makes the IDs of a request that has just arrived.

    Args:
        trace: the X-Ray header that it came with; one with a root is passed on.
    """
    now = time.time()
    if trace is None or not _ROOT.search(trace):
        trace = f"Root=1-{int(now):08x}-{os.urandom(12).hex()}"
    return Moment(
        seconds=now,
        request_id=str(uuid.UUID(bytes=os.urandom(16), version=4)),
        short_id=base64.urlsafe_b64encode(os.urandom(11)).decode(),
        trace=trace,
    )
