"""The condition keys that the sandbox fills, where the request has them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tfgen.sandbox.iam.policy import Policy

_KEYS: Final = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourceip",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
        "dynamodb:leadingkeys",
        "iam:passedtoservice",
        "iam:permissionsboundary",
        "iam:policyarn",
        "kms:calleraccount",
        "kms:encryptionalgorithm",
        "kms:encryptioncontextkeys",
        "kms:grantconstrainttype",
        "kms:granteeprincipal",
        "kms:grantisforawsresource",
        "kms:grantoperations",
        "kms:keyorigin",
        "kms:keyspec",
        "kms:keyusage",
        "kms:multiregion",
        "kms:reencryptonsamekey",
        "kms:requestalias",
        "kms:resourcealiases",
        "kms:viaservice",
        "lambda:sourcefunctionarn",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "secretsmanager:name",
        "secretsmanager:secretid",
        "secretsmanager:secretprimaryregion",
        "secretsmanager:versionid",
        "secretsmanager:versionstage",
        "sts:externalid",
        "sts:rolesessionname",
        # They are missing from every request that anybody makes here for themselves.
        "aws:sourceaccount",
        "aws:sourcearn",
        "lambda:functionurlauthtype",
        "lambda:invokedviafunctionurl",
    }
)
_FAMILIES: Final = (
    "aws:principaltag/",
    "kms:encryptioncontext:",
    "secretsmanager:resourcetag/",
)


@lru_cache(maxsize=2048)
def unknown_keys(policy: Policy) -> frozenset[str]:
    """Returns the condition keys of a policy that no request has here."""
    return frozenset(
        key for key in policy.keys if key not in _KEYS and not key.startswith(_FAMILIES)
    )
