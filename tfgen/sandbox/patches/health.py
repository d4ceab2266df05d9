"""Route 53: the status of a health check is what was observed, and its checkers are kept.

AWS reports what its checkers last saw
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html). moto
reports a success, always and of an address that does not exist, so ``aws route53
get-health-check-status`` would call a region healthy that the sandbox has just taken out.

An update that names no regions leaves the checkers that a health check has; only ``ResetElements``
takes it back to all of them
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html). moto goes back
to all with any update, and takes any name and any number of regions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tfgen.regions import CHECKER_REGIONS, FEWEST_CHECKER_REGIONS
from tfgen.sandbox.dns.health import CheckHealth
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.core.responses import ActionResult
    from moto.route53.models import HealthCheck, Route53Backend
    from moto.route53.responses import Route53

# The sandbox has one checker. It is in the first of a health check's regions, or here.
_REGION: Final = "us-east-1"
_ADDRESS: Final = "127.0.0.1"
_KNOWN: Final = frozenset(CHECKER_REGIONS["aws"])
_RESET: Final = "Regions"


def patch(report: Callable[[], Mapping[str, CheckHealth]]) -> None:
    """Changes moto's Route 53.

    Args:
        report: returns all health checks by their IDs.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.core.responses import ActionResult
    from moto.route53.models import Route53Backend
    from moto.route53.responses import Route53

    _patch_regions(Route53, Route53Backend)
    ask = expect_method(Route53, "get_health_check_status")

    def answer(self: Route53) -> ActionResult:
        # moto's own answer is the one for a health check that does not exist.
        ask(self)
        health = report().get(self._get_param("HealthCheckId"))
        return ActionResult({"HealthCheckObservations": _observations(health)})

    setattr(Route53, "get_health_check_status", answer)  # noqa: B010 (no assignment to a method)


def _patch_regions(responses: type[Route53], backend: type[Route53Backend]) -> None:
    update = expect_method(responses, "update_health_check")
    change = expect_method(backend, "update_health_check", "health_check_id", "health_check_args")
    create = expect_method(backend, "create_health_check", "caller_reference", "health_check_args")

    def update_or_reset(self: Route53) -> ActionResult:
        if _RESET in (self._get_param("ResetElements") or []):
            check = self.backend.get_health_check(self._get_param("HealthCheckId"))
            check.set_regions([])
        answer: ActionResult = update(self)
        return answer

    def change_named(
        self: Route53Backend, health_check_id: str, health_check_args: dict[str, Any]
    ) -> HealthCheck:
        regions = health_check_args.get("regions") or None
        _check_regions(regions)
        changed: HealthCheck = change(
            self, health_check_id, {**health_check_args, "regions": regions}
        )
        return changed

    def create_checked(
        self: Route53Backend, caller_reference: str, health_check_args: dict[str, Any]
    ) -> HealthCheck:
        _check_regions(health_check_args.get("regions"))
        created: HealthCheck = create(self, caller_reference, health_check_args)
        return created

    responses.update_health_check = update_or_reset  # type: ignore[method-assign]
    backend.update_health_check = change_named  # type: ignore[method-assign]
    backend.create_health_check = create_checked  # type: ignore[method-assign]


def _check_regions(regions: Sequence[str] | None) -> None:
    from moto.route53.exceptions import InvalidInput

    if not regions:
        return
    if len(set(regions)) < FEWEST_CHECKER_REGIONS:
        raise InvalidInput(
            f"Invalid parameter : You must specify at least {FEWEST_CHECKER_REGIONS} regions"
        )
    unknown = sorted(set(regions) - _KNOWN)
    if unknown:
        raise InvalidInput(f"Invalid parameter : Unknown health checker regions {unknown}")


def _observations(health: CheckHealth | None) -> list[dict[str, Any]]:
    if health is None or health.last is None:
        return []
    told = "Success: the endpoint answered" if health.last.success else "Failure: no such answer"
    return [
        {
            "Region": health.check.region or _REGION,
            "IPAddress": _ADDRESS,
            "StatusReport": {"Status": told, "CheckedTime": health.last.at},
        }
    ]
