"""What a killed apply left in AWS and not in the state.

Terraform writes a resource into the state when its create returns, and the provider waits up to a
minute inside it. Killed there, the resource exists and Terraform does not know: the next apply
fails on its name or makes a second one. `find_existing` finds it, so that it can be imported.
"""

from __future__ import annotations

from tfgen.aws.adopt.planned import PlannedResource
from tfgen.aws.adopt.registry import FINDERS, NOTHING_TO_ADOPT, find_existing

__all__ = ["FINDERS", "NOTHING_TO_ADOPT", "PlannedResource", "find_existing"]
