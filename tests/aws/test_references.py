"""What an app refers to is looked for before any plan, and what is wrong has a place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.config.test_resolve import HEAD
from tests.support.command import environment, make_project, tfgen
from tests.support.databases import (
    ENGINE,
    groups_of,
    make_cluster,
    make_instance,
    subnets_of,
)
from tfgen.aws.session import Aws
from tfgen.cli.databases import check_references
from tfgen.config.load import loads
from tfgen.errors import ExitCode, TfgenError
from tfgen.resolve import resolve

REGION = "us-west-2"
OTHER = "eu-west-2"


def config(database: str, vpc: str = "") -> str:
    """Returns a config whose network is in line 5, and whose database is in line 9."""
    return (
        f"{HEAD}regions:\n  us-west-2:\n    {vpc or 'env: {}'}\n  eu-west-2: {{}}\n"
        f"database:\n  rds:\n    us-west-2: {{{database}}}\n"
    )


def check(aws: Aws, text: str, *regions: str) -> None:
    loaded = loads(text)
    check_references(aws, resolve(loaded, "production"), loaded.places, regions)


def refusal(aws: Aws, text: str) -> tuple[str, str | None, str]:
    with pytest.raises(TfgenError) as raised:
        check(aws, text)
    return raised.value.message, raised.value.place, raised.value.hint or ""


def test_what_is_there_is_passed(aws: Aws) -> None:
    make_cluster(aws, REGION, "hello")
    subnet, group = subnets_of(aws, REGION)[0], groups_of(aws, REGION)[0]
    vpc = f"vpc: {{subnet_ids: [{subnet}], security_group_ids: [{group}]}}"
    check(aws, config("cluster: hello, user: app", vpc))


def test_an_app_without_references_asks_for_nothing() -> None:
    nobody = Aws("http://127.0.0.1:9")
    check(nobody, f"{HEAD}regions: {{us-west-2: {{}}}}\n")
    check(nobody, config("cluster: hello, public: true"), OTHER)


def test_a_name_that_does_not_exist_there_names_those_that_do(aws: Aws) -> None:
    make_cluster(aws, REGION, "one")
    make_cluster(aws, REGION, "two")
    make_cluster(aws, OTHER, "hello")
    message, place, hint = refusal(aws, config("cluster: hello, public: true"))
    assert message == "There is no cluster `hello` in `us-west-2`"
    assert place == "tfgen.yaml:9"
    assert hint == "there are `one`, `two`"


@pytest.mark.parametrize(
    ("kind", "what"),
    [("instance", "instance"), ("global_cluster", "global database")],
)
def test_a_region_without_any_says_so(aws: Aws, kind: str, what: str) -> None:
    message, _, hint = refusal(aws, config(f"{kind}: hello, public: true"))
    assert message == f"There is no {what} `hello` in `us-west-2`"
    assert f"there is no {what} at all" in hint


def test_a_global_database_without_a_cluster_there(aws: Aws) -> None:
    rds = aws.client("rds", REGION)
    rds.create_global_cluster(GlobalClusterIdentifier="hello", Engine=ENGINE)
    message, _, hint = refusal(aws, config("global_cluster: hello, public: true"))
    assert message == "The global database `hello` has no cluster in `us-west-2`"
    assert "it has none at all" in hint
    make_cluster(aws, OTHER, "first", GlobalClusterIdentifier="hello")
    assert (
        "it has some in eu-west-2" in refusal(aws, config("global_cluster: hello, public: true"))[2]
    )


def test_what_aws_says_against_the_config(aws: Aws) -> None:
    make_cluster(aws, REGION, "no-iam", EnableIAMDatabaseAuthentication=False)
    make_instance(aws, REGION, "inside", PubliclyAccessible=False)
    for said, expected, remedy in (
        ("cluster: no-iam, public: true", "takes no tokens of IAM", "`auth: secret`"),
        ("instance: inside, public: true", "has no address outside its VPC", "remove `public:`"),
        ("cluster: no-iam, public: true, auth: secret", "manages no secret", "`secret:`"),
    ):
        message, place, hint = refusal(aws, config(said))
        assert expected in message
        assert place == "tfgen.yaml:9"
        assert remedy in hint
    check(aws, config("cluster: no-iam, public: true, auth: secret, secret: hello/pg"))


@pytest.mark.parametrize("what", ["subnet", "security group"])
def test_a_network_of_another_region(aws: Aws, what: str) -> None:
    make_cluster(aws, REGION, "hello")
    subnet = subnets_of(aws, OTHER if what == "subnet" else REGION)[0]
    group = groups_of(aws, REGION if what == "subnet" else OTHER)[0]
    vpc = f"vpc: {{subnet_ids: [{subnet}], security_group_ids: [{group}]}}"
    message, place, hint = refusal(aws, config("cluster: hello", vpc))
    assert message == f"There is no {what} `{subnet if what == 'subnet' else group}` in `us-west-2`"
    assert place == "tfgen.yaml:5"
    assert "those of `eu-west-2` are not its own" in hint


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_commands_look_before_terraform_does(
    aws: Aws, endpoint: str, tmp_path: Path, command: list[str]
) -> None:
    make_cluster(aws, REGION, "other")
    folder = make_project(tmp_path / "app", config("cluster: hello, public: true"))
    env = environment(
        AWS_ENDPOINT_URL=endpoint,
        AWS_ACCESS_KEY_ID="user",
        AWS_SECRET_ACCESS_KEY="user",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    done = tfgen(folder, *command, "--render", env=env)
    assert done.returncode == ExitCode.FAILED
    assert (
        "error: There is no cluster `hello` in `us-west-2`\n  --> tfgen.yaml:9\n\n"
        "hint: there is `other`\n"
    ) in done.stderr
    assert not (folder / "infra/production/.terraform").exists()
