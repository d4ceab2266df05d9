"""The code and the versions of functions that a broken run did not send or publish."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tfgen.aws.session import Aws
from tfgen.errors import TfgenError


def send_code(
    aws: Aws, function: str, region: str, *, sha256: str, code: Mapping[str, Any]
) -> bool:
    """Updates the code of a function if Lambda has another.

    Args:
        aws: the account.
        function: its name.
        region: where it is.
        sha256: the hash of the code that it should have, in base64.
        code: where the code is: arguments of ``UpdateFunctionCode``.

    Returns:
        Whether it was updated; not if there is no such function.
    """
    from botocore.exceptions import WaiterError

    client = aws.client("lambda", region)
    try:
        # While an update goes on, Lambda refuses another; one that failed is no obstacle.
        # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
        with suppress(WaiterError):
            client.get_waiter("function_updated_v2").wait(FunctionName=function)
        found = client.get_function(FunctionName=function)["Configuration"]["CodeSha256"]
    except client.exceptions.ResourceNotFoundException:
        return False
    if found == sha256:
        return False
    client.update_function_code(FunctionName=function, **code)
    return True


def publish_pending(aws: Aws, function: str, region: str) -> str | None:
    """Publishes what an update left in a function and in none of its versions.

    Lambda makes no version when nothing has changed since the last one, so it does no harm to ask
    (https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html).

    Args:
        aws: the account.
        function: its name.
        region: where it is.

    Returns:
        The new version; None if there was nothing to publish, or no such function.

    Raises:
        TfgenError: the update does not come to an end, or AWS cannot be asked.
    """
    from botocore.exceptions import WaiterError

    client = aws.client("lambda", region)
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    try:
        known = {version["Version"] for page in pages for version in page["Versions"]}
        # Until then Lambda refuses to publish:
        # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
        client.get_waiter("function_updated_v2").wait(FunctionName=function)
        version = client.publish_version(FunctionName=function)["Version"]
    except client.exceptions.ResourceNotFoundException:
        return None
    except WaiterError as error:
        raise TfgenError(
            f"The last update of the function `{function}` in {region} has not succeeded",
            hint="the Lambda console shows why; run the command again when that is mended",
        ) from error
    return None if version in known else version
