"""What the resolver works on and what it answers.

Host names are in lower case and without the dot at their end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

_EXECUTE_API: Final = re.compile(r"[^.]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


class Policy(StrEnum):
    """A routing policy of Route 53."""

    SIMPLE = "simple"
    WEIGHTED = "weighted"
    LATENCY = "latency"
    FAILOVER = "failover"
    GEOLOCATION = "geolocation"
    MULTIVALUE = "multivalue"


class Status(StrEnum):
    """What came of a query."""

    FOUND = "found"
    NO_DATA = "no data"
    NO_NAME = "no such name"
    NOT_OURS = "no zone for it"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Alias:
    """Where an alias record points.

    Attributes:
        target: a host name.
        evaluate_target_health: whether the record is only as healthy as its target.
    """

    target: str
    evaluate_target_health: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """Whom a geolocation record is for.

    Attributes:
        continent: two letters, or None.
        country: ISO 3166-1, ``*`` for everybody, or None.
        subdivision: a state of the United States, or None.
    """

    continent: str | None = None
    country: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A record set of a hosted zone.

    Attributes:
        name: the host name.
        type: for example ``A``.
        ttl: seconds; None for an alias.
        values: as in a zone file.
        alias: the target, instead of values.
        set_identifier: tells records of the same name and type apart.
        weight: of a weighted record, 0 to 255.
        region: of a latency record.
        failover: of a failover record, ``PRIMARY`` or ``SECONDARY``.
        location: of a geolocation record.
        multivalue: whether it is a multivalue answer record.
        health_check: the ID.
    """

    name: str
    type: str
    ttl: int | None = None
    values: tuple[str, ...] = ()
    alias: Alias | None = None
    set_identifier: str | None = None
    weight: int | None = None
    region: str | None = None
    failover: str | None = None
    location: Location | None = None
    multivalue: bool = False
    health_check: str | None = None

    @property
    def policy(self) -> Policy:
        """The routing policy."""
        for policy, given in (
            (Policy.WEIGHTED, self.weight),
            (Policy.LATENCY, self.region),
            (Policy.FAILOVER, self.failover),
            (Policy.GEOLOCATION, self.location),
        ):
            if given is not None:
                return policy
        return Policy.MULTIVALUE if self.multivalue else Policy.SIMPLE


@dataclass(frozen=True, slots=True)
class Zone:
    """A public hosted zone."""

    id: str
    name: str
    records: tuple[RecordSet, ...] = ()

    def at(self, name: str) -> tuple[RecordSet, ...] | None:
        """Returns the records that answer for a name, None if there is no such name in this zone.

        A wildcard answers for names below its own, unless a nearer one exists (RFC 4592).
        """
        if not self.holds(name):
            return None
        if found := tuple(record for record in self.records if record.name == name):
            return found
        if self._has_below(name):
            return ()
        while name != self.name:
            name = name.partition(".")[2]
            if found := tuple(record for record in self.records if record.name == f"*.{name}"):
                return found
            if self._has_below(name) or any(record.name == name for record in self.records):
                return None
        return None

    def holds(self, name: str) -> bool:
        """Tells whether a name is the zone's or below it."""
        return f".{name}".endswith(f".{self.name}")

    def record(self, name: str, type_: str) -> RecordSet | None:
        """Returns the first record of a name and a type."""
        matching = (one for one in self.records if (one.name, one.type) == (name, type_))
        return next(matching, None)

    def _has_below(self, name: str) -> bool:
        return any(record.name.endswith(f".{name}") for record in self.records)


@dataclass(frozen=True, slots=True)
class Zones:
    """What Route 53 and API Gateway hold at one moment.

    Attributes:
        zones: the public hosted zones.
        endpoints: the host names that API Gateway gave to custom domains → the region.
    """

    zones: tuple[Zone, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)

    def zone_of(self, name: str) -> Zone | None:
        """Returns the zone that is responsible for a name: the one with the longest suffix."""
        of_name = (zone for zone in self.zones if zone.holds(name))
        return max(of_name, key=lambda zone: len(zone.name), default=None)

    def region_of(self, host: str) -> str | None:
        """Returns the region of a host of API Gateway's, None if it is not one."""
        if host in self.endpoints:
            return self.endpoints[host]
        match = _EXECUTE_API.fullmatch(host)
        return match[1] if match else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that could have answered.

    Attributes:
        record: the record.
        healthy: whether Route 53 takes it as healthy.
        latency_ms: of a latency record, the estimated round trip; None if it is not known.
        chosen: whether it answers.
        why: why it does or does not, in a few words.
    """

    record: RecordSet
    healthy: bool
    latency_ms: float | None
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """How one of several records was chosen.

    Attributes:
        policy: by what.
        candidates: all of them, as in the zone; for latency records, the nearest first.
    """

    policy: Policy
    candidates: tuple[Candidate, ...]

    @property
    def chosen(self) -> tuple[RecordSet, ...]:
        """The records that answer: none or one, or several of a multivalue answer."""
        return tuple(one.record for one in self.candidates if one.chosen)


@dataclass(frozen=True, slots=True)
class Answer:
    """A record of an answer.

    Attributes:
        name: the host name.
        type: for example ``A``.
        ttl: seconds.
        values: as in a zone file; none where the answer is an address of `Resolution.target`.
    """

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What came of a query, and why.

    Attributes:
        name: what was asked for.
        type: the same.
        status: what came of it.
        answers: the records, a CNAME before what it leads to.
        target: the host outside of the zones at which it ended, if it did.
        region: the region of that host, if it is API Gateway's.
        decisions: the choices on the way, the first one first.
        soa: the zone's SOA record, which goes with a negative answer.
    """

    name: str
    type: str
    status: Status
    answers: tuple[Answer, ...] = ()
    target: str | None = None
    region: str | None = None
    decisions: tuple[Decision, ...] = ()
    soa: RecordSet | None = None

    @property
    def decision(self) -> Decision | None:
        """The choice that matters: the first between several records, else the last one."""
        several = (one for one in self.decisions if len(one.candidates) > 1)
        return next(several, self.decisions[-1] if self.decisions else None)
