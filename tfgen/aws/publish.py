"""Versions of functions that a broken run did not come to publish."""

from __future__ import annotations

from tfgen.aws.session import Aws
from tfgen.errors import TfgenError


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
