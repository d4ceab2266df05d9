"""The secrets of an app's regions, and what they bring along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfgen import app as a
from tfgen.config.ciphertexts import Ciphertexts, context_of
from tfgen.config.model import Config, RegionOverrides
from tfgen.config.secrets import Secret, SecretsManagerSecret, SsmSecret
from tfgen.resolve.function import BUNDLES, SEALED, WRAPPED, Packing
from tfgen.resolve.rds import has_secret

# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
EXEC_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
NEXT_WRAPPER = "TFGEN_EXEC_WRAPPER"


def packing(config: Config, stage: str) -> Packing:
    """Returns what the bundles of a stage have beside their source.

    Args:
        config: with the stage merged into it.
        stage: its name.
    """
    of_regions = [overrides.secrets for overrides in config.regions.values() if overrides]
    secrets = [secret for some in (config.secrets, *of_regions) for secret in some.values()]
    wrapper = (bool(secrets) or has_secret(config)) and config.decrypt == "wrapper"
    if "kms" in secrets and config.secrets_delivery == "bundle":
        return Packing(f"{SEALED}/{stage}", wrapper)
    return Packing(WRAPPED if wrapper else BUNDLES, wrapper)


def resolve_secrets(
    config: Config, stage: str, region: str, sealed: Ciphertexts
) -> Mapping[str, a.Secret]:
    """Returns the secrets of a region, by name.

    A ciphertext that was made for something else counts as none.

    Args:
        config: with the stage merged into it.
        stage: its name.
        region: one of the config's.
        sealed: the ciphertexts of the stage.
    """
    own = (config.regions[region] or RegionOverrides()).secrets
    secrets: dict[str, a.Secret] = {}
    for name, secret in sorted({**config.secrets, **own}.items()):
        found = sealed.find(name, region)
        context = context_of(config.name, stage, region, name)
        fits = found is not None and found.context == context
        secrets[name] = _secret(secret, found.text if found is not None and fits else None)
    return secrets


def shared_environment(env: Mapping[str, str], regions: Sequence[a.Region]) -> Mapping[str, str]:
    """Returns the variables that all regions have, by the names that they have there.

    Args:
        env: what the config says for all of them.
        regions: of the stage.
    """
    both = {**env, **wrapper_renamed(env)}
    return {
        name: value
        for name, value in sorted(both.items())
        if all(name in region.env for region in regions)
    }


def wrapper_renamed(env: Mapping[str, str]) -> dict[str, str]:
    """Returns an environment whose own wrapper, if it has one, is run by tfgen's."""
    renamed = {NEXT_WRAPPER if name == EXEC_WRAPPER else name: env[name] for name in env}
    return dict(sorted(renamed.items()))


def _secret(secret: Secret, ciphertext: str | None) -> a.Secret:
    match secret:
        case SsmSecret(ssm=name, kms_key=kms_key):
            return a.SsmSecret(name, kms_key)
        case SecretsManagerSecret(secretsmanager=id_, key=key, kms_key=kms_key):
            return a.SecretsManagerSecret(id_, key, kms_key)
    return a.KmsSecret(ciphertext)
