"""API Gateway: tags are those that a thing was made with, and can be changed.

moto changes the tags of a REST API's stages alone, and keeps for HTTP APIs' stages others than they
were made with. The provider changes tags by ARN
(https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html), so that a new default tag
would fail every apply.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import unquote

from tfgen.sandbox.patches.domains import backend_of
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.apigateway.responses import APIGatewayResponse
    from moto.apigatewayv2.responses import ApiGatewayV2Response

_Response: TypeAlias = "APIGatewayResponse | ApiGatewayV2Response"
_Answer: TypeAlias = tuple[int, dict[str, Any], str]

# Paths of AWS's API that moto does not serve, below the one for tags of each family.
_ARN: Final = "arn:(?P<partition>[^/]+):apigateway:(?P<region_name>[^/]+)::"
_PATHS: Final = {
    "{0}/tags/": ("/restapis/(?P<name>[^/]+)$", "/domainnames/(?P<name>[^/]+)$"),
    "{0}/v2/tags/": (
        "/domainnames/(?P<name>[^/]+)$",
        "/apis/(?P<name>[^/]+)/stages/(?P<stage_name>[^/]+)$",
    ),
}


def patch() -> None:
    """Changes moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway.responses import APIGatewayResponse
    from moto.apigateway.urls import url_paths
    from moto.apigatewayv2.responses import ApiGatewayV2Response

    for base, places in _PATHS.items():
        response = ApiGatewayV2Response if "/v2/" in base else APIGatewayResponse
        # The server of REST APIs serves the paths of both.
        url_paths.update({f"{base}{_ARN}{place}": response.dispatch for place in places})
    for name, answer in (("get_tags", _get), ("tag_resource", _tag), ("untag_resource", _untag)):
        for owner in (APIGatewayResponse, ApiGatewayV2Response):
            setattr(owner, name, _ours_or(expect_method(owner, name), answer))


def _ours_or(
    others: Callable[..., Any], answer: Callable[[_Response, Any], _Answer]
) -> Callable[..., Any]:
    def answer_by_arn(self: _Response) -> Any:
        tagged = _tagged(self)
        return others(self) if tagged is None else answer(self, tagged)

    return answer_by_arn


def _tagged(response: _Response) -> Any:
    """Returns what an ARN names; None if moto keeps its tags."""
    from moto.apigatewayv2.models import apigatewayv2_backends

    place = unquote(response.path.partition("/tags/")[2]).partition("::/")[2]
    account, region = response.current_account, response.region
    match place.split("/"):
        case ["restapis", api]:
            return backend_of(account, region).get_rest_api(api)
        case ["restapis", api, "stages", stage]:
            return backend_of(account, region).get_stage(api, stage)
        case ["domainnames", name]:
            return backend_of(account, region).get_domain_name(name)
        case ["apis", api, "stages", stage]:
            return apigatewayv2_backends[account][region].get_stage(api, stage)
        case _:
            return None


def _get(_response: _Response, tagged: Any) -> _Answer:
    return 200, {}, json.dumps({"tags": tagged.tags or {}})


def _tag(response: _Response, tagged: Any) -> _Answer:
    tagged.tags = {**(tagged.tags or {}), **json.loads(response.body).get("tags", {})}
    return 204, {}, ""


def _untag(response: _Response, tagged: Any) -> _Answer:
    gone = response.querystring.get("tagKeys") or []
    tagged.tags = {name: value for name, value in (tagged.tags or {}).items() if name not in gone}
    return 204, {}, ""
