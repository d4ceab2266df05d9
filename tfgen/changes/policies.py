"""Changes of security policies that take more than one apply.

API Gateway takes an enhanced policy back in one request that also empties the endpoint access mode:
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html

The AWS provider sends that request if its configuration names the legacy policy. If it names no
policy, the provider keeps the enhanced one and empties the mode alone, which API Gateway refuses:
``security_policy`` is computed, and ``endpoint_access_mode`` is not.
https://github.com/hashicorp/terraform-provider-aws/pull/47973
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tfgen.app import App, SecurityPolicy
from tfgen.changes.deployed import DeployedPolicy
from tfgen.changes.refusal import DEPLOYED, REMOVE, Edit, Refusal, Step

_KEY: Final = ("api", "security_policy")
_DEFAULT: Final = "TLS_1_0"
_BACK: Final = Step(
    "set `security_policy: default` in the config as it was, and apply",
    (Edit(_KEY, "default"),),
    DEPLOYED,
)
_MEANWHILE: Final = Step(
    "write the API as you want it, but without `security_policy`, and apply", (Edit(_KEY, REMOVE),)
)
_LAST: Final = Step("write the API as you want it, and apply")


def has_policies(app: App) -> bool:
    """Says whether a stage can have security policies that a change could leave behind.

    Args:
        app: the stage as its config is now.
    """
    if app.terraform.aws_provider == 5:
        return False
    return app.api.type == "rest" or (app.api.type == "http" and app.api.domain is not None)


def policy_refusals(app: App, deployed: Sequence[DeployedPolicy]) -> list[Refusal]:
    """Returns the change of security policies that one apply of a stage cannot make, if any.

    Args:
        app: the stage as its config is now.
        deployed: the policies of its APIs and domains, as the state knows them. Those of regions
            that the app does not have any more are none of this.
    """
    if not has_policies(app):
        return []
    regions = {region.name for region in app.regions}
    found = [policy for policy in deployed if policy.region in regions]
    refusal = _refusal(app, found)
    return [refusal] if refusal else []


def _refusal(app: App, deployed: Sequence[DeployedPolicy]) -> Refusal | None:
    enhanced = [policy for policy in deployed if policy.enhanced]
    domain = next((policy for policy in enhanced if policy.kind == "domain"), None)
    if app.api.type == "http":
        return _of_http(domain) if domain else None
    if any(policy.endpoint != app.api.endpoint for policy in deployed if policy.kind == "api"):
        return _of_endpoint(app, enhanced)
    if enhanced and app.api.security_policy is None:
        return Refusal(
            f"The removal of `api.security_policy` does not take `{enhanced[0].name}` back: "
            "API Gateway would refuse the change",
            _KEY,
            (_BACK, _LAST),
        )
    if domain and any(region.truststore for region in app.regions):
        return Refusal(
            f"A domain with the security policy `{domain.name}` cannot get client certificates in "
            "the same apply that takes the policy back",
            ("api", "mtls"),
            (_BACK, _LAST),
        )
    if app.api.security_policy is not None and app.api.security_policy.enhanced:
        return _of_domains(app.api.security_policy, deployed)
    return None


def _of_http(domain: DeployedPolicy) -> Refusal:
    return Refusal(
        f"An HTTP API cannot be behind a domain with the security policy `{domain.name}`, which "
        "has to be taken back first",
        ("api", "type"),
        (_BACK, _LAST),
    )


def _of_domains(policy: SecurityPolicy, deployed: Sequence[DeployedPolicy]) -> Refusal | None:
    """Returns what a domain has to lose before it can get an enhanced policy.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    """
    rest = {each.region for each in deployed if each.kind == "api"}
    for each in deployed:
        if each.kind == "api" or each.enhanced:
            continue
        if each.truststore:
            blocker = "its client certificates"
        elif each.region not in rest:
            blocker = "the HTTP API behind it"
        else:
            continue
        return Refusal(
            f"A domain cannot get the security policy `{policy.name}` in the same apply in which "
            f"it loses {blocker}",
            _KEY,
            (_MEANWHILE, _LAST),
        )
    return None


def _of_endpoint(app: App, enhanced: Sequence[DeployedPolicy]) -> Refusal | None:
    """Returns why the endpoint type and the policy, of which each kind has its own, do not change
    at once.
    """
    policy = app.api.security_policy
    wants_other = policy is not None and policy.name != _DEFAULT
    if not enhanced and not wants_other:
        return None
    steps = [_BACK] if enhanced else []
    steps += [_MEANWHILE] if wants_other else []
    return Refusal(
        "The endpoint type and the security policy of an API cannot change in one apply",
        ("api", "endpoint"),
        (*steps, _LAST),
    )
