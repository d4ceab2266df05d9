"""The oldest release of the AWS provider that a tree asks for.

That each argument of a tree exists is checked against the schemas of 5.100.0 and 6.69.1. The schema
of each floor is not here, so that the floors themselves follow from the provider's changelog.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.config.test_resolve import HEAD
from tests.support.trees import configs, files_of, library_features
from tfgen.config.load import loads
from tfgen.render.features import FROM_PROVIDER_6, features
from tfgen.render.modules import provider_version
from tfgen.render.render import render
from tfgen.resolve import resolve_all

FLOORS = {
    "rds_global_cluster": 17,
    "replicas": 25,
    "accelerated_recovery": 26,
    "code_sha256": 28,
    "url_invocations": 28,
    "s3": 40,
    "security_policy": 54,
}


@pytest.mark.parametrize("number", range(len(FLOORS) + 1))
def test_of_several_floors_the_newest_counts(number: int) -> None:
    for used in combinations(FLOORS, number):
        newest = max((FLOORS[feature] for feature in used), default=0)
        with_others = frozenset({*used, "cors", "vpc"})
        assert provider_version(6, with_others) == f"~> 6.{newest}", used


def test_no_other_feature_has_a_floor() -> None:
    without = library_features() - FLOORS.keys()
    assert provider_version(6, without) == "~> 6.0"
    assert provider_version(5, without | FLOORS.keys()) == "~> 5.98"


def version_of(config: str) -> str:
    """Returns what the files of an app ask for, which all say the same."""
    text = f"{HEAD}{config}"
    files = render(resolve_all(loads(text))).files
    said = {
        line.split('"')[1]
        for path, text in files.items()
        if path.endswith("terraform.tf")
        for line in text.splitlines()
        if line.strip().startswith("version ")
    }
    [version] = said
    return version


@pytest.mark.parametrize(
    ("config", "version"),
    [
        ("regions: {us-west-2: {}}", "~> 6.28"),
        ("regions: {us-west-2: {}}\nterraform: {aws_provider: 5}", "~> 5.98"),
        # A tree with replicas asks for more than these need.
        (
            "regions: {us-west-2: {}, eu-west-2: {}}\n"
            "database: {home: us-west-2, dynamodb: {items: {hash_key: id, replicate: true}}}",
            "~> 6.28",
        ),
    ],
)
def test_an_app_asks_for_the_newest_of_what_it_uses(config: str, version: str) -> None:
    assert version_of(config) == version


def test_a_bundle_in_s3_asks_for_a_release_without_a_change_in_every_plan() -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/47320"""
    text = HEAD.replace("handler: app.handler", "handler: app.handler, code: s3")
    assert text != HEAD
    files = render(resolve_all(loads(f"{text}regions: {{us-west-2: {{}}}}"))).files
    assert 'version = "~> 6.40"' in files["production/terraform.tf"]
    assert 'version = "~> 6.40"' in files["modules/artifacts/terraform.tf"]


@pytest.mark.parametrize("case", sorted(configs()))
def test_a_tree_for_version_5_has_nothing_that_only_version_6_has(case: str) -> None:
    five, six = (files_of(configs()[case], provider) for provider in (5, 6))
    for argument in (
        "code_sha256",
        "enable_accelerated_recovery",
        "endpoint_access_mode",
        "invoked_via_function_url",
        "SecurityPolicy_",
    ):
        assert not any(argument in text for text in five.values())
    bundled = any("var.bundle" in text for text in six.values())
    assert any("source_code_hash" in text for text in five.values()) is bundled
    assert any("code_sha256" in text for text in six.values()) is bundled
    assert not any("source_code_hash" in text for text in six.values())


def test_features_of_version_6_are_left_out_for_version_5() -> None:
    text = f"{HEAD}regions: {{us-west-2: {{}}}}\n"
    assert FROM_PROVIDER_6 & features(resolve_all(loads(text))) == {"code_sha256"}
    five = resolve_all(loads(f"{text}terraform: {{aws_provider: 5}}"))
    assert FROM_PROVIDER_6.isdisjoint(features(five))


ZONE = "api: {domain: api.example.com, zone: example.com, create_zone: true}\n"


@pytest.mark.parametrize(
    ("more", "enabled"),
    [
        (f"regions: {{us-west-2: {{}}}}\n{ZONE}", True),
        (f"regions: {{us-west-2: {{}}}}\n{ZONE}terraform: {{aws_provider: 5}}", False),
        # Its copy would be in us-west-2.
        (f"regions: {{cn-north-1: {{}}}}\n{ZONE}", False),
        (f"regions: {{us-west-2: {{}}}}\n{ZONE.replace(', create_zone: true', '')}", False),
    ],
)
def test_a_created_zone_has_accelerated_recovery(more: str, *, enabled: bool) -> None:
    dns = render(resolve_all(loads(f"{HEAD}{more}"))).files["production/dns.tf"]
    assert ("\n  enable_accelerated_recovery = true\n" in dns) is enabled
