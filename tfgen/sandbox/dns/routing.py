"""How Route 53 chooses among the records of one name and type.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html and, for health,
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from tfgen.latency import round_trip_ms
from tfgen.places import Place, countries
from tfgen.regions import REGIONS
from tfgen.sandbox.dns.model import Candidate, Decision, Location, Policy, RecordSet

Choose: TypeAlias = Callable[[Sequence[float]], int]
"""Takes weights and returns the place of one in the list; the default one draws lots."""

_MULTIVALUE_MOST: Final = 8

_NO_LONGER: Final = "all are unhealthy, so all count as healthy"


def draw(weights: Sequence[float]) -> int:
    """Returns the place of one of the weights, by chance and by weight."""
    return random.choices(range(len(weights)), weights)[0]  # noqa: S311 (traffic, not a secret)


def route(
    records: Sequence[RecordSet], healthy: Sequence[bool], place: Place, choose: Choose
) -> Decision:
    """Chooses.

    Args:
        records: of one name and type, at least one.
        healthy: for each of them, whether it is.
        place: where the client is.
        choose: draws lots.
    """
    policy = records[0].policy
    pairs = list(zip(records, healthy, strict=True))
    if policy is Policy.LATENCY:
        return Decision(policy, _by_latency(pairs, place))
    if policy is Policy.WEIGHTED:
        return Decision(policy, _by_weight(pairs, choose))
    if policy is Policy.FAILOVER:
        return Decision(policy, _by_failover(pairs))
    if policy is Policy.GEOLOCATION:
        return Decision(policy, _by_location(pairs, place))
    if policy is Policy.MULTIVALUE:
        return Decision(policy, _several(pairs, choose))
    only, *_ = pairs
    return Decision(policy, (_candidate(only, chosen=True, why="the only record"),))


_Pair: TypeAlias = tuple[RecordSet, bool]


def _candidate(
    pair: _Pair, *, chosen: bool, why: str, latency_ms: float | None = None
) -> Candidate:
    return Candidate(*pair, latency_ms, chosen, why)


def _alive(pairs: Sequence[_Pair]) -> list[int]:
    """Returns the places of the healthy ones; of all if none is."""
    return [at for at, (_, healthy) in enumerate(pairs) if healthy] or list(range(len(pairs)))


def _by_latency(pairs: list[_Pair], place: Place) -> tuple[Candidate, ...]:
    measured = [(_latency(record, place), (record, healthy)) for record, healthy in pairs]
    measured.sort(key=lambda one: (one[0], one[1][0].set_identifier or ""))
    ordered = [pair for _, pair in measured]
    best = _alive(ordered)[0]
    none_healthy = not any(healthy for _, healthy in ordered)

    def why(at: int) -> str:
        if at == best:
            return _NO_LONGER if none_healthy else "nearest" if at == 0 else "nearest healthy"
        return "farther" if ordered[at][1] else "unhealthy"

    return tuple(
        _candidate(
            pair, chosen=at == best, why=why(at), latency_ms=ms if math.isfinite(ms) else None
        )
        for at, (ms, pair) in enumerate(measured)
    )


def _latency(record: RecordSet, place: Place) -> float:
    region = record.region
    return round_trip_ms(place, region) if region is not None and region in REGIONS else math.inf


def _by_weight(pairs: list[_Pair], choose: Choose) -> tuple[Candidate, ...]:
    weights = [record.weight or 0 for record, _ in pairs]
    weighty = [at for at, weight in enumerate(weights) if weight]
    idle = [at for at, weight in enumerate(weights) if not weight]

    def alive(places: list[int]) -> list[int]:
        return [at for at in places if pairs[at][1]]

    # Records of weight 0 come in when no other is healthy; if none is at all, nothing is held
    # against the others.
    among = alive(weighty) or alive(idle) or weighty or idle
    drawn = among[choose([weights[at] or 1 for at in among])]
    none_healthy = not any(healthy for _, healthy in pairs)

    def why(at: int) -> str:
        if at == drawn:
            return _NO_LONGER if none_healthy else "drawn by weight"
        if not pairs[at][1]:
            return "unhealthy"
        return "drawn another" if at in among else "weight 0"

    return tuple(_candidate(pair, chosen=at == drawn, why=why(at)) for at, pair in enumerate(pairs))


def _by_failover(pairs: list[_Pair]) -> tuple[Candidate, ...]:
    ordered = sorted(pairs, key=lambda pair: pair[0].failover != "PRIMARY")
    answers = _alive(ordered)[0]
    none_healthy = not any(healthy for _, healthy in ordered)

    def why(at: int) -> str:
        record, healthy = ordered[at]
        if at == answers:
            return _NO_LONGER if none_healthy else (record.failover or "").lower()
        return "the primary is healthy" if healthy else "unhealthy"

    return tuple(
        _candidate(pair, chosen=at == answers, why=why(at)) for at, pair in enumerate(ordered)
    )


def _by_location(pairs: list[_Pair], place: Place) -> tuple[Candidate, ...]:
    fits = [_fit(record.location or Location(), place) for record, _ in pairs]
    near = sorted((at for at, fit in enumerate(fits) if fit), key=lambda at: fits[at])
    alive = [at for at in near if pairs[at][1]]
    chosen = next(iter(alive or near), None)

    def why(at: int) -> str:
        if at == chosen:
            return "the nearest location" if alive else _NO_LONGER
        if at not in near:
            return "for clients elsewhere"
        return "a larger location" if pairs[at][1] else "unhealthy"

    return tuple(
        _candidate(pair, chosen=at == chosen, why=why(at)) for at, pair in enumerate(pairs)
    )


def _fit(location: Location, place: Place) -> int:
    """Returns how closely a location holds the place: 1 is a state, 4 everybody, 0 not at all."""
    if location.country == "*":
        return 4
    if location.continent:
        return 3 if location.continent == countries()[place.country].continent else 0
    if location.country != place.country:
        return 0
    if location.subdivision:
        return 1 if location.subdivision == place.state else 0
    return 2


def _several(pairs: list[_Pair], choose: Choose) -> tuple[Candidate, ...]:
    left = _alive(pairs)
    drawn = {left.pop(choose([1.0] * len(left))) for _ in range(min(len(left), _MULTIVALUE_MOST))}
    none_healthy = not any(healthy for _, healthy in pairs)

    def why(at: int) -> str:
        if at in drawn:
            return _NO_LONGER if none_healthy else "healthy"
        return f"{_MULTIVALUE_MOST} others answer" if at in left else "unhealthy"

    return tuple(_candidate(pair, chosen=at in drawn, why=why(at)) for at, pair in enumerate(pairs))
