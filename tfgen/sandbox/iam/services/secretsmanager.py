"""Secrets Manager: a secret by its name, its ARN, or its ARN without the end.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Principal, parse_policy
from tfgen.sandbox.iam.services import kms
from tfgen.sandbox.iam.services.arns import arn

if TYPE_CHECKING:
    from moto.secretsmanager.models import FakeSecret, ReplicaSecret

_WITHOUT_SECRET: Final = frozenset({"GetRandomPassword", "ListSecrets"})
_WRITES: Final = frozenset({"CreateSecret", "PutSecretValue", "UpdateSecret"})
_KMS_REFUSES: Final = "Access to KMS is not allowed"


def accesses(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to Secrets Manager does."""
    operation = call.operation or ""
    if operation in _WITHOUT_SECRET:
        return [Access(f"secretsmanager:{operation}", "*")]
    if operation == "BatchGetSecretValue":
        values = [
            access
            for name in call.texts("SecretIdList")
            for access in _on_secret(call, caller, name, "GetSecretValue")
        ]
        return [Access("secretsmanager:BatchGetSecretValue", "*"), *values]
    if operation == "CreateSecret":
        # The end of the ARN is not known yet; policies have question marks for it.
        resource = arn("secretsmanager", call.region, f"secret:{call.text('Name') or ''}-??????")
        context = {"secretsmanager:name": (call.text("Name") or "",)}
        done = [Access("secretsmanager:CreateSecret", resource, context)]
        key = kms.customer_key(call.region, call.text("KmsKeyId"))
        return done + _encryption(call, caller, key, resource)
    name = call.text("SecretId")
    return None if name is None else _on_secret(call, caller, name, operation)


def _on_secret(call: Call, caller: Principal, name: str, operation: str) -> list[Access]:
    secret = find_secret(call.region, name)
    action = f"secretsmanager:{operation}"
    if secret is None:
        return [Access(action, name)]
    owner: Any = getattr(secret, "source", secret)
    context = {
        "secretsmanager:secretid": (secret.arn,),
        "secretsmanager:secretprimaryregion": (owner.region,),
    } | {
        f"{prefix}/{each['Key'].lower()}": (each["Value"],)
        for each in secret.tags or []
        for prefix in ("aws:resourcetag", "secretsmanager:resourcetag")
    }
    if operation == "GetSecretValue":
        if (version := call.text("VersionId")) is not None:
            context["secretsmanager:versionid"] = (version,)
        context["secretsmanager:versionstage"] = (call.text("VersionStage") or "AWSCURRENT",)
    policy = parse_policy(owner.policy) if owner.policy else None
    done = [Access(action, secret.arn, context, policy)]
    key = kms.customer_key(call.region, owner.kms_key_id)
    if operation == "GetSecretValue" and key is not None:
        using = kms.via("secretsmanager", call.region, _pairs(secret.arn, secret, call))
        done.append(kms.on_key(key, "Decrypt", caller, using, says=_KMS_REFUSES))
    if operation in _WRITES:
        done += _encryption(call, caller, key, secret.arn)
    return done


def find_secret(region: str, name: str) -> FakeSecret | ReplicaSecret | None:
    """Returns a secret of the account.

    Args:
        region: where it was asked for.
        name: its name, its ARN, or its ARN without the end.
    """
    from moto.secretsmanager.models import secretsmanager_backends

    secrets = secretsmanager_backends[ACCOUNT][region].secrets
    # Its get() does not look at the region of an ARN.
    return secrets[name] if name in secrets else None  # noqa: SIM401


def _encryption(call: Call, caller: Principal, key: Any, secret: str) -> list[Access]:
    if key is None or (
        "SecretString" not in call.parameters and "SecretBinary" not in call.parameters
    ):
        return []
    using = kms.via("secretsmanager", call.region, {"SecretARN": secret})
    return [
        kms.on_key(key, operation, caller, using, says=_KMS_REFUSES)
        for operation in ("GenerateDataKey", "Decrypt")
    ]


def _pairs(secret: str, found: FakeSecret | ReplicaSecret, call: Call) -> dict[str, str]:
    version = call.text("VersionId") or found.default_version_id or ""
    return {"SecretARN": secret, "SecretVersionId": version}
