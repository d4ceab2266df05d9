"""The first secret of an app that was never applied: its key comes first, and nothing else of it.

The account is a sandbox that the user's own environment names, so the committed tree is used.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.command import snapshot
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import start
from tfgen.terraform import mirror

pytestmark = pytest.mark.e2e

CONFIG = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {eu-west-2: {}, us-west-2: {}}
terraform: {aws_provider: 5}
"""
ALIAS = "alias/hello-production"


def account_of(app: AppFolder, cli_config: Path) -> dict[str, str]:
    """Returns what leads to the simulated account as to a real one."""
    found = mirror.find(os.environ)
    assert found is not None, "no mirror of the AWS provider on this machine"
    mirror.write_cli_config(cli_config, found)
    return {
        "AWS_ENDPOINT_URL": start(app.path).endpoint,
        "AWS_ACCESS_KEY_ID": "user",
        "AWS_SECRET_ACCESS_KEY": "user",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_CLI_CONFIG_FILE": str(cli_config),
    }


def test_a_key_is_made_for_the_first_secret(tmp_path: Path) -> None:
    with hello(tmp_path / "hello") as app:
        (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        app.tfgen("render")
        account = account_of(app, tmp_path / "terraform.rc")

        def tfgen(*arguments: str) -> subprocess.CompletedProcess[str]:
            return app.tfgen(*arguments, code=ExitCode.DONE, **account)

        child = app.begin_in_terminal("env", "set", "DB", CI="", **account)
        child.timeout = 300
        for prompt in ("Value of DB: ", "Value of DB, once more: "):
            child.expect_exact(prompt)
            child.sendline("geheim")
        child.expect_exact("has no key in eu-west-2, us-west-2 yet")
        # Of an app with a secret, which it is only about to become.
        child.expect_exact("AllowEncryption")
        child.expect_exact("Plan: 4 to add, 0 to change, 0 to destroy.")
        child.expect_exact("Create these keys in AWS? [y/N] ")
        child.sendline("n")
        child.expect_exact("Nothing was changed")
        child.wait()
        child.close()
        assert child.exitstatus == ExitCode.FAILED
        assert not (app.path / "secrets").exists()
        assert (app.path / "tfgen.yaml").read_text("utf-8") == CONFIG
        app.tfgen("render", "--check")

        done = tfgen("env", "set", "DB=geheim", "--yes")
        assert done.stdout == ""
        made = sorted((each.region, each.type) for each in inventory(app.sandbox.endpoint))
        types = ("alias", "key")
        assert made == [(region, type_) for region in ("eu-west-2", "us-west-2") for type_ in types]
        assert "DB: kms" in (app.path / "tfgen.yaml").read_text("utf-8")
        assert "Rendered infra" in done.stderr
        app.tfgen("render", "--check")

        # The key is there: another one asks nothing, and the tree stays current.
        tfgen("env", "set", "TOKEN=geheim", "--no-input")
        app.tfgen("render", "--check")
        assert tfgen("env", "get", "DB", "--region", "us-west-2").stdout == "geheim"
        kms = Aws(app.sandbox.endpoint).client("kms", "us-west-2")
        key = kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
        assert key in (app.path / "secrets/production.yaml").read_text("utf-8")
        for path, content in snapshot(app.path).items():
            assert b"geheim" not in content, path

        # A key that cannot be found any more is made before a rotation, in its region alone.
        kms.delete_alias(AliasName=ALIAS)
        said = tfgen("env", "rotate", "--yes").stderr
        assert "has no key in us-west-2 yet\n" in said
        assert "Plan: 1 to add, 0 to change, 0 to destroy." in said
        assert "Rotated DB, TOKEN in us-west-2: with the same key, " in said
        assert tfgen("env", "get", "DB", "--region", "us-west-2").stdout == "geheim"
        app.tfgen("render", "--check")

        # Edited by hand, the tree is left alone, and the value is set all the same.
        main = app.path / "infra/production/main.tf"
        main.write_text(main.read_text("utf-8") + "# mine\n", "utf-8")
        tfgen("env", "set", "PW=geheim", "--no-input")
        assert main.read_text("utf-8").endswith("# mine\n")
