"""The environment of a sandbox run, variable by variable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tfgen.sandbox.environment import child_environment, server_environment

ENDPOINT = "http://127.0.0.1:5000"
USER = {
    "PATH": "/usr/bin",
    "HOME": "/home/user",
    "LANG": "C.UTF-8",
    "AWS_PROFILE": "corp",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "a-real-one",
    "AWS_SESSION_TOKEN": "a-real-one",
    "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/admin",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
    "AWS_ENDPOINT_URL_LAMBDA": "https://lambda.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_CA_BUNDLE": "/missing",
    "AWS_NOT_INVENTED_YET": "1",
    "HTTPS_PROXY": "http://proxy.example.com",
    "no_proxy": ".example.com",
    "TF_CLI_ARGS": "-lock=false",
    "TF_CLI_ARGS_plan": "-destroy",
    "TF_WORKSPACE": "production",
    "TF_DATA_DIR": "/elsewhere",
    "TF_TOKEN_app_terraform_io": "a-real-one",
    "TF_CLOUD_ORGANIZATION": "corp",
    "TF_REATTACH_PROVIDERS": "{}",
    "TF_LOG": "INFO",
    "TF_VAR_size": "3",
    "TF_PLUGIN_CACHE_DIR": "/cache",
    "TF_CLI_CONFIG_FILE": "/home/user/.terraformrc",
}


def test_what_is_kept_and_what_is_set() -> None:
    assert child_environment(USER, ENDPOINT, Path("/cli.tfrc")) == {
        "PATH": "/usr/bin",
        "HOME": "/home/user",
        "LANG": "C.UTF-8",
        "TF_LOG": "INFO",
        "TF_VAR_size": "3",
        "TF_PLUGIN_CACHE_DIR": "/cache",
        "TF_CLI_CONFIG_FILE": "/cli.tfrc",
        "CHECKPOINT_DISABLE": "1",
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "http_proxy": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "all_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "no_proxy": "127.0.0.1,localhost,::1",
        "NO_PROXY": "127.0.0.1,localhost,::1",
    }


def test_the_users_environment_is_not_touched() -> None:
    before = dict(USER)
    child_environment(USER, ENDPOINT, None)
    server_environment(USER)
    assert before == USER


def test_without_a_mirror_the_users_own_terraform_configuration_stays() -> None:
    environment = child_environment(USER, ENDPOINT, None)
    assert environment["TF_CLI_CONFIG_FILE"] == "/home/user/.terraformrc"


def test_the_way_to_the_registry_is_the_users_own_and_no_way_to_aws() -> None:
    environment = child_environment(USER, ENDPOINT, None, registry=True)
    assert environment["HTTPS_PROXY"] == "http://proxy.example.com"
    assert environment["no_proxy"] == ".example.com"
    assert "HTTP_PROXY" not in environment
    strict = child_environment(USER, ENDPOINT, None)
    for name in environment.keys() | strict.keys():
        if "proxy" not in name.lower():
            assert environment[name] == strict[name]


@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1:5000", "http://localhost:5000", "http://127.0.0.1.example.com:80", ""],
)
def test_a_sandbox_is_on_loopback(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"on 127\.0\.0\.1"):
        child_environment(USER, endpoint, None)


def test_the_server_has_no_account_at_all() -> None:
    environment = server_environment(USER)
    assert not [name for name in environment if name.startswith("AWS_")]
    assert environment["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert "a-real-one" not in environment.values()


def test_the_server_gets_what_it_needs_and_nothing_else() -> None:
    needed = {"PATH": "/usr/bin", "HOME": "/home/user", "LC_ALL": "C", "TFGEN_POSTGRES": "/pg"}
    secrets = {
        "GITHUB_TOKEN": "a-token",
        "SSH_AUTH_SOCK": "/run/agent",
        "NPM_CONFIG__AUTH": "a-token",
        "DATABASE_URL": "postgresql://user:password@db/app",
    }
    environment = server_environment({**needed, **secrets})
    assert needed.items() <= environment.items()
    own = {"CHECKPOINT_DISABLE", "MOTO_DISABLE_GLOBAL_CORS", "PYTHONPATH", "PYTHONUNBUFFERED"}
    proxies = {name for name in environment if name.lower().endswith("_proxy")}
    assert environment.keys() == needed.keys() | own | proxies


def test_the_server_finds_the_packages_from_any_folder() -> None:
    environment = server_environment({"PYTHONPATH": f"src{os.pathsep}/absolute"})
    first, *others = environment["PYTHONPATH"].split(os.pathsep)
    assert (Path(first) / "tfgen" / "sandbox" / "server.py").is_file()
    assert others == [str(Path("src").absolute()), "/absolute"]
