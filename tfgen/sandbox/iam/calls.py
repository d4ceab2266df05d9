"""What a request to AWS asks for: the service, the operation and its parameters.

From the request alone, in every protocol that AWS speaks:
https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

from tfgen.sandbox.iam.rest import match

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
_CREDENTIAL: Final = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9.-]+)/"
)
# Of a URL that was signed beforehand; there, slashes are escaped.
_PRESIGNED: Final = re.compile(
    r"X-Amz-Credential=(?P<key>\w+)(?:/|%2F)\d{8}(?:/|%2F)"
    r"(?P<region>[a-z0-9-]+)(?:/|%2F)(?P<service>[a-z0-9.-]+)(?:/|%2F)",
    re.IGNORECASE,
)
_RPC: Final = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)")

# Only these requests say in a body of XML what they are about, and this is what they call it.
_NAMES_IN_BODY: Final = {"ChangeResourceRecordSets": "ChangeBatch", "DeleteObjects": "Delete"}


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a request, and for what.

    Attributes:
        key: the access key ID.
        token: the session token; None for a user.
        region: the region that it is for.
        service: the service, as signatures name it.
    """

    key: str
    token: str | None
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request to AWS.

    Attributes:
        service: as signatures name it.
        region: the region that it is for.
        operation: its name in the service's API; None if nobody knows.
        parameters: what it takes, by the names that the API gives them.
        method: the HTTP method.
        path: the path, with escapes.
    """

    service: str
    region: str
    operation: str | None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    method: str = "POST"
    path: str = "/"

    def text(self, name: str) -> str | None:
        """Returns a parameter that is a text; None if it is missing or something else."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Returns a parameter that is a list of texts."""
        return tuple(each for each in self.items(name) if isinstance(each, str))

    def items(self, name: str) -> list[Any]:
        """Returns a parameter that is a list."""
        value = self.parameters.get(name)
        return value if isinstance(value, list) else []

    def object(self, name: str) -> Mapping[str, Any]:
        """Returns a parameter that is an object."""
        value = self.parameters.get(name)
        return value if isinstance(value, Mapping) else {}


def signature(environ: WSGIEnvironment) -> Signature | None:
    """Returns who signed a request; None if nobody did.

    Args:
        environ: the request.
    """
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    if found is None:
        query = environ.get("QUERY_STRING", "")
        found = _PRESIGNED.search(query)
        if found is None:
            return None
        token = parse_qs(query).get("X-Amz-Security-Token", [None])[0]
    return Signature(found["key"], token, found["region"], found["service"])


def read_call(environ: WSGIEnvironment, signed: Signature) -> Call:
    """Reads a request; whoever comes after can read its body again.

    Args:
        environ: the request.
        signed: who signed it, and for what.
    """
    method: str = environ["REQUEST_METHOD"]
    # What the client sent: an ARN in a path has slashes that are none of the path's.
    raw = str(environ.get("REQUEST_URI") or environ["PATH_INFO"])
    path = raw.partition("?")[0]
    query = {
        name: values[0]
        for name, values in parse_qs(
            environ.get("QUERY_STRING", ""), keep_blank_values=True
        ).items()
    }
    operation, parameters = _operation(environ, signed, method, path, query)
    return Call(signed.service, signed.region, operation, parameters, method, path)


def _operation(
    environ: WSGIEnvironment, signed: Signature, method: str, path: str, query: Mapping[str, str]
) -> tuple[str | None, Mapping[str, Any]]:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rpartition(".")[2], _json(_body(environ))
    if found := _RPC.fullmatch(path):
        return found["operation"], {}
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        form = parse_qs(_body(environ).decode(errors="replace"), keep_blank_values=True)
        if "Action" in form:
            return form["Action"][0], {name: values[0] for name, values in form.items()}
    if "Action" in query:
        return query["Action"], query
    return _of_rest(environ, signed, method, path, query)


def _of_rest(
    environ: WSGIEnvironment, signed: Signature, method: str, path: str, query: Mapping[str, str]
) -> tuple[str | None, Mapping[str, Any]]:
    headers = {name[5:].replace("_", "-").lower() for name in environ if name.startswith("HTTP_")}
    found = match(signed.service, method, path, query, headers)
    if found is None:
        return None, {}
    parameters: dict[str, Any] = {**query, **found.labels}
    if signed.service == "s3" and "x-amz-copy-source" in headers:
        parameters["CopySource"] = unquote(environ["HTTP_X_AMZ_COPY_SOURCE"])
    if (inside := _NAMES_IN_BODY.get(found.operation)) is not None:
        parameters[inside] = _body(environ).decode(errors="replace")
    elif found.members and environ.get("CONTENT_TYPE", "").startswith("application/json"):
        parameters = {**_json(_body(environ)), **parameters}
    return found.operation, parameters


def _body(environ: WSGIEnvironment) -> bytes:
    # A body in chunks has no length, but an end.
    length = int(environ.get("CONTENT_LENGTH") or (-1 if "wsgi.input_terminated" in environ else 0))
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, Mapping) else {}
