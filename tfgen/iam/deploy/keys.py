"""KMS. The ID of a key is KMS's own, so the app's own keys are told by their tag `Name`.

A new tag may take minutes to count. What is done to a key right after its create is allowed for one
without the tag as well; what could take a key from others needs it.
https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
"""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.app import Code
from tfgen.iam.deploy.target import Scope, Table, Target, Where, in_regions, needs
from tfgen.iam.document import Condition
from tfgen.iam.names import Names

_NAME = "aws:ResourceTag/Name"


def _without_given(where: Where) -> tuple[Names, ...]:
    """Returns the regions where the app has a key of its own."""
    return where.those(region.name for region in where.app.regions if region.kms_key is None)


def _own(where: Where) -> tuple[str, ...]:
    return tuple(names.arn("kms", "key/*") for names in _without_given(where))


def _any_own(where: Where) -> Scope:
    named = Condition("StringEqualsIfExists", _NAME, (where.app.full_name,))
    return Scope(_own(where), (named,))


def _tagged_own(where: Where) -> Scope:
    return Scope(_own(where), (Condition("StringEquals", _NAME, (where.app.full_name,)),))


def _aliases(where: Where) -> Scope:
    alias = f"alias/{where.app.full_name}"
    return Scope(tuple(names.arn("kms", alias) for names in _without_given(where)))


def _given(where: Where) -> Scope:
    """Returns the keys that are not made here and that the config names by their ARN."""
    keys = (region.kms_key or "" for region in where.app.regions)
    return Scope(tuple(key for key in keys if ":key/" in key))


def _aliased(where: Where) -> Scope:
    """Returns the keys that are not made here and that the config names by an alias."""
    arns, aliases = [], set()
    for region, names in zip(where.app.regions, where.regions, strict=True):
        owner, _, name = (region.kms_key or "").rpartition(":")
        if name.startswith("alias/"):
            arns.append(f"{owner}:key/*" if owner else names.arn("kms", "key/*"))
            aliases.add(name)
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
    named = Condition("ForAnyValue:StringEquals", "kms:ResourceAliases", tuple(sorted(aliases)))
    return Scope(tuple(arns), (named,))


def _services(where: Where) -> Iterator[str]:
    codes = (region.function.code for region in where.app.regions)
    by_bucket = any(isinstance(code, Code) and code.delivery == "s3" for code in codes)
    for names in where.regions:
        yield names.endpoint("lambda")
        if by_bucket:
            yield names.endpoint("s3")
    # Also of a table without the key, which may be about to leave it.
    for table in where.app.database.tables:
        for names in where.those((where.app.database.home, *table.replicas)):
            yield names.endpoint("dynamodb")


def _by_services(scope: Scope, where: Where) -> Scope:
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    via = Condition("StringEquals", "kms:ViaService", tuple(dict.fromkeys(_services(where))))
    grants = Condition("BoolIfExists", "kms:GrantIsForAWSResource", ("true",))
    return Scope(scope.resources, (*scope.conditions, via, grants))


# To create and to list keys has no resource level:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
ALL_KEYS = Target("MakeAndListKeys", "kms", lambda where: in_regions(_without_given(where)))
KEYS = Target("Keys", "kms", _any_own)
OWN_KEYS = Target("OwnKeys", "kms", _tagged_own)
ALIASES = Target("KeyAliases", "kms", _aliases)
GIVEN_KEYS = Target("GivenKeys", "kms", _given)
ALIASED_KEYS = Target("AliasedKeys", "kms", _aliased)
# Of what is encrypted by a service for whoever asks it to.
BY_SERVICES = (
    Target("KeysByWayOfServices", "kms", lambda where: _by_services(_any_own(where), where)),
    Target("GivenKeysByWayOfServices", "kms", lambda where: _by_services(_given(where), where)),
    Target("AliasedKeysByWayOfServices", "kms", lambda where: _by_services(_aliased(where), where)),
)

ACTIONS: Table = {
    "aws_kms_key": (
        needs(ALL_KEYS, create="CreateKey", adopt="ListKeys"),
        needs(
            KEYS,
            create="EnableKeyRotation TagResource",
            read="DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
        ),
        needs(
            OWN_KEYS,
            update="DisableKeyRotation PutKeyPolicy UntagResource UpdateKeyDescription",
            delete="ScheduleKeyDeletion",
        ),
    ),
    "aws_kms_alias": (
        # An action on an alias is one on its key as well:
        # https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
        needs(ALIASES, create="CreateAlias", update="UpdateAlias", delete="DeleteAlias"),
        needs(KEYS, create="CreateAlias", update="UpdateAlias", delete="DeleteAlias"),
        needs(ALL_KEYS, read="ListAliases"),
    ),
    "data.aws_kms_key": (
        needs(GIVEN_KEYS, read="DescribeKey"),
        needs(ALIASED_KEYS, read="DescribeKey"),
    ),
}
