"""CloudWatch Logs: the key of a log group changes.

moto knows the key that a group is made with and cannot give it another, so that an app which moves
to a key of one's own would not get there. Terraform does it in place.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.sandbox.patches.expect import expect_attributes, expect_no_method

if TYPE_CHECKING:
    from moto.logs.responses import LogsResponse


def patch() -> None:
    """Changes moto's CloudWatch Logs.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.logs.models import LogGroup, LogsBackend
    from moto.logs.responses import LogsResponse

    expect_attributes(LogsBackend("eu-west-2", "123456789012"), "groups")
    group = LogGroup("123456789012", "eu-west-2", "/app")  # type: ignore[abstract]
    expect_attributes(group, "kms_key_id")
    for name, answer in (
        ("associate_kms_key", _associate),
        ("disassociate_kms_key", _disassociate),
    ):
        expect_no_method(LogsResponse, name)
        setattr(LogsResponse, name, answer)


def _associate(self: LogsResponse) -> str:
    return _set(self, self._get_param("kmsKeyId"))


def _disassociate(self: LogsResponse) -> str:
    return _set(self, None)


def _set(self: LogsResponse, key: str | None) -> str:
    from moto.logs.exceptions import ResourceNotFoundException

    group = self.logs_backend.groups.get(self._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException
    group.kms_key_id = key
    return ""
