"""Which account the credentials belong to, held against the one that a stage names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True, slots=True)
class StageAccount:
    """The only account that a stage may be in.

    Attributes:
        id: its 12 digits.
        stage: the stage that names it.
        place: where the config names it.
    """

    id: str
    stage: str
    place: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials are used.

    Attributes:
        account: the 12 digits of the account.
        arn: of the user, or of the session of a role.
    """

    account: str
    arn: str


def find_caller(sts: STSClient) -> Caller:
    """Asks STS whose credentials these are, which needs no permission.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html

    Args:
        sts: with the credentials in question.
    """
    identity = sts.get_caller_identity()
    return Caller(identity["Account"], identity["Arn"])


def check_caller(sts: STSClient, wanted: StageAccount) -> None:
    """Checks that credentials belong to the account of a stage.

    Args:
        sts: with the credentials in question.
        wanted: the account that they must belong to.

    Raises:
        TfgenError: they belong to another account.
    """
    found = find_caller(sts).account
    if found != wanted.id:
        raise TfgenError(
            f"The stage `{wanted.stage}` belongs to the AWS account {wanted.id}, and these "
            f"credentials belong to {found}",
            place=wanted.place,
            hint=f"set AWS_PROFILE to a profile of {wanted.id}, or correct `account:`; "
            "`aws sts get-caller-identity` shows whose credentials are used",
        )
