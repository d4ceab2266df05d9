"""What Terraform plans for the golden configs of functions, region by region."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.app_folder import AppFolder
from tests.support.command import environment
from tests.support.pool import sharing
from tests.support.trees import CONFIGS
from tfgen.sandbox.lifecycle import stop

pytestmark = pytest.mark.e2e

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFolder]:
    """A folder with the code of all configs, and one sandbox for them."""
    folder = tmp_path_factory.mktemp("functions")
    (folder / "src").mkdir()
    (folder / "src/app.py").write_text("def handler(event, context): ...\n", "utf-8")
    (folder / "src/index.mjs").write_text("export const handler = () => {};\n", "utf-8")
    (folder / "dist").mkdir()
    with zipfile.ZipFile(folder / "dist/shop.zip", "w") as archive:
        archive.writestr("shop/Api.class", "")
    with sharing() as variables:
        yield AppFolder(folder, variables)
    stop(folder)


def planned(app: AppFolder, config: str, stage: str = "production") -> dict[str, Any]:
    """Plans a stage of a golden config, and returns address → planned attributes."""
    (app.path / "tfgen.yaml").write_bytes((CONFIGS / f"{config}.yaml").read_bytes())
    saved = app.path / "saved.tfplan"
    app.tfgen("plan", "--sandbox", "--stage", stage, "--out", str(saved))
    shown = subprocess.run(
        [app.variables["TFGEN_TERRAFORM"], "show", "-json", str(saved)],
        cwd=app.sandbox.scratch / "infra" / stage,
        env=environment(**app.variables),
        capture_output=True,
        text=True,
        check=True,
    )
    changes = json.loads(shown.stdout)["resource_changes"]
    return {change["address"]: change["change"]["after"] for change in changes}


def test_each_region_has_what_it_uses(app: AppFolder) -> None:
    resources = planned(app, "function-full")
    europe, america = (
        resources[f"module.{region}.module.function.aws_lambda_function.this"]
        for region in ("eu_west_1", "us_east_1")
    )
    assert [each["ephemeral_storage"][0]["size"] for each in (europe, america)] == [2048, 512]
    assert america["vpc_config"] == []
    assert america["replace_security_groups_on_destroy"] is None
    assert europe["replace_security_groups_on_destroy"] is True
    assert europe["replacement_security_group_ids"] == ["sg-0123456789abcdef1"]
    assert europe["vpc_config"][0]["ipv6_allowed_for_dual_stack"] is True
    assert europe["vpc_config"][0]["security_group_ids"] == ["sg-0123456789abcdef0"]
    assert america["dead_letter_config"] == []
    assert len(europe["dead_letter_config"]) == 1
    found = {
        address.partition(".module.function.")[2]: (
            after.get("provisioned_concurrent_executions"),
            after.get("message_retention_seconds"),
        )
        for address, after in resources.items()
        if "sqs" in address or "provisioned" in address
        if address.startswith("module.eu_west_1")
    }
    assert found == {
        "aws_lambda_provisioned_concurrency_config.live[0]": (2, None),
        "aws_sqs_queue.dead_letter[0]": (None, 1_209_600),
    }
    assert [address for address in resources if "us_east_1" in address and "sqs" in address] == []


def test_every_region_has_a_bucket_for_the_bundle(app: AppFolder) -> None:
    resources = planned(app, "artifacts")
    digest = hashlib.sha256((app.path / "dist/shop.zip").read_bytes()).hexdigest()
    for region in ("eu-west-1", "us-east-1"):
        module = f"module.{region.replace('-', '_')}.module"
        bucket = f"shop-production-artifacts-{ACCOUNT}-{region}"
        assert resources[f"{module}.artifacts.aws_s3_bucket.this"]["bucket"] == bucket
        assert resources[f"{module}.artifacts.aws_s3_object.bundle"]["key"] == f"{digest}.zip"
        function = resources[f"{module}.function.aws_lambda_function.this"]
        assert (function["s3_key"], function["filename"]) == (f"{digest}.zip", None)


@pytest.mark.parametrize(
    ("stage", "europe", "america"),
    [
        (
            "test",
            f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4",
            f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop:1.4",
        ),
        (
            "vendor",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/vendor/shop:2",
            "210987654321.dkr.ecr.us-east-1.amazonaws.com/shop:2",
        ),
    ],
)
def test_the_image_of_each_region(app: AppFolder, stage: str, europe: str, america: str) -> None:
    resources = planned(app, "image", stage)
    functions = [
        resources[f"module.{region}.module.function.aws_lambda_function.this"]
        for region in ("eu_west_1", "us_east_1")
    ]
    assert [each["image_uri"] for each in functions] == [europe, america]
    assert {each["package_type"] for each in functions} == {"Image"}
    assert {each["handler"] for each in functions} == {None}


def test_the_smallest_config_has_nothing_left_to_change(app: AppFolder) -> None:
    (app.path / "tfgen.yaml").write_bytes((CONFIGS / "minimal.yaml").read_bytes())
    app.tfgen("apply", "--sandbox", "--yes")
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")
