"""What a reader is told about real errors of Terraform."""

from __future__ import annotations

import dataclasses

import pytest

from tests.terraform.conftest import RECORDED
from tfgen.terraform import diagnose, events, texts
from tfgen.terraform.engine import Engine
from tfgen.terraform.events import Diagnostic
from tfgen.terraform.runner import Result

ROOT = "infra/production"


def diagnostics(name: str) -> tuple[Diagnostic, ...]:
    text = (RECORDED / name).read_text()
    if name.endswith(".txt"):
        return texts.diagnostics(text)
    stream = events.parse_all(text.splitlines())
    return tuple(event for event in stream if isinstance(event, Diagnostic))


@pytest.mark.parametrize(
    ("name", "place", "message", "hint"),
    [
        (
            "locked_local.txt",
            ROOT,
            "The state is locked by dev@laptop since 2026-11-23 23:48:54 UTC, for an apply",
            "wait for that run to end, or stop it: the lock goes away with it",
        ),
        (
            "locked_local_plain.txt",
            ROOT,
            "The state is locked by dev@laptop since 2026-11-23 23:48:54 UTC, for an apply",
            "wait for that run to end",
        ),
        (
            "locked_s3.txt",
            ROOT,
            "The state is locked by dev@laptop since 2026-11-23 23:48:58 UTC, for an apply",
            "if it is dead, run `terraform force-unlock 5f765964-26ea-d551-9642-062163e31a70`"
            " in infra/production",
        ),
        (
            "locked_s3.jsonl",
            ROOT,
            "The state is locked by dev@laptop since 2026-11-23 23:48:58 UTC, for an apply",
            "`terraform force-unlock 5f765964-26ea-d551-9642-062163e31a70` in infra/production",
        ),
        (
            "credentials_none.txt",
            f"{ROOT}/main.tf:6",
            "No AWS credentials were found",
            "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        (
            "credentials_none.jsonl",
            f"{ROOT}/main.tf:6",
            "No AWS credentials were found",
            "--sandbox",
        ),
        (
            "credentials_none_1.15.jsonl",
            f"{ROOT}/main.tf:6",
            "No AWS credentials were found",
            "--sandbox",
        ),
        (
            "credentials_none_backend_plain.txt",
            ROOT,
            "No AWS credentials were found for the state in S3",
            "set AWS_PROFILE",
        ),
        (
            "credentials_expired.txt",
            f"{ROOT}/main.tf:6",
            "The AWS credentials of the profile `dev` have expired",
            "get new ones",
        ),
        (
            "sso_not_logged_in.txt",
            f"{ROOT}/main.tf:6",
            "There is no valid AWS SSO session",
            "run `aws sso login --profile dev`",
        ),
        (
            "sso_expired.txt",
            f"{ROOT}/main.tf:6",
            "There is no valid AWS SSO session",
            "run `aws sso login --profile dev`",
        ),
        (
            "profile_missing.txt",
            f"{ROOT}/main.tf:6",
            "There is no AWS profile `nope`",
            "set AWS_PROFILE to one that `aws configure list-profiles` shows",
        ),
        (
            "zone_missing.txt",
            f"{ROOT}/main.tf:9",
            "There is no hosted zone `example.com` in this AWS account",
            "`create_zone: true`",
        ),
        (
            "zone_missing.jsonl",
            f"{ROOT}/main.tf:9",
            "There is no hosted zone `example.com` in this AWS account",
            "`create_zone: true`",
        ),
        (
            "zone_twice.txt",
            f"{ROOT}/main.tf:9",
            "There are several public hosted zones `example.com` in this AWS account",
            "write the ID",
        ),
        (
            "zone_twice.jsonl",
            f"{ROOT}/main.tf:9",
            "There are several public hosted zones `example.com` in this AWS account",
            "write the ID",
        ),
        (
            "database_missing_cluster.txt",
            f"{ROOT}/main.tf:8",
            "There is no database `hello` in RDS",
            "take it out of there",
        ),
        (
            "database_missing_instance.txt",
            f"{ROOT}/main.tf:8",
            "There is no database `hello` in RDS",
            "name another one under `database.rds`",
        ),
        (
            "zone_role_refused.txt",
            f"{ROOT}/main.tf:9",
            "The role arn:aws:iam::210987654321:role/dns cannot be assumed",
            "`zone_role_arn`",
        ),
        (
            "zone_role_refused.jsonl",
            f"{ROOT}/main.tf:9",
            "The role arn:aws:iam::210987654321:role/dns cannot be assumed",
            "`zone_role_arn`",
        ),
        (
            "record_exists.txt",
            f"{ROOT}/main.tf:9",
            "The hosted zone has a record `api.example.com` of type A already",
            "`allow_overwrite_records: true`",
        ),
        (
            "record_exists.jsonl",
            f"{ROOT}/main.tf:9",
            "The hosted zone has a record `api.example.com` of type A already",
            "`allow_overwrite_records: true`",
        ),
        (
            "bucket_missing.txt",
            ROOT,
            "The S3 bucket `no-such-bucket`, which is to hold the state, does not exist",
            "aws s3 mb s3://no-such-bucket",
        ),
        (
            "backend_changed.txt",
            ROOT,
            "The backend has changed since the state was last used",
            "`terraform init -migrate-state` in infra/production",
        ),
        (
            "stale_plan.txt",
            ROOT,
            "The saved plan is stale: the state has changed since it was made",
            "tfgen plan --out",
        ),
        ("stale_plan.jsonl", ROOT, "The saved plan is stale", "tfgen plan --out"),
        ("disk_full.jsonl", ROOT, "The disk is full", "free some space and run the same command"),
        (
            "state_torn.txt",
            ROOT,
            "The state was cut off while it was written",
            "`tfgen apply` puts it back",
        ),
        ("plan_junk.jsonl", ROOT, "junk is not a saved plan", "tfgen plan --out"),
        (
            "plan_of_other_version.txt",
            ROOT,
            "The saved plan was made by Terraform 1.15.5, and this is 1.11.4",
            "make a new one",
        ),
        (
            "lock_file_behind.txt",
            ROOT,
            "The tree is for AWS provider 6, and .terraform.lock.hcl has version 5.100.0",
            "refresh the state first",
        ),
        (
            "lock_file_behind_minor.txt",
            ROOT,
            "The versions in .terraform.lock.hcl are not the ones",
            "`terraform init -upgrade` in infra/production",
        ),
        (
            "checksum_init.txt",
            ROOT,
            "The provider hashicorp/aws does not have any of the checksums",
            "`terraform providers lock`",
        ),
        ("checksum_plan.txt", ROOT, "does not have any of the checksums", "do not trust"),
        (
            "no_version.txt",
            ROOT,
            "No version of the provider hashicorp/aws matches ~> 6.0",
            "mirror",
        ),
        (
            "no_registry.txt",
            ROOT,
            "The provider hashicorp/aws cannot be downloaded: could not connect to"
            " registry.terraform.io: failed to request discovery document",
            "HTTPS_PROXY",
        ),
        ("no_registry_1.15.txt", ROOT, "hashicorp/aws cannot be downloaded", "HTTPS_PROXY"),
        (
            "required_version.txt",
            f"{ROOT}/v.tf:2",
            "The configuration does not support Terraform 1.11.4",
            "required_version",
        ),
        (
            "newer_state.txt",
            ROOT,
            "The state was written by Terraform 1.99.0, which this one is too old to read",
            "upgrade Terraform",
        ),
        (
            "provider_configuration_gone.txt",
            ROOT,
            "module.m.aws_sqs_queue.q still exists, but the provider configuration that it needs",
            "put its region back",
        ),
        (
            "module_missing.txt",
            f"{ROOT}/main.tf:6",
            "The root module is not initialized: module not installed",
            "run `terraform init` in infra/production",
        ),
        ("backend_uninitialized.txt", ROOT, "The root module is not initialized", "terraform init"),
    ],
)
def test_what_is_said(binary: Engine, name: str, place: str, message: str, hint: str) -> None:
    engine = dataclasses.replace(binary, command="terraform")
    error = diagnose.explain(
        diagnostics(name), root=ROOT, engine=engine, zone="example.com", profile="dev"
    )
    assert error.place == place
    assert message in error.message
    assert hint in str(error.hint)
    assert not error.message.endswith(".")


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDED.glob("*.txt")))
def test_nothing_of_the_layout_is_left(name: str) -> None:
    for error in diagnostics(name):
        said = f"{error.summary}{error.detail}{error.address}{error.file}"
        assert not set("╷│╵\x1b") & set(said)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("module_missing.txt", True),
        ("provider_missing.txt", True),
        ("backend_uninitialized.txt", True),
        ("backend_uninitialized_1.15.txt", True),
        ("checksum_plan.txt", True),
        ("locked_s3.txt", False),
        ("credentials_none.jsonl", False),
        ("backend_changed.txt", False),
    ],
)
def test_whether_an_init_is_needed(name: str, needed: bool) -> None:
    assert diagnose.needs_init(diagnostics(name)) is needed


def test_a_boxed_error_is_read_as_it_was_meant() -> None:
    (error,) = diagnostics("credentials_none.txt")
    (same,) = diagnostics("credentials_none.jsonl")
    assert (error.severity, error.summary) == (same.severity, same.summary)
    assert (error.address, error.file, error.line) == (same.address, same.file, same.line)
    assert error.detail.split() == same.detail.split()


def test_several_errors_are_all_told(binary: Engine) -> None:
    error = diagnose.explain(diagnostics("apply_two_errors.jsonl"), root=ROOT, engine=binary)
    assert error.message == (
        "Terraform reports 2 errors\n\n"
        "terraform_data.b: local-exec provisioner error\n"
        "Error running command 'exit 4': exit status 4. Output:\n\n"
        "terraform_data.a: local-exec provisioner error\n"
        "Error running command 'echo no >&2; exit 3': exit status 3. Output: no"
    )
    assert error.place == ROOT


def test_a_single_unknown_error_is_told_in_its_own_words(binary: Engine) -> None:
    one = diagnostics("apply_two_errors.jsonl")[:1]
    error = diagnose.explain((*one, *one), root=ROOT, engine=binary)
    assert error.message.startswith("terraform_data.b: local-exec provisioner error\nError running")
    assert error.place == f"{ROOT}/main.tf:5"


@pytest.mark.parametrize(
    "said",
    [
        "RRSet with DNS name api.example.com., type A, SetIdentifier us-west-2 cannot be created as"
        " a non-latency set exists with the same name and type.",
        "RRSet with DNS name api.example.com., type A cannot be created as other RRSets exist with"
        " the same name and type.",
    ],
)
def test_records_of_another_routing_policy(binary: Engine, said: str) -> None:
    [exists] = [each for each in diagnostics("record_exists.jsonl") if each.severity == "error"]
    summary = f"creating Route53 Record: InvalidChangeBatch: [{said}]"
    error = diagnose.explain(
        [dataclasses.replace(exists, summary=summary)], root=ROOT, engine=binary
    )
    assert "has A records `api.example.com` with another routing policy" in error.message
    assert "remove those records first" in (error.hint or "")


def test_what_is_not_allowed_is_named(binary: Engine) -> None:
    who = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform"
    said = (
        f"creating KMS Key: operation error KMS: CreateKey, https response error StatusCode: 400, "
        f"RequestID: 1, api error AccessDeniedException: {who}: kms:CreateKey on resource: *",
        f"creating Lambda Function (x): operation error Lambda: CreateFunction, https response "
        f"error StatusCode: 403, RequestID: 2, api error AccessDeniedException: {who}: "
        "lambda:CreateFunction on resource: arn",
        "reading S3 Object (x): operation error S3: HeadObject, https response error StatusCode: "
        "403, RequestID: 3, HostID: , api error Forbidden: Forbidden",
    )
    errors = texts.diagnostics("\n\n".join(f"Error: {each}" for each in said))
    error = diagnose.explain(errors, root=ROOT, engine=binary)
    assert error.message == (
        "The AWS credentials do not allow kms:CreateKey, lambda:CreateFunction, s3:HeadObject"
    )
    assert error.hint is not None
    assert error.hint.startswith("`tfgen iam --deploy` prints")


def test_what_an_interrupt_stopped_is_not_told_as_errors(binary: Engine) -> None:
    error = diagnose.explain(diagnostics("interrupted_1.15.jsonl"), root=ROOT, engine=binary)
    assert "execution halted" not in error.message
    assert "local-exec provisioner error" in error.message


def test_a_failure_without_a_word(binary: Engine) -> None:
    error = diagnose.explain((), root=ROOT, engine=binary, output="panic: oh\n\ngoroutine 1\n")
    assert error.message.endswith("its last words:\npanic: oh\n\ngoroutine 1")
    assert diagnose.explain((), root=ROOT, engine=binary).message == (
        "Terraform failed without an error message"
    )


def test_a_violent_death() -> None:
    error = diagnose.killed(Result(-9, interrupted=False), root=ROOT)
    assert error.message == "Terraform was killed by SIGKILL"
    assert "memory" in str(error.hint)
    assert "memory" not in str(diagnose.killed(Result(-9, interrupted=True), root=ROOT).hint)
