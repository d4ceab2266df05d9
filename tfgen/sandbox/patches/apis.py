"""API Gateway: what a REST API and its parts are made with comes back, and can be changed.

moto ignores, at creation, an API's binary media types and its security policy; it cannot change a
method or an integration, nor an API's compression, and takes every change of an address for one of
the endpoint type and every ``false`` for true. The AWS provider changes all of them in place
(https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html), so that without this a
change of any fails, or is planned again for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from tfgen.sandbox.patches.expect import expect_attributes, expect_method, expect_no_method
from tfgen.sandbox.patches.security_policies import MODE, POLICY, check_policy, patched

if TYPE_CHECKING:
    from moto.apigateway.models import Account, APIGatewayBackend, MethodResponse, RestAPI, Stage
    from moto.apigateway.responses import APIGatewayResponse

_ADDRESSES: Final = "/endpointConfiguration/ipAddressType"
_TYPES: Final = "/endpointConfiguration/types/"
_BINARY: Final = "/binaryMediaTypes/"
_COMPRESSION: Final = "/minimumCompressionSize"
_OWN_HOST: Final = "/disableExecuteApiEndpoint"
_POLICY: Final = "/policy"
_KEPT_POLICY: Final = "tfgen_policy"

# What a patch operation names → what moto's model calls it.
_METHOD: Final = {
    "authorizationType": "authorization_type",
    "authorizerId": "authorizer_id",
    "apiKeyRequired": "api_key_required",
    "operationName": "operation_name",
    "requestValidatorId": "request_validator_id",
    "authorizationScopes": "authorization_scopes",
    "requestParameters": "request_parameters",
    "requestModels": "request_models",
}
_INTEGRATION: Final = {
    "httpMethod": "http_method",
    "uri": "uri",
    "credentials": "credentials",
    "passthroughBehavior": "passthrough_behaviour",
    "timeoutInMillis": "timeout_in_millis",
    "contentHandling": "content_handling",
    "connectionType": "connection_type",
    "cacheNamespace": "cache_namespace",
    "cacheKeyParameters": "cache_key_parameters",
    "requestTemplates": "request_templates",
    "requestParameters": "request_parameters",
}
_RESPONSE: Final = {
    "responseParameters": "response_parameters",
    "responseModels": "response_models",
}
_MAPS: Final = frozenset(
    {
        "requestParameters",
        "requestModels",
        "requestTemplates",
        "responseParameters",
        "responseModels",
    }
)
_LISTS: Final = frozenset({"authorizationScopes", "cacheKeyParameters"})


def patch() -> None:
    """Adds to moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway import models, responses

    _patch_rest_apis(responses.APIGatewayResponse)
    _patch_methods(responses.APIGatewayResponse)
    _patch_stages(models.Stage, models.APIGatewayBackend)
    _patch_account(models.Account)


def _patch_rest_apis(response: type[APIGatewayResponse]) -> None:
    from moto.apigateway.models import RestAPI

    rest_api = RestAPI
    describe = expect_method(rest_api, "to_dict")
    update = expect_method(rest_api, "apply_patch_operations", "patch_operations")
    create = expect_method(response, "create_rest_api")
    api = rest_api("id", "123456789012", "us-east-1", "app", "")  # type: ignore[abstract]
    expect_attributes(api, "binaryMediaTypes", "minimum_compression_size", "policy")

    def describe_with_addresses(self: RestAPI) -> dict[str, Any]:
        described: dict[str, Any] = describe(self)
        configuration = described.get("endpointConfiguration") or {"types": ["EDGE"]}
        default = "dualstack" if configuration.get("types") == ["PRIVATE"] else "ipv4"
        described["endpointConfiguration"] = {"ipAddressType": default} | configuration
        return described | _policy(self)

    def update_in_place(self: RestAPI, patch_operations: list[dict[str, Any]]) -> None:
        policy, others = patched(_policy(self), patch_operations)
        vars(self)[_KEPT_POLICY] = policy
        update(self, [each for each in others if not _apply(self, each)])

    def create_with_all(self: APIGatewayResponse) -> Any:
        policy = {name: self._get_param(name) for name in (POLICY, MODE) if self._get_param(name)}
        check_policy(policy.get(POLICY), policy.get(MODE))
        created = create(self)
        if created[0] != 200:
            return created
        made = self.backend.apis[json.loads(created[2])["id"]]
        made.binaryMediaTypes = list(self._get_param("binaryMediaTypes") or [])
        vars(made)[_KEPT_POLICY] = policy
        return (*created[:2], json.dumps(made.to_dict()))

    rest_api.to_dict = describe_with_addresses  # type: ignore[method-assign]
    rest_api.apply_patch_operations = update_in_place  # type: ignore[method-assign]
    response.create_rest_api = create_with_all  # type: ignore[method-assign]


def _policy(api: RestAPI) -> dict[str, str]:
    """Returns the security policy of an API, and its endpoint access mode if it has one."""
    held: dict[str, str] = vars(api).get(_KEPT_POLICY, {})
    return {POLICY: "TLS_1_0"} | held


def _apply(api: RestAPI, operation: Mapping[str, Any]) -> bool:
    """Applies what moto does not; says whether it was that."""
    kind, path, value = operation["op"], operation["path"], operation.get("value")
    if path == _ADDRESSES:
        api.endpoint_configuration["ipAddressType"] = value
    elif path.startswith(_TYPES):
        api.endpoint_configuration["types"] = [value]
    elif path.startswith(_BINARY):
        _apply_binary(api, kind, _name(path.removeprefix(_BINARY)))
    elif path == _COMPRESSION:
        api.minimum_compression_size = int(value) if value not in {None, ""} else None
    elif path == _OWN_HOST:
        api.disableExecuteApiEndpoint = str(value).lower() == "true"
    elif path == _POLICY:
        api.policy = value or None
    else:
        return False
    return True


def _apply_binary(api: RestAPI, kind: str, media_type: str) -> None:
    kept = [each for each in api.binaryMediaTypes if each != media_type]
    api.binaryMediaTypes = kept if kind == "remove" else [*kept, media_type]


def _patch_methods(response: type[APIGatewayResponse]) -> None:
    for name in ("update_method", "update_method_response", "update_integration"):
        expect_no_method(response, name)

    def update_method(self: APIGatewayResponse) -> str:
        _, _, api, _, resource, _, method = self.path.split("/")
        found = self.backend.get_method(api, resource, method)
        for operation in self._get_param("patchOperations"):
            _change(found, operation, _METHOD)
        return json.dumps(found.to_json())

    def update_method_response(self: APIGatewayResponse) -> str:
        _, _, api, _, resource, _, method, _, status = self.path.split("/")
        found = self.backend.get_method_response(api, resource, method, status)
        for operation in self._get_param("patchOperations"):
            _change(found, operation, _RESPONSE)
        # `tfgen.sandbox.patches.missing` lets no call get here that finds nothing.
        return json.dumps(cast("MethodResponse", found).to_json())

    def update_integration(self: APIGatewayResponse) -> str:
        _, _, api, _, resource, _, method, _ = self.path.split("/")
        found = self.backend.get_integration(api, resource, method)
        for operation in self._get_param("patchOperations"):
            _change(found, operation, _INTEGRATION)
        return json.dumps(found.to_json())

    response.update_method = update_method  # type: ignore[attr-defined]
    response.update_method_response = update_method_response  # type: ignore[attr-defined]
    response.update_integration = update_integration  # type: ignore[attr-defined]


def _change(found: object, operation: Mapping[str, Any], names: Mapping[str, str]) -> None:
    kind, path, value = operation["op"], operation["path"], operation.get("value")
    field, _, key = path.removeprefix("/").partition("/")
    if field not in names:
        raise _bad(f"Invalid patch path {path}")
    name = names[field]
    if field in _MAPS:
        kept = dict(getattr(found, name) or {})
        kept.pop(_name(key), None)
        # Of a method's parameters, the values say whether they are required.
        held = value if names is _INTEGRATION else _typed(value)
        added = {} if kind == "remove" else {_name(key): held}
        setattr(found, name, kept | added)
    elif field in _LISTS:
        one = _name(key) if key else value
        others = [each for each in getattr(found, name) or [] if each != one]
        setattr(found, name, others if kind == "remove" else [*others, one])
    else:
        setattr(found, name, _typed(value))


def _typed(value: str | None) -> str | int | bool | None:
    """Returns a value as AWS describes it: operations name all of them as text."""
    match value:
        case None | "":
            return None
        case "true" | "false":
            return value == "true"
        case _:
            return int(value) if value.isdecimal() else value


def _patch_stages(stage: type[Stage], backend: type[APIGatewayBackend]) -> None:
    """What was set can be taken away, and nothing is logged without a role that may log."""
    apply = expect_method(stage, "apply_operations", "patch_operations")
    update = expect_method(backend, "update_stage", "function_id", "stage_name", "patch_operations")

    def apply_removals(self: Stage, patch_operations: list[dict[str, Any]]) -> Stage:
        others = []
        for operation in patch_operations:
            path = operation["path"].removeprefix("/")
            if operation["op"] == "remove" and path in self.method_settings:
                del self.method_settings[path]
            elif operation["op"] == "remove" and path == "variables":
                self.variables = {}
            elif operation["path"] == "/accessLogSettings" and operation["op"] == "remove":
                self.access_log_settings = None
            else:
                others.append(operation)
        applied: Stage = apply(self, others)
        return applied

    def update_if_allowed(
        self: APIGatewayBackend,
        function_id: str,
        stage_name: str,
        patch_operations: list[dict[str, Any]],
    ) -> Stage:
        if not self.account.cloudwatch_role_arn and any(map(_logs, patch_operations)):
            raise _bad("CloudWatch Logs role ARN must be set in account settings to enable logging")
        updated: Stage = update(self, function_id, stage_name, patch_operations)
        return updated

    stage.apply_operations = apply_removals  # type: ignore[method-assign]
    backend.update_stage = update_if_allowed  # type: ignore[method-assign]


def _logs(operation: Mapping[str, Any]) -> bool:
    """Says whether an operation makes a stage log, its requests or what becomes of them."""
    path, value = operation["path"], operation.get("value")
    if operation["op"] == "remove":
        return False
    level = path.endswith("/logging/loglevel") and value not in {None, "", "OFF"}
    return level or path.startswith("/accessLogSettings")


def _patch_account(account: type[Account]) -> None:
    """A role that is taken away is no role."""
    describe: Callable[..., Any] = expect_method(account, "to_json")

    def describe_role(self: Account) -> dict[str, Any]:
        described: dict[str, Any] = describe(self)
        return described | {"cloudwatchRoleArn": self.cloudwatch_role_arn or None}

    account.to_json = describe_role  # type: ignore[method-assign]


def _bad(message: str) -> Exception:
    from moto.apigateway.exceptions import BadRequestException

    return BadRequestException(message)


def _name(escaped: str) -> str:
    """Returns a part of a JSON pointer (RFC 6901) as it is meant."""
    return escaped.replace("~1", "/").replace("~0", "~")
