"""Route 53: Terraform does not wait for changes that are already everywhere.

moto makes every change at once. The AWS provider still looks for the first time only 15 seconds
after a change of a zone or a record, which is most of the time that an apply or a destroy would
take here: an app with a domain changes three times in a row. The provider waits for what the
answer calls ``ChangeInfo``, and goes on at once when an answer has none; so answers to the
provider have none. Every other client gets the answer that AWS gives
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeInfo.html).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.core.responses import ActionResult
    from moto.route53.responses import Route53

_CHANGES: Final = ("create_hosted_zone", "delete_hosted_zone", "change_resource_record_sets")
_PROVIDER: Final = "terraform-provider-aws/"


def patch() -> None:
    """Changes moto's Route 53.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.core.responses import ActionResult
    from moto.route53.responses import Route53

    for name in _CHANGES:
        setattr(Route53, name, _answered_at_once(expect_method(Route53, name), ActionResult))


def _answered_at_once(
    change: Callable[[Route53], ActionResult], result: type[ActionResult]
) -> Callable[[Route53], ActionResult]:
    def answer(self: Route53) -> ActionResult:
        answered = change(self)
        if _PROVIDER not in self.headers.get("User-Agent", ""):
            return answered
        content: Any = answered.result
        return result({key: value for key, value in content.items() if key != "ChangeInfo"})

    return answer
