"""The role with which API Gateway writes logs belongs to the account, whatever a stage does.

It is destroyed with nothing that tfgen removes: neither with the key, nor a region, nor the stage.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.app_folder import AppFolder, hello
from tfgen.aws.session import Aws
from tfgen.errors import ExitCode
from tfgen.sandbox.lifecycle import start

pytestmark = pytest.mark.e2e

CONFIG = """\
name: logs
account: "999999999999"
function: {source: ./src, runtime: python3.13, handler: app.handler}
api:
  access_logs: {account_role: true}
regions:
  us-west-2: {}
  eu-west-2: {}
"""
OWN = "arn:aws:iam::123456789012:role/logs-production-apigateway-{}"
RESET = "aws apigateway update-account --region {} --patch-operations"


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppFolder]:
    with hello(tmp_path_factory.mktemp("logs") / "app") as found:
        shutil.rmtree(found.path / "infra")
        (found.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        yield found


def test_the_account_keeps_the_role_of_its_logs(app: AppFolder) -> None:
    aws = Aws(start(app.path).endpoint)
    nothing_is_taken_from_others(app, aws)

    # The sandbox has an account of its own, whatever number the config names.
    app.tfgen("apply", "--sandbox", "--yes")
    assert [role_of(aws, region) for region in ("us-west-2", "eu-west-2")] == [
        OWN.format("us-west-2"),
        OWN.format("eu-west-2"),
    ]
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")

    removed = app.tfgen("region", "remove", "eu-west-2", "--sandbox", "--yes").stderr
    assert "stays in `eu-west-2`" in removed
    assert RESET.format("eu-west-2") in removed
    assert role_of(aws, "eu-west-2") == OWN.format("eu-west-2")
    assert others_may_log(aws, "eu-west-2")

    app.tfgen("region", "add", "eu-west-2")
    planned = app.tfgen("plan", "--sandbox").stderr
    assert "The role `logs-production-apigateway-eu-west-2` is there already" in planned
    kept = app.tfgen("plan", "--sandbox", "--out", "saved.tfplan", code=ExitCode.FAILED).stderr
    assert "is there already, and this plan would create it" in kept
    again = app.tfgen("apply", "--sandbox", "--yes").stderr
    assert "module.eu_west_2.module.api.aws_iam_role.account" in again
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")

    app.change(lambda config: config["api"].update(access_logs=True))
    saved = app.tfgen("plan", "--sandbox", "--out", "saved.tfplan", code=ExitCode.FAILED).stderr
    assert "would take from the account the role" in saved
    assert "state rm module.eu_west_2.module.api.aws_api_gateway_account.this" in saved
    assert "`tfgen apply` leaves it" in app.tfgen("plan", "--sandbox").stderr
    app.tfgen("apply", "--sandbox", "--yes")
    app.tfgen("plan", "--sandbox", "--detailed-exitcode")
    assert role_of(aws, "us-west-2") == OWN.format("us-west-2")

    app.change(lambda config: config["api"].update(access_logs={"account_role": True}))
    app.tfgen("apply", "--sandbox", "--yes")
    destroyed = app.tfgen("destroy", "--sandbox", "--yes").stderr
    assert "stays in `eu-west-2`, `us-west-2`" in destroyed
    assert RESET.format("eu-west-2") in destroyed
    for region in ("us-west-2", "eu-west-2"):
        assert role_of(aws, region) == OWN.format(region)
        assert others_may_log(aws, region)
    # What provider 6 does with the setting, were it destroyed, is what this spares the others.
    set_role(aws, "us-west-2", "")
    assert not others_may_log(aws, "us-west-2")


def nothing_is_taken_from_others(app: AppFolder, aws: Aws) -> None:
    """Refuses to put the stage's role in the place of one that works, before the plan."""
    other = aws.client("iam", "us-east-1").create_role(
        RoleName="others-apigateway", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    set_role(aws, "us-west-2", other)
    for command in (("plan",), ("apply", "--yes")):
        refused = app.tfgen(*command, "--sandbox", code=ExitCode.FAILED)
        assert f"API Gateway writes logs in `us-west-2` with the role {other} already" in (
            refused.stderr
        )
        assert "tfgen.yaml:5" in refused.stderr
        assert "hint: remove `account_role:`" in refused.stderr
        assert refused.stdout == ""
    # One that is gone serves nobody.
    aws.client("iam", "us-east-1").delete_role(RoleName="others-apigateway")


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def role_of(aws: Aws, region: str) -> str | None:
    """Returns the role that the account has set, if the role exists."""
    arn = aws.client("apigateway", region).get_account().get("cloudwatchRoleArn")
    if arn is not None:
        aws.client("iam", region).get_role(RoleName=arn.rpartition("/")[2])
    return arn


def set_role(aws: Aws, region: str, arn: str) -> None:
    operation: Any = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
    aws.client("apigateway", region).update_account(patchOperations=[operation])


def others_may_log(aws: Aws, region: str) -> bool:
    """Says whether the API of somebody else can have access logs."""
    from tfgen.aws.failures import RefusalError

    client = aws.client("apigateway", region)
    api = client.create_rest_api(name="others")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    client.create_deployment(restApiId=api, stageName="live")
    group: Any = {
        "op": "replace",
        "path": "/accessLogSettings/destinationArn",
        "value": f"arn:aws:logs:{region}:123456789012:log-group:others",
    }
    try:
        client.update_stage(restApiId=api, stageName="live", patchOperations=[group])
    except RefusalError as refusal:
        if "CloudWatch Logs role ARN must be set" not in refusal.message:
            raise
        return False
    finally:
        client.delete_rest_api(restApiId=api)
    return True
