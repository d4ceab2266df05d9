"""APIs of both families with all of their options, as Terraform makes, changes and removes them."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.sandbox.gateway.test_jwt import GOOD, token
from tests.sandbox.root import Root
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client, Response
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import Running

REGION = "eu-west-2"
DOMAIN = "api.example.com"
ORIGIN, OTHER_ORIGIN = "https://app.example.com", "https://www.example.com"
SIGNATURE = {"Authorization": "AWS4-HMAC-SHA256 Credential=…"}

# Answers with the event that it got.
CODE = """\
import json


def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""

FIRST: Mapping[str, Any] = {
    "kind": "rest",
    "auth": "NONE",
    "origin": ORIGIN,
    "fields": ["requestId", "status", "path"],
    "own_hosts": True,
    "binary_types": ["image/png"],
    "compression": 10,
    "rate": 100,
    "tags": {"team": "edge"},
}
SECOND: Mapping[str, Any] = {
    "kind": "http",
    "auth": "AWS_IAM",
    "origin": OTHER_ORIGIN,
    "fields": ["requestId", "status", "path", "httpMethod"],
    "own_hosts": False,
    "binary_types": ["image/gif", "image/png"],
    "compression": None,
    "rate": 50,
    "tags": {"team": "core"},
}


class Clients:
    """Asks the gateway as clients in London do."""

    def __init__(self, running: Running) -> None:
        self._client = Client(running)

    def ask(self, host: str, path: str, method: str = "GET", **headers: str) -> Response:
        return self._client.request(
            method,
            f"https://{host}{path}",
            headers=[(name.replace("_", "-"), value) for name, value in headers.items()],
            region=REGION,
        )


def header(response: Response, name: str) -> str | None:
    return next((value for known, value in response.headers if known.lower() == name.lower()), None)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.2)


def test_both_families_with_all_of_their_options(
    tmp_path: Path, running: Running, endpoint: str, aws: Aws, environ: Mapping[str, str]
) -> None:
    root = Root.make(tmp_path / "root", environ, "apis")
    with zipfile.ZipFile(root.folder / "app.zip", "w") as archive:
        archive.writestr("app.py", CODE)
    clients = Clients(running)

    root.set(**FIRST)
    root.apply()
    outputs = root.outputs()
    rest, http = outputs["rest_host"], outputs["http_host"]
    _check_the_rest_api(clients, rest)
    _check_the_http_api(clients, http)
    _check_logs(aws, "rest", ["requestId", "status", "path"], "/live/items")
    _check_logs(aws, "http", ["requestId", "status", "path"], "/items")
    answered = clients.ask(DOMAIN, "/items")
    assert json.loads(answered.body)["path"] == "/items"
    eventually(lambda: healthy(aws, outputs["health_check"]))

    root.set(**SECOND)
    changed = root.apply()
    # The provider replaces a mapping to change its API, though AWS would change it in place.
    assert changed.pop("aws_apigatewayv2_api_mapping.this") == ["delete", "create"]
    assert changed.pop("aws_api_gateway_deployment.this") == ["create", "delete"]
    assert {action for actions in changed.values() for action in actions} == {"update"}
    _check_after_the_change(clients, rest, http)
    _check_logs(aws, "http", ["requestId", "status", "path", "httpMethod"], "/items")

    root.destroy()
    assert inventory(endpoint, [REGION]) == []


def _check_the_rest_api(clients: Clients, host: str) -> None:
    answered = clients.ask(host, "/live/items", Accept_Encoding="gzip")
    assert (answered.status, header(answered, "Content-Encoding")) == (200, "gzip")
    preflight = clients.ask(host, "/live/items", "OPTIONS", Origin=ORIGIN)
    assert preflight.status == 204
    assert header(preflight, "Access-Control-Allow-Origin") == ORIGIN
    assert header(preflight, "Access-Control-Allow-Methods") == "GET,POST"
    missing = clients.ask(host, "/live/_health", "POST")
    assert (missing.status, header(missing, "Access-Control-Allow-Origin")) == (403, ORIGIN)


def _check_the_http_api(clients: Clients, host: str) -> None:
    preflight = clients.ask(
        host, "/items", "OPTIONS", Origin=ORIGIN, Access_Control_Request_Method="GET"
    )
    assert (preflight.status, header(preflight, "Access-Control-Allow-Origin")) == (204, ORIGIN)
    assert header(preflight, "Access-Control-Max-Age") == "300"
    answered = clients.ask(host, "/items", Origin=ORIGIN)
    assert json.loads(answered.body)["routeKey"] == "$default"
    assert header(answered, "Access-Control-Allow-Origin") == ORIGIN


def _check_after_the_change(clients: Clients, rest: str, http: str) -> None:
    """The domain leads to the other API; both let in who signs or has a token, and own no host."""
    assert clients.ask(rest, "/live/_health").status == 403
    assert clients.ask(http, "/_health").status == 404
    assert json.loads(clients.ask(DOMAIN, "/_health").body)["routeKey"] == "GET /_health"
    refused = clients.ask(DOMAIN, "/items", Origin=OTHER_ORIGIN)
    assert (refused.status, json.loads(refused.body)) == (401, {"message": "Unauthorized"})
    assert header(refused, "Access-Control-Allow-Origin") == OTHER_ORIGIN
    welcome = clients.ask(DOMAIN, "/items", Authorization=f"Bearer {token(GOOD)}")
    event = json.loads(welcome.body)
    assert event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] == "alice"
    assert clients.ask(DOMAIN, "/signed").status == 403
    assert clients.ask(DOMAIN, "/signed", **SIGNATURE).status == 200


def _check_logs(aws: Aws, kind: str, fields: list[str], path: str) -> None:
    events = aws.client("logs", REGION).filter_log_events(logGroupName=f"/api/{kind}")["events"]
    lines = [json.loads(each["message"]) for each in events]
    assert path in {line["path"] for line in lines if list(line) == sorted(fields)}


def healthy(aws: Aws, check: str) -> bool:
    found = aws.client("route53", REGION).get_health_check_status(HealthCheckId=check)
    return any(
        each["StatusReport"]["Status"].startswith("Success")
        for each in found["HealthCheckObservations"]
    )
