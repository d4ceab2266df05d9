"""Accounts: there is one, whoever asks.

A role can be in another account, for example that of the hosted zone, and what is made with its
credentials is in that account (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
moto does the same. Here nothing tells the accounts apart: whoever asks DNS, or ACM whether a record
exists, sees what everybody made.
"""

from __future__ import annotations

from tfgen.sandbox.patches.expect import expect_method


def patch() -> None:
    """Changes moto's way from credentials to an account.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.core.responses import BaseResponse

    expect_method(BaseResponse, "get_current_account")

    def the_account(_self: BaseResponse) -> str:
        return DEFAULT_ACCOUNT_ID

    setattr(BaseResponse, "get_current_account", the_account)  # noqa: B010 (no assignment to a method)
