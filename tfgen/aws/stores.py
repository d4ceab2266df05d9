"""The values of secrets that AWS keeps: parameters, and secrets of Secrets Manager."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from tfgen.app import SecretsManagerSecret, SsmSecret
from tfgen.aws.session import Aws
from tfgen.errors import TfgenError

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
_PARAMETERS_AT_ONCE: Final = 10

_SELECTOR: Final = re.compile(r"(?<=.):[^:/]+$")

_MISSING: Final = "make it, or correct its name in the config"

Stored = Mapping[str, SsmSecret | SecretsManagerSecret]


def read_stored(aws: Aws, region: str, secrets: Stored) -> dict[str, str]:
    """Returns the values of secrets that AWS keeps in a region, as a function there gets them.

    Args:
        aws: the account.
        region: where the function is.
        secrets: by the name of their variables.

    Raises:
        TfgenError: one does not exist or cannot be read.
    """
    parameters = {
        name: secret.name for name, secret in secrets.items() if isinstance(secret, SsmSecret)
    }
    found = _parameters(aws, region, sorted(set(parameters.values())))
    values = {}
    for name, secret in secrets.items():
        if isinstance(secret, SecretsManagerSecret):
            values[name] = _secret(aws, region, name, secret)
        elif secret.name in found:
            values[name] = found[secret.name]
        else:
            raise TfgenError(
                f"There is no parameter `{secret.name}` in `{region}` for `{name}`", hint=_MISSING
            )
    return values


def _parameters(aws: Aws, region: str, names: Sequence[str]) -> dict[str, str]:
    """Returns the values of those parameters that exist, by the names that they were asked for."""
    values = {}
    for asked in _calls(names):
        answer = aws.client("ssm", region).get_parameters(
            Names=list(asked.values()), WithDecryption=True
        )
        for parameter in answer["Parameters"]:
            for called in (parameter.get("Name", ""), parameter.get("ARN", "")):
                if called in asked:
                    values[asked[called]] = parameter.get("Value", "")
    return values


def _calls(names: Sequence[str]) -> list[dict[str, str]]:
    """Shares names out to calls: name or ARN without version or label → with it.

    What comes back is named without, so no call asks for two versions of one parameter.
    """
    calls: list[dict[str, str]] = []
    for name in names:
        plain = _SELECTOR.sub("", name)
        free = (call for call in calls if plain not in call and len(call) < _PARAMETERS_AT_ONCE)
        call = next(free, None)
        if call is None:
            calls.append(call := {})
        call[plain] = name
    return calls


def _secret(aws: Aws, region: str, name: str, secret: SecretsManagerSecret) -> str:
    client = aws.client("secretsmanager", region)
    try:
        text = client.get_secret_value(SecretId=secret.id).get("SecretString")
    except client.exceptions.ResourceNotFoundException as error:
        raise TfgenError(
            f"There is no secret `{secret.id}` in `{region}` for `{name}`", hint=_MISSING
        ) from error
    if text is None:
        raise TfgenError(
            f"The secret `{secret.id}` in `{region}` is binary, and a variable is text",
            hint="keep it as text, for example in Base64",
        )
    return text if secret.key is None else _of_json(text, secret.key, secret.id, region)


def _of_json(text: str, key: str, id_: str, region: str) -> str:
    try:
        value = json.loads(text)[key]
    except (ValueError, TypeError, KeyError, IndexError):
        # Some of these exceptions have the value in them.
        raise TfgenError(
            f"The secret `{id_}` in `{region}` is not a JSON object with a key `{key}`",
            hint="correct `key` in the config, or remove it if the whole secret is meant",
        ) from None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
