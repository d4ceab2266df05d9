"""Lambda: layers of other accounts are taken on trust, and those of other regions are refused.

moto knows the layers that were published in it. Functions often use those that somebody else
publishes, such as AWS's own, and Terraform only passes on their ARNs: they are taken here, and run
nothing. https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method
from tfgen.sandbox.patches.failures import invalid

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_ARN: Final = re.compile(
    r"arn:[^:]+:lambda:(?P<region>[^:]+):(?P<account>[^:]+):layer:[^:]+:\d+",
)

_log = logging.getLogger("tfgen.sandbox")


def patch() -> None:
    """Changes moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda.models import LambdaFunction

    own_layers = expect_method(LambdaFunction, "_get_layers_data", "layers_versions_arns")

    def layers(self: LambdaFunction, layers_versions_arns: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for arn in layers_versions_arns:
            layer = _ARN.fullmatch(arn)
            if layer is not None and layer["region"] != self.region:
                raise invalid(
                    f"The layer {arn} is in another region than the function "
                    f"{self.function_name}, which is in {self.region}"
                )
            if layer is not None and layer["account"] != self.account_id:
                _log.warning("the sandbox does not have the layer %s: it runs without", arn)
                found.append({"Arn": arn, "CodeSize": 0})
            else:
                found += own_layers(self, [arn])
        return found

    setattr(LambdaFunction, "_get_layers_data", layers)  # noqa: B010 (it is private)
