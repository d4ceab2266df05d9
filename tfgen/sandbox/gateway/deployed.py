"""What is deployed: hosts, stages and APIs, read from moto's backends at every request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from moto.apigateway.models import APIGatewayBackend, DomainName, RestAPI
    from moto.apigateway.models import Stage as RestStage
    from moto.apigatewayv2.models import Api as HttpApi
    from moto.apigatewayv2.models import ApiGatewayV2Backend
    from moto.apigatewayv2.models import Stage as HttpStage

_EXECUTE_API: Final = re.compile(
    r"(?P<name>[a-z0-9-]+)\.execute-api\.(?P<region>[a-z0-9-]+)\."
    r"(?:amazonaws\.com(?:\.cn)?|api\.aws)"
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a custom domain does with the paths below one of its own.

    Attributes:
        base: the path, without slashes at its ends; empty for all paths.
        api: the ID of the API.
        stage: the name of the stage; None if the path goes on with one.
    """

    base: str
    api: str
    stage: str | None


@dataclass(frozen=True, slots=True)
class ExecuteApi:
    """A host of API Gateway's own.

    Attributes:
        name: the ID of an API, or ``d-…`` for what a regional domain's records point to.
        region: the region that it is in.
    """

    name: str
    region: str


@dataclass(frozen=True, slots=True)
class RestTarget:
    """A stage of a REST API, and the path below it that is asked for.

    Attributes:
        region: the region that serves.
        account: the API's account.
        api: the API.
        stage: the stage.
        host: the host that the client used.
        path: the path below the stage, percent-encoded.
        whole_path: the path that the client used, with a domain's base path or a stage in it.
        base: the domain's base path; empty if there is none.
        custom: whether the host is a custom domain.
        edge: whether CloudFront is in front.
    """

    region: str
    account: str
    api: RestAPI
    stage: RestStage
    host: str
    path: str
    whole_path: str
    base: str
    custom: bool
    edge: bool


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """A stage of an HTTP API, and the path below it that is asked for.

    Attributes:
        region: the region that serves.
        account: the API's account.
        api: the API.
        stage: the stage.
        host: the host that the client used.
        path: the path below the stage, percent-encoded.
        whole_path: the path that the client used, with a domain's base path or a stage in it.
        base: the domain's base path; empty if there is none.
    """

    region: str
    account: str
    api: HttpApi
    stage: HttpStage
    host: str
    path: str
    whole_path: str
    base: str


def account() -> str:
    """Returns the ID of the simulated account."""
    from moto.core.models import DEFAULT_ACCOUNT_ID

    return str(DEFAULT_ACCOUNT_ID)


def execute_api(host: str) -> ExecuteApi | None:
    """Reads a host of API Gateway's own; None if it is another."""
    found = _EXECUTE_API.fullmatch(host)
    return ExecuteApi(found["name"], found["region"]) if found else None


def rest_api(region: str, name: str) -> RestAPI | None:
    """Returns a REST API of a region."""
    backend = _rest().get(region)
    return backend.apis.get(name) if backend else None


def http_api(region: str, name: str) -> HttpApi | None:
    """Returns an HTTP API of a region."""
    backend = _http().get(region)
    api = backend.apis.get(name) if backend else None
    return api if api is not None and api.protocol_type == "HTTP" else None


def domain_regions(host: str) -> list[str]:
    """Returns the regions that have a custom domain for a host, sorted.

    Args:
        host: in lower case.
    """
    return sorted(region for region in _rest() if domain_for(region, host) is not None)


def domain_for(region: str, host: str) -> str | None:
    """Returns the custom domain of a region that a host is served by; None if there is none.

    A domain of the very name comes before the wildcard that covers it, and a wildcard covers the
    names one level below:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html

    Args:
        region: the region.
        host: in lower case.
    """
    backend = _rest().get(region)
    named = (host, f"*.{host.partition('.')[2]}") if backend else ()
    return next((name for name in named if backend and name in backend.domain_names), None)


def endpoint_types(domain: DomainName) -> tuple[str, ...]:
    """Returns what a domain name is: ``EDGE``, ``REGIONAL``, or both while it is moved."""
    found = (domain.endpoint_configuration or {}).get("types")
    if found:
        return tuple(found)
    regional = domain.regional_certificate_arn or domain.regional_certificate_name
    return ("REGIONAL",) if regional else ("EDGE",)


def is_edge_domain(region: str, domain: str) -> bool:
    """Says whether CloudFront is in front of a custom domain."""
    backend = _rest().get(region)
    found = backend.domain_names.get(domain) if backend else None
    return found is not None and endpoint_types(found) == ("EDGE",)


def mapping_for(region: str, domain: str, path: str) -> Mapping | None:
    """Finds the mapping of a domain that is for a path.

    Args:
        region: where the domain is.
        domain: the domain.
        path: the path that the client used.

    Returns:
        The mapping with the longest base path; None if there is none.
    """
    inner = path.lstrip("/")
    fitting = [
        mapping
        for mapping in _mappings(region, domain)
        if not mapping.base or inner == mapping.base or inner.startswith(f"{mapping.base}/")
    ]
    return max(fitting, key=lambda mapping: len(mapping.base), default=None)


def _mappings(region: str, domain: str) -> Iterator[Mapping]:
    # Base path mappings are among them: `tfgen.sandbox.patches.mappings`.
    http = _http().get(region)
    for each in list(http.api_mappings.values()) if http else ():
        if each.domain_name == domain:
            yield Mapping(each.api_mapping_key, each.api_id, each.stage or None)


# Copies, because Terraform may reach a region for the first time meanwhile.
def _rest() -> dict[str, APIGatewayBackend]:
    from moto.apigateway.models import apigateway_backends

    return dict(apigateway_backends[account()].items())


def _http() -> dict[str, ApiGatewayV2Backend]:
    from moto.apigatewayv2.models import apigatewayv2_backends

    return dict(apigatewayv2_backends[account()].items())
