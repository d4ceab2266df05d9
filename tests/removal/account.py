"""What is in an account, read back through its own API as data that can be compared.

What AWS makes up, such as IDs and the times of things, is replaced by what it is the ID of, or left
out; so two accounts in which the same was deployed read the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.removal import read_apis, read_data, read_functions, read_global
from tests.removal.noted import Noted
from tfgen.aws.session import Aws

Reader = Callable[[Aws, str, Noted], None]

_REGIONAL: tuple[Reader, ...] = (
    *read_functions.READERS,
    *read_apis.READERS,
    *read_data.READERS,
)
_GLOBAL: tuple[Reader, ...] = read_global.READERS


def read_account(aws: Aws, regions: Iterable[str]) -> Noted:
    """Returns every resource of an account, by service, region, type and name.

    Args:
        aws: the account.
        regions: where to look.
    """
    notes = Noted()
    for read in _GLOBAL:
        read(aws, "us-east-1", notes)
    for region in regions:
        for read in _REGIONAL:
            read(aws, region, notes)
    return notes
