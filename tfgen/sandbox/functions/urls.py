"""Function URLs: what is configured, read from moto when it is asked for.

A URL belongs to a function or to one of its aliases, never to a version:
https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaBackend, LambdaFunction

_KEPT: Final = "tfgen_urls"
_HOST: Final = re.compile(r"(?P<id>[a-z0-9]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws")


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """The URL of a function, or of an alias of it.

    Attributes:
        id: the first label of its host.
        region: the function's.
        function: the function's name.
        arn: the function's, with the qualifier.
        qualifier: the alias; None is the function itself.
        auth: ``NONE`` or ``AWS_IAM``.
        cors: as it was configured; empty is none.
        mode: ``BUFFERED`` or ``RESPONSE_STREAM``.
        created: when it was made.
        modified: when it was last changed.
    """

    id: str
    region: str
    function: str
    arn: str
    qualifier: str | None
    auth: str
    cors: Mapping[str, Any] = field(compare=False)
    mode: str
    created: str
    modified: str

    @property
    def host(self) -> str:
        """The host that serves it."""
        return f"{self.id}.lambda-url.{self.region}.on.aws"


def configured(function: LambdaFunction) -> MutableMapping[str, FunctionUrl]:
    """Returns the URLs of a function by qualifier, empty for the function's own.

    Args:
        function: the unpublished one; versions share its URLs and are never asked.
    """
    found: MutableMapping[str, FunctionUrl] = vars(function).setdefault(_KEPT, {})
    return found


def url_region(host: str) -> str | None:
    """Returns the region of a function URL's host; None if it is another host."""
    found = _HOST.fullmatch(host)
    return found["region"] if found else None


def find_url(host: str) -> FunctionUrl | None:
    """Returns the URL that a host is for; None if there is none.

    Args:
        host: in lower case.
    """
    region = url_region(host)
    if region is None:
        return None
    return next((url for url in _urls(region) if url.host == host), None)


def _urls(region: str) -> Iterator[FunctionUrl]:
    from moto.awslambda.models import lambda_backends
    from moto.core.models import DEFAULT_ACCOUNT_ID

    # Not by key, which makes a backend for whatever a client writes into a host.
    backend: LambdaBackend | None = lambda_backends[DEFAULT_ACCOUNT_ID].get(region)
    if backend is None:
        return
    for function in list(backend.list_functions()):
        aliases = {alias.name for alias in backend.list_aliases(function.function_name)}
        for url in list(configured(function).values()):
            if url.qualifier is None or url.qualifier in aliases:
                yield url
