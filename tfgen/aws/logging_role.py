"""The role with which API Gateway writes the logs of an account's REST APIs in a region.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

from tfgen.aws.failures import DENIED, RefusalError
from tfgen.aws.session import Aws


def description(region: str) -> str:
    """Returns how the module describes the role that it makes."""
    return f"How API Gateway writes logs in {region}"


def working_role(aws: Aws, region: str) -> str | None:
    """Returns the ARN of the role that an account has set in a region, if it exists.

    Raises:
        TfgenError: AWS cannot be asked.
    """
    arn = aws.client("apigateway", region).get_account().get("cloudwatchRoleArn")
    if not arn:
        return None
    iam = aws.client("iam", region)
    try:
        iam.get_role(RoleName=arn.rpartition("/")[2])
    except iam.exceptions.NoSuchEntityException:
        return None
    except RefusalError as error:
        # Without the right to read the role, it cannot be said to be missing.
        if error.code not in DENIED:
            raise
    return arn


def find_own_role(aws: Aws, region: str, name: str) -> bool:
    """Says whether the role exists that a stage makes for a region.

    Args:
        aws: the account.
        region: the region.
        name: what the stage calls the role.

    Raises:
        TfgenError: AWS cannot be asked.
    """
    iam = aws.client("iam", region)
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return False
    return role.get("Description") == description(region)
