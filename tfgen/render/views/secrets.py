"""Secrets and keys as the modules take them: where values are, never the values."""

from __future__ import annotations

from collections.abc import Mapping

from tfgen.app import App, KmsSecret, Region, Secret, SecretsManagerSecret, SsmSecret
from tfgen.render.hcl import Expression, Value, key, to_hcl
from tfgen.render.views.values import alike, merged


def shared_secrets(app: App) -> dict[str, Value]:
    """Returns the secrets that say the same in every region of a stage."""
    return alike([_secrets(app, region) for region in app.regions])


def region_secrets(app: App, region: Region) -> Value:
    """Returns the secrets of a region in terms of ``local.secrets``; None if it has none."""
    return merged("local.secrets", shared_secrets(app), _secrets(app, region))


def encryption_context(app: App) -> dict[str, Value]:
    """Returns what the ciphertexts of a stage have in common that KMS holds them to."""
    return {"app": app.name, "stage": app.stage}


def key_policy(app: App) -> dict[str, Value]:
    """Returns who is named in the policies of a stage's keys."""
    policy = app.key_policy
    named: dict[str, Value] = {
        "administrators": list(policy.administrators),
        "encrypters": list(policy.encrypters),
        "decrypters": list(policy.decrypters),
    }
    return {part: principals for part, principals in named.items() if principals}


def _secrets(app: App, region: Region) -> dict[str, Value]:
    in_bundle = app.secrets_delivery == "bundle"
    settings = {name: _settings(secret, in_bundle) for name, secret in region.secrets.items()}
    return {name: _one_line(value) for name, value in settings.items() if value}


def _settings(secret: Secret, in_bundle: bool) -> Mapping[str, Value]:
    """Returns what a secret says; nothing for a ciphertext that nobody has made yet."""
    match secret:
        case KmsSecret(ciphertext=text):
            said: dict[str, Value] = {"bundled": True} if in_bundle else {"kms": text}
        case SsmSecret(name=name, kms_key=kms_key):
            said = {"ssm": name, "kms_key": kms_key}
        case SecretsManagerSecret(id=id_, key=part, kms_key=kms_key):
            said = {"secretsmanager": id_, "key": part, "kms_key": kms_key}
    return {name: value for name, value in said.items() if value is not None}


def _one_line(settings: Mapping[str, Value]) -> Expression:
    """Returns an object on one line, so that a secret which changes is one line of a diff."""
    pairs = (f"{key(name)} = {to_hcl(value)}" for name, value in settings.items())
    return Expression(f"{{ {', '.join(pairs)} }}")
