"""Changes that are refused before anything is planned, by what the state says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tfgen.cli.changes import refuse_changes
from tfgen.cli.workspace import Workspace
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve
from tfgen.terraform import engine

TLS_13 = "SecurityPolicy_TLS13_1_3_2025_09"
CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {us-west-2: {}}
api:
  throttle: {rate: 1, burst: 1}
"""
STATE = {
    "version": 4,
    "terraform_version": "1.5.0",
    "serial": 1,
    "lineage": "hello",
    "outputs": {},
    "resources": [
        {
            "module": "module.us_west_2.module.api",
            "mode": "managed",
            "type": "aws_api_gateway_rest_api",
            "name": "this",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [
                {
                    "schema_version": 0,
                    "attributes": {
                        "security_policy": TLS_13,
                        "endpoint_configuration": [{"types": ["REGIONAL"]}],
                    },
                }
            ],
        }
    ],
}


def workspace_of(config: str, root: Path) -> Workspace:
    loaded = loads(config)
    (root / "terraform.tfstate").write_text(json.dumps(STATE), "utf-8")
    return Workspace(
        app=resolve(loaded, "production"),
        places=loaded.places.for_stage("production"),
        root=root,
        engine=engine.find(os.environ),
        variables=os.environ,
        init_variables=os.environ,
        folder=root,
        endpoint=None,
    )


def test_the_removal_of_a_security_policy_is_refused_with_its_steps(tmp_path: Path) -> None:
    workspace = workspace_of(CONFIG, tmp_path)
    with pytest.raises(TfgenError) as raised:
        refuse_changes(workspace)
    assert "does not take" in raised.value.message
    assert TLS_13 in raised.value.message
    assert raised.value.place == "tfgen.yaml:4"
    assert str(raised.value.hint).startswith(
        "do it in 2 steps: (1) set `security_policy: default` in the config as it was, and apply; "
        "(2) "
    )
    # What is destroyed is not changed first.
    refuse_changes(workspace, destroy=True)


def test_a_policy_that_is_taken_back_is_not_refused(tmp_path: Path) -> None:
    refuse_changes(workspace_of(f"{CONFIG}  security_policy: default\n", tmp_path))
