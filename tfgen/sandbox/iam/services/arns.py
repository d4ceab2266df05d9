"""ARNs of what a request names."""

from __future__ import annotations

from tfgen.sandbox.iam.account import ACCOUNT


def arn(service: str, region: str, resource: str) -> str:
    """Returns the ARN of something in the account.

    Args:
        service: as its ARNs name it.
        region: where it is.
        resource: the rest of the ARN.
    """
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


def named(service: str, region: str, kind: str, name: str) -> str:
    """Returns the ARN of something that a request names by its name or by its ARN.

    Args:
        service: as its ARNs name it.
        region: where it is, if only its name is given.
        kind: what is before the name, with the sign between them.
        name: the name, or the ARN.
    """
    return name if name.startswith("arn:") else arn(service, region, f"{kind}{name}")
