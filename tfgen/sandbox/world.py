"""What the sandbox is beside AWS's control plane: functions that run, APIs that answer, DNS."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tfgen.errors import TfgenError
from tfgen.places import Place, find_place
from tfgen.sandbox.confinement.confine import protection
from tfgen.sandbox.databases.databases import Databases
from tfgen.sandbox.dns.health import HealthChecks
from tfgen.sandbox.dns.model import Resolution, Status
from tfgen.sandbox.dns.resolver import resolve
from tfgen.sandbox.dns.server import DnsServer
from tfgen.sandbox.dns.snapshot import read_zones
from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.functions.urls import url_region
from tfgen.sandbox.gateway.gateway import Gateway
from tfgen.sandbox.gateway.request import keeping_headers
from tfgen.sandbox.iam.calls import Signature
from tfgen.sandbox.iam.enforcement import Enforcement
from tfgen.sandbox.invocation import Outages
from tfgen.sandbox.probe import GatewayProbe

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from werkzeug.serving import BaseWSGIServer

_LOOPBACK: Final = "127.0.0.1"


class World:
    """Everything that happens in the sandbox's process without Terraform asking for it.

    Args:
        home: a folder that goes away with the account.
        place: where clients are that do not say where they are.
        endpoint: returns the sandbox's URL.
        gateway_port: where the gateway should listen; if that is taken, it listens elsewhere.
        dns_port: the same of the DNS server; None is nowhere, 0 is any port.

    Attributes:
        outages: the regions that do not answer.
        databases: runs databases.
        functions: runs functions.
        health: runs health checks.
        gateway_port: where the gateway listens.
        dns_port: where the DNS server listens; 0 is nowhere.
    """

    def __init__(
        self,
        home: Path,
        place: Place,
        endpoint: Callable[[], str],
        *,
        gateway_port: int,
        dns_port: int | None,
    ) -> None:
        self._place = place
        self.outages = Outages()
        self.databases = Databases(home / "databases", self.outages, self._why_no_login)
        self.functions = Functions(
            home / "functions",
            endpoint,
            self.outages,
            authority=lambda: self.databases.authority,
        )
        self._enforcement: Enforcement | None = None
        self._gateway = Gateway(self.functions.invoke, self.outages, self._region_of)
        self._server = _serve(self._gateway, gateway_port)
        self.gateway_port: int = self._server.port
        self.health = HealthChecks(GatewayProbe(self.gateway_port, self._region_of))
        self._dns = None if dns_port is None else self._dns_server(dns_port)
        self.dns_port = 0 if self._dns is None else self._dns.port

    def enforce(self, aws: WSGIApplication) -> Enforcement:
        """Puts IAM before AWS.

        Args:
            aws: answers what is allowed.
        """
        self._enforcement = Enforcement(aws, self.functions.sessions)
        return self._enforcement

    def open(self) -> None:
        """Begins to answer and to check."""
        threading.Thread(target=self._server.serve_forever, name="gateway", daemon=True).start()
        self.health.start()
        if self._dns is not None:
            self._dns.start()

    def close(self) -> None:
        """Ends the processes of all functions and all databases."""
        self.functions.close()
        self.databases.close()

    def reset(self) -> None:
        """Empties the simulated account."""
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()

    def place_of(self, text: str | None) -> Place:
        """Returns the place that a text names; None is the sandbox's own.

        Raises:
            TfgenError: there is no such place.
        """
        return find_place(text) if text else self._place

    def route(self, name: str, place: Place) -> Resolution:
        """Resolves a host name for a client.

        The host of a function URL is in AWS's own zone: no record leads to it, and it has one
        region.
        """
        host = name.rstrip(".").lower()
        if (region := url_region(host)) is not None:
            return Resolution(host, "A", Status.FOUND, region=region)
        return resolve(read_zones(), name, "A", place, self.health.is_healthy)

    def activity(self) -> Mapping[str, Any]:
        """Returns what runs and what has been served, as plain data."""
        return {
            "failed": sorted(self.outages.failed),
            "protection": asdict(protection()),
            "functions": [asdict(each) for each in self.functions.activity()],
            "databases": self.databases.activity(),
            "requests": [asdict(each) for each in self._gateway.served()],
            "health_checks": [
                {
                    "id": id_,
                    "host": each.check.target.host if each.check.target else None,
                    "path": each.check.target.path if each.check.target else None,
                    "healthy": each.healthy,
                    "checked": each.last.at.isoformat(timespec="seconds") if each.last else None,
                }
                for id_, each in sorted(self.health.report().items())
            ],
            "refused": [asdict(each) for each in self._enforcement.denials()]
            if self._enforcement
            else [],
            "notices": [
                *self.functions.notices(),
                *self.databases.notices(),
                *(self._enforcement.notices() if self._enforcement else ()),
            ],
        }

    def rights(self) -> Mapping[str, Any]:
        """Returns what callers with rights were allowed to do, as plain data."""
        found = self._enforcement.rights() if self._enforcement else ()
        return {"rights": [asdict(each) for each in found]}

    def _why_no_login(self, signed: Signature, resource: str) -> str | None:
        return self._enforcement.why_no_login(signed, resource) if self._enforcement else None

    def _region_of(self, host: str) -> str | None:
        return self.route(host, self._place).region

    def _dns_server(self, port: int) -> DnsServer:
        try:
            return DnsServer(self._place, read_zones, self.health.is_healthy, port=port)
        except TfgenError:
            if not port:
                raise
            return self._dns_server(0)


def _serve(gateway: Gateway, port: int) -> BaseWSGIServer:
    """Returns a server on a port, or on a free one if it is taken."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(keeping_headers(WSGIRequestHandler)):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def send_header(self, keyword: str, value: str) -> None:
            """Leaves out what API Gateway does not send: the name of the server's software."""
            if keyword != "Server":
                super().send_header(keyword, value)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Says nothing: what went wrong is logged by the gateway, with the reason."""

    # werkzeug ends the process when a port is taken, so the socket is opened here.
    with _listener(port) as listener:
        return make_server(
            _LOOPBACK,
            listener.getsockname()[1],
            gateway,
            threaded=True,
            request_handler=Handler,
            fd=listener.fileno(),
        )


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((_LOOPBACK, port), backlog=128)
    except OSError:
        return socket.create_server((_LOOPBACK, 0), backlog=128)
