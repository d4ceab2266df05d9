"""What each error of Terraform is called here, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NEEDS_INIT = re.compile(
    r"Module not installed"
    r"|Module source has changed"
    r"|Module version requirements have changed"
    r"|Backend initialization required"
    r"|Missing required provider"
    r"|Required plugins are not installed"
    r"|Inconsistent dependency lock file"
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
DENIED = re.compile(
    r"not authorized to perform: (?P<action>[a-z0-9-]+:\w+)"
    # AWS names no action where the answer has no body: to HEAD requests.
    r"|operation error (?P<service>[\w ]+): (?P<operation>\w+), https response error StatusCode: "
    r"403,(?!(?:(?!operation error).)*not authorized to perform)",
    re.IGNORECASE,
)

_OPERATIONS = {
    "OperationTypeApply": "an apply",
    "OperationTypePlan": "a plan",
    "OperationTypeRefresh": "a refresh",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known about a run that failed.

    Attributes:
        text: all errors in one line.
        root: the folder of the root module, as messages show it.
        command: how a person calls this Terraform.
    """

    text: str
    root: str
    command: str
    zone: str | None
    profile: str | None


Advice = tuple[str, str]
"""A message and a hint."""


def _locked(match: re.Match[str], failure: Failure) -> Advice:
    operation = _OPERATIONS.get(match["operation"], match["operation"] or "another run")
    message = f"The state is locked by {match['who']} since {match['since']} UTC, for {operation}"
    if "resource temporarily unavailable" in failure.text:
        # The lock is the kernel's, on an open file: `force-unlock` cannot release it.
        return message, "wait for that run to end, or stop it: the lock goes away with it"
    unlock = f"`{failure.command} force-unlock {match['id']}` in {failure.root}"
    return message, f"wait for that run to end; if it is dead, run {unlock}"


def _no_credentials(_: re.Match[str], failure: Failure) -> Advice:
    where = " for the state in S3" if "language/backend/s3" in failure.text else ""
    if "SSO" in failure.text:
        login = "aws sso login" + (f" --profile {failure.profile}" if failure.profile else "")
        return f"There is no valid AWS SSO session{where}", f"run `{login}`"
    return (
        f"No AWS credentials were found{where}",
        "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`;"
        " with `--sandbox` none are needed",
    )


def _expired(_: re.Match[str], failure: Failure) -> Advice:
    profile = f" of the profile `{failure.profile}`" if failure.profile else ""
    return (
        f"The AWS credentials{profile} have expired",
        "get new ones, for example with `aws sso login`, and run the command again",
    )


def _refused(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"AWS does not accept the credentials: {match[0]}",
        "check them with `aws sts get-caller-identity`",
    )


def _no_profile(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"There is no AWS profile `{match[1]}`",
        "set AWS_PROFILE to one that `aws configure list-profiles` shows",
    )


def _no_zone(_: re.Match[str], failure: Failure) -> Advice:
    name = f"hosted zone `{failure.zone}`" if failure.zone else "such hosted zone"
    return (
        f"There is no {name} in this AWS account",
        "use the account that owns it, name a role there as `zone_role_arn` under `api`, or set "
        "`create_zone: true` to create it",
    )


def _two_zones(_: re.Match[str], failure: Failure) -> Advice:
    name = f" `{failure.zone}`" if failure.zone else ""
    return (
        f"There are several public hosted zones{name} in this AWS account",
        "write the ID of the one that the domain is delegated to as `zone` under `api`, or delete "
        "the others; `aws route53 list-hosted-zones` lists them",
    )


def _no_database(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"There is no database `{match[1]}` in RDS, which the app looks up",
        "name another one under `database.rds`; if it has gone for good, take it out of there, so "
        "that nothing looks it up any more",
    )


def _no_role(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The role {match[1]} cannot be assumed",
        "its trust policy must allow these credentials, and theirs `sts:AssumeRole` for it; "
        "`zone_role_arn` under `api` says which role that of the zone is",
    )


def _denied(_: re.Match[str], failure: Failure) -> Advice:
    found = [match["action"] or _call(match) for match in DENIED.finditer(failure.text)]
    return (
        f"The AWS credentials do not allow {', '.join(dict.fromkeys(found))}",
        "`tfgen iam --deploy` prints the IAM policy that a deployment needs; whoever administers "
        "the account can attach it to the user or role",
    )


def _call(match: re.Match[str]) -> str:
    """Returns what was refused where AWS does not say it: the operation, as an action."""
    return f"{match['service'].lower().replace(' ', '-')}:{match['operation']}"


def _record_exists(match: re.Match[str], _: Failure) -> Advice:
    name, kind = match["name"].rstrip("."), match["type"]
    return (
        f"The hosted zone has a record `{name}` of type {kind} already, which is not this stage's",
        "remove it, or set `allow_overwrite_records: true` under `api` to take it over",
    )


def _record_of_another_policy(match: re.Match[str], _: Failure) -> Advice:
    name, kind = match["name"].rstrip("."), match["type"]
    return (
        f"The hosted zone has {kind} records `{name}` with another routing policy, and Route 53 "
        "takes no second one for a name",
        "remove those records first; `allow_overwrite_records` cannot replace them",
    )


def _no_bucket(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The S3 bucket `{match[1]}`, which is to hold the state, does not exist",
        f"create it with `aws s3 mb s3://{match[1]}`, or change `terraform.backend` in tfgen.yaml",
    )


def _backend_changed(_: re.Match[str], failure: Failure) -> Advice:
    init = f"`{failure.command} init -migrate-state` in {failure.root}"
    return (
        "The backend has changed since the state was last used",
        f"run {init} to move the state, or with `-reconfigure` if it is there already",
    )


def _stale(_: re.Match[str], __: Failure) -> Advice:
    return (
        "The saved plan is stale: the state has changed since it was made",
        "make a new one with `tfgen plan --out`",
    )


def _other_plan(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The saved plan was made by Terraform {match[1]}, and this is {match[2]}",
        "make a new one with `tfgen plan --out`, or apply it with the version that made it",
    )


def _code_changed(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The code has changed since the plan: {match[1]} was planned with another bundle",
        "plan again, and apply the new plan",
    )


def _disk_full(_: re.Match[str], __: Failure) -> Advice:
    return (
        "The disk is full",
        "free some space and run the same command again; what Terraform could not write into the "
        "state is in the journal of the run, and `tfgen apply` puts it back",
    )


def _not_saved(_: re.Match[str], failure: Failure) -> Advice:
    return (
        "Terraform could not save the state",
        "leave errored.tfstate and .tfgen as they are, put right what is named above, and run the "
        f"same command again in place of `{failure.command} state push`: it saves the state first",
    )


def _torn_state(_: re.Match[str], failure: Failure) -> Advice:
    return (
        "The state was cut off while it was written",
        "`tfgen apply` puts it back from the journal of that run, or from the backup in "
        f"{failure.root}",
    )


def _no_plan(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"{match[1]} is not a saved plan",
        "make one with `tfgen plan --out`",
    )


def _older_major(match: re.Match[str], failure: Failure) -> Advice:
    return (
        f"The tree is for AWS provider {match['wanted']}, and .terraform.lock.hcl has version "
        f"{match['locked']}, whose state does not say in which region anything is",
        f"refresh the state first, as docs/guides/changing.md says under “From provider 5 to 6”; "
        f"if nothing was ever applied, run `{failure.command} init -upgrade` in {failure.root}",
    )


def _lock_file_behind(_: re.Match[str], failure: Failure) -> Advice:
    return (
        "The versions in .terraform.lock.hcl are not the ones that the configuration asks for",
        f"run `{failure.command} init -upgrade` in {failure.root} and commit .terraform.lock.hcl",
    )


def _checksum(match: re.Match[str], failure: Failure) -> Advice:
    return (
        f"The provider {match[1]} does not have any of the checksums in .terraform.lock.hcl",
        f"if the lock file was written on another platform, run `{failure.command} providers lock`"
        f" in {failure.root}; otherwise do not trust the download",
    )


def _no_version(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"No version of the provider {match[1]} matches {match[2].strip()}",
        "a filesystem mirror in the CLI configuration may lack it",
    )


def _no_registry(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The provider {match[1]} cannot be downloaded: {match[2].rstrip('.')}",
        "check the network and HTTPS_PROXY, or set up a filesystem mirror:"
        " https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation",
    )


def _old_terraform(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The configuration does not support Terraform {match[1]}",
        "use a version that `required_version` allows",
    )


def _newer_state(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"The state was written by Terraform {match[1]}, which this one is too old to read",
        "upgrade Terraform to that version or a newer one",
    )


def _orphan(match: re.Match[str], _: Failure) -> Advice:
    return (
        f"{match[1]} still exists, but the provider configuration that it needs was removed",
        "put its region back into the config as it was, and take it out with "
        "`tfgen region remove`, which destroys what it has first",
    )


def _uninitialized(match: re.Match[str], failure: Failure) -> Advice:
    return (
        f"The root module is not initialized: {match[0].lower()}",
        f"run `{failure.command} init` in {failure.root} to see what is in the way",
    )


RULES: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str], Failure], Advice]]] = tuple(
    (re.compile(pattern, re.IGNORECASE), advise)
    for pattern, advise in (
        (
            r"Lock Info: ID: (?P<id>\S+) Path: .*? Operation: (?P<operation>\S*) Who: (?P<who>.*?)"
            r" Version: \S+ Created: (?P<since>\S+ \d+:\d+:\d+)",
            _locked,
        ),
        (r"failed to get shared config profile, (\S+)", _no_profile),
        (r"ExpiredToken|RequestExpired|security token .* is expired", _expired),
        (
            r"No valid credential sources found|failed to refresh cached credentials",
            _no_credentials,
        ),
        (r"InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch", _refused),
        # The AWS provider wrote “Route53Zone” before 5.41.
        (r"no matching Route ?53 ?(?:Hosted )?Zone found", _no_zone),
        (r"multiple Route ?53 (?:Hosted )?Zones? (?:found|matched)", _two_zones),
        (r"reading RDS [\w ()]+ \((\S+)\): couldn't find resource", _no_database),
        (r"IAM Role \((\S+)\) cannot be assumed", _no_role),
        (DENIED.pattern, _denied),
        (
            r"Tried to create resource record set \[name='(?P<name>[^']+)', type='(?P<type>\w+)'"
            r"[^\]]*\] but it already exists",
            _record_exists,
        ),
        (
            r"RRSet with DNS name (?P<name>[^\s,]+), type (?P<type>\w+),? .*?cannot be created as"
            r" (?:other RRSets exist|a non-\w+ set exists) with the same name and type",
            _record_of_another_policy,
        ),
        (r'S3 bucket "([^"]+)" does not exist', _no_bucket),
        (r"Backend configuration (?:block has )?changed", _backend_changed),
        (r"Saved plan is stale", _stale),
        (
            r"expanding the plan for (\S+) to include .*? produced an invalid new value for "
            r"\.(?:source_code_hash|code_sha256):",
            _code_changed,
        ),
        (r"no space left on device|disk quota exceeded", _disk_full),
        (r"Failed to persist state to backend", _not_saved),
        (r"The state file could not be parsed as JSON", _torn_state),
        (r"created by (?:Terraform|OpenTofu) (\S+), but this is ([^\s;]+)", _other_plan),
        (r'Failed to load "(.+?)" as a plan file', _no_plan),
        (
            r"locked provider \S+/hashicorp/aws (?P<locked>5\.\S+) does not match configured "
            r"version constraint ~> (?P<wanted>6)",
            _older_major,
        ),
        (r"init -upgrade", _lock_file_behind),
        (
            r"(?:package for|installing|plugins?:) (\S+).*?"
            r"(?:does not|doesn't) match any of the checksums",
            _checksum,
        ),
        (
            r"provider (\S+): no available releases match the given constraints (.+?) To see",
            _no_version,
        ),
        (
            r"provider (\S+): (could not connect to \S+?:? .+?|provider registry .+?)"
            r"(?: To see which modules| Did you intend|$)",
            _no_registry,
        ),
        (r"does not support (?:Terraform|OpenTofu) version (\S+?)\.? ", _old_terraform),
        (
            r"(?:created|written) by (?:Terraform|OpenTofu) v?(\d\S+?),? which is newer",
            _newer_state,
        ),
        (
            r"state file uses format version .* created by (?:Terraform|OpenTofu) (\S+?)\. ",
            _newer_state,
        ),
        (r"To work with (\S+) .*original provider configuration", _orphan),
        (NEEDS_INIT.pattern, _uninitialized),
    )
)
