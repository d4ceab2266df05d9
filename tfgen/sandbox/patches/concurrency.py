"""Lambda: provisioned concurrency, which moto has not, and a reservation of none at all.

The configuration belongs to the alias, so that it stays when the alias moves to another version:
https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html. It is ready at once, and
starts no process ahead: a function here starts in a moment.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from tfgen.sandbox.patches.expect import expect_method, expect_no_method
from tfgen.sandbox.patches.failures import invalid, refuse

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction
    from moto.awslambda.responses import LambdaResponse

_KEPT: Final = "tfgen_provisioned"
_PATH: Final = (
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency$"
)

Answer = tuple[int, dict[str, Any], str]


@dataclass(frozen=True, slots=True)
class _Provisioned:
    executions: int
    modified: str


def patch() -> None:
    """Adds to moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda import urls
    from moto.awslambda.models import LambdaBackend, LambdaFunction
    from moto.awslambda.responses import LambdaResponse

    expect_method(LambdaBackend, "get_function", "function_name_or_arn", "qualifier")
    get_code = expect_method(LambdaFunction, "get_code")
    for name, answer in (
        ("put_provisioned_concurrency_config", _put),
        ("get_provisioned_concurrency_config", _get),
        ("delete_provisioned_concurrency_config", _delete),
        ("list_provisioned_concurrency_configs", _list),
    ):
        expect_no_method(LambdaResponse, name)
        setattr(LambdaResponse, name, answer)
    urls.url_paths[_PATH] = LambdaResponse.dispatch

    def get_code_with_concurrency(self: LambdaFunction) -> dict[str, Any]:
        described: dict[str, Any] = get_code(self)
        if self.reserved_concurrency is not None:
            reserved = int(self.reserved_concurrency)
            described["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
        return described

    LambdaFunction.get_code = get_code_with_concurrency  # type: ignore[method-assign]


def _put(self: LambdaResponse) -> Answer:
    function, qualifier = _target(self)
    executions = int(self.json_body["ProvisionedConcurrentExecutions"])
    reserved = function.reserved_concurrency
    others = sum(
        each.executions for name, each in _configured(function).items() if name != qualifier
    )
    if executions < 1:
        raise refuse(
            "ValidationException",
            HTTPStatus.BAD_REQUEST,
            f"1 validation error detected: Value '{executions}' at "
            "'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have "
            "value greater than or equal to 1",
        )
    if reserved is not None and executions + others > int(reserved):
        raise invalid(
            "Requested Provisioned Concurrency should not be greater than the "
            "reservedConcurrentExecution for function"
        )
    made = _Provisioned(executions, _now())
    _configured(function)[qualifier] = made
    starting = {
        "AllocatedProvisionedConcurrentExecutions": 0,
        "AvailableProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
    }
    return 202, {"status": 202}, json.dumps(_described(made) | starting)


def _get(self: LambdaResponse) -> Answer:
    function, qualifier = _target(self)
    found = _configured(function).get(qualifier)
    if found is None:
        raise refuse(
            "ProvisionedConcurrencyConfigNotFoundException",
            HTTPStatus.NOT_FOUND,
            "No Provisioned Concurrency Config found for this function",
        )
    return 200, {}, json.dumps(_described(found))


def _delete(self: LambdaResponse) -> Answer:
    function, qualifier = _target(self)
    _configured(function).pop(qualifier, None)
    return 204, {"status": 204}, ""


def _list(self: LambdaResponse) -> Answer:
    function = self.backend.get_function(_name(self), None)
    described = [
        {"FunctionArn": f"{function.function_arn}:{qualifier}", **_described(each)}
        for qualifier, each in _configured(function).items()
    ]
    return 200, {}, json.dumps({"ProvisionedConcurrencyConfigs": described})


def _target(request: LambdaResponse) -> tuple[LambdaFunction, str]:
    """Returns the unpublished function, which keeps the configurations, and the qualifier."""
    name = _name(request)
    qualifier: str = request.querystring.get("Qualifier", ["$LATEST"])[0]
    if qualifier == "$LATEST":
        raise invalid(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    request.backend.get_function(name, qualifier)
    return request.backend.get_function(name, None), qualifier


def _name(request: LambdaResponse) -> str:
    name: str = unquote(request.path.rstrip("/").split("/")[-2])
    return name.rsplit(":", 1)[-1]


def _configured(function: LambdaFunction) -> MutableMapping[str, _Provisioned]:
    found: MutableMapping[str, _Provisioned] = vars(function).setdefault(_KEPT, {})
    return found


def _described(provisioned: _Provisioned) -> dict[str, Any]:
    return {
        "RequestedProvisionedConcurrentExecutions": provisioned.executions,
        "AvailableProvisionedConcurrentExecutions": provisioned.executions,
        "AllocatedProvisionedConcurrentExecutions": provisioned.executions,
        "Status": "READY",
        "LastModified": provisioned.modified,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
