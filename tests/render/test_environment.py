"""Terraform gives every function the environment that the rules have counted and checked.

The modules say in HCL what ``deployed_environment`` says in Python. What they say of secrets needs
no provider, so that part of every tree is planned for itself, and all trees together.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.trees import write_tree
from tfgen.app import App
from tfgen.config.ciphertexts import Ciphertext, Ciphertexts, context_of
from tfgen.config.load import loads
from tfgen.render.addresses import region_id
from tfgen.render.render import render
from tfgen.resolve import resolve
from tfgen.rules.environment import deployed_environment

ACCOUNT = "123456789012"
HERE, THERE = "eu-west-2", "us-west-2"
OTHERS_KEY = "arn:aws:kms:{}:210987654321:key/0123abcd"
SHARED = "arn:aws:ssm:eu-west-2:210987654321:parameter/shared/license"

SECRETS: Mapping[str, Any] = {
    "DB": "kms",
    "TOKEN": {"ssm": "/hello/token:3"},
    "PG": {"secretsmanager": "hello/pg"},
    "PG_URL": {"secretsmanager": "hello/pg", "key": "a#b.c"},
}
# What only one region has, which makes the others do without.
OF_ONE_REGION: Mapping[str, Any] = {
    "LICENSE": {"ssm": f"{SHARED}:2", "kms_key": OTHERS_KEY.format(HERE)},
    "TOKEN": {
        "secretsmanager": f"arn:aws:secretsmanager:{HERE}:{ACCOUNT}:secret:token-Ab12Cd",
        "kms_key": OTHERS_KEY.format(HERE),
    },
}

# What stands in for the rest of the module, and lets the parts be seen.
STUB = f"""\
locals {{
  account_id = "{ACCOUNT}"
  partition  = "aws"
}}

output "seen" {{
  value = {{
    for name, value in {{
      environment    = ENVIRONMENT
      parameter_arns = PARAMETERS
      parameter_keys = PARAMETER_KEYS
      secret_arns    = SECRETS
      secret_keys    = SECRET_KEYS
    }} : name => value
  }}
}}
"""
PARTS = {
    "ENVIRONMENT": "environment",
    "PARAMETERS": "parameter_arns",
    "PARAMETER_KEYS": "parameter_keys",
    "SECRETS": "secret_arns",
    "SECRET_KEYS": "secret_keys",
}


def subsets() -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(SECRETS, size) for size in range(len(SECRETS) + 1))


def documents() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields every way to have secrets: of all regions and of one, delivered and resolved."""
    ways = product(subsets(), ("environment", "bundle"), (False, True))
    for index, (names, delivery, own) in enumerate(ways):
        yield (
            f"app_{index}",
            {
                "name": "hello",
                "function": {"source": "./src", "runtime": "python3.13", "handler": "app.handler"},
                # With and without variables in plain text, shared and of one region.
                "env": {"LEVEL": "info", "AWS_LAMBDA_EXEC_WRAPPER": "/opt/x"} if own else {},
                "secrets": {name: SECRETS[name] for name in names},
                "secrets_delivery": delivery,
                # With each of the others, and not with all of them: that would be twice as much.
                "decrypt": "manual" if (len(names) + own) % 2 else "wrapper",
                "regions": {
                    HERE: {"secrets": dict(OF_ONE_REGION), "env": {"HERE": "${yes}"}}
                    if own
                    else {},
                    THERE: {"env": {"LEVEL": "debug"}} if own and names else {},
                },
            },
        )


def app_of(document: Mapping[str, Any]) -> App:
    values = {
        region: Ciphertext(
            context_of("hello", "production", region, "DB"),
            f"arn:aws:kms:{region}:{ACCOUNT}:key/0123abcd",
            f"AQIC{'+/' * 8}{region.encode().hex()}==",
        )
        for region in (HERE, THERE)
    }
    loaded = loads(yaml.safe_dump(dict(document)))
    return resolve(
        replace(loaded, ciphertexts={"production": Ciphertexts({"DB": values})}), "production"
    )


APPS: Mapping[str, App] = {name: app_of(document) for name, document in documents()}


def without_provider(app: App) -> dict[str, str]:
    """Returns what a tree says of the environment: its files, without what needs a provider."""
    files = render([app]).files
    secrets = files.get("modules/function/secrets.tf", "")
    environment = files.get("modules/function/environment.tf")
    has_environment = 'variable "environment"' in files["modules/function/variables.tf"]
    stub = STUB.replace(
        "ENVIRONMENT",
        "local.environment"
        if "local.environment" in files["modules/function/function.tf"]
        else ("var.environment" if has_environment else "{}"),
    )
    for mark, local in PARTS.items():
        said = f"local.{local}" if f"\n  {local} = " in secrets else "[]"
        stub = re.sub(rf"= {mark}$", f"= {said}", stub, flags=re.MULTILINE)
    calls = files["modules/region/main.tf"]
    function = re.search(r'^module "function" \{\n.*?^\}\n', calls, re.MULTILINE | re.DOTALL)
    assert function is not None
    regions = [region_id(region.name) for region in app.regions]
    outputs = "".join(f"    {each} = module.{each}.seen\n" for each in regions)
    return {
        "modules/function/environment.tf": environment or "",
        "modules/function/secrets.tf": secrets,
        "modules/function/variables.tf": files["modules/function/variables.tf"],
        "modules/function/stub.tf": stub,
        "modules/region/main.tf": function[0],
        "modules/region/variables.tf": files["modules/region/variables.tf"],
        "modules/region/outputs.tf": 'output "seen" {\n  value = module.function.seen\n}\n',
        "production/main.tf": files["production/main.tf"],
        "production/outputs.tf": f'output "seen" {{\n  value = {{\n{outputs}  }}\n}}\n',
    }


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """What Terraform makes of every app: name → region → what is seen of its module."""
    folder = tmp_path_factory.mktemp("environments")
    for name, app in APPS.items():
        write_tree(without_provider(app), folder / name)
    root = folder / "root"
    lines = [f'module "{name}" {{\n  source = "../{name}/production"\n}}\n' for name in APPS]
    lines += ['output "seen" {\n  value = {\n', *(f"    {n} = module.{n}.seen\n" for n in APPS)]
    write_tree({"main.tf": "".join([*lines, "  }\n}\n"])}, root)
    for arguments in (["init"], ["plan", "-out=saved"]):
        terraform(root, *arguments, "-input=false")
    shown = json.loads(terraform(root, "show", "-json", "saved"))
    seen: Mapping[str, Mapping[str, Any]] = shown["planned_values"]["outputs"]["seen"]["value"]
    return seen


def terraform(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["terraform", *arguments, "-no-color"]
        if arguments[0] != "show"
        else ["terraform", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_function_has_the_environment_that_was_checked(
    planned: Mapping[str, Mapping[str, Any]],
) -> None:
    found = {
        (name, region.name): planned[name][region_id(region.name)]["environment"]
        for name, app in APPS.items()
        for region in app.regions
    }
    assert found == {
        (name, region.name): deployed_environment(app, region)
        for name, app in APPS.items()
        for region in app.regions
    }


def test_all_of_them_are_not_the_same() -> None:
    environments = {
        json.dumps(deployed_environment(app, region))
        for app in APPS.values()
        for region in app.regions
    }
    assert len(environments) > 32


def test_the_role_may_read_what_the_environment_names(
    planned: Mapping[str, Mapping[str, Any]],
) -> None:
    [everything] = (
        name
        for name, document in documents()
        if len(document["secrets"]) == len(SECRETS)
        and document["env"]
        and document["secrets_delivery"] == "environment"
    )
    here, there = (planned[everything][region_id(region)] for region in (HERE, THERE))
    assert here["parameter_arns"] == [SHARED]
    assert here["parameter_keys"] == [OTHERS_KEY.format(HERE)]
    assert here["secret_arns"] == [
        f"arn:aws:secretsmanager:{HERE}:{ACCOUNT}:secret:hello/pg-??????",
        f"arn:aws:secretsmanager:{HERE}:{ACCOUNT}:secret:token-Ab12Cd",
    ]
    assert here["secret_keys"] == [OTHERS_KEY.format(HERE)]
    assert there["parameter_arns"] == [f"arn:aws:ssm:{THERE}:{ACCOUNT}:parameter/hello/token"]
    assert there["secret_arns"] == [
        f"arn:aws:secretsmanager:{THERE}:{ACCOUNT}:secret:hello/pg-??????"
    ]
    assert there["parameter_keys"] == there["secret_keys"] == []
