"""The front end: which stage of which API in which region a request is for."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tfgen.sandbox.front import REASON_HEADER
from tfgen.sandbox.functions.urls import url_region
from tfgen.sandbox.gateway import deployed
from tfgen.sandbox.gateway.deployed import ExecuteApi, HttpTarget, RestTarget
from tfgen.sandbox.gateway.function_urls import answer_url
from tfgen.sandbox.gateway.http_api import answer_http, not_found
from tfgen.sandbox.gateway.request import Request, read_request
from tfgen.sandbox.gateway.response import Response, refuse_rest
from tfgen.sandbox.gateway.rest import answer_rest, forbidden
from tfgen.sandbox.invocation import Invoke, Outages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_WITHOUT_BODY: Final = frozenset({204, 304})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """How often a region answered for a host.

    Attributes:
        region: the region.
        host: a custom domain, or an execute-api host.
        status: the status of the answers.
        requests: how many there were.
    """

    region: str
    host: str
    status: int
    requests: int


class Gateway:
    """A WSGI application that answers for every custom domain, execute-api host and function URL.

    A request's ``Host`` says which, so it serves whatever port it listens on. Who knows already
    where Route 53 sends a client says it in the header ``X-Tfgen-Region``.

    It has to answer to the names that the app has deployed, so it does not ask for one of
    loopback, as `tfgen.sandbox.guard` does for AWS. A page whose name leads to this machine does
    not reach more by that: a name that no domain, API or function URL of the account has is
    answered with 404, and behind those that it has are the functions of the app, which are there
    to be asked by everybody, under the CORS and the authorization that are deployed. Nothing here
    reads or changes the account.

    Args:
        invoke: runs functions.
        outages: the regions that do not answer.
        choose: resolves a custom domain that several regions have: host → region. None is nobody
            in Route 53; then the first region by name answers, as for a client that was told an
            address by hand.
    """

    def __init__(
        self,
        invoke: Invoke,
        outages: Outages,
        choose: Callable[[str], str | None] = lambda _host: None,
    ) -> None:
        self._invoke = invoke
        self._outages = outages
        self._choose = choose
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        region = self._region(request)
        if region is None:
            response = not_found(
                f"No API is deployed for {request.host or 'a request without Host'}"
            )
        elif region in self._outages.failed:
            reason = f"{region} is out; `tfgen sandbox heal {region}` brings it back"
            response = refuse_rest(
                503, "Service Unavailable", "ServiceUnavailableException", reason
            )
        else:
            response = self._answer(region, request)
        if region is not None:
            with self._lock:
                self._counts[region, request.host, response.status] += 1
        return _send(request, response, start_response)

    def served(self) -> tuple[Served, ...]:
        """Returns how often each region answered for each host, sorted."""
        with self._lock:
            counts = sorted(self._counts.items())
        return tuple(Served(*key, requests) for key, requests in counts)

    def _region(self, request: Request) -> str | None:
        """Returns the region that the client is connected to; None if nobody deployed the host."""
        own = deployed.execute_api(request.host)
        if own is not None:
            return own.region
        if (region := url_region(request.host)) is not None:
            return region
        regions = deployed.domain_regions(request.host)
        if not regions:
            return None
        if request.region is not None:
            return request.region
        if len(regions) == 1:
            return regions[0]
        return self._choose(request.host) or regions[0]

    def _answer(self, region: str, request: Request) -> Response:
        if url_region(request.host) is not None:
            return answer_url(request, self._invoke)
        own = deployed.execute_api(request.host)
        match _behind_own_host(own, request) if own else _behind_domain(region, request):
            case RestTarget() as rest:
                return answer_rest(rest, request, self._invoke)
            case HttpTarget() as http:
                return answer_http(http, request, self._invoke)
            case refusal:
                return refusal.with_headers(("x-amzn-RequestId", request.moment.request_id))


def _behind_own_host(own: ExecuteApi, request: Request) -> RestTarget | HttpTarget | Response:
    rest = deployed.rest_api(own.region, own.name)
    http = deployed.http_api(own.region, own.name)
    if rest is None and http is None:
        return forbidden(f"{own.region} has no API {own.name}")
    if http is not None and _says_true(http.disable_execute_api_endpoint):
        return not_found("The API's execute-api host is disabled")
    return _stage(own.region, own.name, None, request, below=request.path, edge=None)


def _behind_domain(region: str, request: Request) -> RestTarget | HttpTarget | Response:
    domain = deployed.domain_for(region, request.host)
    if domain is None:
        return forbidden(f"{region} has no custom domain {request.host}")
    mapping = deployed.mapping_for(region, domain, request.path)
    if mapping is None:
        return forbidden(f"{domain} maps no API to {request.path}")
    inner = request.path.lstrip("/")
    below = "/" + inner[len(mapping.base) :].lstrip("/") if mapping.base else request.path
    edge = deployed.is_edge_domain(region, domain)
    return _stage(
        region, mapping.api, mapping.stage, request, below=below, base=mapping.base, edge=edge
    )


def _stage(
    region: str,
    api: str,
    stage: str | None,
    request: Request,
    *,
    below: str,
    edge: bool | None,
    base: str = "",
) -> RestTarget | HttpTarget | Response:
    """Finds the stage.

    Args:
        region: the region that serves.
        api: the API's ID.
        stage: the stage's name; None if the path begins with it.
        request: what is asked.
        below: the path below the host or base path.
        edge: whether a custom domain is an edge one; None for an execute-api host.
        base: the base path of a custom domain.
    """
    first, _, rest_of_path = below.lstrip("/").partition("/")
    whole_path = "/" + request.path.lstrip("/")
    rest = deployed.rest_api(region, api)
    if rest is not None:
        found = rest.stages.get(first if stage is None else stage)
        if found is None:
            return forbidden(f"The API {api} has no stage {first if stage is None else stage!r}")
        return RestTarget(
            region=region,
            account=deployed.account(),
            api=rest,
            stage=found,
            host=request.host,
            path=f"/{rest_of_path}" if stage is None else below,
            whole_path=whole_path,
            base=base,
            custom=edge is not None,
            edge="EDGE" in rest.endpoint_configuration.get("types", []) if edge is None else edge,
        )
    http = deployed.http_api(region, api)
    if http is None:
        return not_found(f"{region} has no API {api}")
    named = stage or (first if first in http.stages else "$default")
    if named not in http.stages:
        return not_found(f"The API {api} has no stage {named}")
    in_path = stage is None and named != "$default"
    return HttpTarget(
        region=region,
        account=deployed.account(),
        api=http,
        stage=http.stages[named],
        host=request.host,
        path=f"/{rest_of_path}" if in_path else below,
        whole_path=whole_path,
        base=base,
    )


def _says_true(value: object) -> bool:
    return str(value).lower() == "true"


def _send(request: Request, response: Response, start_response: StartResponse) -> list[bytes]:
    headers = list(response.headers)
    if response.reason is not None:
        _log.warning(
            "%s %s%s: %d: %s",
            request.method,
            request.host,
            request.path,
            response.status,
            response.reason,
        )
        if request.region is not None:
            printable = response.reason.encode("ascii", "replace").decode()
            headers.append((REASON_HEADER, " ".join(printable.split())))
    if response.status not in _WITHOUT_BODY:
        headers.append(("Content-Length", str(len(response.body))))
    start_response(_status_line(response.status), headers)
    silent = request.method == "HEAD" or response.status in _WITHOUT_BODY
    return [] if silent else [response.body]


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"
