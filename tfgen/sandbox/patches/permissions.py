"""Lambda: the statements of a function's policy, each for what it names.

moto keeps the statements of a function, its versions and its aliases in one list: it hands them all
out whatever is asked for, deletes the first one of an ID wherever it belongs, takes an ID twice,
keeps those of an alias that is deleted, and knows no condition of function URLs. In AWS each of
them has a policy of its own, which goes with it:
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://github.com/floci-io/floci/issues/2129
"""

from __future__ import annotations

import json
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tfgen.sandbox.patches.expect import expect_method
from tfgen.sandbox.patches.failures import invalid, missing, refuse

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaBackend
    from moto.awslambda.responses import LambdaResponse


def patch() -> None:
    """Changes moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda.models import LambdaBackend
    from moto.awslambda.responses import LambdaResponse

    add = expect_method(LambdaBackend, "add_permission", "function_name", "qualifier", "raw")
    expect_method(LambdaBackend, "get_policy", "function_name", "qualifier")
    expect_method(LambdaResponse, "remove_permission")

    def add_once(
        self: LambdaBackend, function_name: str, qualifier: str, raw: str
    ) -> dict[str, Any]:
        asked = json.loads(raw)
        auth = asked.pop("FunctionUrlAuthType", None)
        via_url = asked.pop("InvokedViaFunctionUrl", None)
        _check(asked.get("Action"), auth, via_url)
        sid = asked.get("StatementId")
        if any(each.get("Sid") == sid for each in _statements(self, function_name, qualifier)):
            raise refuse(
                "ResourceConflictException",
                HTTPStatus.CONFLICT,
                f"The statement id ({sid}) provided already exists. Please provide a new "
                "statement id, or remove the existing statement.",
            )
        statement: dict[str, Any] = add(self, function_name, qualifier, json.dumps(asked))
        if auth is not None:
            _condition(statement, "StringEquals", "lambda:FunctionUrlAuthType", auth)
        if via_url is not None:
            _condition(statement, "Bool", "lambda:InvokedViaFunctionUrl", str(via_url).lower())
        return statement

    def get_policy(self: LambdaBackend, function_name: str, qualifier: str | None = None) -> str:
        found = _statements(self, function_name, qualifier)
        if not found:
            raise missing("The resource you requested does not exist.")
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": found}
        revision = self.get_function(function_name, qualifier).policy.revision
        return json.dumps({"Policy": json.dumps(policy), "RevisionId": revision})

    def remove_permission(self: LambdaResponse) -> tuple[int, dict[str, Any], str]:
        *_, name, _, sid = self.path.rstrip("/").split("/")
        name, sid = unquote(name), unquote(sid)
        qualifier = self.querystring.get("Qualifier", [None])[0]
        for statement in _statements(self.backend, name, qualifier):
            if statement.get("Sid") == sid:
                self.backend.get_function(name, qualifier).policy.statements.remove(statement)
                return 204, {"status": 204}, ""
        raise missing(f"Statement {sid} is not found in resource policy.")

    LambdaBackend.add_permission = add_once  # type: ignore[method-assign]
    LambdaBackend.get_policy = get_policy  # type: ignore[method-assign]
    LambdaResponse.remove_permission = remove_permission  # type: ignore[method-assign]
    _patch_aliases()


def _patch_aliases() -> None:
    from moto.awslambda.exceptions import UnknownAliasException
    from moto.awslambda.models import LambdaBackend

    delete = expect_method(LambdaBackend, "delete_alias", "name", "function_name")

    def delete_with_policy(self: LambdaBackend, name: str, function_name: str) -> None:
        # Deleting one that is not there succeeds.
        with suppress(UnknownAliasException):
            self.get_alias(name, function_name)
            for statement in _statements(self, function_name, name):
                self.get_function(function_name, name).policy.statements.remove(statement)
        delete(self, name, function_name)

    LambdaBackend.delete_alias = delete_with_policy  # type: ignore[method-assign]


def _statements(backend: LambdaBackend, name: str, qualifier: str | None) -> list[dict[str, Any]]:
    """Returns the statements of a function, or of one of its versions or aliases."""
    from moto.awslambda.utils import make_function_arn

    function = backend.get_function(name, qualifier)
    arn = make_function_arn(backend.region_name, backend.account_id, function.function_name)
    resource = arn if qualifier in {None, "$LATEST"} else f"{arn}:{qualifier}"
    return [each for each in function.policy.statements if each.get("Resource") == resource]


def _check(action: object, auth: object, via_url: object) -> None:
    """Refuses a condition for an action that does not have it, as AddPermission does."""
    if auth is not None and action != "lambda:InvokeFunctionUrl":
        raise invalid("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action")
    if via_url is not None and action != "lambda:InvokeFunction":
        raise invalid("InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action")


def _condition(statement: dict[str, Any], operator: str, key: str, value: object) -> None:
    conditions = statement.setdefault("Condition", {})
    conditions[operator] = {**conditions.get(operator, {}), key: value}
