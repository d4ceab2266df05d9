"""How many requests a stage takes, before API Gateway refuses the rest.

Each route of an HTTP API and each method of a REST API has a token bucket of its own: the burst is
how many tokens it holds, the rate how many come back in a second. The limits of an account are not
simulated.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from moto.apigateway.models import Stage as RestStage
    from moto.apigatewayv2.models import Stage as HttpStage

_KEPT: Final = "tfgen_buckets"
_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a route or a method.

    Attributes:
        rate: requests per second.
        burst: requests at once.
    """

    rate: float
    burst: int

    def __str__(self) -> str:
        return f"{self.rate:g} requests per second, {self.burst} at once"


@dataclass(slots=True)
class Bucket:
    """The tokens of a route or a method, one for each request that it still takes.

    Attributes:
        limit: what fills it.
        tokens: how many there are.
        filled: the seconds at which they were counted.
    """

    limit: Limit
    tokens: float
    filled: float

    def take(self, now: float) -> bool:
        """Takes a token, if there is one.

        Args:
            now: seconds of the clock that counts.
        """
        came = (now - self.filled) * self.limit.rate
        self.tokens, self.filled = min(self.limit.burst, self.tokens + came), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def refused_route(
    stage: HttpStage, route: str, clock: Callable[[], float] = time.monotonic
) -> Limit | None:
    """Returns the limit for which a stage of an HTTP API refuses a request; None if it takes it.

    Args:
        stage: the stage.
        route: the key of the route.
        clock: counts seconds.
    """
    default: Mapping[str, Any] = stage.default_route_settings or {}
    own: Mapping[str, Any] = (stage.route_settings or {}).get(route) or {}
    settings = default if own.get("throttlingRateLimit") is None else own
    limit = _limit(settings)
    return None if limit is None or _takes(stage, route, limit, clock) else limit


def refused_method(
    stage: RestStage, path: str, method: str, clock: Callable[[], float] = time.monotonic
) -> Limit | None:
    """Returns the limit for which a stage of a REST API refuses a request; None if it takes it.

    Args:
        stage: the stage.
        path: of the resource.
        method: the name of its method.
        clock: counts seconds.
    """
    # The path of a resource is encoded as in a JSON pointer, without the slash at its start:
    # https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
    own = f"{path.lstrip('/').replace('/', '~1')}/{method}"
    settings = stage.method_settings.get(own) or stage.method_settings.get("*/*") or {}
    limit = _limit(settings)
    return None if limit is None or _takes(stage, own, limit, clock) else limit


def _limit(settings: Mapping[str, Any]) -> Limit | None:
    """Reads a limit; None is none, and so are numbers below zero."""
    rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
    if rate is None or burst is None or float(rate) < 0 or int(burst) < 0:
        return None
    return Limit(float(rate), int(burst))


def _takes(
    stage: RestStage | HttpStage, key: str, limit: Limit, clock: Callable[[], float]
) -> bool:
    """Says whether a stage takes one more request."""
    if limit.rate == 0:
        # Not even those that a full bucket would let through.
        return False
    with _lock:
        buckets: dict[str, Bucket] = vars(stage).setdefault(_KEPT, {})
        now = clock()
        bucket = buckets.get(key)
        if bucket is None or bucket.limit != limit:
            bucket = buckets[key] = Bucket(limit, limit.burst, now)
        return bucket.take(now)
