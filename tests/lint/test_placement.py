"""Everything that lies in a region says which, the right one, and nothing else has a region."""

from __future__ import annotations

import pytest

from tests.support.lint import PROVIDER, VARIABLE, child, found, root, versions
from tfgen.lint.lint import lint


def queue(region: str | None, more: str = "") -> str:
    """Returns a resource that lies in a region."""
    line = "" if region is None else f"  region = {region}\n\n"
    return f'resource "aws_sqs_queue" "this" {{\n{line}  name = "q"\n{more}}}\n'


ROLE = (
    'resource "aws_iam_role" "this" {\n  region = "eu-west-2"\n\n  assume_role_policy = "{}"\n}\n'
)
ALIASED = 'provider "aws" {\n  alias  = "eu_west_2"\n  region = "eu-west-2"\n}\n'


@pytest.mark.parametrize("linted", [root, child])
@pytest.mark.parametrize(
    "region",
    [
        "var.region",
        '"${var.region}"',
        "(var.region)",
        "local.home",
        "each.value.region",
        "each.key",
        "var.regions[0]",
        'var.regions["b"].name',
        '"us-east-1"',
        '("us-east-1")',
        'var.edge ? "us-east-1" : var.region',
    ],
)
def test_a_region_that_can_be_seen(linted: object, region: str) -> None:
    assert callable(linted)
    assert linted(queue(region)) == ()


@pytest.mark.parametrize(
    "region", ['"eu-west-2"', "one(var.regions)", '"${var.area}-west-2"', 'a ? "eu-west-2" : b']
)
def test_a_child_module_is_not_pinned_but_a_root_module_may_be(region: str) -> None:
    assert root(queue(region)) == ()
    assert found(child(queue(region))) == [("main.tf:2", "region-value")]


@pytest.mark.parametrize("linted", [root, child])
@pytest.mark.parametrize(
    ("region", "rule", "message"),
    [
        ("null", "region-missing", "may be null, which leaves it to the provider configuration"),
        ("a ? b : null", "region-missing", "may be null"),
        ('"us-wst-2"', "region-value", "is `us-wst-2`, which is no region of AWS"),
        ('""', "region-value", "is ``, which is no region of AWS"),
        ("us-east-1", "region-value", "is `us-east-1` without quotes"),
        ("1", "region-value", "is no text"),
        ("true", "region-value", "is no text"),
        ('["eu-west-2"]', "region-value", "is no text"),
    ],
)
def test_what_is_no_region(linted: object, region: str, rule: str, message: str) -> None:
    assert callable(linted)
    [finding] = linted(f"# a line\n{queue(region)}")
    assert (finding.place, finding.rule) == ("main.tf:3", rule)
    assert finding.message.startswith(f"The region of `aws_sqs_queue.this` {message}")
    assert finding.hint


def test_a_region_that_is_missing() -> None:
    [in_root] = root(f"\n{queue(None)}")
    [in_child] = child(f"\n{queue(None)}")
    assert found((in_root, in_child)) == [("main.tf:2", "region-missing")] * 2
    assert in_root.hint == 'add the argument, such as `region = "us-east-1"`'
    assert in_child.hint == "add `region = var.region`"
    [nowhere] = lint({"m/main.tf": queue(None)}).findings
    assert nowhere.hint == "give the module a variable `region`, and say `region = var.region`"


@pytest.mark.parametrize("kind", ["data", "ephemeral"])
def test_other_kinds_of_blocks_lie_in_regions_too(kind: str) -> None:
    text = f'{kind} "aws_secretsmanager_secret_version" "this" {{\n  secret_id = "x"\n}}\n'
    assert found(child(text)) == [("main.tf:1", "region-missing")]
    assert found(child(f"check {{\n{text}}}\n".replace("check", 'check "c"'))) == [
        ("main.tf:2", "region-missing")
    ]


def test_a_provider_configuration_says_the_region_as_well() -> None:
    assert root(queue(None, "  provider = aws.eu_west_2\n"), aliased=ALIASED) == ()


def test_what_is_global_has_no_region() -> None:
    for linted in (root, child):
        [finding] = linted(ROLE)
        assert (finding.place, finding.rule) == ("main.tf:2", "region-unexpected")
        assert finding.message == "`aws_iam_role.this` is global and has no argument `region`"


def test_a_block_called_region_is_no_region() -> None:
    """A replication set is in several regions, which it lists in blocks."""
    text = (
        'resource "aws_ssmincidents_replication_set" "this" {\n  region {\n    name = ""\n  }\n}\n'
    )
    assert root(text) == ()
    assert root(text, 5) == ()


def test_version_5_has_no_region() -> None:
    assert root(queue(None), 5) == ()
    [finding] = child(queue("var.region"), 5)
    assert (finding.place, finding.rule) == ("main.tf:2", "region-unexpected")
    assert finding.message == "`aws_sqs_queue.this` has no argument `region` in AWS provider 5"
    assert found(root(ROLE, 5)) == [("main.tf:2", "region-unexpected")]
    own = 'data "aws_lb_hosted_zone_id" "this" {\n  region = "eu-west-2"\n}\n'
    assert root(own, 5) == ()


def test_without_a_default_configuration_version_5_needs_one_for_each_block() -> None:
    only_aliased = {"providers": ALIASED}
    [finding] = root(queue(None), 5, **only_aliased)
    assert (finding.place, finding.rule) == ("main.tf:1", "region-missing")
    assert finding.hint == "add one, such as `provider = aws.eu_west_2`"
    assert root(queue(None, "  provider = aws.eu_west_2\n"), 5, **only_aliased) == ()
    assert root(queue(None), 5, providers=PROVIDER + ALIASED) == ()
    role = ROLE.replace('  region = "eu-west-2"\n\n', "")
    assert root(role, 5, **only_aliased) == ()


def call(more: str) -> str:
    """Returns a call of the module in ``modules/queue``."""
    return f'module "queue" {{\n  source = "../modules/queue"\n{more}}}\n'


def tree(root_text: str, module: dict[str, str], constraint: str, providers: str) -> list[str]:
    """Returns what is found in a root module and a child module of one file each."""
    files = {
        "live/main.tf": root_text,
        "live/terraform.tf": versions(constraint),
        "live/providers.tf": providers,
        **{f"modules/queue/{name}": text for name, text in module.items()},
    }
    return [f"{finding.place} {finding.rule}" for finding in lint(files).findings]


def test_a_module_is_called_for_a_region() -> None:
    module = {"main.tf": queue("var.region"), "variables.tf": VARIABLE}

    def six(more: str) -> list[str]:
        return tree(call(more), module, ">= 6.2", PROVIDER)

    assert six('  region = "eu-west-2"\n') == []
    assert six("  for_each = toset(local.regions)\n  region   = each.key\n") == []
    assert six("") == ["live/main.tf:1 region-missing"]
    assert six('  region = "eu-wset-2"\n') == ["live/main.tf:3 region-value"]


def test_a_module_that_is_called_for_a_region_hands_it_on() -> None:
    inner = {"modules/queue/main.tf": queue("var.region"), "modules/queue/variables.tf": VARIABLE}
    outer = {
        "modules/region/main.tf": call('  region = "eu-west-2"\n').replace("../modules", ".."),
        "modules/region/variables.tf": VARIABLE,
    }
    assert found(lint({**inner, **outer}).findings) == [
        ("modules/region/main.tf:3", "region-value")
    ]


def test_without_a_default_configuration_version_5_needs_one_for_each_call() -> None:
    regional, glob = {"main.tf": queue(None)}, {"main.tf": ROLE.replace("  region", "  # region")}
    handed = call("  providers = {\n    aws = aws.eu_west_2\n  }\n")
    assert tree(call(""), regional, "~> 5.98", ALIASED) == ["live/main.tf:1 region-missing"]
    assert tree(handed, regional, "~> 5.98", ALIASED) == []
    assert tree(call(""), regional, "~> 5.98", ALIASED + PROVIDER) == []
    assert tree(call(""), glob, "~> 5.98", ALIASED) == []
