"""``tfgen iam``: what is printed where."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command import CONFIG, environment, make_project, tfgen
from tfgen.errors import ExitCode

# Neither is asked.
OFFLINE = environment(
    TFGEN_TERRAFORM="no-such-terraform", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_PROFILE="none"
)


def test_a_policy_for_each_region(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    printed = tfgen(folder, "iam", env=OFFLINE)
    assert printed.returncode == ExitCode.DONE, printed.stderr
    policies = json.loads(printed.stdout)
    assert list(policies) == ["eu-west-2", "us-west-2"]
    for region, policy in policies.items():
        assert [each["Sid"] for each in policy["Statement"]] == ["WriteLogs", "DecryptEnvironment"]
        assert f":{region}:${{account_id}}:" in policy["Statement"][0]["Resource"]
    assert printed.stderr.splitlines() == [
        "${account_id} is the ID of the AWS account; `--account` fills it in",
        "${key_id} is the ID that KMS gives to the region's key",
    ]


def test_the_policy_of_one_region_stands_alone(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    printed = tfgen(folder, "iam", "-r", "us-west-2", "--account", "123456789012", env=OFFLINE)
    policy = json.loads(printed.stdout)
    assert policy["Statement"][0]["Resource"] == (
        "arn:aws:logs:us-west-2:123456789012:log-group:/aws/lambda/hello-production:*"
    )
    assert "account" not in printed.stderr


def test_json_has_the_placeholders(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    printed = tfgen(folder, "iam", "--json", env=OFFLINE)
    said = json.loads(printed.stdout)
    assert said["policies"].keys() == {"eu-west-2", "us-west-2"}
    assert said["placeholders"].keys() == {"${account_id}", "${key_id}"}
    assert printed.stderr == ""


def test_the_policies_to_deploy(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    printed = tfgen(folder, "iam", "--deploy", env=OFFLINE)
    assert printed.returncode == ExitCode.DONE, printed.stderr
    policies = json.loads(printed.stdout)
    assert len(policies) > 1
    assert {each["Version"] for each in policies} == {"2012-10-17"}
    assert max(len(json.dumps(each, separators=(",", ":"))) for each in policies) <= 6144
    assert printed.stderr.splitlines() == [
        f"These are {len(policies)} policies, for IAM takes none over 6,144 characters: "
        "attach all of them",
        "${account_id} is the ID of the AWS account; `--account` fills it in",
    ]


def test_a_policy_to_deploy_that_is_small_stands_alone(tmp_path: Path) -> None:
    config = CONFIG.replace(
        "api: {domain: api.example.com, zone: example.com, create_zone: true}\n", ""
    )
    folder = make_project(tmp_path / "app", config)
    printed = tfgen(folder, "iam", "--deploy", "--account", "123456789012", env=OFFLINE)
    assert json.loads(printed.stdout).keys() == {"Version", "Statement"}
    assert printed.stderr == ""


def test_bad_input(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    for arguments, message in (
        (("--account", "hello"), "`hello` is not the ID of an AWS account"),
        (("--region", "eu-west-1"), "is not in the region `eu-west-1`"),
        (("--stage", "test"), "There is no stage `test`"),
        (("--deploy", "--region", "eu-west-2"), "is needed for all regions of a stage"),
    ):
        printed = tfgen(folder, "iam", *arguments, env=OFFLINE)
        assert printed.returncode == ExitCode.USAGE
        assert message in printed.stderr
        assert printed.stdout == ""
