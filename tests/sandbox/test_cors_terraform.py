"""CORS of a REST API for several origins, by the library's own module, as browsers see it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tests.sandbox.conftest import REGION
from tests.sandbox.root import Root
from tfgen.aws.session import Aws
from tfgen.render.modules import child_module
from tfgen.sandbox.client import Client, Response
from tfgen.sandbox.lifecycle import Running
from tfgen.terraform import mirror

FIRST, SECOND = "https://www.example.com", "http://localhost:8080"
FOREIGN = "https://evil.example"
CORS = {
    "origins": [FIRST, SECOND],
    "methods": ["GET", "PUT"],
    "headers": ["Content-Type", "X-Shade"],
    "max_age": 600,
    "credentials": True,
    "expose_headers": ["ETag"],
}
FEATURES = frozenset({"auth", "cors", "cors_origins", "cors_credentials", "cors_expose_headers"})
SIGNATURE = {"Authorization": "AWS4-HMAC-SHA256 Credential=…"}


def test_several_origins(
    tmp_path: Path,
    running: Running,
    aws: Aws,
    role: str,
    bundle: bytes,
    environ: Mapping[str, str],
) -> None:
    found = mirror.find(os.environ)
    major = (mirror.provider_major(found) if found else None) or 6
    module = tmp_path / "rest_api"
    module.mkdir()
    for name, text in child_module("rest_api", major, FEATURES).items():
        (module / name).write_text(text, "utf-8")
    _make_function(aws, role, bundle)
    root = Root.make(tmp_path / "root", environ, "cors")
    root.set(cors=CORS)
    root.apply()

    url = f"https://{root.outputs()['host']}/live/thing"
    client = Client(running)

    def ask(method: str, **headers: str) -> Response:
        return client.request(method, url, headers=list(headers.items()), region=REGION)

    for origin in (FIRST, SECOND):
        _allows(ask("OPTIONS", Origin=origin), origin)
        # Over HTTP/2, names are in lower case.
        _allows(ask("OPTIONS", origin=origin), origin)
    # A browser takes the answer for another origin as a refusal.
    for foreign in ({"Origin": FOREIGN}, {"Origin": f"{FIRST}.evil.example"}, {}):
        _allows(ask("OPTIONS", **foreign), FIRST)

    # Who signs gets as far as the function, which returns the event, and that is no response.
    for signature, status in (({}, 403), (SIGNATURE, 502)):
        for origin in (FIRST, SECOND, FOREIGN):
            refused = ask("GET", Origin=origin, **signature)
            assert refused.status == status
            assert header(refused, "Access-Control-Allow-Origin") == origin
            assert header(refused, "Access-Control-Expose-Headers") == "ETag"
            _says_so(refused)
        plain = ask("GET", **signature)
        assert (plain.status, header(plain, "Access-Control-Allow-Origin")) == (status, None)


def _make_function(aws: Aws, role: str, bundle: bytes) -> None:
    client = aws.client("lambda", REGION)
    client.create_function(
        FunctionName="app",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": bundle},
        Publish=True,
    )
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1")


def _allows(preflight: Response, origin: str) -> None:
    assert preflight.status == 204, preflight
    assert header(preflight, "Access-Control-Allow-Origin") == origin
    assert header(preflight, "Access-Control-Allow-Methods") == "GET,PUT"
    assert header(preflight, "Access-Control-Allow-Headers") == "Content-Type,X-Shade"
    assert header(preflight, "Access-Control-Max-Age") == "600"
    _says_so(preflight)


def _says_so(answered: Response) -> None:
    """What depends on the origin is not for caches to give to another one."""
    assert header(answered, "Vary") == "Origin"
    assert header(answered, "Access-Control-Allow-Credentials") == "true"


def header(response: Response, name: str) -> str | None:
    found = [value for known, value in response.headers if known.lower() == name.lower()]
    assert len(found) <= 1, found
    return found[0] if found else None
