"""What makes a thing in AWS the one that a broken run was creating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tfgen.aws.adopt.planned import PlannedResource, tags
from tfgen.errors import TfgenError

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far this machine's clock may be from AWS's: beyond that AWS refuses every signed request
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html)."""


def created_since(created: datetime, since: datetime) -> bool:
    """Whether something was created after the broken run began.

    Args:
        created: by AWS's clock.
        since: by this machine's clock.
    """
    return created >= since - CLOCK_SKEW


def agrees(planned: object, actual: object) -> bool:
    """Whether an attribute is as planned; not set, empty and missing are the same to AWS."""
    return (planned or None) == (actual or None)


def as_planned(resource: PlannedResource, actual: Mapping[str, object]) -> bool:
    """Whether every attribute that the plan knows is what AWS says; unknown ones are not asked.

    Args:
        resource: the planned resource.
        actual: Terraform attribute → what AWS says.
    """
    return all(
        agrees(resource.values[attribute], value)
        for attribute, value in actual.items()
        if attribute in resource.values
    )


def has_tags(
    resource: PlannedResource, actual: Mapping[str, str], *, or_none: bool = False
) -> bool:
    """Whether something carries all the planned tags.

    Args:
        resource: the planned resource.
        actual: the tags that AWS says it has.
        or_none: whether no tags at all is an answer too, because the provider puts them on with a
            second call that a killed run may not have come to.
    """
    if or_none and not actual:
        return True
    return tags(resource).items() <= actual.items()


def the_only(resource: PlannedResource, candidates: Sequence[str]) -> str | None:
    """Returns the candidate if there is one, None if there is none.

    Raises:
        TfgenError: there are several. Taking one would leave the other behind unmanaged, or put
            something that is in use elsewhere under Terraform.
    """
    if len(candidates) > 1:
        raise TfgenError(
            f"an interrupted apply left more than one candidate for {resource.address} "
            f"in {resource.region}: {', '.join(sorted(candidates))}",
            hint="delete those that nothing uses, then run the command again",
        )
    return candidates[0] if candidates else None
