"""What the parts of the config language share: the base of all models, and texts with a form."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"
HOST_PATTERN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$"
# Below one name, a custom domain can be a wildcard: in API Gateway, ACM and Route 53 alike.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html
DOMAIN_PATTERN = rf"^(\*\.)?{HOST_PATTERN.removeprefix('^')}"
# https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
ENV_PATTERN = r"^[A-Za-z][A-Za-z0-9_]+$"
# A hosted zone's name, or its ID:
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html
ZONE_PATTERN = rf"{HOST_PATTERN}|^Z[A-Z0-9]{{6,31}}$"

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545,
    731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]  # fmt: skip

EnvName = Annotated[str, Field(pattern=ENV_PATTERN)]
DomainName = Annotated[str, Field(pattern=DOMAIN_PATTERN, max_length=253)]
StageName = Annotated[str, Field(pattern=NAME_PATTERN)]
# Text, for a number would lose its leading zeros.
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
Env = dict[EnvName, str]
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TagKey = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\w .:/=+\-@]+$")]
TagValue = Annotated[str, Field(max_length=256, pattern=r"^[\w .:/=+\-@]*$")]


# File systems allow 255 bytes; the rest is for what tfgen adds to a name, such as `.zip`.
_LONGEST_FILE_NAME: Final = 200


def _check_file_names(path: str) -> str:
    for name in path.split("/"):
        if len(name.encode()) > _LONGEST_FILE_NAME:
            raise PydanticCustomError(
                "file_name_too_long",
                "one of its names has {size} bytes, and {most} is the most",
                {"size": len(name.encode()), "most": _LONGEST_FILE_NAME},
            )
    return path


RelativePath = Annotated[
    str, Field(min_length=1, max_length=1024), AfterValidator(_check_file_names)
]


class Model(BaseModel):
    """What all parts of the config share: nothing unknown, nothing converted, nothing changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
