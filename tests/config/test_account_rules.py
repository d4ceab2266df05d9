"""The account of a stage, and the role that an account has once: who may claim it."""

from __future__ import annotations

import pytest

from tests.config.test_resolve import HEAD
from tfgen.app import App
from tfgen.config.load import loads
from tfgen.errors import ExitCode, TfgenError
from tfgen.render.render import render
from tfgen.resolve import resolve_all

ROLE = "api:\n  access_logs: {account_role: true}\nregions: {us-west-2: {}}\n"
FIRST, SECOND = "111111111111", "022222222222"


def apps(text: str) -> tuple[App, ...]:
    return resolve_all(loads(HEAD + text))


@pytest.mark.parametrize(
    "stages",
    [
        "stages:\n  dev: {}\n  live: {}\n",
        f'stages:\n  dev: {{account: "{FIRST}"}}\n  live: {{}}\n',
        f'stages:\n  dev: {{account: "{FIRST}"}}\n  live: {{account: "{FIRST}"}}\n',
        f'account: "{FIRST}"\nstages:\n  dev: {{}}\n  live: {{}}\n',
    ],
)
def test_two_stages_of_an_account_cannot_both_set_its_role(stages: str) -> None:
    with pytest.raises(TfgenError) as error:
        apps(ROLE + stages)
    assert "`dev` and `live` both set the role" in error.value.message
    assert "`us-west-2`" in error.value.message
    assert error.value.place == "tfgen.yaml:4"
    assert error.value.exit_code == ExitCode.FAILED
    hint = error.value.hint or ""
    assert "`stages: {live: {api: {access_logs: true}}}`" in hint
    assert apps(ROLE + "stages: {dev: {}, live: {api: {access_logs: true}}}\n")


@pytest.mark.parametrize(
    "stages",
    [
        f'stages: {{dev: {{account: "{FIRST}"}}, live: {{account: "{SECOND}"}}}}\n',
        "stages: {dev: {}, live: {regions: {eu-west-2: {}}}}\n",
        "stages: {dev: {}, live: {api: {access_logs: false}}}\n",
    ],
)
def test_stages_of_two_accounts_or_regions_may_each_set_the_role(stages: str) -> None:
    assert len(apps(ROLE + stages)) == 2


def test_a_stage_says_its_account_over_the_one_of_the_app() -> None:
    own = f'stages: {{dev: {{account: "{SECOND}"}}, live: {{}}, test: {{account: null}}}}\n'
    found = apps(f'account: "{FIRST}"\nregions: {{us-west-2: {{}}}}\n{own}')
    assert [app.account for app in found] == [SECOND, FIRST, None]


@pytest.mark.parametrize(("provider", "configurations"), [(6, 1), (5, 3)])
def test_every_provider_but_the_one_of_the_zone_refuses_other_accounts(
    provider: int, configurations: int
) -> None:
    text = (
        f'account: "{SECOND}"\nterraform: {{aws_provider: {provider}}}\n'
        "regions: {us-west-2: {}, eu-west-2: {}}\n"
        "api: {domain: a.example.com, zone: example.com,\n"
        '  zone_role_arn: "arn:aws:iam::333333333333:role/dns"}\n'
    )
    providers = render(apps(text)).files["production/providers.tf"]
    assert providers.count(f'allowed_account_ids = ["{SECOND}"]') == configurations
    assert providers.count("provider ") == configurations + 1
    zone = next(block for block in providers.split("\n}\n") if '"zone"' in block)
    assert "allowed_account_ids" not in zone


def test_a_health_check_names_all_checkers_where_the_config_names_none() -> None:
    text = "api: {domain: a.example.com, zone: example.com}\nregions: {us-west-2: , eu-west-2: }\n"
    assert render(apps(text)).files["production/health.tf"].count('"sa-east-1",') == 1
    few = text.replace("}\n", ", health_check: {regions: [us-east-1, eu-west-1, us-west-2]}}\n", 1)
    health = render(apps(few)).files["production/health.tf"]
    assert 'checker_regions = ["eu-west-1", "us-east-1", "us-west-2"]' in health
    assert health.count("= local.checker_regions") == 2
    china = text.replace("us-west-2", "cn-north-1").replace("eu-west-2", "cn-northwest-1")
    assert "checker_regions" not in render(apps(china)).files["production/health.tf"]
