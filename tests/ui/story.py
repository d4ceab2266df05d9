"""Applies as Terraform tells them: its JSON, in order, with the times of a real run."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tfgen.terraform.events import Event, parse

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
# What a region of the walk-through is made of, and about how many seconds each takes.
RESOURCES = {
    "module.function.aws_kms_key.this": 9,
    "module.function.aws_iam_role.this": 2,
    "module.function.aws_cloudwatch_log_group.this": 2,
    "module.function.aws_kms_alias.this": 1,
    "module.function.aws_iam_role_policy.this": 1,
    "module.rest_api.aws_api_gateway_rest_api.this": 3,
    "module.function.aws_lambda_function.this": 18,
    "module.function.aws_lambda_alias.live": 1,
    "module.rest_api.aws_lambda_permission.api": 1,
    "module.rest_api.aws_api_gateway_deployment.this": 1,
    "module.rest_api.aws_api_gateway_stage.live": 4,
    "module.domain.aws_acm_certificate.this": 7,
    "module.domain.aws_acm_certificate_validation.this": 34,
    "module.domain.aws_api_gateway_domain_name.this": 5,
}
GLOBALS = {
    "aws_route53_zone.this": 35,
    "aws_route53_record.validation": 16,
    'aws_route53_record.latency["us-west-2"]': 16,
}


@dataclass(frozen=True, slots=True)
class Story:
    """An apply.

    Attributes:
        regions: the regions, each with all of `RESOURCES`.
        failing: addresses that fail; nothing of their region begins after that.
        action: what is done to everything.
        cut_after: seconds after which nothing is written any more.
    """

    regions: tuple[str, ...]
    failing: frozenset[str] = frozenset()
    action: str = "create"
    cut_after: float = 1e9
    prefix: str = field(default="module.", repr=False)

    def lines(self) -> Iterator[str]:
        """Yields what Terraform writes."""
        yield self._line(0, "version", "Terraform 1.11.4", terraform="1.11.4", ui="1.2")
        works = [(address, seconds) for group in self._groups() for address, seconds in group]
        for address, _ in works:
            change = {"resource": _resource(address), "action": self.action}
            yield self._line(0.5, "planned_change", f"{address}: Plan", change=change)
        moments = heapq.merge(*(self._work(group) for group in self._groups()))
        last = 0.5
        for at, line in moments:
            if at > self.cut_after:
                return
            last = at
            yield line
        for address in sorted(self.failing):
            yield self._error(last, address)
        if not self.failing:
            names = {"create": "add", "update": "change", "delete": "remove"}
            changes = {"add": 0, "change": 0, "remove": 0, "import": 0, "operation": "apply"}
            changes |= {names[self.action]: len(works)}
            yield self._line(last, "change_summary", "Apply complete!", changes=changes)

    def events(self) -> Iterator[Event]:
        """Yields the same as tfgen reads it."""
        for line in self.lines():
            event = parse(line)
            assert event is not None
            yield event

    def _groups(self) -> Iterator[list[tuple[str, int]]]:
        for region in self.regions:
            module = f"{self.prefix}{region.replace('-', '_')}"
            yield [(f"{module}.{name}", seconds) for name, seconds in RESOURCES.items()]
        yield list(GLOBALS.items())

    def _work(self, group: list[tuple[str, int]]) -> Iterator[tuple[float, str]]:
        # Three at a time, the way a dependency graph lets go.
        free = [1.0, 1.1, 1.2]
        moments: list[tuple[float, str]] = []
        for address, seconds in group:
            at = heapq.heappop(free)
            moments.append((at, self._hook(at, "apply_start", address)))
            moments += (
                (at + elapsed, self._hook(at + elapsed, "apply_progress", address, elapsed))
                for elapsed in range(10, seconds, 10)
            )
            end = at + seconds
            kind = "apply_errored" if address in self.failing else "apply_complete"
            moments.append((end, self._hook(end, kind, address, seconds)))
            if address in self.failing:
                break
            heapq.heappush(free, end + 0.1)
        yield from sorted(moments)

    def _hook(self, at: float, kind: str, address: str, elapsed: int | None = None) -> str:
        hook: dict[str, object] = {"resource": _resource(address), "action": self.action}
        hook |= {} if elapsed is None else {"elapsed_seconds": elapsed}
        return self._line(at, kind, f"{address}: …", hook=hook)

    def _error(self, at: float, address: str) -> str:
        diagnostic = {
            "severity": "error",
            "summary": "creating Lambda Function (hello): operation error Lambda: CreateFunction, "
            "https response error StatusCode: 400, InvalidParameterValueException: The role "
            "defined for the function cannot be assumed by Lambda.",
            "detail": "The first line.\nThe second line.",
            "address": address,
            "range": {"filename": "../modules/function/function.tf", "start": {"line": 12}},
        }
        return self._line(at, "diagnostic", "Error", level="error", diagnostic=diagnostic)

    def _line(self, at: float, kind: str, message: str, level: str = "info", **rest: object) -> str:
        moment = (START + timedelta(seconds=at)).isoformat(timespec="microseconds")
        head = {"@level": level, "@message": message, "@module": "terraform.ui"}
        return json.dumps(head | {"@timestamp": moment, "type": kind} | rest)


def _resource(address: str) -> dict[str, object]:
    module, _, local = address.rpartition(".aws_")
    return {
        "addr": address,
        "module": module if module.startswith("module.") else "",
        "resource": local,
        "resource_type": f"aws_{local.partition('.')[0]}" if module else local.partition(".")[0],
    }
