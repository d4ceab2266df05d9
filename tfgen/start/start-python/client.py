"""Signed requests to AWS over connections that stay open, with Python's own library only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from jobs import Failure, Job, Passing, Refusal

TYPE_CHECKING = False  # as in `typing`, which takes its time to import
if TYPE_CHECKING:
    from typing import Any

# Seconds.
ATTEMPT = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0

# How regions begin, and how hosts there end, with IPv4 alone and with both:
# https://docs.aws.amazon.com/general/latest/gr/rande.html
_SUFFIXES = (
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk", "cloud.adc-e.uk"),
    ("", "amazonaws.com", "api.aws"),
)

# Errors that may be over a moment later. Credentials are unknown for some seconds after their
# role was made.
_PASSING = frozenset(
    {
        "DependencyTimeoutException",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "InternalServiceErrorException",
        "KMSInternalException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
    }
)


def endpoint_of(service: str, environment: Mapping[str, str]) -> str:
    """Returns the URL of a service.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html

    Raises:
        Failure: the one that is configured is no URL.
    """
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        own = "SECRETS_MANAGER" if service == "secretsmanager" else service.upper()
        for name in (f"AWS_ENDPOINT_URL_{own}", "AWS_ENDPOINT_URL"):
            if url := environment.get(name):
                if not url.startswith(("http://", "https://")):
                    raise Failure(f"{name} is not a URL")
                return url
    region = environment["AWS_REGION"]
    fips = environment.get("AWS_USE_FIPS_ENDPOINT", "").lower() == "true"
    dual = environment.get("AWS_USE_DUALSTACK_ENDPOINT", "").lower() == "true"
    single, both = next(end for start, *end in _SUFFIXES if region.startswith(start))
    # SSM has no other endpoint there.
    if fips and not (service == "ssm" and region.startswith("us-gov-") and not dual):
        service += "-fips"
    return f"https://{service}.{region}.{both if dual else single}"


def sign(
    job: Job, url: str, body: bytes, environment: Mapping[str, str], now: float
) -> dict[str, str]:
    """Returns the headers of a request, with its signature.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

    Args:
        job: what is asked.
        url: of the service.
        body: the request.
        environment: the credentials are in there, and the region.
        now: in seconds since 1970.
    """
    parts = urlsplit(url)
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{moment[:8]}/{environment['AWS_REGION']}/{job.service}/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": parts.netloc.rpartition("@")[2].removesuffix(
            ":443" if parts.scheme == "https" else ":80"
        ),
        "x-amz-date": moment,
        "x-amz-target": job.target,
    }
    if environment.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = environment["AWS_SESSION_TOKEN"]
    names = sorted(headers)
    request = "\n".join(
        [
            "POST",
            quote(path_of(url), safe="/~"),
            "",
            *(f"{name}:{' '.join(headers[name].split())}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{environment['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={environment['AWS_ACCESS_KEY_ID']}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={key.hex()}"
    )
    return headers


def path_of(url: str) -> str:
    """Returns the path of a service's URL."""
    return urlsplit(url).path.rstrip("/") + "/"


class Trust:
    """Whose certificates count, for all connections.

    Reading all authorities that a machine trusts takes longer than a request to AWS. So at first
    there are only those of them that AWS has its certificates from:
    https://www.amazontrust.com/repository/

    Args:
        own: the file that the function names instead of the machine's.
    """

    def __init__(self, own: str | None) -> None:
        self._own = own
        self._lock = threading.Lock()
        self._contexts: dict[bool, ssl.SSLContext] = {}

    def context(self, *, whole: bool) -> ssl.SSLContext:
        """Returns what checks certificates.

        Args:
            whole: with all authorities.
        """
        with self._lock:
            if whole not in self._contexts:
                self._contexts[whole] = self._make(whole=whole)
            return self._contexts[whole]

    def _make(self, *, whole: bool) -> ssl.SSLContext:
        everybody = ssl.get_default_verify_paths().cafile
        if self._own:
            try:
                return ssl.create_default_context(cafile=self._own)
            except OSError as error:
                raise Failure(f"AWS_CA_BUNDLE cannot be read: {error.strerror}") from error
        if whole or not everybody:
            return ssl.create_default_context()
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        with open(everybody, encoding="utf-8", errors="replace") as file:
            pieces = [piece.partition(end)[0] for piece in file.read().split(begin)[1:]]
        amazons = [
            begin + piece + end
            for piece in pieces
            if any(name in base64.b64decode(piece) for name in (b"Amazon", b"Starfield Services"))
        ]
        return ssl.create_default_context(cadata="\n".join(amazons) or None)


class Client:
    """What asks one service over one connection at a time.

    Args:
        url: of the service.
        environment: the function's.
        trust: whose certificates count.
        deadline: when there is no more time, on the monotonic clock.
    """

    def __init__(
        self, url: str, environment: Mapping[str, str], trust: Trust, deadline: float
    ) -> None:
        self._url = url
        self._trust = trust
        self._environment = environment
        self._deadline = deadline
        self._whole = False
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, job: Job) -> Mapping[str, Any]:
        """Returns the answer, after as many tries as there is time for.

        Raises:
            Failure: there is none.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                return self._try(job)
            except Passing as failure:
                waiting = pause * int.from_bytes(os.urandom(2), "big") / 0xFFFF
                if time.monotonic() + waiting >= self._deadline:
                    raise Failure(f"{failure}, and there is no time for another try") from failure
            time.sleep(waiting)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _try(self, job: Job) -> Mapping[str, Any]:
        try:
            status, headers, content = self._exchange(job)
        except ssl.SSLCertVerificationError as error:
            self._connection = None
            if self._whole:
                raise Failure(f"{self._url} is not trusted: {error.verify_message}") from error
            self._whole = True
            return self._try(job)
        except (OSError, http.client.HTTPException) as error:
            self._connection = None
            why = "no answer in time" if isinstance(error, TimeoutError) else _told(error)
            raise Passing(f"{self._url} cannot be reached: {why}") from error
        return self._read(job, status, headers, content)

    def _exchange(self, job: Job) -> tuple[int, http.client.HTTPMessage, bytes]:
        seconds = max(0.05, min(ATTEMPT, self._deadline - time.monotonic()))
        if self._connection is None:
            self._connection = self._connect(seconds)
        elif self._connection.sock:
            self._connection.sock.settimeout(seconds)
        body = json.dumps(job.request).encode()
        headers = sign(job, self._url, body, self._environment, time.time())
        self._connection.request("POST", path_of(self._url), body, headers)
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        parts = urlsplit(self._url)
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        context = self._trust.context(whole=self._whole)
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=seconds, context=context
        )

    def _read(
        self, job: Job, status: int, headers: http.client.HTTPMessage, content: bytes
    ) -> Mapping[str, Any]:
        try:
            document = json.loads(content)
        except ValueError:
            document = None
        if status == http.client.OK and isinstance(document, dict):
            return document
        said = document if isinstance(document, dict) else {}
        code = str(said.get("__type") or headers.get("x-amzn-errortype") or f"HTTP {status}")
        code = code.partition(":")[0].rpartition("#")[2]
        message = " ".join(str(said.get("message") or said.get("Message") or "").split())
        refusal = Refusal(code, message.replace(str(job.request.get("CiphertextBlob")), "…"))
        if status >= 500 or status == 429 or code in _PASSING:
            raise Passing(str(refusal))
        raise refusal


def _told(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
