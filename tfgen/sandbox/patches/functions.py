"""Lambda: what a function was configured with comes back.

moto keeps no ``LoggingConfig`` at all, and of an update it forgets the KMS key, the tracing mode
and the size of ``/tmp``. AWS returns them all
(https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html), so without this
every plan wants to set them again, and with the function its version and its alias.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


def patch() -> None:
    """Adds to moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda import models

    function = models.LambdaFunction
    initialize = expect_method(function, "__init__", "account_id", "spec", "region", "version")
    describe = expect_method(function, "get_configuration", "on_create")
    update = expect_method(function, "update_configuration", "config_updates")

    def initialize_with_logging(
        self: LambdaFunction,
        account_id: str,
        spec: dict[str, Any],
        region: str,
        version: str | int = 1,
    ) -> None:
        initialize(self, account_id, spec, region, version)
        _set_logging(self, spec.get("LoggingConfig") or {})

    def describe_with_logging(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        configuration: dict[str, Any] = describe(self, on_create)
        return configuration | {"LoggingConfig": vars(self)["tfgen_logging"]}

    def update_everything(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
        if "KMSKeyArn" in config_updates:
            # An empty one takes the key away, as Terraform does when `kms_key_arn` goes.
            self.kms_key_arn = config_updates["KMSKeyArn"] or None
        if "TracingConfig" in config_updates:
            self.tracing_config = config_updates["TracingConfig"]
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        if "LoggingConfig" in config_updates:
            _set_logging(self, config_updates["LoggingConfig"])
        configuration: dict[str, Any] = update(self, config_updates)
        return configuration

    function.__init__ = initialize_with_logging  # type: ignore[method-assign]
    function.get_configuration = describe_with_logging  # type: ignore[method-assign]
    function.update_configuration = update_everything  # type: ignore[method-assign]


def _set_logging(function: LambdaFunction, asked: Mapping[str, str]) -> None:
    """Keeps the logging configuration with AWS's defaults filled in.

    A new mapping each time: versions that were published share the old one.
    https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
    """
    levels = (
        {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
        if asked.get("LogFormat") == "JSON"
        else {}
    )
    defaults = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
    vars(function)["tfgen_logging"] = defaults | levels | dict(asked)
