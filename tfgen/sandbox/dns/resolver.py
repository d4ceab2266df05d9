"""Answers a query as Route 53 would: zone, name, routing policy, health, alias.

A pure function over a snapshot. What Route 53 has and this has not: private zones, geoproximity,
IP-based routing and traffic policies; and a target outside of the zone, such as a domain of API
Gateway's, counts as healthy, because Route 53 does not say how it evaluates one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tfgen.places import Place
from tfgen.sandbox.dns.model import Answer, Decision, RecordSet, Resolution, Status, Zone, Zones
from tfgen.sandbox.dns.routing import Choose, draw, route

# Route 53 answers an alias to one of AWS's own resources with that resource's TTL, 60 seconds:
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
ALIAS_TTL: Final = 60

# Longer chains of CNAMEs and aliases are loops.
_STEPS: Final = 16


def resolve(
    zones: Zones,
    name: str,
    type_: str,
    place: Place,
    health: Callable[[str], bool],
    *,
    choose: Choose = draw,
) -> Resolution:
    """Resolves a name.

    Args:
        zones: what Route 53 and API Gateway hold.
        name: the host name, in any case, with or without the dot at its end.
        type_: for example ``A``.
        place: where the client is.
        health: the status of a health check by its ID.
        choose: draws lots among weights.
    """
    host = name.rstrip(".").lower()
    walk = _Walk(zones, type_.upper(), place, health, choose)
    return replace(walk.from_name(host, _STEPS), name=host, decisions=tuple(walk.decisions))


class _Walk:
    """One query, from name to name."""

    def __init__(
        self,
        zones: Zones,
        type_: str,
        place: Place,
        health: Callable[[str], bool],
        choose: Choose,
    ) -> None:
        self._zones = zones
        self._type = type_
        self._place = place
        self._health = health
        self._choose = choose
        self.decisions: list[Decision] = []

    def from_name(self, name: str, steps: int) -> Resolution:
        """Resolves a name with at most so many steps."""
        if not steps:
            return Resolution(name, self._type, Status.LOOP)
        zone = self._zones.zone_of(name)
        if zone is None:
            return self._outside(name)
        here = zone.at(name)
        soa = zone.record(zone.name, "SOA")
        if here is None:
            return Resolution(name, self._type, Status.NO_NAME, soa=soa)
        for type_ in (self._type, "CNAME"):
            if of_type := [record for record in here if record.type == type_]:
                found = self._from_records(zone, name, of_type, steps)
                return found if found.status is Status.FOUND else replace(found, soa=soa)
        return Resolution(name, self._type, Status.NO_DATA, soa=soa)

    def _outside(self, name: str) -> Resolution:
        region = self._zones.region_of(name)
        if region is None:
            return Resolution(name, self._type, Status.NOT_OURS)
        return self._at_target(name, name)

    def _at_target(self, name: str, target: str) -> Resolution:
        """Answers with the address of a host of API Gateway's, which has only an IPv4 one here."""
        region = self._zones.region_of(target)
        if region is None or self._type != "A":
            return Resolution(name, self._type, Status.NO_DATA, target=target, region=region)
        address = Answer(name, "A", ALIAS_TTL, ())
        return Resolution(name, self._type, Status.FOUND, (address,), target, region)

    def _from_records(
        self, zone: Zone, name: str, records: Sequence[RecordSet], steps: int
    ) -> Resolution:
        healthy = [self._is_healthy(zone, record, steps) for record in records]
        decision = route(records, healthy, self._place, self._choose)
        self.decisions.append(decision)
        if not decision.chosen:
            return Resolution(name, self._type, Status.NO_DATA)
        first = decision.chosen[0]
        if first.alias is not None:
            return self._from_alias(zone, name, first.alias.target, steps)
        answers = tuple(
            Answer(name, record.type, record.ttl or 0, record.values) for record in decision.chosen
        )
        if first.type == "CNAME" != self._type:
            return self._from_cname(answers, first.values[0].rstrip(".").lower(), steps)
        return Resolution(name, self._type, Status.FOUND, answers)

    def _from_alias(self, zone: Zone, name: str, target: str, steps: int) -> Resolution:
        if self._zones.zone_of(target) is not zone:
            return self._at_target(name, target)
        found = self.from_name(target, steps - 1)
        # An alias answers in its own name, as if the target's values were its own.
        answers = tuple(
            replace(answer, name=name) if answer.name == target else answer
            for answer in found.answers
        )
        return replace(found, answers=answers)

    def _from_cname(self, answers: tuple[Answer, ...], target: str, steps: int) -> Resolution:
        found = self.from_name(target, steps - 1)
        if found.status is Status.NOT_OURS:
            # The rest is for the client to ask somebody else.
            return Resolution(target, self._type, Status.FOUND, answers, target)
        return replace(found, answers=answers + found.answers)

    def _is_healthy(self, zone: Zone, record: RecordSet, steps: int) -> bool:
        if record.health_check is not None and not self._health(record.health_check):
            return False
        alias = record.alias
        if alias is None or not alias.evaluate_target_health or not steps:
            return True
        if self._zones.zone_of(alias.target) is not zone:
            return True
        same_type = [one for one in zone.at(alias.target) or () if one.type == record.type]
        return not same_type or any(self._is_healthy(zone, one, steps - 1) for one in same_type)
