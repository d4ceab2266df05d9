"""Route 53: the status of a health check is what was observed.

AWS reports what its checkers last saw
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html). moto
reports a success, always and of an address that does not exist, so ``aws route53
get-health-check-status`` would call a region healthy that the sandbox has just taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.dns.health import CheckHealth
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.core.responses import ActionResult
    from moto.route53.responses import Route53

# The one checker that the sandbox has.
_CHECKER: Final = {"Region": "us-east-1", "IPAddress": "127.0.0.1"}


def patch(report: Callable[[], Mapping[str, CheckHealth]]) -> None:
    """Changes moto's Route 53.

    Args:
        report: returns all health checks by their IDs.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.core.responses import ActionResult
    from moto.route53.responses import Route53

    ask = expect_method(Route53, "get_health_check_status")

    def answer(self: Route53) -> ActionResult:
        # moto's own answer is the one for a health check that does not exist.
        ask(self)
        health = report().get(self._get_param("HealthCheckId"))
        return ActionResult({"HealthCheckObservations": _observations(health)})

    setattr(Route53, "get_health_check_status", answer)  # noqa: B010 (no assignment to a method)


def _observations(health: CheckHealth | None) -> list[dict[str, Any]]:
    if health is None or health.last is None:
        return []
    told = "Success: the endpoint answered" if health.last.success else "Failure: no such answer"
    return [{**_CHECKER, "StatusReport": {"Status": told, "CheckedTime": health.last.at}}]
