"""What the language refuses, said once more: by what comes together, and what the user is told.

``tfgen.rules`` decides by its own conditions. This table says which combinations those come to, so
that a rule that refuses more than it should, or less, does not agree with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.combinations.covering import Assignment, Forbidden
from tests.combinations.language import DIMENSIONS


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule: combinations that the language refuses, and the sentence that says so.

    Attributes:
        message: a part of the sentence that no other rule has.
        combinations: any of them is refused; see ``Forbidden.values``.
    """

    message: str
    combinations: Sequence[Forbidden]

    def breaks(self, assignment: Assignment) -> bool:
        """Says whether the rule refuses an assignment."""
        return any(each.breaks(assignment) for each in self.combinations)


def _together(**values: str | Sequence[str]) -> Forbidden:
    return Forbidden(
        {
            name: frozenset([said] if isinstance(said, str) else said)
            for name, said in values.items()
        }
    )


def _said(dimension: str, *values: str) -> tuple[str, ...]:
    """Returns all values of a dimension but the default, and but these."""
    return tuple(value for value in DIMENSIONS[dimension][1:] if value not in values)


def _each(dimensions: Sequence[str], **condition: str | Sequence[str]) -> list[Forbidden]:
    """Forbids whatever is said of each dimension under a condition."""
    return [_together(**{name: _said(name)}, **condition) for name in dimensions]


_OF_THE_DOMAIN = (
    "zone",
    "allow_overwrite_records",
    "region_domains",
    "disable_execute_api",
    "mtls",
    "routing",
)
_OF_API_GATEWAY = (
    *_OF_THE_DOMAIN,
    "access_logs",
    "binary_media_types",
    "compression",
    "domain",
    "endpoint",
    "ip_address_type",
    "security_policy",
    "throttle",
    "waf",
)

_IMAGES = ("image", "image of each region", "image in one region")

REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        "has no effect on a function URL",
        [
            *_each(_OF_API_GATEWAY, type="url"),
            _together(type="url", health_check=("said", "by few")),
        ],
    ),
    Refusal("`auth: jwt` is for HTTP APIs", [_together(auth="jwt", type=("rest", "url"))]),
    Refusal(
        "cannot open a function's URL to everybody",
        [_together(type="url", auth="none", aws_provider="5")],
    ),
    Refusal(
        "has no effect on an HTTP API",
        [
            *_each(("binary_media_types", "compression", "security_policy", "waf"), type="http"),
            _together(type="http", access_logs="with the role"),
        ],
    ),
    Refusal(
        "cannot set the security policy of a REST API",
        [_together(security_policy=_said("security_policy"), aws_provider="5")],
    ),
    Refusal(
        "The security policy `SecurityPolicy_",
        [
            _together(security_policy="regional", endpoint="edge"),
            _together(security_policy="edge", endpoint="regional", type="rest"),
        ],
    ),
    Refusal(
        "`api.mtls` and the security policy",
        [_together(security_policy="regional", mtls=_said("mtls"))],
    ),
    Refusal("An HTTP API has no edge endpoint", [_together(type="http", endpoint="edge")]),
    Refusal("An edge endpoint serves one region", [_together(endpoint="edge", regions="two")]),
    Refusal(
        "`api.region_domains` has no effect on an edge endpoint",
        [_together(endpoint="edge", region_domains="yes")],
    ),
    Refusal(
        "The domain of an edge endpoint cannot ask for client certificates",
        [_together(endpoint="edge", mtls=_said("mtls"))],
    ),
    Refusal(
        "has no effect without `api.domain`",
        [
            *_each(_OF_THE_DOMAIN, domain="none"),
            _together(domain="none", health_check=("said", "by few")),
        ],
    ),
    Refusal("`api.domain` needs the hosted zone", [_together(domain=_said("domain"), zone="none")]),
    Refusal(
        "needs a domain that is no wildcard",
        [
            _together(domain="wildcard", region_domains="yes"),
            _together(domain="wildcard", disable_execute_api="yes"),
        ],
    ),
    Refusal("The web ACL", [_together(waf="of the app", regions="two")]),
    Refusal(
        "asks clients for a certificate, and",
        [_together(mtls="of each region", place="one region", regions="two")],
    ),
    Refusal(
        "`api.mtls` guards the domains only",
        [_together(mtls=_said("mtls"), disable_execute_api="no", auth="none")],
    ),
    Refusal(
        "A health check has no client certificate",
        [
            _together(
                mtls=_said("mtls"), disable_execute_api="yes", health_check=("said", "by few")
            ),
            # Which an app with two regions has by itself.
            _together(
                mtls=_said("mtls"), disable_execute_api="yes", health_check="default", regions="two"
            ),
        ],
    ),
    Refusal(
        "`routing: failover` is between two regions",
        [_together(routing="failover", regions="one")],
    ),
    Refusal(
        "`routing: failover` needs a health check",
        [_together(routing="failover", regions="two", health_check="off")],
    ),
    Refusal(
        "`function.image` and `function.layers` exclude each other",
        [_together(layers="yes", code=_IMAGES)],
    ),
    Refusal(
        "The function runs",
        [_together(code=("s3 in one region", "image in one region"), regions="two")],
    ),
    Refusal(
        "tfgen cannot put what resolves secrets into a container image",
        [
            _together(code=_IMAGES, secrets=_said("secrets"), decrypt="wrapper"),
            _together(code=_IMAGES, rds=("open", "proxy", "url"), decrypt="wrapper"),
        ],
    ),
    Refusal(
        "A container image has no bundle that the ciphertexts could be in",
        [
            _together(
                code=_IMAGES,
                secrets=_said("secrets"),
                decrypt="manual",
                secrets_delivery="bundle",
            ),
            _together(code=_IMAGES, rds="url", decrypt="manual", secrets_delivery="bundle"),
        ],
    ),
    Refusal(
        "`key_policy` is for keys that tfgen makes",
        [
            _together(key_policy="some", kms_key="of the app"),
            _together(key_policy="some", kms_key="of each region", place="app"),
            _together(key_policy="some", kms_key="of each region", regions="one"),
        ],
    ),
    Refusal(
        "can be reached from inside its VPC alone, and the function has no VPC",
        [_together(rds=("open", "proxy"), vpc="no")],
    ),
    Refusal("cannot look up the global database", [_together(rds="global", aws_provider="5")]),
    Refusal("DynamoDB takes exactly three", [_together(tables="strong", regions="one")]),
    Refusal(
        "Version 5 of the AWS provider cannot make `items` strongly consistent",
        [_together(tables="strong", aws_provider="5")],
    ),
)
