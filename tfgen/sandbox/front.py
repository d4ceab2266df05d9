"""The sandbox's front door: what answers for the sandbox itself, before moto sees a request."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.guard import refuse, why_refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Below a name that S3 does not allow for a bucket, the only thing of AWS's that a path begins with:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
CONTROL: Final = "/_tfgen"

#: Proves to a sandbox that who asks may read its record.
TOKEN_HEADER: Final = "X-Tfgen-Token"  # noqa: S105 (a name, not a token)

#: Tells the gateway where a request went that came by way of Route 53.
REGION_HEADER: Final = "X-Tfgen-Region"

#: Tells who sent that header why the gateway answered in the function's place.
REASON_HEADER: Final = "X-Tfgen-Reason"

_IDENTITY: Final = f"{CONTROL}/sandbox"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
_SIGNED_FOR: Final = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sandbox says of itself.

    Attributes:
        instance: the simulated account.
        regions: the regions that requests were signed for, sorted.
    """

    instance: str
    regions: tuple[str, ...]


class Front:
    """A WSGI application that says which sandbox this is and hands everything else on.

    What a page in a browser may have sent is refused before: `tfgen.sandbox.guard`.

    Args:
        instance: the simulated account.
        control: answers what is asked about the sandbox.
        aws: answers the rest.
    """

    def __init__(self, instance: str, control: WSGIApplication, aws: WSGIApplication) -> None:
        self._instance = instance
        self._control = control
        self._aws = aws
        self._regions: set[str] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if (sentence := why_refused(environ)) is not None:
            return refuse(start_response, sentence)
        path = environ.get("PATH_INFO", "")
        if path == _IDENTITY:
            return self._identify(start_response)
        if path.startswith(f"{CONTROL}/"):
            return self._control(environ, start_response)
        if signed := _SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", "")):
            self._regions.add(signed.group(1))
        return self._aws(environ, start_response)

    def _identify(self, start_response: StartResponse) -> list[bytes]:
        body = json.dumps({"instance": self._instance, "regions": sorted(self._regions)}).encode()
        start_response(
            "200 OK",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
        )
        return [body]


def ask(port: int, timeout: float = 5.0) -> Answer | None:
    """Asks a port of this machine which sandbox it is.

    No proxy is used, whatever the environment says.

    Args:
        port: on 127.0.0.1.
        timeout: seconds to wait for each step of the answer.

    Returns:
        The answer; None if nobody answers, or somebody who is no sandbox.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", _IDENTITY)
        response = connection.getresponse()
        if response.status != HTTPStatus.OK:
            return None
        said: Mapping[str, Any] = json.loads(response.read())
        return Answer(instance=said["instance"], regions=tuple(said["regions"]))
    except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError):
        return None
    finally:
        connection.close()
