"""Rules about CORS: what browsers would not take, and what a function URL refuses.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from tfgen.app import ApiType, Cors
from tfgen.config.places import Places
from tfgen.errors import TfgenError


def check_cors(cors: Cors, kind: ApiType, places: Places) -> None:
    """Checks what browsers are told.

    Raises:
        TfgenError: the first broken rule.
    """
    lists = (
        ("origins", cors.origins),
        ("headers", cors.headers),
        ("expose_headers", cors.expose_headers),
    )
    for key, values in lists:
        if "*" not in values:
            continue
        if len(values) > 1:
            raise TfgenError(
                f'`api.cors.{key}` has `"*"` and others',
                place=places.at("api", "cors", key),
                hint='remove `"*"`, or all others',
            )
        if cors.credentials:
            raise TfgenError(
                f'`api.cors.{key}` cannot be `"*"` with `credentials: true`: browsers would not '
                "take it for all",
                place=places.at("api", "cors", key),
                hint=f"name the {key.replace('expose_', '')}, or remove `credentials:`",
            )
    # https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
    if kind == "url" and "OPTIONS" in cors.methods:
        raise TfgenError(
            "A function URL answers OPTIONS itself, so `api.cors.methods` cannot name it",
            place=places.at("api", "cors", "methods"),
            hint="remove `OPTIONS`",
        )
