"""What the app's things are called in AWS: their names and ARNs, as the modules make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tfgen.app import App, Region
from tfgen.regions import DNS_SUFFIXES, REGIONS

ACCOUNT_ID: Final = "${account_id}"
KEY_ID: Final = "${key_id}"
DATABASE_ID: Final = "${database_resource_id}"
DATABASE_USER: Final = "${database_user}"
DATABASE_SECRET: Final = "${database_secret_arn}"  # noqa: S105 # where it is, not what it is
DATABASE_SECRET_KEY: Final = "${database_secret_key_arn}"  # noqa: S105 # of KMS

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        ACCOUNT_ID: "the ID of the AWS account; `--account` fills it in",
        KEY_ID: "the ID that KMS gives to the region's key",
        DATABASE_ID: "the resource ID that RDS gives to the region's database",
        DATABASE_USER: "the master user of the region's database",
        DATABASE_SECRET: "the ARN of the secret that RDS manages for that user",
        DATABASE_SECRET_KEY: "the ARN of the key that encrypts that secret",
    }
)
"""What stands in a policy for what only AWS knows → what it is."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in one region.

    Attributes:
        app: the stage.
        region: the AWS region.
        account: the ID of the account, or a placeholder.
    """

    app: App
    region: str
    account: str = ACCOUNT_ID

    @property
    def partition(self) -> str:
        """The region's, for example ``aws``."""
        return REGIONS[self.region].partition

    @property
    def role_name(self) -> str:
        """Of the function's role: IAM is global, so it carries the region."""
        return f"{self.app.full_name}-{self.region}"

    def arn(self, service: str, resource: str) -> str:
        """Returns the ARN of something in the region.

        Args:
            service: as its ARNs name it.
            resource: the rest of the ARN.
        """
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def without_region(self, service: str, resource: str, *, account: bool = True) -> str:
        """Returns the ARN of something that has no region.

        Args:
            service: as its ARNs name it.
            resource: the rest of the ARN.
            account: whether it says whose it is.
        """
        return f"arn:{self.partition}:{service}::{self.account if account else ''}:{resource}"

    def endpoint(self, service: str) -> str:
        """Returns the host of a service in the region, as ``kms:ViaService`` names it."""
        return f"{service}.{self.region}.{DNS_SUFFIXES[self.partition]}"

    def function(self) -> str:
        """Returns the ARN of the function."""
        return self.arn("lambda", f"function:{self.app.full_name}")

    def log_group(self) -> str:
        """Returns the ARN of the function's log group."""
        return self.arn("logs", f"log-group:/aws/lambda/{self.app.full_name}")

    def dead_letter_queue(self) -> str:
        """Returns the ARN of the queue of failed events."""
        return self.arn("sqs", f"{self.app.full_name}-dead-letter")

    def table(self, full_name: str) -> str:
        """Returns the ARN of a table."""
        return self.arn("dynamodb", f"table/{full_name}")

    def key(self, given: str | None) -> str:
        """Returns the ARN of the key that encrypts what belongs to the function.

        Args:
            given: alias or ARN of one that is not made here.
        """
        if given is None or not given.startswith("arn:"):
            return self.arn("kms", f"key/{KEY_ID}")
        owner, _, name = given.rpartition(":")
        return given if name.startswith("key/") else f"{owner}:key/{KEY_ID}"


def names_of(app: App, region: Region, account: str | None = None) -> Names:
    """Returns the names in one region of an app.

    Args:
        app: the stage.
        region: one of its regions.
        account: the ID of the account, if anybody says it.
    """
    return Names(app, region.name, account or ACCOUNT_ID)
