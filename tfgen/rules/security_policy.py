"""Rules about the security policy of a REST API: where it can be set, and what it excludes."""

from __future__ import annotations

from typing import Final

from tfgen.app import App, SecurityPolicy
from tfgen.config.places import Places
from tfgen.errors import TfgenError

# Policies for regional endpoints and for edge endpoints are two lists:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
_OF_EDGE: Final = "_EDGE"
# API Gateway gives it to new APIs of both kinds.
_DEFAULT: Final = "TLS_1_0"


def check_security_policy(app: App, policy: SecurityPolicy, places: Places) -> None:
    """Checks the policy of a REST API.

    Raises:
        TfgenError: the first broken rule.
    """
    place = places.at("api", "security_policy")
    if app.terraform.aws_provider == 5:
        raise TfgenError(
            "Version 5 of the AWS provider cannot set the security policy of a REST API",
            place=place,
            hint="use `aws_provider: 6`, or remove `security_policy:`",
        )
    edge = app.api.endpoint == "edge"
    if policy.name != _DEFAULT and policy.name.endswith(_OF_EDGE) != edge:
        example = "TLS13_2025_EDGE" if edge else "TLS13_1_3_2025_09"
        raise TfgenError(
            f"The security policy `{policy.name}` is not for {app.api.endpoint} endpoints",
            place=place,
            hint=f"use one that is, such as `SecurityPolicy_{example}`",
        )
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    if policy.enhanced and any(region.truststore for region in app.regions):
        raise TfgenError(
            f"`api.mtls` and the security policy `{policy.name}` exclude each other",
            place=place,
            hint="use `security_policy: TLS_1_2`, or remove `mtls:`",
        )
