"""Lambda: what a function was configured with comes back, and nothing else.

moto keeps no ``LoggingConfig`` and no dead-letter queue at all, and of an update it forgets the KMS
key, the tracing mode, the size of ``/tmp`` and how an image starts. AWS returns them all
(https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html), so without this
every plan wants to set them again, and with the function its version and its alias. Of an image it
returns a configuration that was never set, and every VPC has one ID. It keeps the KMS key of a
function without environment variables, and Lambda does not, as its users found in issue 6366 of the
AWS provider.
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

    def initialize_everything(
        self: LambdaFunction,
        account_id: str,
        spec: dict[str, Any],
        region: str,
        version: str | int = 1,
    ) -> None:
        initialize(self, account_id, spec, region, version)
        _set_logging(self, spec.get("LoggingConfig") or {})
        _set_dead_letters(self, spec.get("DeadLetterConfig") or {})
        _drop_unused_key(self)

    def describe_everything(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        configuration: dict[str, Any] = describe(self, on_create)
        configuration["LoggingConfig"] = vars(self)["tfgen_logging"]
        if target := vars(self)["tfgen_dead_letters"]:
            configuration["DeadLetterConfig"] = {"TargetArn": target}
        if configuration["VpcConfig"] is not None:
            configuration["VpcConfig"] |= {"VpcId": _vpc(self, configuration["VpcConfig"])}
        if not any(self.image_config.response().values()):
            configuration.pop("ImageConfigResponse", None)
        return configuration

    def update_everything(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
        _set_forgotten(self, config_updates)
        update(self, config_updates)
        _drop_unused_key(self)
        return self.get_configuration()

    function.__init__ = initialize_everything  # type: ignore[method-assign]
    function.get_configuration = describe_everything  # type: ignore[method-assign]
    function.update_configuration = update_everything  # type: ignore[method-assign]


def _set_forgotten(function: LambdaFunction, updates: Mapping[str, Any]) -> None:
    """Sets what moto forgets of an update."""
    from moto.awslambda.models import ImageConfig

    if "KMSKeyArn" in updates:
        # An empty one takes the key away, as Terraform does when `kms_key_arn` goes.
        function.kms_key_arn = updates["KMSKeyArn"] or None
    if "TracingConfig" in updates:
        function.tracing_config = updates["TracingConfig"]
    if "EphemeralStorage" in updates:
        function.ephemeral_storage = updates["EphemeralStorage"]["Size"]
    if "ImageConfig" in updates:
        function.image_config = ImageConfig(updates["ImageConfig"])
    if "LoggingConfig" in updates:
        _set_logging(function, updates["LoggingConfig"])
    if "DeadLetterConfig" in updates:
        _set_dead_letters(function, updates["DeadLetterConfig"])


def _drop_unused_key(function: LambdaFunction) -> None:
    """Forgets the key where there is nothing to encrypt with it.

    https://github.com/hashicorp/terraform-provider-aws/issues/6366
    """
    if not function.environment_vars:
        function.kms_key_arn = None


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


def _set_dead_letters(function: LambdaFunction, asked: Mapping[str, str]) -> None:
    """Keeps where events go that a function failed on; an empty ARN takes it away."""
    vars(function)["tfgen_dead_letters"] = asked.get("TargetArn") or None


def _vpc(function: LambdaFunction, configured: Mapping[str, list[str]]) -> str:
    """Returns the VPC that a function's subnets are in.

    Subnets that the simulated account has not are those of the user's own, and so is their VPC.
    """
    from moto.ec2.models import ec2_backends

    subnet_ids = configured.get("SubnetIds") or []
    backend = ec2_backends[function.account_id][function.region]
    for zone in list(backend.subnets.values()):
        for subnet in list(zone.values()):
            if subnet.id in subnet_ids:
                return str(subnet.vpc_id)
    return "vpc-00000000000000000" if subnet_ids else ""
