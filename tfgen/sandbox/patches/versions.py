"""Lambda: the number of a version is used once.

moto counts the versions that there are, so that a function which is made again begins with 1, and
an alias that points to 1 seems to be right although it went with the old function. Lambda reuses no
number, not even for a function that was deleted and made again:
https://docs.aws.amazon.com/lambda/latest/dg/versioning-intro.html
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Final

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_KEPT: Final = "tfgen_versions"


def patch() -> None:
    """Changes moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda.models import LambdaFunction, lambda_backends

    set_version = expect_method(LambdaFunction, "set_version", "version")

    def set_new_version(self: LambdaFunction, version: int) -> None:
        backend = lambda_backends[self.account_id][self.region]
        last: MutableMapping[str, int] = vars(backend).setdefault(_KEPT, {})
        last[self.function_name] = max(version, last.get(self.function_name, 0) + 1)
        set_version(self, last[self.function_name])

    LambdaFunction.set_version = set_new_version  # type: ignore[method-assign]
