"""Asks the gateway what a health check of Route 53's asks an endpoint."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tfgen.sandbox.dns.checks import Target
from tfgen.sandbox.front import REGION_HEADER

# Seconds, bytes and statuses:
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
_ANSWERS_WITHIN: Final = 4.0
_SEARCHED: Final = 5120
_HEALTHY: Final = range(200, 400)

_USER_AGENT: Final = "Amazon-Route53-Health-Check-Service"


@dataclass(frozen=True, slots=True)
class GatewayProbe:
    """Sends the requests of health checks to the gateway, whatever address they are meant for.

    Attributes:
        port: the gateway's, on 127.0.0.1.
        region_of: resolves a host as Route 53 does → the region that it leads to.
    """

    port: int
    region_of: Callable[[str], str | None]

    def __call__(self, target: Target) -> bool:
        """Returns whether the endpoint answers as it should.

        A host that is not in the sandbox does not answer: nothing is sent anywhere else.
        """
        host = target.host or target.address
        if host is None:
            return False
        region = self.region_of(host)
        if region is None:
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWERS_WITHIN)
        headers = {"Host": host, "User-Agent": _USER_AGENT, REGION_HEADER: region}
        try:
            connection.request("GET", target.path or "/", headers=headers)
            answer = connection.getresponse()
            found = target.search is None or target.search.encode() in answer.read(_SEARCHED)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        # A TCP check wants a connection, and the gateway of a region that is out gives none.
        connected = target.type == "TCP" and answer.status != http.client.SERVICE_UNAVAILABLE
        return connected or (answer.status in _HEALTHY and found)
