"""Lambda: deleting a function ends its processes, and deleting a version ends those of the version.

A function that is deleted and created again is another one in AWS, also with the same name and
code. It starts new processes, which fail if the key of the environment is gone, for example
(https://github.com/aws/copilot-cli/issues/4972). Without this, a process of the old function would
answer, with everything that it had decrypted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaBackend


def patch(functions: Functions) -> None:
    """Changes moto's Lambda.

    Args:
        functions: what runs functions.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda.models import LambdaBackend

    delete = expect_method(LambdaBackend, "delete_function", "function_name", "qualifier")

    def delete_and_end(
        self: LambdaBackend, function_name: str, qualifier: str | None = None
    ) -> None:
        found = self.get_function(function_name, qualifier)
        delete(self, function_name, qualifier)
        version = str(found.version) if qualifier else None
        functions.end(self.region_name, found.function_name, version)

    LambdaBackend.delete_function = delete_and_end  # type: ignore[method-assign]
