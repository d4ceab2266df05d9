"""API Gateway: what an HTTP API and its parts are made with comes back, and can be changed.

moto cannot update a stage of an HTTP API, forgets its deployment and an API's addresses, keeps
what is taken away from a route, and makes a second stage or route in the place of the first. AWS
does otherwise (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html),
and so every plan would want to set it again, or an apply would adopt what is there.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from tfgen.sandbox.patches.expect import expect_attributes, expect_method, expect_no_method

if TYPE_CHECKING:
    from moto.apigatewayv2.models import Api, Route, Stage
    from moto.apigatewayv2.responses import ApiGatewayV2Response

_ADDRESSES: Final = "tfgen_addresses"
_DEPLOYMENT: Final = "tfgen_deployment"

# What an update names → what moto's stage calls it.
_STAGE: Final = {
    "autoDeploy": "auto_deploy",
    "clientCertificateId": "client_certificate_id",
    "description": "description",
    "defaultRouteSettings": "default_route_settings",
}

_ROUTE: Final = (
    "api_key_required",
    "authorization_scopes",
    "authorization_type",
    "authorizer_id",
    "model_selection_expression",
    "operation_name",
    "request_models",
    "request_parameters",
    "route_key",
    "route_response_selection_expression",
    "target",
)

_NEW_ROUTE: Final = (
    *("api_key_required", "authorization_scopes", "route_key", "target"),
    *(name for name in _ROUTE[2:] if name not in {"route_key", "target"}),
)

# Paths of AWS's API that moto does not serve.
_BELOW_STAGE: Final = "{0}/v2/apis/(?P<api_id>[^/]+)/stages/(?P<stage_name>[^/]+)"
_PATHS: Final = (
    f"{_BELOW_STAGE}/accesslogsettings$",
    f"{_BELOW_STAGE}/routesettings/(?P<route_key>.+)$",
)


def patch() -> None:
    """Adds to moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway.urls import url_paths
    from moto.apigatewayv2 import models, responses

    response = responses.ApiGatewayV2Response
    # The server of REST APIs serves these paths as well.
    url_paths.update(dict.fromkeys(_PATHS, response.dispatch))
    _patch_apis(models.Api, response)
    _patch_stages(models.Api, models.Stage, response)
    _patch_routes(models.Api, models.Route)


def _patch_apis(api: type[Api], response: type[ApiGatewayV2Response]) -> None:
    describe = expect_method(api, "to_json")

    def describe_with_addresses(self: Api) -> dict[str, Any]:
        described: dict[str, Any] = describe(self)
        return described | {"ipAddressType": vars(self).get(_ADDRESSES) or "ipv4"}

    api.to_json = describe_with_addresses  # type: ignore[method-assign]
    for name in ("create_api", "update_api"):
        setattr(response, name, _with_addresses(expect_method(response, name)))


def _with_addresses(change: Any) -> Any:
    def change_with_addresses(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
        status, headers, body = change(self)
        found = self.apigatewayv2_backend.get_api(json.loads(body)["apiId"])
        addresses = json.loads(self.body).get("ipAddressType")
        if addresses:
            vars(found)[_ADDRESSES] = addresses
        return status, headers, json.dumps(found.to_json())

    return change_with_addresses


def _patch_stages(api: type[Api], stage: type[Stage], response: type[ApiGatewayV2Response]) -> None:
    describe = expect_method(stage, "to_json")
    create = expect_method(api, "create_stage", "config")
    for name in ("update_stage", "delete_access_log_settings", "delete_route_settings"):
        expect_no_method(response, name)

    def describe_with_deployment(self: Stage) -> dict[str, Any]:
        described: dict[str, Any] = describe(self)
        return described | {"deploymentId": vars(self)[_DEPLOYMENT]}

    def create_once(self: Api, config: dict[str, Any]) -> Stage:
        if config["stageName"] in self.stages:
            raise _conflict("Stage already exists")
        made: Stage = create(self, config)
        expect_attributes(made, *_STAGE.values(), "access_log_settings", "stage_variables", "tags")
        deployed = "deploymentId" in config or made.auto_deploy
        vars(made)[_DEPLOYMENT] = config.get("deploymentId") or (
            secrets.token_hex(3) if deployed else None
        )
        return made

    stage.to_json = describe_with_deployment  # type: ignore[method-assign]
    api.create_stage = create_once  # type: ignore[method-assign]
    response.update_stage = _update_stage  # type: ignore[attr-defined]
    response.delete_access_log_settings = _delete_access_logs  # type: ignore[attr-defined]
    response.delete_route_settings = _delete_route_settings  # type: ignore[attr-defined]


def _update_stage(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    stage = _stage(self)
    asked = json.loads(self.body)
    for name, attribute in _STAGE.items():
        if name in asked:
            setattr(stage, attribute, asked[name])
    if "accessLogSettings" in asked:
        stage.access_log_settings = asked["accessLogSettings"] or None
    if "routeSettings" in asked:
        stage.route_settings = {**stage.route_settings, **asked["routeSettings"]}
    if "stageVariables" in asked:
        # An empty value takes a variable away.
        variables = {**stage.stage_variables, **asked["stageVariables"]}
        stage.stage_variables = {name: value for name, value in variables.items() if value}
    if asked.get("deploymentId"):
        vars(stage)[_DEPLOYMENT] = asked["deploymentId"]
    return 200, {}, json.dumps(stage.to_json())


def _delete_access_logs(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    _stage(self).access_log_settings = None
    return 204, {}, ""


def _delete_route_settings(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    key = unquote(self.path.partition("/routesettings/")[2])
    _stage(self).route_settings.pop(key, None)
    return 204, {}, ""


def _stage(response: ApiGatewayV2Response) -> Stage:
    _, _, _, api, _, name, *_ = response.path.split("/")
    return response.apigatewayv2_backend.get_stage(api, unquote(name))


def _patch_routes(api: type[Api], route: type[Route]) -> None:
    create = expect_method(api, "create_route", *_NEW_ROUTE)
    update = expect_method(route, "update", *_ROUTE)

    def create_once(self: Api, *args: Any, **named: Any) -> Route:
        key = (dict(zip(_NEW_ROUTE, args, strict=False)) | named)["route_key"]
        if any(each.route_key == key for each in self.routes.values()):
            raise _conflict(f"Route with key {key} already exists for this API")
        made: Route = create(self, *args, **named)
        return made

    def update_and_clear(self: Route, *args: Any, **named: Any) -> None:
        asked = dict(zip(_ROUTE, args, strict=False)) | named
        update(self, *args, **named)
        if asked["authorization_scopes"] is not None:
            self.authorization_scopes = asked["authorization_scopes"]
        if self.authorization_type != "JWT":
            self.authorization_scopes = []
        if self.authorization_type in {"NONE", "AWS_IAM"}:
            self.authorizer_id = None

    api.create_route = create_once  # type: ignore[method-assign]
    route.update = update_and_clear  # type: ignore[method-assign]


def _conflict(message: str) -> Exception:
    from moto.apigateway.exceptions import ConflictException

    return ConflictException(message)
