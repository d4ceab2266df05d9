"""What was read of an account, without what AWS makes up."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# When something was made, how often it was changed, and what is counted up.
_MADE_UP = frozenset(
    {
        "AlarmConfigurationUpdatedTimestamp",
        "ArchivalSummary",
        "CallerReference",
        "CloudFrontDistribution",
        "CreateDate",
        "CreatedAt",
        "CreatedDate",
        "CreatedTimestamp",
        "CreationDate",
        "CreationDateTime",
        "CreationTime",
        "ETag",
        "HealthCheckVersion",
        "IssuedAt",
        "ItemCount",
        "LastDecreaseDateTime",
        "LastIncreaseDateTime",
        "LastModified",
        "LastModifiedTime",
        "LastModifiedTimestamp",
        "LastUpdateToPayPerRequestDateTime",
        "LastUpdatedDate",
        "LatestStreamArn",
        "LatestStreamLabel",
        "NotAfter",
        "NotBefore",
        "NumberOfDecreasesToday",
        "ResourceRecordSetCount",
        "ResponseMetadata",
        "RevisionId",
        "RoleLastUsed",
        "Serial",
        "StateUpdatedTimestamp",
        "TableId",
        "TableSizeBytes",
        "UpdateTimestamp",
        "WarmThroughput",
        "createdDate",
        "creationTime",
        "deploymentId",
        "DeploymentId",
        "lastUpdatedDate",
        "storedBytes",
    }
)


_DEPTH = 3


@dataclass
class Noted:
    """Resources, and what AWS has made up for them.

    Attributes:
        resources: data by the name of the resource.
        names: what is made up → what is meant by it.
    """

    resources: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, *name: str, **data: Any) -> None:
        """Notes a resource, or more of one."""
        self.resources.setdefault(" ".join(name), {}).update(data)

    def call(self, made_up: str | None, name: str) -> None:
        """Says what something stands for that AWS has made up."""
        if made_up:
            self.names[made_up] = f"<{name}>"

    def plain(self) -> dict[str, Any]:
        """Returns the resources without anything made up."""
        return self.named(_without_made_up(self.resources))

    def named(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Returns data in which what is meant stands in the place of what is made up."""
        text = json.dumps(data, sort_keys=True, default=str)
        longest = sorted(self.names, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest)))
        # A name may have something made up in it.
        for _ in range(_DEPTH if longest else 0):
            text = pattern.sub(lambda found: self.names[found[0]], text)
        named: dict[str, Any] = json.loads(text)
        return named


def _without_made_up(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            str(key): _without_made_up(inside)
            for key, inside in value.items()
            if key not in _MADE_UP and not isinstance(inside, datetime)
        }
    if isinstance(value, str):
        return _document(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_without_made_up(each) for each in value]
    return value


def _document(text: str) -> Any:
    """Returns what a policy or another document says, or the text as it is."""
    if text.startswith("{"):
        try:
            return _without_made_up(json.loads(text))
        except ValueError:
            return text
    return text
