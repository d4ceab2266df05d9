"""Changes of security policies that one apply cannot make, and the steps that can."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.steps import Document, configs_of
from tfgen.app import App
from tfgen.changes import DeployedPolicy, Refusal, has_policies, policy_refusals
from tfgen.cli.deployed import deployed_policies
from tfgen.config.load import loads
from tfgen.resolve import resolve
from tfgen.terraform.state import Instance

TLS_13 = "SecurityPolicy_TLS13_1_3_2025_09"
EDGE = "SecurityPolicy_TLS13_2025_EDGE"
DOMAIN: Mapping[str, Any] = {"domain": "api.example.com", "zone": "example.com"}
MTLS: Mapping[str, Any] = {"mtls": {"truststore": "s3://trust-store/ca.pem"}, "auth": "iam"}


def config(*, provider: int = 6, url: bool = False, **api: Any) -> Document:
    function = {"source": "./src", "runtime": "python3.13", "handler": "app.handler", "url": url}
    return {
        "name": "hello",
        "function": function,
        "api": api,
        "regions": {"us-west-2": {}},
        "terraform": {"aws_provider": provider},
    }


def app_of(document: Document) -> App:
    # JSON is YAML.
    return resolve(loads(json.dumps(document)), "production")


def deployed(app: App) -> list[DeployedPolicy]:
    """Returns what a state knows after an apply of an app that had no policy before."""
    policy, endpoint = app.api.security_policy, app.api.endpoint
    name = policy.name if policy else "TLS_1_0"
    of_domain = policy.name if policy and policy.enhanced else "TLS_1_2"
    found = []
    for region in app.regions:
        if app.api.type == "rest":
            found.append(DeployedPolicy("api", region.name, name, endpoint))
        if app.api.domain:
            trusted = region.truststore is not None
            found.append(DeployedPolicy("domain", region.name, of_domain, endpoint, trusted))
    return found


def refused(before: Document, after: Document) -> Refusal | None:
    found = policy_refusals(app_of(after), deployed(app_of(before)))
    assert len(found) <= 1
    return found[0] if found else None


BACK = "set `security_policy: default` in the config as it was, and apply"
MEANWHILE = "write the API as you want it, but without `security_policy`, and apply"
LAST = "write the API as you want it, and apply"


@pytest.mark.parametrize(
    ("before", "after", "message", "path", "steps"),
    [
        (
            config(**DOMAIN, security_policy=TLS_13),
            config(**DOMAIN),
            f"The removal of `api.security_policy` does not take `{TLS_13}` back: API Gateway "
            "would refuse the change",
            ("api", "security_policy"),
            [BACK, LAST],
        ),
        (
            config(security_policy=TLS_13),
            config(),
            f"The removal of `api.security_policy` does not take `{TLS_13}` back: API Gateway "
            "would refuse the change",
            ("api", "security_policy"),
            [BACK, LAST],
        ),
        (
            config(**DOMAIN, security_policy=TLS_13),
            config(**DOMAIN, type="http"),
            f"An HTTP API cannot be behind a domain with the security policy `{TLS_13}`, which "
            "has to be taken back first",
            ("api", "type"),
            [BACK, LAST],
        ),
        (
            config(**DOMAIN, security_policy=TLS_13),
            config(**DOMAIN, **MTLS, security_policy="TLS_1_2"),
            f"A domain with the security policy `{TLS_13}` cannot get client certificates in the "
            "same apply that takes the policy back",
            ("api", "mtls"),
            [BACK, LAST],
        ),
        (
            config(**DOMAIN, **MTLS),
            config(**DOMAIN, security_policy=TLS_13),
            f"A domain cannot get the security policy `{TLS_13}` in the same apply in which it "
            "loses its client certificates",
            ("api", "security_policy"),
            [MEANWHILE, LAST],
        ),
        (
            config(**DOMAIN, type="http"),
            config(**DOMAIN, security_policy=TLS_13),
            f"A domain cannot get the security policy `{TLS_13}` in the same apply in which it "
            "loses the HTTP API behind it",
            ("api", "security_policy"),
            [MEANWHILE, LAST],
        ),
        (
            config(**DOMAIN, security_policy=TLS_13),
            config(**DOMAIN, endpoint="edge", security_policy=EDGE),
            "The endpoint type and the security policy of an API cannot change in one apply",
            ("api", "endpoint"),
            [BACK, MEANWHILE, LAST],
        ),
        (
            config(endpoint="edge", security_policy=EDGE),
            config(),
            "The endpoint type and the security policy of an API cannot change in one apply",
            ("api", "endpoint"),
            [BACK, LAST],
        ),
        (
            config(endpoint="edge"),
            config(security_policy="TLS_1_2"),
            "The endpoint type and the security policy of an API cannot change in one apply",
            ("api", "endpoint"),
            [MEANWHILE, LAST],
        ),
    ],
)
def test_a_change_is_refused_with_steps_that_are_not(
    before: Document, after: Document, message: str, path: tuple[str, ...], steps: list[str]
) -> None:
    refusal = refused(before, after)
    assert refusal is not None
    assert (refusal.message, refusal.path) == (message, path)
    assert [step.text for step in refusal.steps] == steps
    here = before
    for there in configs_of(refusal.steps, before, after):
        assert refused(here, there) is None
        here = there
    assert here == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (config(), config()),
        (config(**DOMAIN), config(**DOMAIN, security_policy=TLS_13)),
        (config(security_policy=TLS_13), config(security_policy="TLS_1_2")),
        (config(security_policy="TLS_1_2"), config()),
        (config(**DOMAIN, security_policy="default"), config(**DOMAIN)),
        (config(endpoint="edge"), config()),
        (config(security_policy=TLS_13), config(type="http")),
        (config(**DOMAIN, security_policy=TLS_13), config(url=True)),
        (config(**DOMAIN, **MTLS), config(**DOMAIN)),
        (config(**DOMAIN, type="http"), config(**DOMAIN)),
    ],
)
def test_what_one_apply_can_change_is_not_refused(before: Document, after: Document) -> None:
    assert refused(before, after) is None


def test_other_regions_are_none_of_it() -> None:
    gone = DeployedPolicy("api", "eu-west-2", TLS_13, "regional")
    assert policy_refusals(app_of(config()), [gone]) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (config(), True),
        (config(type="http"), False),
        (config(type="http", **DOMAIN), True),
        (config(url=True), False),
        (config(provider=5), False),
    ],
)
def test_the_state_is_read_where_a_policy_can_be(wanted: Document, *, expected: bool) -> None:
    assert has_policies(app_of(wanted)) is expected


def test_the_policies_are_in_the_state() -> None:
    def instance(address: str, kind: str = "REGIONAL", **attributes: Any) -> Instance:
        configuration: Mapping[str, Any] = {"endpoint_configuration": [{"types": [kind]}]}
        type_ = next(part for part in address.split(".") if part.startswith("aws_"))
        return Instance(address, type_, {**configuration, **attributes})

    rest, domain = "aws_api_gateway_rest_api", "aws_api_gateway_domain_name"
    assert deployed_policies(
        [
            instance(f"module.us_west_2.module.api.{rest}.this", security_policy=TLS_13),
            instance(
                f"module.us_west_2.module.domain.{domain}.this",
                security_policy="TLS_1_2",
                mutual_tls_authentication=[{"truststore_uri": "s3://trust-store/ca.pem"}],
            ),
            # A release of the provider from before has written this one.
            instance(f"module.eu_west_2.module.api.{rest}.this", "EDGE"),
            # These are not the config's.
            instance(f"{rest}.this", security_policy=TLS_13),
            instance(f"module.mine.module.api.{rest}.this", security_policy=TLS_13),
        ]
    ) == [
        DeployedPolicy("api", "us-west-2", TLS_13, "regional"),
        DeployedPolicy("domain", "us-west-2", "TLS_1_2", "regional", truststore=True),
        DeployedPolicy("api", "eu-west-2", "", "edge"),
    ]
