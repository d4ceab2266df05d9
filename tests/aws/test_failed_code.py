"""A code update that Lambda refuses: what provider 5 makes of it, and what the next apply does."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.aws.test_adopt_function import NAME, REGION, ROLE_ARN, make_function, make_role
from tests.config.test_resolve import HEAD
from tests.sandbox.root import environment_for
from tests.support.pool import pooled
from tfgen.aws.publish import send_code
from tfgen.aws.session import Aws
from tfgen.cli import recover
from tfgen.cli.steps import PlannedChange, read_plan, run_plan, run_terraform
from tfgen.cli.workspace import Workspace
from tfgen.config.load import loads
from tfgen.config.places import Places
from tfgen.resolve import resolve
from tfgen.terraform import journal
from tfgen.terraform.engine import find
from tfgen.ui.console import Console

ADDRESS = "module.eu_west_2.aws_lambda_function.this"
# As in `modules/function` for provider 5.
ROOT = f"""
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 5.98"
    }}
  }}
}}

provider "aws" {{
  region = "{REGION}"
}}

module "eu_west_2" {{
  source = "./function"
  bundle = "${{path.root}}/../src.zip"
}}
"""
FUNCTION = f"""
variable "bundle" {{
  type = string
}}

resource "aws_lambda_function" "this" {{
  function_name    = "{NAME}"
  role             = "{ROLE_ARN}"
  runtime          = "python3.13"
  handler          = "app.handler"
  publish          = true
  filename         = var.bundle
  source_code_hash = filebase64sha256(var.bundle)
}}

output "version" {{
  value = aws_lambda_function.this.version
}}
"""


def bundle(number: int) -> bytes:
    """Returns a function's code."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), f"def handler(event, context): return {number}")
    return packed.getvalue()


def sha256(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def deployed(aws: Aws, qualifier: str = "$LATEST") -> str:
    """Returns the hash of the code that Lambda has."""
    client = aws.client("lambda", REGION)
    found = client.get_function_configuration(FunctionName=NAME, Qualifier=qualifier)
    return found["CodeSha256"]


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes Lambda refuse every update of code."""
    from moto.awslambda.exceptions import ValidationException
    from moto.awslambda.responses import LambdaResponse

    def refused(_: LambdaResponse) -> None:
        raise ValidationException("code", "zipFile", "none on this day")

    monkeypatch.setattr(LambdaResponse, "update_function_code", refused)


def workspace(tmp_path: Path, endpoint: str, environ: Mapping[str, str]) -> Workspace:
    """Returns a stage whose root module is a function, and its bundle."""
    root = tmp_path / "root"
    (root / "function").mkdir(parents=True)
    (root / "main.tf").write_text(ROOT, "utf-8")
    (root / "function/main.tf").write_text(FUNCTION, "utf-8")
    app = f"{HEAD}regions: {{eu-west-2: {{}}}}\nterraform: {{aws_provider: 5}}\n"
    return Workspace(
        app=resolve(loads(app), "production"),
        places=Places("tfgen.yaml"),
        root=root,
        engine=find({**os.environ, "TFGEN_TERRAFORM": "terraform"}),
        variables=environ,
        init_variables=environ,
        folder=tmp_path / "kept",
        endpoint=endpoint,
    )


def test_the_next_apply_sends_what_lambda_refused(
    tmp_path: Path, endpoint: str, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_role(aws)
    first, second = bundle(1), bundle(2)
    code = tmp_path / "src.zip"
    with pooled(environment_for(endpoint, tmp_path), tmp_path / "root") as environ:
        stage = workspace(tmp_path, endpoint, environ)
        console = Console.from_environment()

        def plan() -> Sequence[PlannedChange]:
            run_plan(console, stage, out=stage.saved_plan, show=lambda _: None)
            return read_plan(stage, stage.saved_plan)

        def apply(*, fails: bool = False) -> None:
            path = journal.new_path(stage.journals, recover.label(stage))
            done = run_terraform(stage, ["apply", "-auto-approve", "-json"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(done.stdout, "utf-8")
            assert (done.returncode != 0) == fails, done.stdout + done.stderr

        run_terraform(stage, ["init"])
        stage.saved_plan.parent.mkdir(parents=True)
        code.write_bytes(first)
        apply()
        code.write_bytes(second)
        with monkeypatch.context() as broken:
            refuse(broken)
            apply(fails=True)
        assert deployed(aws) == sha256(first)

        # The provider takes the code as sent:
        # https://github.com/hashicorp/terraform-provider-aws/issues/42826
        assert [change.actions for change in plan()] == [("no-op",)]
        recover.recover(console, stage, plan, destroy=False)
        assert deployed(aws) == sha256(second)
        assert deployed(aws, "2") == sha256(second)
        apply()
        recover.settle(stage, ())
        assert recover.broken_runs(stage) == []
        state = json.loads((stage.root / "terraform.tfstate").read_text("utf-8"))
        assert state["resources"][0]["instances"][0]["attributes"]["version"] == "2"


def test_code_that_lambda_has_is_not_sent_again(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    make_function(aws)
    refuse(monkeypatch)
    has = deployed(aws)
    assert not send_code(aws, NAME, REGION, sha256=has, code={"ZipFile": b"not looked at"})


def test_code_of_a_function_that_is_gone_is_not_sent(aws: Aws) -> None:
    assert not send_code(aws, NAME, REGION, sha256="", code={"ZipFile": bundle(1)})
