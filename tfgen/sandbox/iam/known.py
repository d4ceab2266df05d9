"""The condition keys that the sandbox fills, where the request has them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tfgen.sandbox.iam.policy import Policy

_KEYS: Final = frozenset(
    {
        "acm:domainnames",
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
        "route53:changeresourcerecordsetsactions",
        "route53:changeresourcerecordsetsnormalizedrecordnames",
        "route53:changeresourcerecordsetsrecordtypes",
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
# Of the resources of other services it does not say the tags.
_WITH_TAGS: Final = frozenset({"kms", "secretsmanager"})
_RESOURCE_TAG: Final = "aws:resourcetag/"


@lru_cache(maxsize=2048)
def unknown_keys(policy: Policy, action: str) -> frozenset[str]:
    """Returns the condition keys that no request has here, of those that a policy asks for.

    Args:
        policy: the policy.
        action: of the request, for example ``kms:Decrypt``.
    """
    tags = action.partition(":")[0] in _WITH_TAGS
    return frozenset(
        key
        for key in policy.keys(action)
        if key not in _KEYS
        and not key.startswith(_FAMILIES)
        and not (tags and key.startswith(_RESOURCE_TAG))
    )
