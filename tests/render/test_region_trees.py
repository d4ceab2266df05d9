"""The trees between an app with a region and one without."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest

from tests.support.command import CONFIG
from tfgen.app import App, ProviderMajor
from tfgen.cli.region.review import changes_more_than_the_region, others_among
from tfgen.cli.region.trees import Trees
from tfgen.cli.steps import PlannedChange
from tfgen.config.load import loads
from tfgen.render.addresses import region_addresses
from tfgen.render.render import render
from tfgen.resolve import resolve_all

STAGES = "stages: {production: , qa: {api: {domain: qa.example.com, create_zone: false}}}\n"
_RECORD = re.compile(
    r'^\n?resource "aws_route53_record" "us_west_2" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL
)
LINE = "  us-west-2: {env: {MESSAGE: Hello from us-west-2}}\n"


def trees(provider: ProviderMajor, more: str = "") -> Trees:
    config = CONFIG + f"terraform: {{aws_provider: {provider}}}\n" + more
    before, after = resolve_all(loads(config)), resolve_all(loads(config.replace(LINE, "")))
    return Trees(before, after, "us-west-2", tuple(app.stage for app in before))


def changed(one: Sequence[App], other: Sequence[App]) -> Mapping[str, tuple[str, str]]:
    first, second = dict(render(one).files), dict(render(other).files)
    return {
        path: (first.get(path, ""), second.get(path, ""))
        for path in first | second
        if first.get(path) != second.get(path)
    }


@pytest.mark.parametrize("provider", [5, 6])
def test_out_of_dns_only_the_records_are_gone(provider: ProviderMajor) -> None:
    of = trees(provider)
    ((path, (before, after)),) = changed(of.before, of.out_of_dns("production")).items()
    assert path == "production/dns.tf"
    assert after == _RECORD.sub("", before) != before
    health = render(of.out_of_dns("production")).files["production/health.tf"]
    assert 'resource "aws_route53_health_check" "us_west_2"' in health


def test_provider_5_keeps_the_configuration_of_what_is_to_be_destroyed() -> None:
    of = trees(5)
    ((path, (kept, dropped)),) = changed(of.destroyed("production"), of.after).items()
    assert path == "production/providers.tf"
    assert ('alias  = "us_west_2"' in kept, "us_west_2" in dropped) == (True, False)
    files = render(of.destroyed("production")).files
    assert [name for name, text in files.items() if "us_west_2" in text] == [path]


def test_provider_6_needs_nothing_of_the_kind() -> None:
    of = trees(6)
    assert changed(of.destroyed("production"), of.after) == {}


def test_stages_go_one_after_the_other() -> None:
    of = trees(5, STAGES)
    assert set(changed(of.before, of.out_of_dns("production"))) == {"production/dns.tf"}
    assert set(changed(of.after, of.destroyed("qa"))) == {"qa/providers.tf"}
    begun = of.out_of_dns("qa")
    assert begun[0] is of.after[0]
    assert [len(list(of)), len({str(each) for each in of})] == [5, 5]


def test_what_else_changes_without_a_region() -> None:
    of = trees(5)
    assert changes_more_than_the_region(of.before[0], of.after[0], "us-west-2"), (
        "a region that is alone has no health check"
    )
    config = CONFIG + "  us-east-1: {}\n"
    before, after = (resolve_all(loads(text))[0] for text in (config, config.replace(LINE, "")))
    assert not changes_more_than_the_region(before, after, "us-west-2")


def test_what_belongs_to_a_region() -> None:
    app = trees(5).before[0]
    own = region_addresses(app, ["us-west-2"])
    changes = [
        PlannedChange(address, "", actions, {}, {}, (), tainted=False, deposed=False)
        for address, actions in (
            ("module.us_west_2.module.function.aws_lambda_function.this", ("delete",)),
            ('aws_route53_record.us_west_2["AAAA"]', ("delete",)),
            ("aws_route53_health_check.us_west_2", ("delete",)),
            ("module.us_west_20.aws_sqs_queue.this", ("update",)),
            ("aws_sqs_queue.us_west_2", ("create",)),
            ("module.eu_west_2.module.function.aws_lambda_function.this", ("no-op",)),
        )
    ]
    assert others_among(changes, own) == [
        "module.us_west_20.aws_sqs_queue.this",
        "aws_sqs_queue.us_west_2",
    ]
