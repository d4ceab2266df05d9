"""Requests that show what an app answers to whom, and what it answers."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tfgen.app import App
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client, Response

_ORIGIN = ("Origin", "https://www.example.com")
_SIGNED = ("Authorization", "AWS4-HMAC-SHA256 Credential=sandbox/20260101/us-west-2/x/aws4_request")

# Each answer has them, and they are never the same.
_OF_THE_REQUEST = re.compile(
    r"^(date|content-length|x-amz.*id|apigw-requestid|x-amz-cf-.*|via)$", re.IGNORECASE
)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Probe:
    """A request.

    Attributes:
        name: what it is for.
        method: its method.
        path: its path.
        headers: beside those that every client sends.
        body: what it sends.
    """

    name: str
    method: str = "GET"
    path: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


def token() -> str:
    """Returns a token that nobody has signed, as good as any other in the sandbox."""
    claims = {"iss": "https://login.example.com", "aud": "hello", "sub": "me", "exp": 4102444800}
    parts = ({"alg": "RS256", "kid": "1"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return ".".join([*(each.rstrip(b"=").decode() for each in encoded), "c2lnbmF0dXJl"])


PROBES = (
    Probe("unsigned"),
    Probe("signed", headers=(_SIGNED,)),
    Probe("with a token", headers=(("Authorization", f"Bearer {token()}"),)),
    Probe("health path", path="/_health"),
    Probe("other health path", path="/up"),
    Probe(
        "preflight", "OPTIONS", "/some/path", (_ORIGIN, ("Access-Control-Request-Method", "PUT"))
    ),
    Probe("from another origin", headers=(_ORIGIN, _SIGNED)),
    Probe("compressed", path="/some", headers=(("Accept-Encoding", "gzip"), _SIGNED)),
    Probe("bytes", "POST", headers=(("Content-Type", "image/png"), _SIGNED), body=b"\x89PNG"),
)


def answers(client: Client, aws: Aws, apps: Mapping[str, App]) -> dict[str, Any]:
    """Sends every request to every host of every app, and returns what is answered.

    Args:
        client: the sandbox.
        aws: its account.
        apps: by name.
    """
    regions = sorted({region.name for app in apps.values() for region in app.regions})
    hosts = {region: _hosts(aws, region) for region in regions}
    asked = [
        (f"{name} in {region.name} at {called}", url, region.name, probe)
        for name, app in apps.items()
        for region in app.regions
        for called, url in _urls(app, hosts[region.name])
        for probe in PROBES
    ]

    def ask(question: tuple[str, str, str, Probe]) -> tuple[str, Any]:
        where, url, region, probe = question
        answer = client.request(
            probe.method,
            f"{url}{probe.path}",
            headers=probe.headers,
            body=probe.body,
            region=region,
        )
        return f"{where}, {probe.name}: {probe.method} {probe.path}", _plain(answer)

    with ThreadPoolExecutor(8) as threads:
        return dict(threads.map(ask, asked))


def _hosts(aws: Aws, region: str) -> dict[str, str]:
    """Returns the URLs that AWS gives to what is in a region, by name."""
    found: dict[str, str] = {}
    own = f"execute-api.{region}.amazonaws.com"
    for page in aws.client("apigateway", region).get_paginator("get_rest_apis").paginate():
        found |= {api["name"]: f"https://{api['id']}.{own}/live" for api in page["items"]}
    for pages in aws.client("apigatewayv2", region).get_paginator("get_apis").paginate():
        found |= {api["Name"]: f"https://{api['ApiId']}.{own}" for api in pages["Items"]}
    functions = aws.client("lambda", region)
    for listed in functions.get_paginator("list_functions").paginate():
        for function in listed["Functions"]:
            name = function["FunctionName"]
            urls = functions.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
            if urls:
                found[name] = urls[0]["FunctionUrl"].rstrip("/")
    return found


def _urls(app: App, hosts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    own = hosts.get(app.full_name)
    if own is not None:
        yield "its own host", own
    if app.api.domain is not None:
        for domain in app.api.domain.names:
            yield domain, f"https://{domain}"


def _plain(answer: Response) -> Any:
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = (
            answer.body.hex() if answer.body[:2] == b"\x1f\x8b" else answer.body.decode("latin-1")
        )
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers:
        if not _OF_THE_REQUEST.match(name):
            headers.setdefault(name.lower(), []).append(value)
    return {
        "status": answer.status,
        "headers": headers,
        "body": body,
        "why": _ID.sub("", answer.notice or ""),
    }
