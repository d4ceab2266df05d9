"""APIs in moto's backends, a function that records its events, and clients of the gateway."""

from __future__ import annotations

import http.client
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from werkzeug.serving import WSGIRequestHandler, make_server

from tfgen.sandbox.gateway.gateway import Gateway
from tfgen.sandbox.gateway.request import keeping_headers
from tfgen.sandbox.invocation import Invocation, Outages

LONDON, OREGON = "eu-west-2", "us-west-2"
ACCOUNT = "123456789012"
DOMAIN = "api.example.com"
OK = {"statusCode": 200, "body": "ok"}

Invoked = tuple[str, str, str | None]
Answer = Callable[[dict[str, Any]], Any]


@dataclass
class Functions:
    """Invokes nothing: keeps the event, and returns what the test wants."""

    answer: Answer = field(default=lambda _event: OK)
    error: str | None = None
    invoked: list[Invoked] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def __call__(
        self, region: str, function: str, qualifier: str | None, payload: bytes
    ) -> Invocation:
        event = json.loads(payload)
        self.invoked.append((region, function, qualifier))
        self.events.append(event)
        value = self.answer(event)
        returned = value if isinstance(value, bytes) else json.dumps(value).encode()
        return Invocation(returned, self.error, "1", "id", b"")


@dataclass
class Answered:
    """What a client got."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for known, value in self.headers if known.lower() == name.lower()]
        return found[-1] if found else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class World:
    """A gateway over the APIs that a test makes."""

    functions: Functions = field(default_factory=Functions)
    outages: Outages = field(default_factory=Outages)
    choose: Callable[[str], str | None] = lambda _host: None

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.functions, self.outages, self._choose)

    def _choose(self, host: str) -> str | None:
        return self.choose(host)

    @property
    def event(self) -> dict[str, Any]:
        """What the function got last."""
        return self.functions.events[-1]

    def ask(
        self,
        host: str,
        path: str = "/",
        method: str = "GET",
        headers: Mapping[str, str] | list[tuple[str, str]] = (),  # type: ignore[assignment]
        body: bytes = b"",
    ) -> Answered:
        """Asks in this thread, without a server, as one that keeps the headers would."""
        pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
        environ = {
            "REQUEST_METHOD": method,
            "RAW_URI": path,
            "HTTP_HOST": host,
            "REMOTE_ADDR": "198.51.100.7",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "tfgen.headers": [("Host", host), *pairs],
        }
        started: list[Any] = []
        parts = self.gateway(environ, lambda *args: started.extend(args))  # type: ignore[arg-type]
        status, answered = started[:2]
        return Answered(int(status.split()[0]), answered, b"".join(parts))

    @contextmanager
    def served(self) -> Iterator[int]:
        """Serves on loopback, and gives the port."""
        handler = keeping_headers(_Quiet)
        server = make_server("127.0.0.1", 0, self.gateway, threaded=True, request_handler=handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.port
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@cache
def client_of(service: str, region: str) -> Any:
    """A client of moto's; making one takes longer than a test."""
    return boto3.client(service, region)  # type: ignore[call-overload]


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        pass


def get(
    port: int, host: str, path: str, headers: list[tuple[str, str]], body: bytes = b""
) -> Answered:
    """Asks over a socket, with headers exactly as they are given."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest(
            "POST" if body else "GET", path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in [("Host", host), *headers]:
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return Answered(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def bundle() -> bytes:
    """A zip, which nobody opens."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("app.py", "")
    return target.getvalue()


def make_function(region: str, name: str = "app", alias: str = "live") -> str:
    """Makes a function with a version and an alias; returns the alias's ARN."""
    iam = client_of("iam", region)
    role = f"{name}-{region}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    client = client_of("lambda", region)
    client.create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{ACCOUNT}:role/{role}",
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": bundle()},
        Publish=True,
    )
    arn = client.create_alias(FunctionName=name, Name=alias, FunctionVersion="1")["AliasArn"]
    return str(arn)


def invocation_uri(region: str, arn: str) -> str:
    """The URI of an integration."""
    return f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"


def allow(region: str, api: str, qualifier: str | None = "live") -> None:
    """Lets an API invoke the function, as tfgen's Terraform does."""
    client_of("lambda", region).add_permission(
        FunctionName="app",
        StatementId=f"Allow-{api}",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{ACCOUNT}:{api}/*/*",
        **({"Qualifier": qualifier} if qualifier else {}),
    )


@dataclass
class Rest:
    """A REST API that a test builds up."""

    region: str
    arn: str
    types: str = "REGIONAL"

    def __post_init__(self) -> None:
        self.client = client_of("apigateway", self.region)
        made = self.client.create_rest_api(
            name="app", endpointConfiguration={"types": [self.types]}
        )
        self.id = made["id"]
        self.resources: dict[str, str] = {"/": made["rootResourceId"]}

    @property
    def host(self) -> str:
        return f"{self.id}.execute-api.{self.region}.amazonaws.com"

    def method(self, path: str, http_method: str = "ANY", **integration: Any) -> Rest:
        """Adds a method, with the resources on the way to it."""
        resource = self._resource(path)
        self.client.put_method(
            restApiId=self.id,
            resourceId=resource,
            httpMethod=http_method,
            authorizationType=integration.pop("authorization", "NONE"),
            apiKeyRequired=integration.pop("key_required", False),
        )
        settings = {
            "type": "AWS_PROXY",
            "integrationHttpMethod": "POST",
            "uri": invocation_uri(self.region, self.arn),
        }
        self.client.put_integration(
            restApiId=self.id, resourceId=resource, httpMethod=http_method, **settings | integration
        )
        return self

    def deploy(self, stage: str = "live", variables: Mapping[str, str] | None = None) -> Rest:
        """Deploys, and makes the stage or points it to the deployment."""
        deployment = self.client.create_deployment(restApiId=self.id)["id"]
        stages = {each["stageName"] for each in self.client.get_stages(restApiId=self.id)["item"]}
        if stage in stages:
            change = {"op": "replace", "path": "/deploymentId", "value": deployment}
            self.client.update_stage(
                restApiId=self.id,
                stageName=stage,
                patchOperations=[change],
            )
        else:
            self.client.create_stage(
                restApiId=self.id,
                stageName=stage,
                deploymentId=deployment,
                variables=dict(variables or {}),
            )
        return self

    def _resource(self, path: str) -> str:
        if path not in self.resources:
            parent, _, part = path.rpartition("/")
            self.resources[path] = self.client.create_resource(
                restApiId=self.id, parentId=self._resource(parent or "/"), pathPart=part
            )["id"]
        return self.resources[path]


def rest_app(region: str, *, domain: str | None = None, base: str = "") -> Rest:
    """What tfgen deploys in a region: root and greedy path, alias, permission, and a domain."""
    api = Rest(region, make_function(region)).method("/").method("/{proxy+}").deploy()
    allow(region, api.id)
    if domain:
        add_domain(region, domain)
        api.client.create_base_path_mapping(
            domainName=domain, restApiId=api.id, stage="live", basePath=base
        )
    return api


def add_domain(region: str, domain: str, types: str = "REGIONAL") -> str:
    """Makes a custom domain; returns what its records would point to."""
    made = client_of("apigateway", region).create_domain_name(
        domainName=domain,
        endpointConfiguration={"types": [types]},
    )
    return str(made["distributionDomainName" if types == "EDGE" else "regionalDomainName"])


@dataclass
class Http:
    """An HTTP API that a test builds up."""

    region: str
    arn: str
    cors: Mapping[str, Any] | None = None
    permitted: bool = True

    def __post_init__(self) -> None:
        self.client = client_of("apigatewayv2", self.region)
        settings = {"CorsConfiguration": dict(self.cors)} if self.cors else {}
        made = self.client.create_api(Name="app", ProtocolType="HTTP", **settings)
        self.id = made["ApiId"]
        if self.permitted:
            allow(self.region, self.id)

    @property
    def host(self) -> str:
        return f"{self.id}.execute-api.{self.region}.amazonaws.com"

    def route(self, key: str, version: str = "2.0", **settings: Any) -> Http:
        """Adds a route with an integration of its own."""
        integration = self.client.create_integration(
            ApiId=self.id,
            IntegrationType="AWS_PROXY",
            IntegrationUri=self.arn,
            PayloadFormatVersion=version,
            **settings.pop("integration", {}),
        )["IntegrationId"]
        self.client.create_route(
            ApiId=self.id, RouteKey=key, Target=f"integrations/{integration}", **settings
        )
        return self

    def stage(self, name: str = "$default", variables: Mapping[str, str] | None = None) -> Http:
        """Makes a stage that deploys by itself."""
        self.client.create_stage(
            ApiId=self.id, StageName=name, AutoDeploy=True, StageVariables=dict(variables or {})
        )
        return self
