"""Tables in a tree: what a region that goes has of them, and which versions can make them."""

from __future__ import annotations

import json

from tests.config.test_resolve import HEAD
from tfgen.app import App, ProviderMajor
from tfgen.cli.region.review import changes_more_than_the_region
from tfgen.cli.region.trees import Trees
from tfgen.config.load import loads
from tfgen.iam.function import function_policy
from tfgen.render.render import render
from tfgen.resolve import resolve_all

ITEMS = "database: {home: us-west-2, dynamodb: {items: {hash_key: id, replicate: true}}}\n"
TABLE = "modules/dynamodb_table/table.tf"


def apps(*regions: str, provider: ProviderMajor = 6, more: str = ITEMS) -> tuple[App, ...]:
    named = ", ".join(f"{region}: {{}}" for region in regions)
    text = f"regions: {{{named}}}\n{more}terraform: {{aws_provider: {provider}}}\n"
    return resolve_all(loads(HEAD + text))


def going(provider: ProviderMajor) -> Trees:
    before = apps("us-west-2", "eu-west-2", "eu-west-1", provider=provider)
    after = apps("us-west-2", "eu-west-1", provider=provider)
    return Trees(before, after, "eu-west-2", ("production",))


def test_nothing_protects_the_replicas_of_a_region_that_is_about_to_go() -> None:
    database = render(going(6).out_of_dns("production")).files["production/database.tf"]
    assert (
        "    replicas = {\n"
        "      eu-west-1 = {}\n"
        "      eu-west-2 = {\n"
        "        deletion_protection = false\n"
        "      }\n"
        "    }\n"
    ) in database
    assert (
        "deletion_protection_enabled = var.table.deletion_protection &&"
        in render(going(6).before).files[TABLE]
    )


def test_version_5_protects_no_replica_so_nothing_changes() -> None:
    of = going(5)
    assert render(of.before).files == render(of.out_of_dns("production")).files
    assert "&&" not in render(of.before).files[TABLE]


def test_a_replica_goes_with_its_region_and_nothing_else_does() -> None:
    of = going(6)
    database = render(of.after).files["production/database.tf"]
    assert "eu-west-2" not in database
    assert "eu-west-1 = {}" in database
    assert not changes_more_than_the_region(of.before[0], of.after[0], "eu-west-2")


def test_a_function_comes_after_its_table() -> None:
    files = render(apps("us-west-2", "eu-west-2")).files
    assert "name   = module.items_table.name" in files["production/main.tf"]
    existing = "database: {dynamodb: {old: {existing: legacy}}}\n"
    files = render(apps("us-west-2", more=existing)).files
    assert 'name    = "legacy"' in files["production/main.tf"]
    assert "production/database.tf" not in files
    assert TABLE not in files


STRONG = """\
database:
  home: us-west-2
  dynamodb:
    items:
      {hash_key: id, replicate: true, consistency: strong, witness: us-east-2,
       stream: new_and_old, access: full}
"""


def test_a_strong_replica_has_no_stream() -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/48213"""
    [app] = apps("us-west-2", "us-east-1", more=STRONG)
    for region in app.regions:
        actions = json.dumps(function_policy(app, region))
        assert ("dynamodb:GetRecords" in actions) == (region.name == "us-west-2")
    assert render([app]).files["production/main.tf"].count("stream = true") == 1
