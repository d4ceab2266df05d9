"""What becomes known of a request on its way, for access logs and error responses."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tfgen.sandbox.gateway.deployed import HttpTarget, RestTarget
from tfgen.sandbox.gateway.jwt import Claims
from tfgen.sandbox.gateway.request import Request
from tfgen.sandbox.gateway.response import Response


@dataclass(slots=True)
class Trail:
    """Filled by whoever answers a request.

    Attributes:
        resource: the path of the resource, or of the route.
        resource_id: the ID of the resource.
        route: the key of the route.
        integration_ms: how long the function took; None if it was not called.
        integration_status: the status that the function returned; None if it did not.
        integration_error: why it did not.
        authorizer_error: why the client was kept out.
        claims: of the client's token, if the route asks for one.
    """

    resource: str | None = None
    resource_id: str | None = None
    route: str | None = None
    integration_ms: int | None = None
    integration_status: int | None = None
    integration_error: str | None = None
    authorizer_error: str | None = None
    claims: Claims | None = None


def context(
    target: RestTarget | HttpTarget,
    request: Request,
    response: Response,
    trail: Trail,
    latency_ms: int = 0,
) -> dict[str, str]:
    """Returns the ``$context`` variables of a request: name without ``$context.`` → value.

    What is not known here is left out: caches, API keys, WAF, and who signed a request.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html

    Args:
        target: the stage.
        request: what was asked.
        response: what is answered.
        trail: what became known in between.
        latency_ms: how long it took.
    """
    moment = request.moment
    rest = isinstance(target, RestTarget)
    claims = trail.claims.values if trail.claims else {}
    values: dict[str, str | int | None] = {
        "accountId": target.account,
        "apiId": target.api.id if isinstance(target, RestTarget) else target.api.api_id,
        "customDomain.basePathMatched": target.base or None,
        "domainName": target.host,
        "domainPrefix": target.host.partition(".")[0],
        "dataProcessed": len(request.body) + len(response.body),
        "extendedRequestId": moment.short_id,
        "httpMethod": request.method,
        "identity.sourceIp": request.source_ip,
        "identity.userAgent": request.header("User-Agent"),
        "path": target.whole_path,
        "protocol": request.protocol,
        "requestId": moment.request_id if rest else moment.short_id,
        "requestTime": moment.text,
        "requestTimeEpoch": moment.milliseconds,
        "resourceId": trail.resource_id,
        "resourcePath": trail.resource,
        "responseLatency": latency_ms,
        "responseLength": len(response.body),
        "routeKey": trail.route,
        "stage": target.stage.name,
        "status": response.status,
        "xrayTraceId": moment.trace if rest else None,
        "authorizer.error": trail.authorizer_error,
        **dict.fromkeys(("integrationLatency", "integration.latency"), trail.integration_ms),
        **dict.fromkeys(("integrationErrorMessage", "integration.error"), trail.integration_error),
        **dict.fromkeys(("integrationStatus", "integration.status"), trail.integration_status),
        **{f"authorizer.claims.{name}": value for name, value in claims.items()},
    }
    if isinstance(target, RestTarget):
        values["deploymentId"] = target.stage.deployment_id
    if response.message is not None:
        values["error.message"] = response.message
        values["error.messageString"] = json.dumps(response.message)
        values["error.responseType"] = response.kind
    return {name: str(value) for name, value in values.items() if value is not None}
