"""``secrets`` in the config, and the key that they are encrypted with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from tfgen.config.types import EnvName, Model

# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
_ALIAS = r"alias/[A-Za-z0-9/_-]+"
KMS_KEY_PATTERN = rf"^({_ALIAS}|arn:[a-z-]+:kms:[a-z0-9-]+:\d{{12}}:(key/[a-z0-9-]+|{_ALIAS}))$"
KMS_KEY_ARN_PATTERN = r"^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[a-z0-9-]+$"
# A name with an optional version or label, or the ARN of a parameter that is shared:
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
PARAMETER_PATTERN = (
    r"^(arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter/[A-Za-z0-9_./-]+|/?[A-Za-z0-9_.-]+"
    r"(/[A-Za-z0-9_.-]+)*)(:[A-Za-z0-9_.-]+)?$"
)
# A name, or a whole ARN, with the six characters that Secrets Manager adds to it:
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
_ID = r"[A-Za-z0-9/_+=.@-]+"
SECRETS_MANAGER_PATTERN = (
    rf"^(arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{{12}}:secret:{_ID}-[A-Za-z0-9]{{6}}"
    rf"|{_ID})$"
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
PRINCIPAL_PATTERN = r"^arn:[a-z-]+:iam::\d{12}:(root|(user|role)/[\w+=,.@/-]+)$"

KmsKey = Annotated[str, Field(pattern=KMS_KEY_PATTERN, max_length=2048)]
KmsKeyArn = Annotated[str, Field(pattern=KMS_KEY_ARN_PATTERN)]
Principal = Annotated[str, Field(pattern=PRINCIPAL_PATTERN)]


class SsmSecret(Model):
    """A secret that is a parameter of Systems Manager."""

    ssm: str = Field(
        pattern=PARAMETER_PATTERN,
        max_length=1011,
        description="Name of the parameter, with a version behind a colon if it is to stay as it "
        "is; or the ARN of one that another account shares.",
        examples=["/hello/token"],
    )
    kms_key: KmsKeyArn | None = Field(
        default=None,
        description="ARN of the key that the parameter is encrypted with, if it is one of your "
        "own: the function may use it for parameters.",
    )


class SecretsManagerSecret(Model):
    """A secret that is kept in Secrets Manager."""

    secretsmanager: str = Field(
        pattern=SECRETS_MANAGER_PATTERN,
        max_length=2048,
        description="Name of the secret; or its whole ARN, which ends in six characters that "
        "Secrets Manager adds.",
        examples=["hello/pg"],
    )
    key: str | None = Field(
        default=None,
        min_length=1,
        max_length=256,
        description="Key of the value, in a secret that is a JSON object.",
    )
    kms_key: KmsKeyArn | None = Field(
        default=None,
        description="ARN of the key that the secret is encrypted with, if it is one of your own: "
        "the function may use it for secrets.",
    )


def _kind(value: Any) -> str:
    if isinstance(value, SecretsManagerSecret):
        return "secretsmanager"
    if isinstance(value, SsmSecret):
        return "ssm"
    if isinstance(value, dict):
        return "secretsmanager" if "secretsmanager" in value else "ssm"
    return "kms"


Secret = Annotated[
    Annotated[Literal["kms"], Tag("kms")]
    | Annotated[SsmSecret, Tag("ssm")]
    | Annotated[SecretsManagerSecret, Tag("secretsmanager")],
    Discriminator(_kind),
]
Secrets = dict[EnvName, Secret]


class KeyPolicy(Model):
    """Who may do what with the key that tfgen makes for an app in each region."""

    administrators: list[Principal] = Field(
        default=[],
        description="Roles and users that may change the key and its policy, and whoever deploys "
        "the app must be one of them. Without any: those that IAM policies of the account allow.",
        examples=["arn:aws:iam::123456789012:role/admin"],
    )
    encrypters: list[Principal] = Field(
        default=[],
        description="Roles and users that may encrypt secrets of this stage. Without any: those "
        "that IAM policies of the account allow.",
        examples=["arn:aws:iam::123456789012:role/developer"],
    )
    decrypters: list[Principal] = Field(
        default=[],
        description="Roles and users that may decrypt secrets of this stage, beside the function. "
        "Without any: those that IAM policies of the account allow.",
        examples=["arn:aws:iam::123456789012:role/admin"],
    )
