"""Rules about secrets, and about the keys that encrypt them."""

from __future__ import annotations

from tfgen.app import App, Code, KmsSecret, Region, SecretsManagerSecret, SsmSecret
from tfgen.config.ciphertexts import Ciphertext, Ciphertexts, context_of
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.rules.environment import RESERVED_ENV, resolves_secrets
from tfgen.start.runtimes import supports

PREFIXES = ("kms:", "ssm:", "secretsmanager:")
"""How a value begins that is a reference."""

# What decides how the function starts is read before any secret is known.
_OF_THE_START = frozenset(
    {"AWS_LAMBDA_EXEC_WRAPPER", "NODE_OPTIONS", "TFGEN_APP", "TFGEN_EXEC_WRAPPER", "TFGEN_STAGE"}
)


def check_secrets(app: App, places: Places) -> None:
    """Checks the secrets and keys of every region.

    Raises:
        TfgenError: the first broken rule.
    """
    for region in app.regions:
        here = places.for_region(region.name)
        _check_key(region, here)
        for name in region.secrets:
            _check_name(region, name, here)
            _check_source(region, name, here)
        if resolves_secrets(region):
            _check_plain(app, region, here)
            _check_start(app, region, here)
    _check_key_policy(app, places)


def check_ciphertexts(
    app: App, sealed: Ciphertexts, places: Places, *, simulated: bool = False
) -> None:
    """Checks that every region has the ciphertexts that it needs, and that they are its own.

    Args:
        app: the stage.
        sealed: its ciphertexts.
        places: of the config, as the stage sees it.
        simulated: whether the ciphertexts are of the sandbox's keys.

    Raises:
        TfgenError: the first broken rule.
    """
    option = " --sandbox" if simulated else ""
    for region in app.regions:
        where = f"{option} --stage {app.stage} --region {region.name}"
        for name, secret in region.secrets.items():
            if not isinstance(secret, KmsSecret):
                continue
            found = sealed.find(name, region.name)
            again = f"`tfgen env set{where} {name}`"
            if found is None:
                raise TfgenError(
                    f"The secret `{name}` has no value for `{region.name}`",
                    place=places.for_region(region.name).at("secrets", name),
                    hint=f"set it with {again}, which asks for it",
                )
            place = sealed.places.at(name, region.name)
            context = context_of(app.name, app.stage, region.name, name)
            _check_recorded(found, context, place, again)
            if region.kms_key and ":key/" in region.kms_key and region.kms_key != found.key:
                raise TfgenError(
                    f"The ciphertext of `{name}` for `{region.name}` is not of the key in "
                    "`kms_key`",
                    place=place,
                    hint=f"run `tfgen env rotate{where}`, which needs no values",
                )


def _check_recorded(found: Ciphertext, context: str, place: str, again: str) -> None:
    _, _, region, name = context.split("/")
    key_region = found.key.split(":")[3]
    if found.context != context:
        raise TfgenError(
            f"The ciphertext of `{name}` for `{region}` was made for `{found.context}`, and only "
            "that can decrypt it",
            place=place,
            hint=f"a ciphertext cannot be copied: run {again}",
        )
    if key_region != region:
        raise TfgenError(
            f"The ciphertext of `{name}` for `{region}` is of a key in `{key_region}`",
            place=place,
            hint=f"run {again}",
        )


def _check_name(region: Region, name: str, places: Places) -> None:
    place = places.at("secrets", name)
    if name in region.env:
        raise TfgenError(
            f"`{name}` is in `env` and in `secrets` of `{region.name}`",
            place=place,
            hint="remove one of the two",
        )
    check_secret_name(name, place)


def check_secret_name(name: str, place: str | None = None) -> None:
    """Refuses a name that no secret can have.

    Args:
        name: of the variable.
        place: where it stands, if it stands anywhere yet.

    Raises:
        TfgenError: Lambda or the function's start needs it.
    """
    if name in RESERVED_ENV:
        raise TfgenError(
            f"Lambda sets `{name}` itself, so `secrets` cannot",
            place=place,
            hint="choose another name for the secret",
        )
    if name in _OF_THE_START:
        raise TfgenError(
            f"`{name}` decides how the function starts, before any secret is known",
            place=place,
            hint="choose another name for the secret, or set it in `env`",
        )


def _check_source(region: Region, name: str, places: Places) -> None:
    """Refuses what is in another region than the function, where a name would be looked up."""
    match region.secrets[name]:
        case SsmSecret(name=what, kms_key=key):
            where = ("secrets", name, "ssm")
        case SecretsManagerSecret(id=what, kms_key=key):
            where = ("secrets", name, "secretsmanager")
        case _:
            return
    for arn, place in ((what, where), (key, ("secrets", name, "kms_key"))):
        if arn is not None and arn.startswith("arn:") and arn.split(":")[3] != region.name:
            raise TfgenError(
                f"`{arn}` is in `{arn.split(':')[3]}`, the function in `{region.name}`",
                place=places.at(*place),
                hint=f"set the secret under `regions.{region.name}.secrets`, or use a name that "
                "every region has",
            )


def _check_plain(app: App, region: Region, places: Places) -> None:
    for name, value in region.env.items():
        place = places.at("env", name)
        if name in ("TFGEN_APP", "TFGEN_STAGE"):
            raise TfgenError(
                f"tfgen sets `{name}` itself in an app with secrets, so `env` cannot",
                place=place,
                hint="choose another name for the variable",
            )
        if app.decrypt == "wrapper" and value.startswith(PREFIXES):
            raise TfgenError(
                f"The value of `{name}` looks like a reference to a secret",
                place=place,
                hint=f"name it in `secrets`: `{name}: {_as_secret(value)}`",
            )


def _as_secret(value: str) -> str:
    kind, _, what = value.partition(":")
    return "kms" if kind == "kms" else f"{{{kind}: {what}}}"


def _check_start(app: App, region: Region, places: Places) -> None:
    code = region.function.code
    if not isinstance(code, Code):
        if app.decrypt == "wrapper":
            of_database = ("database", "rds", region.name, "auth")
            raise TfgenError(
                "tfgen cannot put what resolves secrets into a container image",
                place=places.at(*("secrets",) if region.secrets else of_database),
                hint="add `decrypt: manual`, and let the function's code resolve them",
            )
        if app.secrets_delivery == "bundle" and region.secrets:
            raise TfgenError(
                "A container image has no bundle that the ciphertexts could be in",
                place=places.at("secrets_delivery"),
                hint="remove `secrets_delivery:`",
            )
    elif app.decrypt == "wrapper" and not supports(code.runtime):
        raise TfgenError(
            f"tfgen cannot resolve the secrets of a function of the runtime `{code.runtime}`",
            place=places.at("function", "runtime"),
            hint="it can for Python and Node.js 18 or newer; for others, add `decrypt: manual`, "
            "and let the function's code resolve them",
        )


def _check_key(region: Region, places: Places) -> None:
    key = region.kms_key
    if key is None:
        return
    place = places.at("kms_key")
    if "alias/aws/" in key:
        raise TfgenError(
            f"`{key}` is a key of AWS's own, which encrypts for its service alone",
            place=place,
            hint="name a customer managed key",
        )
    if key.startswith("arn:") and key.split(":")[3] != region.name:
        raise TfgenError(
            f"The key `{key}` is in `{key.split(':')[3]}`, the function in `{region.name}`",
            place=place,
            hint=f"set `kms_key` under `regions.{region.name}`, or name an alias that every "
            "region has",
        )


def _check_key_policy(app: App, places: Places) -> None:
    policy = app.key_policy
    named = policy.administrators or policy.encrypters or policy.decrypters
    if named and all(region.kms_key for region in app.regions):
        raise TfgenError(
            "`key_policy` is for keys that tfgen makes, and every region has a `kms_key` of yours",
            place=places.at("key_policy"),
            hint="remove `key_policy:`, and change the policy of your keys where they are made",
        )
