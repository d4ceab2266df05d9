"""What the functions of a sandbox have logged, read from its CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tfgen.aws.session import Aws


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line in a log group.

    Attributes:
        at: when it was logged.
        region: where.
        group: the log group, for example ``/aws/lambda/hello-production``.
        text: without the end of the line.
    """

    at: datetime
    region: str
    group: str
    text: str


@dataclass
class Logs:
    """Reads the log groups of a sandbox, and what is new in them.

    Attributes:
        endpoint: the sandbox's URL.
        regions: where to read.
    """

    endpoint: str
    regions: Iterable[str]
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def new(self) -> list[LogLine]:
        """Returns what was logged since the last call, in the order of time.

        Raises:
            TfgenError: the sandbox does not answer.
        """
        aws = Aws(self.endpoint)
        lines = [line for region in self.regions for line in self._new_in(aws, region)]
        return sorted(lines, key=lambda line: line.at)

    def _new_in(self, aws: Aws, region: str) -> Iterable[LogLine]:
        logs = aws.client("logs", region)
        for groups in logs.get_paginator("describe_log_groups").paginate():
            for group in groups["logGroups"]:
                name = group["logGroupName"]
                pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
                for event in (event for page in pages for event in page["events"]):
                    if (region, event["eventId"]) in self._seen:
                        continue
                    self._seen.add((region, event["eventId"]))
                    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    yield LogLine(at, region, name, event["message"].rstrip("\n"))
