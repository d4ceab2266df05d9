"""API Gateway: what does not exist is not found.

AWS answers 404 to whoever describes or deletes what is not there, as after a destroy that was
killed. Of some things moto describes an empty one or breaks, and the AWS provider takes an answer
of 500 for a passing weakness: it asks again for many minutes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.apigateway.models import APIGatewayBackend

_API: Final = ("function_id",)
_RESOURCE: Final = ("function_id", "resource_id")
_DEPLOYMENT: Final = ("function_id", "deployment_id")
_INTEGRATION: Final = ("function_id", "resource_id", "method_type")
_METHOD_RESPONSE: Final = (*_INTEGRATION, "response_code")
_INTEGRATION_RESPONSE: Final = (*_INTEGRATION, "status_code")

# A method that describes → its parameters, and what AWS says when there is nothing to describe.
_DESCRIBE: Final = {
    "get_deployment": (_DEPLOYMENT, "Invalid Deployment identifier specified"),
    "get_integration": (_INTEGRATION, "Invalid Integration identifier specified"),
    "get_method_response": (_METHOD_RESPONSE, "Invalid Response status code specified"),
}

# A method that deletes → the one that describes the same, and the parameters of both.
_DELETE: Final = {
    "delete_rest_api": ("get_rest_api", _API),
    "delete_resource": ("get_resource", _RESOURCE),
    "delete_integration": ("get_integration", _INTEGRATION),
    "delete_method_response": ("get_method_response", _METHOD_RESPONSE),
    "delete_integration_response": ("get_integration_response", _INTEGRATION_RESPONSE),
}


def patch() -> None:
    """Changes moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway.models import APIGatewayBackend

    for name, (parameters, message) in _DESCRIBE.items():
        describe = expect_method(APIGatewayBackend, name, *parameters)
        setattr(APIGatewayBackend, name, _or_not_found(describe, message))
    for name, (describing, parameters) in _DELETE.items():
        describe = expect_method(APIGatewayBackend, describing, *parameters)
        delete = expect_method(APIGatewayBackend, name, *parameters)
        setattr(APIGatewayBackend, name, _if_found(delete, describe))


def _or_not_found(describe: Callable[..., Any], message: str) -> Callable[..., Any]:
    @functools.wraps(describe)
    def describe_existing(self: APIGatewayBackend, *place: str) -> Any:
        try:
            found = describe(self, *place)
        except KeyError:
            found = None
        if found is None:
            raise _not_found(message)
        return found

    return describe_existing


def _if_found(delete: Callable[..., Any], describe: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(delete)
    def delete_existing(self: APIGatewayBackend, *place: str) -> Any:
        describe(self, *place)
        return delete(self, *place)

    return delete_existing


def _not_found(message: str) -> Exception:
    from moto.apigateway.exceptions import NotFoundException

    error = NotFoundException(message)
    error.code = 404
    return error
