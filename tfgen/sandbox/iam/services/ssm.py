"""Systems Manager's Parameter Store: each parameter that a request names is a resource.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Principal
from tfgen.sandbox.iam.services import kms
from tfgen.sandbox.iam.services.arns import arn

if TYPE_CHECKING:
    from moto.ssm.models import Parameter

# Where a request names its parameters.
_NAMES: Final = {
    "DeleteParameter": "Name",
    "DeleteParameters": "Names",
    "GetParameter": "Name",
    "GetParameterHistory": "Name",
    "GetParameters": "Names",
    "GetParametersByPath": "Path",
    "LabelParameterVersion": "Name",
    "PutParameter": "Name",
    "UnlabelParameterVersion": "Name",
}
_TAGS: Final = frozenset({"AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource"})


def accesses(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to Systems Manager does."""
    operation = call.operation or ""
    if operation == "DescribeParameters":
        return [Access("ssm:DescribeParameters", arn("ssm", call.region, "*"))]
    if operation in _TAGS and call.text("ResourceType") == "Parameter":
        names: tuple[str, ...] = (call.text("ResourceId") or "",)
    elif operation in _NAMES:
        given = _NAMES[operation]
        names = call.texts(given) or (call.text(given) or "",)
    else:
        return None
    done = [Access(f"ssm:{operation}", parameter_arn(call.region, name)) for name in names]
    if operation == "PutParameter":
        return done + _encryption(call, caller)
    if operation.startswith("Get") and call.parameters.get("WithDecryption"):
        return done + _decryptions(call, caller, names)
    return done


def parameter_arn(region: str, name: str) -> str:
    """Returns the ARN of a parameter.

    Args:
        region: where it is, if only its name is given.
        name: its name or its ARN, with or without a version or a label.
    """
    if name.startswith("arn:"):
        return ":".join(name.split(":")[:6])
    return arn("ssm", region, f"parameter/{name.partition(':')[0].removeprefix('/')}")


def _encryption(call: Call, caller: Principal) -> list[Access]:
    if call.text("Type") != "SecureString":
        return []
    key = kms.customer_key(call.region, call.text("KeyId"))
    pairs = {"PARAMETER_ARN": parameter_arn(call.region, call.text("Name") or "")}
    if key is None:
        return []
    operation = "GenerateDataKey" if call.text("Tier") == "Advanced" else "Encrypt"
    return [kms.on_key(key, operation, caller, kms.via("ssm", call.region, pairs))]


def _decryptions(call: Call, caller: Principal, names: tuple[str, ...]) -> list[Access]:
    done = []
    for parameter in _parameters(call, names):
        key = kms.customer_key(call.region, parameter.keyid)
        if parameter.parameter_type == "SecureString" and key is not None:
            pairs = {"PARAMETER_ARN": parameter_arn(call.region, parameter.name)}
            context = kms.via("ssm", call.region, pairs)
            done.append(kms.on_key(key, "Decrypt", caller, context))
    return done


def _parameters(call: Call, names: tuple[str, ...]) -> list[Parameter]:
    """Returns those that exist of the parameters that a request names."""
    from moto.ssm.exceptions import ParameterNotFound, ParameterVersionNotFound
    from moto.ssm.models import ssm_backends

    backend = ssm_backends[ACCOUNT][call.region]
    if call.operation == "GetParametersByPath":
        path = names[0].rstrip("/") + "/"
        below = backend._parameters.get_keys_beginning_with(path, recursive=True)  # noqa: SLF001 (moto has no other way)
        names = tuple(below)
    found = []
    for name in names:
        try:
            parameter = backend.get_parameter(name)
        except (ParameterNotFound, ParameterVersionNotFound):
            continue
        if parameter is not None:
            found.append(parameter)
    return found
