"""Which major version of the provider a tree is for."""

from __future__ import annotations

import pytest

from tests.support.lint import PROVIDER, VARIABLE, found, root, versions
from tfgen.lint.lint import lint
from tfgen.lint.versions import allowed

# Right for version 5 only, so that what is found tells the version.
QUEUE = 'resource "aws_sqs_queue" "this" {}\n'
SIX = [("main.tf:1", "region-missing")]


@pytest.mark.parametrize(
    ("constraint", "majors"),
    [
        ("~> 5.98", (5,)),
        ("~> 5.98.0", (5,)),
        ("~> 5", (5, 6)),
        ("~> 6.0", (6,)),
        ("5.100.0", (5,)),
        ("= 6.25.0", (6,)),
        (">= 5.0", (5, 6)),
        (">= 5.0, < 6.0", (5,)),
        (">= 5.0, < 6.0.1", (5, 6)),
        (">= 5.0, != 5.4.0", (5, 6)),
        ("> 5.100.0, < 7", (5, 6)),
        ("< 6", (5,)),
        ("<= 6", (5, 6)),
        (">=5.98,<7.0.0", (5, 6)),
        ("v6.1.0", (6,)),
        (">= 6.0.0-beta1", (6,)),
        ("~> 4.0", ()),
        (">= 7", ()),
        ("nonsense", (5, 6)),
    ],
)
def test_the_major_versions_that_a_constraint_allows(
    constraint: str, majors: tuple[int, ...]
) -> None:
    assert allowed([constraint]) == majors


def test_all_constraints_count() -> None:
    assert allowed([">= 5.0", "< 6.0"]) == (5,)
    assert allowed(["~> 5.0", "~> 6.0"]) == ()
    assert allowed([]) == (5, 6)


def test_the_newest_version_counts_where_several_are_allowed() -> None:
    assert found(root(QUEUE, terraform=versions(">= 5.0"))) == SIX
    assert found(root(QUEUE, terraform="")) == SIX


def test_the_lock_file_decides_where_several_are_allowed() -> None:
    files = {"main.tf": QUEUE, "terraform.tf": versions(">= 5.0"), "providers.tf": PROVIDER}
    for host in ("registry.terraform.io", "registry.opentofu.org"):
        lock = f'provider "{host}/hashicorp/aws" {{\n  version = "5.100.0"\n}}\n'
        assert lint({**files, ".terraform.lock.hcl": lock}).findings == ()
        other = lock.replace("5.100.0", "6.25.0")
        assert found(lint({**files, ".terraform.lock.hcl": other}).findings) == SIX
        another = lock.replace("/aws", "/random")
        assert found(lint({**files, ".terraform.lock.hcl": another}).findings) == SIX


def test_the_form_of_old_constraints() -> None:
    old = 'terraform {\n  required_providers {\n    aws = "~> 5.0"\n  }\n}\n'
    assert root(QUEUE, terraform=old) == ()


def test_a_version_that_is_not_known() -> None:
    [finding] = root(QUEUE, terraform=versions("~> 4.0"))
    assert (finding.place, finding.rule) == ("terraform.tf:3", "provider-version")
    assert finding.message == "`~> 4.0` allows neither version 5 nor version 6 of the AWS provider"


def test_a_module_is_checked_for_the_root_modules_that_call_it() -> None:
    def files(*constraints: str) -> dict[str, str]:
        roots = {
            f"live/{index}/main.tf": versions(constraint)
            + 'module "queue" {\n  source = "../../modules/queue"\n  region = "eu-west-2"\n}\n'
            for index, constraint in enumerate(constraints)
        }
        return {**roots, "modules/queue/main.tf": QUEUE, "modules/queue/variables.tf": VARIABLE}

    six = [("modules/queue/main.tf:1", "region-missing")]
    assert lint(files("~> 5.98")).findings == ()
    assert found(lint(files("~> 6.0")).findings) == six
    assert found(lint(files("~> 5.98", "~> 6.0")).findings) == six
    with_region = files("~> 5.98", "~> 6.0") | {
        "modules/queue/main.tf": QUEUE.replace("{}", "{\n  region = var.region\n}")
    }
    assert found(lint(with_region).findings) == [("modules/queue/main.tf:2", "region-unexpected")]


def test_what_a_called_module_requires_counts() -> None:
    files = {
        "main.tf": versions(">= 5.0") + 'module "queue" {\n  source = "./queue"\n}\n',
        "queue/main.tf": versions("< 6.0") + QUEUE,
    }
    assert lint(files).findings == ()


def test_modules_that_call_each_other_are_no_endless_loop() -> None:
    call = 'module "other" {{\n  source = "../{}"\n}}\n'
    files = {"a/main.tf": call.format("b") + QUEUE, "b/main.tf": call.format("a")}
    itself = {"c/main.tf": 'module "c" {\n  source = "../c"\n}\n' + QUEUE}
    assert found(lint({**files, **itself}).findings) == [
        ("a/main.tf:4", "region-missing"),
        ("c/main.tf:4", "region-missing"),
    ]
