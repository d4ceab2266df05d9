"""KMS: a key's policy decides, and lets IAM decide only as far as it says so.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Principal, parse_policy
from tfgen.sandbox.iam.services.arns import arn
from tfgen.sandbox.iam.text import Context

if TYPE_CHECKING:
    from moto.kms.models import Key, KmsBackend

# They are about no key that exists.
_WITHOUT_KEY: Final = frozenset(
    {"CreateKey", "GenerateRandom", "ListAliases", "ListKeys", "ListRetirableGrants"}
)
_CIPHERS: Final = frozenset(
    {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
    }
)
_ALIASES: Final = frozenset({"CreateAlias", "DeleteAlias", "UpdateAlias"})


def accesses(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to KMS does."""
    operation = call.operation or ""
    if operation in _WITHOUT_KEY:
        return [Access(f"kms:{operation}", "*")]
    if operation in _ALIASES:
        return _of_alias(call, caller)
    if operation == "ReEncrypt":
        return _of_reencryption(call, caller)
    key = find_key(call.region, call.text("KeyId"))
    if operation == "Decrypt" and call.text("KeyId") is None:
        key = _key_of_ciphertext(call)
    if key is None:
        # KMS says that there is no such key, or that it cannot read the ciphertext.
        return [] if call.text("KeyId") is not None or operation == "Decrypt" else None
    context = _requested(call)
    if operation in _CIPHERS:
        context |= encryption_context(call.object("EncryptionContext"))
    if operation == "CreateGrant":
        context |= _of_grant(call)
    return [on_key(key, operation, caller, context)]


def find_key(region: str, name: str | None) -> Key | None:
    """Returns a key of the account.

    Args:
        region: where it was asked for.
        name: its ID or ARN, or the name or ARN of an alias.

    Returns:
        The key; None if there is none of that name in that region.
    """
    backend = _kms(region)
    if name is None or not (name := _local(name, region)):
        return None
    if name.startswith("alias/aws/"):
        # AWS makes its own keys when somebody first asks for them:
        # https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
        backend.get_key_id_from_alias(name)
    if name.startswith("alias/"):
        return next((each for each in list(backend.keys.values()) if name in each.aliases), None)
    key: Key | None = backend.keys.get(name)
    return key


def encryption_context(pairs: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Returns the condition keys of an encryption context."""
    context: dict[str, tuple[str, ...]] = {}
    for name, value in pairs.items():
        key = f"kms:encryptioncontext:{name.lower()}"
        context[key] = (*context.get(key, ()), str(value))
    if pairs:
        context["kms:encryptioncontextkeys"] = tuple(pairs)
    return context


def on_key(
    key: Key, operation: str, caller: Principal, context: Context, *, says: str | None = None
) -> Access:
    """Returns the use of a key.

    Args:
        key: the key.
        operation: KMS's.
        caller: who uses it.
        context: what is known of the use, for conditions.
        says: what the refusal says, if a service that uses the key has words of its own.
    """
    about = {
        "kms:calleraccount": (ACCOUNT,),
        "kms:keyspec": (key.key_spec,),
        "kms:keyusage": (key.key_usage or "ENCRYPT_DECRYPT",),
        "kms:keyorigin": (key.origin,),
        "kms:multiregion": (str(bool(key.multi_region)).lower(),),
        **_tags(key),
    }
    if aliases := tuple(key.aliases):
        about["kms:resourcealiases"] = aliases
    if operation in _CIPHERS or operation.startswith("ReEncrypt"):
        about["kms:encryptionalgorithm"] = ("SYMMETRIC_DEFAULT",)
    return Access(
        action=f"kms:{operation}",
        resource=key.arn,
        context=about | dict(context),
        policy=parse_policy(key.policy),
        must_be_named=True,
        granted=any(
            _grants(each, operation, caller, context) for each in list(key.grants.values())
        ),
        says=says,
    )


def via(service: str, region: str, pairs: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Returns the conditions of a key's use by a service for whoever calls the service.

    Args:
        service: as its host is named.
        region: where.
        pairs: the encryption context that the service has.
    """
    return {
        "kms:viaservice": (f"{service}.{region}.amazonaws.com",),
        "aws:viaawsservice": ("true",),
        "aws:calledvia": (f"{service}.amazonaws.com",),
        "aws:calledviafirst": (f"{service}.amazonaws.com",),
        "aws:calledvialast": (f"{service}.amazonaws.com",),
        **encryption_context(pairs),
    }


def customer_key(region: str, name: str | None) -> Key | None:
    """Returns the key that something is encrypted with; None if it is one of AWS's own.

    Whoever may use the service may use AWS's own key by way of it:
    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
    """
    key = find_key(region, name)
    return None if key is None or key.key_manager == "AWS" else key


def _of_alias(call: Call, caller: Principal) -> list[Access]:
    # https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
    action = f"kms:{call.operation}"
    alias = call.text("AliasName") or ""
    keys = [find_key(call.region, alias), find_key(call.region, call.text("TargetKeyId"))]
    found = {key.arn: key for key in keys if key is not None}
    return [
        Access(action, arn("kms", call.region, alias)),
        *(on_key(key, call.operation or "", caller, {}) for key in found.values()),
    ]


def _of_reencryption(call: Call, caller: Principal) -> list[Access]:
    source = find_key(call.region, call.text("SourceKeyId")) or _key_of_ciphertext(call)
    target = find_key(call.region, call.text("DestinationKeyId"))
    same = (str(source is not None and source is target).lower(),)
    done = []
    for key, operation, pairs in (
        (source, "ReEncryptFrom", "SourceEncryptionContext"),
        (target, "ReEncryptTo", "DestinationEncryptionContext"),
    ):
        if key is not None:
            context = encryption_context(call.object(pairs)) | {"kms:reencryptonsamekey": same}
            done.append(on_key(key, operation, caller, context))
    return done


def _of_grant(call: Call) -> dict[str, tuple[str, ...]]:
    context = {
        "kms:grantisforawsresource": ("false",),
        "kms:grantoperations": call.texts("Operations"),
        "kms:granteeprincipal": (call.text("GranteePrincipal") or "",),
    }
    constraints = call.object("Constraints")
    if constraints:
        context["kms:grantconstrainttype"] = tuple(constraints)
    return context


def _requested(call: Call) -> dict[str, tuple[str, ...]]:
    name = (call.text("KeyId") or "").rpartition(":")[2]
    return {"kms:requestalias": (name,)} if name.startswith("alias/") else {}


def _grants(grant: Any, operation: str, caller: Principal, context: Context) -> bool:
    """Returns whether a grant lets a caller in.

    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    if operation not in grant.operations or grant.grantee_principal not in {caller.arn, caller.of}:
        return False
    constraints = grant.constraints or {}
    known = {key: value for key, value in context.items() if "encryptioncontext" in key}
    for name, pairs in constraints.items():
        wanted = encryption_context(pairs)
        keys = wanted.pop("kms:encryptioncontextkeys", ())
        if any(known.get(key) != value for key, value in wanted.items()):
            return False
        if name == "EncryptionContextEquals" and set(keys) != set(
            known.get("kms:encryptioncontextkeys", ())
        ):
            return False
    return True


def _key_of_ciphertext(call: Call) -> Key | None:
    from tfgen.sandbox.patches.ciphertexts import key_id

    try:
        blob = base64.b64decode(call.text("CiphertextBlob") or "", validate=True)
    except binascii.Error:
        return None
    return find_key(call.region, key_id(blob))


def _local(name: str, region: str) -> str:
    """Returns an ID or the name of an alias; nothing if the ARN is of elsewhere."""
    if not name.startswith("arn:"):
        return name
    parts = name.split(":", 5)
    if parts[3:5] != [region, ACCOUNT]:
        return ""
    return parts[5].removeprefix("key/")


def _tags(key: Key) -> dict[str, tuple[str, ...]]:
    tags = _kms(key.region).tagger.get_tag_dict_for_resource(key.id)
    return {f"aws:resourcetag/{name.lower()}": (value,) for name, value in tags.items()}


def _kms(region: str) -> KmsBackend:
    from moto.kms.models import kms_backends

    backend: KmsBackend = kms_backends[ACCOUNT][region]
    return backend
