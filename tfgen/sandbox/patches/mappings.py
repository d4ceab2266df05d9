"""API Gateway: a path of a domain leads to one API, whichever family of APIs looks at it.

Base path mappings and API mappings are two views of one thing, and the second of one path is
refused (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html). What
is mapped can not be deleted. moto keeps a store for each view, overwrites the empty path, knows no
REST API in the second, updates none there, and deletes mapped APIs. Here the store of API mappings
is the only one.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from tfgen.sandbox.gateway.deployed import endpoint_types
from tfgen.sandbox.patches.domains import backend_of, refuse_edge
from tfgen.sandbox.patches.expect import expect_attributes, expect_method, expect_no_method
from tfgen.sandbox.patches.security_policies import is_enhanced

if TYPE_CHECKING:
    from moto.apigateway.models import APIGatewayBackend, BasePathMapping, DomainName
    from moto.apigatewayv2.models import ApiGatewayV2Backend, ApiMapping
    from moto.apigatewayv2.responses import ApiGatewayV2Response

# What stands for an empty path or stage in the API of REST APIs.
_NONE: Final = "(none)"

_KEY: Final = re.compile(r"[A-Za-z0-9$\-_.+!*'()]+(?:/[A-Za-z0-9$\-_.+!*'()]+)*")


def patch() -> None:
    """Changes moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway.models import APIGatewayBackend
    from moto.apigatewayv2.models import ApiGatewayV2Backend, ApiMapping
    from moto.apigatewayv2.responses import ApiGatewayV2Response

    expect_attributes(ApiMapping("a", "", "m", "a.example.com", "s"), "api_mapping_key", "stage")
    for owner, methods in ((APIGatewayBackend, _OLD), (ApiGatewayV2Backend, _NEW)):
        for name, (replacement, parameters) in methods.items():
            expect_method(owner, name, *parameters)
            setattr(owner, name, replacement)
    expect_no_method(ApiGatewayV2Response, "update_api_mapping")
    ApiGatewayV2Response.update_api_mapping = _update_2  # type: ignore[attr-defined]
    _keep_what_is_mapped(APIGatewayBackend, "delete_rest_api", "function_id")
    _keep_what_is_mapped(APIGatewayBackend, "delete_stage", "function_id", "stage_name")
    _keep_what_is_mapped(ApiGatewayV2Backend, "delete_api", "api_id")
    _keep_what_is_mapped(ApiGatewayV2Backend, "delete_stage", "api_id", "stage_name")


def _keep_what_is_mapped(owner: type, name: str, *parameters: str) -> None:
    """Makes moto delete an API or a stage only when no domain leads to it."""
    delete = expect_method(owner, name, *parameters)

    def delete_unmapped(self: Any, *place: str, **named: str) -> Any:
        api, *stage = (*place, *named.values())
        for mapping in _store(self).api_mappings.values():
            if mapping.api_id == api and (not stage or mapping.stage == stage[0]):
                what = f"stage {stage[0]}" if stage else f"API {api}"
                raise _bad(
                    f"Deleting {what} failed. Please remove all API mappings for it from your "
                    f"custom domain names: {mapping.domain_name}"
                )
        return delete(self, *place, **named)

    setattr(owner, name, delete_unmapped)


def _store(backend: APIGatewayBackend | ApiGatewayV2Backend) -> ApiGatewayV2Backend:
    from moto.apigatewayv2.models import apigatewayv2_backends

    return apigatewayv2_backends[backend.account_id][backend.region_name]


def _domain(backend: APIGatewayBackend | ApiGatewayV2Backend, name: str) -> DomainName:
    return backend_of(backend.account_id, backend.region_name).get_domain_name(name)


# As the API of REST APIs sees it.


def _create(
    self: APIGatewayBackend, domain_name: str, rest_api_id: str, base_path: str, stage: str
) -> BasePathMapping:
    from moto.apigateway.exceptions import InvalidBasePathException

    domain = _domain(self, domain_name)
    key = _key(base_path)
    if "/" in key:
        raise InvalidBasePathException
    _check_rest(self, rest_api_id, stage)
    if key in _keys(self, domain):
        _conflict("Base path already exists for this domain name")
    return _seen(_add(_store(self), domain, rest_api_id, key, _key(stage)))


def _list(self: APIGatewayBackend, domain_name: str) -> list[BasePathMapping]:
    _domain(self, domain_name)
    return [_seen(each) for each in _of_rest(self, domain_name)]


def _get(self: APIGatewayBackend, domain_name: str, base_path: str) -> BasePathMapping:
    return _seen(_at(self, domain_name, base_path))


def _update(
    self: APIGatewayBackend,
    domain_name: str,
    base_path: str,
    patch_operations: Iterable[Mapping[str, str]],
) -> BasePathMapping:
    mapping = _at(self, domain_name, base_path)
    wanted = {each["path"]: each.get("value") or "" for each in patch_operations}
    key = _key(wanted.get("/basePath", mapping.api_mapping_key))
    # The AWS provider writes the second, and AWS takes either.
    api = wanted.get("/restapiId", wanted.get("/restApiId", mapping.api_id))
    stage = _key(wanted.get("/stage", mapping.stage))
    _check_rest(self, api, stage)
    if key != mapping.api_mapping_key and key in _keys(self, _domain(self, domain_name)):
        _conflict("Base path already exists for this domain name")
    mapping.api_mapping_key, mapping.api_id, mapping.stage = key, api, stage
    return _seen(mapping)


def _delete(self: APIGatewayBackend, domain_name: str, base_path: str) -> None:
    del _store(self).api_mappings[_at(self, domain_name, base_path).api_mapping_id]


def _at(backend: APIGatewayBackend, domain: str, base_path: str) -> ApiMapping:
    from moto.apigateway.exceptions import BasePathNotFoundException

    _domain(backend, domain)
    for each in _of_rest(backend, domain):
        if each.api_mapping_key == _key(base_path):
            return each
    raise BasePathNotFoundException


def _of_rest(backend: APIGatewayBackend, domain: str) -> list[ApiMapping]:
    mappings = list(_store(backend).api_mappings.values())
    return [each for each in mappings if each.domain_name == domain and each.api_id in backend.apis]


def _check_rest(backend: APIGatewayBackend, api: str, stage: str) -> None:
    from moto.apigateway.exceptions import (
        InvalidRestApiIdForBasePathMappingException,
        InvalidStageException,
    )

    if api not in backend.apis:
        raise InvalidRestApiIdForBasePathMappingException
    if _key(stage) and stage not in backend.apis[api].stages:
        raise InvalidStageException


def _seen(mapping: ApiMapping) -> BasePathMapping:
    from moto.apigateway.models import BasePathMapping

    return BasePathMapping(
        mapping.domain_name,
        mapping.api_id,
        basePath=mapping.api_mapping_key or _NONE,
        stage=mapping.stage or None,
    )


_Methods: TypeAlias = Mapping[str, tuple[Callable[..., Any], tuple[str, ...]]]

_OLD: Final[_Methods] = {
    "create_base_path_mapping": (_create, ("domain_name", "rest_api_id", "base_path", "stage")),
    "get_base_path_mappings": (_list, ("domain_name",)),
    "get_base_path_mapping": (_get, ("domain_name", "base_path")),
    "update_base_path_mapping": (_update, ("domain_name", "base_path", "patch_operations")),
    "delete_base_path_mapping": (_delete, ("domain_name", "base_path")),
}


# As the API of HTTP APIs sees it.


def _create_2(
    self: ApiGatewayV2Backend, api_id: str, api_mapping_key: str, domain_name: str, stage: str
) -> ApiMapping:
    domain = _domain(self, domain_name)
    refuse_edge(domain)
    key = api_mapping_key or ""
    _check_any(self, domain, api_id, stage, key)
    if key in _keys(self, domain):
        _conflict("ApiMapping key already exists for this domain name")
    return _add(self, domain, api_id, key, stage)


def _get_2(self: ApiGatewayV2Backend, api_mapping_id: str, domain_name: str) -> ApiMapping:
    from moto.apigatewayv2.exceptions import ApiMappingNotFound

    _domain(self, domain_name)
    found = self.api_mappings.get(api_mapping_id)
    if found is None or found.domain_name != domain_name:
        raise ApiMappingNotFound
    return found


def _list_2(self: ApiGatewayV2Backend, domain_name: str) -> list[ApiMapping]:
    refuse_edge(_domain(self, domain_name))
    return [each for each in self.api_mappings.values() if each.domain_name == domain_name]


def _delete_2(self: ApiGatewayV2Backend, api_mapping_id: str, domain_name: str) -> None:
    refuse_edge(_domain(self, domain_name))
    del self.api_mappings[_get_2(self, api_mapping_id, domain_name).api_mapping_id]


def _update_2(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    *_, domain_name, _mappings, mapping_id = self.path.split("/")
    asked = json.loads(self.body)
    backend = self.apigatewayv2_backend
    domain = _domain(backend, domain_name)
    refuse_edge(domain)
    mapping = _get_2(backend, mapping_id, domain_name)
    api = asked.get("apiId") or mapping.api_id
    key = mapping.api_mapping_key if asked.get("apiMappingKey") is None else asked["apiMappingKey"]
    stage = asked.get("stage") or mapping.stage
    _check_any(backend, domain, api, stage, key)
    if key != mapping.api_mapping_key and key in _keys(backend, domain):
        _conflict("ApiMapping key already exists for this domain name")
    mapping.api_id, mapping.api_mapping_key, mapping.stage = api, key, stage
    return 200, {}, json.dumps(mapping.to_json())


def _check_any(
    backend: ApiGatewayV2Backend, domain: DomainName, api: str, stage: str, key: str
) -> None:
    """Refuses what is not there, and what AWS does not let go together.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mappings.html
    """
    from moto.apigatewayv2.exceptions import ApiNotFound

    rest = backend_of(backend.account_id, backend.region_name).apis.get(api)
    http = backend.apis.get(api)
    if rest is None and http is None:
        raise ApiNotFound(api)
    if stage not in (rest.stages if rest is not None else http.stages if http is not None else ()):
        raise _bad("Invalid stage identifier specified")
    if key and not _KEY.fullmatch(key):
        raise _bad("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'()")
    old = domain.security_policy == "TLS_1_0" or "REGIONAL" not in endpoint_types(domain)
    if old and (http is not None or "/" in key):
        raise _bad("The domain name must be REGIONAL and have the security policy TLS_1_2")
    if http is not None and is_enhanced(domain.security_policy):
        raise _bad("The security policy of the domain name is not supported for HTTP APIs")


_NEW: Final[_Methods] = {
    "create_api_mapping": (_create_2, ("api_id", "api_mapping_key", "domain_name", "stage")),
    "get_api_mapping": (_get_2, ("api_mapping_id", "domain_name")),
    "get_api_mappings": (_list_2, ("domain_name",)),
    "delete_api_mapping": (_delete_2, ("api_mapping_id", "domain_name")),
}


# Both.


def _keys(backend: APIGatewayBackend | ApiGatewayV2Backend, domain: DomainName) -> set[str]:
    mappings = list(_store(backend).api_mappings.values())
    name = domain.domain_name
    return {each.api_mapping_key for each in mappings if each.domain_name == name}


def _add(
    store: ApiGatewayV2Backend, domain: DomainName, api: str, key: str, stage: str
) -> ApiMapping:
    from moto.apigatewayv2.models import ApiMapping

    mapping = ApiMapping(
        api_id=api,
        api_mapping_key=key,
        api_mapping_id=secrets.token_hex(3),
        domain_name=domain.domain_name,
        stage=stage,
    )
    store.api_mappings[mapping.api_mapping_id] = mapping
    return mapping


def _key(path: str | None) -> str:
    """Returns a path or a stage as it is kept; empty for none."""
    return "" if path is None or path == _NONE else path


def _conflict(message: str) -> NoReturn:
    from moto.apigateway.exceptions import ConflictException

    raise ConflictException(message)


def _bad(message: str) -> Exception:
    from moto.apigateway.exceptions import BadRequestException

    return BadRequestException(message)
