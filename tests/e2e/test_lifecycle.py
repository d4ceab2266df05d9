"""One app's whole life in the sandbox, through the command line, as its tree is by default.

That is the tree for provider 6, which ``tests.support.provider6`` stands in for.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.render.test_hcl import AWKWARD
from tests.support.account import counted
from tests.support.app_folder import AppFolder, hello
from tests.support.command import environment, snapshot
from tests.support.killing import kill_all
from tests.support.moments import Begun, wait_for, wait_until
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory
from tfgen.terraform.events import ApplyComplete, parse_all

pytestmark = pytest.mark.e2e

PLAN = "next.tfplan"
KEY = "module.eu_west_2.module.function.aws_kms_key.this"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppFolder]:
    with hello(tmp_path / "hello", major=6) as app:
        yield app


def ran(app: AppFolder, *arguments: str, code: int = ExitCode.DONE) -> str:
    return app.tfgen(*arguments, "--sandbox", code=code).stdout


def set_env(app: AppFolder, region: str, env: dict[str, str]) -> None:
    path = app.path / "tfgen.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    config["regions"][region]["env"] |= env
    path.write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    app.tfgen("render")


def deployed(app: AppFolder, region: str) -> Any:
    return (
        Aws(app.sandbox.endpoint)
        .client("lambda", region)
        .get_function_configuration(FunctionName="hello-production", Qualifier="live")
    )


def changes_of(app: AppFolder) -> set[tuple[str, str]]:
    """Saves a plan, and returns the address and action of all that it would change."""
    ran(app, "plan", "--out", PLAN)
    (root,) = (app.path / ".tfgen/sandbox").glob("*/infra/production")
    shown = subprocess.run(
        [app.variables["TFGEN_TERRAFORM"], "show", "-json", str(app.path / PLAN)],
        cwd=root,
        env=environment(**app.variables),
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        (change["address"], "/".join(change["change"]["actions"]))
        for change in json.loads(shown.stdout)["resource_changes"]
        if change["change"]["actions"] != ["no-op"] and change["mode"] == "managed"
    }


def function_changes(region: str) -> set[tuple[str, str]]:
    module = f"module.{region}.module.function"
    return {
        (f"{module}.aws_lambda_function.this", "update"),
        (f"{module}.aws_lambda_alias.live", "update"),
    }


def awkward_environment() -> dict[str, str]:
    """Returns variables full of what HCL, Terraform or JSON could stumble over."""
    texts = [text for text in AWKWARD if "\0" not in text]
    generator = random.Random(20)  # noqa: S311 # the same texts in every run, nothing secret
    for _ in range(30):
        characters = [chr(generator.choice([*range(1, 0x250), 0x3042, 0x1F30D])) for _ in range(9)]
        texts.append(unicodedata.normalize("NFC", "".join(characters)))
    return {f"TEXT_{index}": text for index, text in enumerate(texts)}


def kill_an_apply(app: AppFolder) -> None:
    """Kills an apply that has made a key of which it has not heard yet."""
    running = app.begin("apply", "--sandbox", "--yes")
    journal = wait_for(app, Begun(KEY), after=[])
    kms = Aws(app.sandbox.endpoint).client("kms", "eu-west-2")
    # The provider waits for its policy to be what it has asked for.
    wait_until(lambda: kms.list_keys()["Keys"], "the key")
    kill_all(running)
    assert KEY not in completed_in(journal)


def completed_in(journal: Path) -> list[str]:
    with journal.open(encoding="utf-8", errors="replace") as lines:
        return [e.resource.address for e in parse_all(lines) if isinstance(e, ApplyComplete)]


IN_A_REGION = Counter(
    {
        "REST API": 1,
        "alias": 1,
        "certificate": 1,
        "domain name": 1,
        "function": 1,
        "key": 1,
        "log group": 1,
    }
)
EVERYWHERE = {
    "eu-west-2": IN_A_REGION,
    "us-west-2": IN_A_REGION,
    "us-east-1": Counter({"alarm": 2}),
    "global": Counter({"health check": 2, "hosted zone": 1, "record": 5, "role": 2}),
}


def test_a_whole_life(app: AppFolder) -> None:
    committed = snapshot(app.path / "infra")
    kill_an_apply(app)
    done = app.tfgen("apply", "--sandbox", "--yes", "--json")
    assert re.search(rf"Found +{re.escape(KEY)} \(\S+@eu-west-2\)", done.stderr)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["type"] == "version"
    assert any(event["type"] == "apply_complete" for event in events)
    assert snapshot(app.path / "infra") == committed
    (root,) = (app.path / ".tfgen/sandbox").glob("*/infra/production")
    assert snapshot(root.parent / "modules") == snapshot(app.path / "infra/modules")
    assert (root / "providers.tf").read_bytes() == committed["production/providers.tf"]
    assert counted(app.sandbox.endpoint) == EVERYWHERE
    assert ran(app, "url") == "https://api.example.com/\n"
    assert set(json.loads(ran(app, "output", "urls"))) == {"eu-west-2", "us-west-2"}

    awkward = awkward_environment()
    set_env(app, "us-west-2", awkward)
    assert changes_of(app) == function_changes("us_west_2")
    ran(app, "apply", PLAN)
    ran(app, "plan", "--detailed-exitcode")
    variables = deployed(app, "us-west-2")["Environment"]["Variables"]
    assert {name: variables[name] for name in awkward} == awkward

    set_env(app, "us-west-2", {"STEP": "2"})
    set_env(app, "eu-west-2", {"STEP": "2"})
    before = deployed(app, "eu-west-2")
    ran(app, "apply", "--yes", "--region", "us-west-2")
    assert deployed(app, "us-west-2")["Environment"]["Variables"]["STEP"] == "2"
    after = deployed(app, "eu-west-2")
    assert after["Version"] == before["Version"]
    assert "STEP" not in after["Environment"]["Variables"]
    assert changes_of(app) == function_changes("eu_west_2")
    ran(app, "apply", PLAN)

    # The certificates' record is read from the region that the config names first.
    destroy = ("destroy", "--sandbox", "--yes", "--region", "eu-west-2")
    refused = app.tfgen(*destroy, code=ExitCode.FAILED)
    assert "resources of other regions, or tables, depend on `eu-west-2`" in refused.stderr
    assert "`tfgen region remove eu-west-2`" in refused.stderr
    ran(app, "plan", "--detailed-exitcode")

    ran(app, "destroy", "--yes")
    assert inventory(app.sandbox.endpoint) == []
