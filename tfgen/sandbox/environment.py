"""The environment of whatever runs against the sandbox: this machine, and nothing of the user's.

A sandbox run must not reach a real account, whatever the user's shell holds. Three things see to
it, each enough by itself for what it covers:

1. Every variable that could name an account, credentials, an endpoint or another place for
   Terraform's data is taken out, by prefix, so that one that AWS invents tomorrow is out as well.
   ``AWS_CONFIG_FILE`` and ``AWS_SHARED_CREDENTIALS_FILE`` name the null device, so that profiles,
   SSO sessions, roles and ``credential_process`` are not even read.
2. ``AWS_ENDPOINT_URL`` sends every service to the sandbox. It is an IP address, never a name: the
   AWS SDKs then put a bucket into the path (``/bucket``) and not into the host
   (``bucket.127.0.0.1``), so that no S3 path-style switch is needed, which has no variable anyway.
   The other two ways to put something in front of the host are switched off by name: host
   prefixes, and endpoints with the account's ID.
3. Everything that is not loopback goes to a proxy that does not exist. A client that uses a proxy
   leaves the name to it, so not even a DNS query goes out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tfgen

#: The access key ID and the secret access key of every sandbox run.
SANDBOX_KEY: Final = "sandbox"

#: What the AWS provider and boto3 take for their region when nobody names one.
DEFAULT_REGION: Final = "us-east-1"

_DROPPED_PREFIXES: Final = (
    "AWS_",
    "MOTO_",
    "OTEL_",  # Terraform sends traces to a collector that these name
    "TF_CLI_ARGS",
    "TF_CLOUD_",
    "TF_HTTP_",
    "TF_TOKEN_",
)
_DROPPED: Final = frozenset(
    {
        "BOTO_CONFIG",
        "TF_DATA_DIR",  # holds the user's own backend and modules
        "TF_ENCRYPTION",  # OpenTofu's, which may name a key in AWS KMS
        "TF_REATTACH_PROVIDERS",
        "TF_WORKSPACE",
    }
)
# Where programs, folders and libraries are, and the language of messages.
_OF_THE_SERVER: Final = frozenset(
    {
        *("HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"),
        *("DYLD_FALLBACK_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH"),
        *("PYENV_ROOT", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPYCACHEPREFIX"),
        "TFGEN_POSTGRES",
    }
)
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy")

# The discard port: privileged, so that nobody without root can listen there, and out of use.
_NOWHERE: Final = "http://127.0.0.1:9"
_LOOPBACK: Final = "127.0.0.1,localhost,::1"


def child_environment(
    base: Mapping[str, str],
    endpoint: str,
    cli_config: Path | None,
    *,
    registry: bool = False,
) -> dict[str, str]:
    """Returns the environment for Terraform, or for anything with an AWS SDK, in a sandbox run.

    Args:
        base: the user's environment.
        endpoint: the sandbox's URL.
        cli_config: the Terraform CLI configuration to use; None keeps the user's.
        registry: leaves the way to the provider registry open, with the user's own proxies. Only
            for ``terraform init`` on a machine without a mirror of the provider: it knows no AWS.

    Raises:
        ValueError: the endpoint is not on 127.0.0.1.
    """
    if not endpoint.startswith("http://127.0.0.1:"):
        raise ValueError(f"a sandbox is on 127.0.0.1, not at {endpoint}")
    environment = _without_the_user(base, keep_proxies=registry)
    environment |= {
        "AWS_ACCESS_KEY_ID": SANDBOX_KEY,
        "AWS_SECRET_ACCESS_KEY": SANDBOX_KEY,
        "AWS_REGION": DEFAULT_REGION,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }
    if cli_config is not None:
        environment.pop("TERRAFORM_CONFIG", None)
        environment["TF_CLI_CONFIG_FILE"] = str(cli_config)
    return environment


def server_environment(base: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment for the sandbox's own server.

    It lives longer than the command that started it and runs what is deployed, so of a shell with
    tokens and the sockets of agents it gets only what it needs by name.

    Args:
        base: the user's environment.
    """
    environment = {
        name: value
        for name, value in base.items()
        if name in _OF_THE_SERVER or name.startswith("LC_")
    }
    environment = _without_the_user(environment, keep_proxies=False)
    # The server runs in a folder of its own, where a relative entry would mean something else.
    packages = [str(Path(tfgen.__file__).parents[1]), *_split(base.get("PYTHONPATH", ""))]
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(entry).absolute()) for entry in packages)
    environment["PYTHONUNBUFFERED"] = "1"
    # Otherwise every page in the user's browser could read what is deployed here.
    environment["MOTO_DISABLE_GLOBAL_CORS"] = "true"
    return environment


def _without_the_user(base: Mapping[str, str], *, keep_proxies: bool) -> dict[str, str]:
    environment = {
        name: value
        for name, value in base.items()
        if not name.startswith(_DROPPED_PREFIXES) and name not in _DROPPED
    }
    # Terraform asks HashiCorp for newer versions of itself:
    # https://developer.hashicorp.com/terraform/cli/commands#upgrade-and-security-bulletin-checks
    environment["CHECKPOINT_DISABLE"] = "1"
    if keep_proxies:
        return environment
    environment = {
        name: value for name, value in environment.items() if name.lower() not in _PROXIES
    }
    for name, value in (
        ("http_proxy", _NOWHERE),
        ("https_proxy", _NOWHERE),
        ("all_proxy", _NOWHERE),
        ("no_proxy", _LOOPBACK),
    ):
        environment[name] = environment[name.upper()] = value
    return environment


def _split(path: str) -> list[str]:
    return [entry for entry in path.split(os.pathsep) if entry]
