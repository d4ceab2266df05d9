"""Route 53 and ACM: zones, records, health checks and certificates.

Where the config names a role for the zone, that role has the rights on it, and whoever deploys
needs the role. The IDs of zones, health checks and certificates are AWS's own, so rights on one are
rights on all of its kind, but for what their conditions say.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html
"""

from __future__ import annotations

from tfgen.app import WILDCARD, Domain, is_wildcard
from tfgen.iam.deploy.apis import domains_of
from tfgen.iam.deploy.target import Scope, Table, Target, Where, in_regions, needs
from tfgen.iam.document import Condition
from tfgen.iam.names import Names

_EDGE_CERTIFICATES = "us-east-1"


def _own_zone(where: Where) -> Domain | None:
    """Returns the domains whose zone no other role looks after."""
    domain = where.app.api.domain
    return domain if domain is not None and domain.zone.role_arn is None else None


def _route53(where: Where, resource: str) -> str:
    return where.regions[0].without_region("route53", resource, account=False)


def _zone_arn(where: Where, domain: Domain) -> str:
    return _route53(where, f"hostedzone/{domain.zone.id or '*'}")


def _zones(where: Where) -> Scope:
    domain = _own_zone(where)
    return Scope((_zone_arn(where, domain),) if domain else ())


def _all_zones(where: Where) -> Scope:
    return Scope(("*",) if _own_zone(where) else ())


def _records(where: Where) -> Scope:
    """Returns the zone, for records of the app's own names and of their proofs to ACM.

    A wildcard's proof is that of the name below which it is.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    domain = _own_zone(where)
    if domain is None:
        return Scope()
    names = sorted({name for names in domains_of(where) for name in names})
    proofs = sorted({f"_*.{name.removeprefix(WILDCARD)}" for name in names})
    key = "route53:ChangeResourceRecordSets"
    types = ("A", "AAAA", "CNAME")
    return Scope(
        (_zone_arn(where, domain),),
        (
            Condition(
                "ForAllValues:StringLike",
                f"{key}NormalizedRecordNames",
                (*map(_normalized, names), *proofs),
            ),
            Condition("ForAllValues:StringEquals", f"{key}RecordTypes", types),
        ),
    )


def _normalized(name: str) -> str:
    """Returns a name as Route 53 compares it, with the octal code of an asterisk."""
    return f"\\052.{name.removeprefix(WILDCARD)}" if is_wildcard(name) else name


def _checks(where: Where) -> Scope:
    domain = where.app.api.domain
    checked = domain is not None and domain.health_check is not None
    return Scope((_route53(where, "healthcheck/*"),) if checked else ())


def _certificate_regions(where: Where) -> tuple[Names, ...]:
    if where.app.api.domain is None:
        return ()
    if where.app.api.endpoint == "edge":
        return where.those((_EDGE_CERTIFICATES,))
    return where.regions


def _requests(where: Where) -> Scope:
    # https://docs.aws.amazon.com/acm/latest/userguide/acm-conditions.html
    names = sorted({name for names in domains_of(where) for name in names})
    scope = in_regions(_certificate_regions(where))
    only = Condition("ForAllValues:StringEquals", "acm:DomainNames", tuple(names))
    return Scope(scope.resources, (*scope.conditions, only))


def _certificates(where: Where) -> Scope:
    return Scope(tuple(names.arn("acm", "certificate/*") for names in _certificate_regions(where)))


def _zone_role(where: Where) -> Scope:
    domain = where.app.api.domain
    role = domain.zone.role_arn if domain else None
    return Scope((role,) if role else ())


ZONES = Target("Zones", "route53", _zones)
# To list and to create zones has no resource level.
ALL_ZONES = Target("FindZones", "route53", _all_zones)
RECORDS = Target("Records", "route53", _records)
CHANGES = Target(
    "Changes",
    "route53",
    lambda where: Scope((_route53(where, "change/*"),) if _own_zone(where) else ()),
)
ZONE_ROLE = Target("RoleOfTheZone", "sts", _zone_role)
CHECKS = Target("HealthChecks", "route53", _checks)
# To list and to create health checks has no resource level.
ALL_CHECKS = Target(
    "MakeHealthChecks",
    "route53",
    lambda where: Scope(("*",) if _checks(where).resources else ()),
)
# To ask for a certificate has no resource level, but the names that it is for.
REQUESTS = Target("RequestCertificates", "acm", _requests)
CERTIFICATES = Target("Certificates", "acm", _certificates)
# To list has no resource level.
ALL_CERTIFICATES = Target(
    "ListCertificates", "acm", lambda where: in_regions(_certificate_regions(where))
)

ACTIONS: Table = {
    "data.aws_route53_zone": (
        needs(ALL_ZONES, read="ListHostedZones"),
        needs(ZONES, read="GetHostedZone ListResourceRecordSets ListTagsForResource"),
        needs(ZONE_ROLE, read="AssumeRole"),
    ),
    "aws_route53_zone": (
        needs(ALL_ZONES, create="CreateHostedZone", adopt="ListHostedZones"),
        needs(
            ZONES,
            create="ChangeTagsForResource UpdateHostedZoneFeatures",
            read="GetHostedZone ListResourceRecordSets ListTagsForResource",
            update="UpdateHostedZoneComment UpdateHostedZoneFeatures",
            # With accelerated recovery a zone is not deleted, so the provider disables it first.
            delete="DeleteHostedZone UpdateHostedZoneFeatures",
        ),
        needs(CHANGES, create="GetChange", delete="GetChange"),
        needs(ZONE_ROLE, create="AssumeRole"),
    ),
    "aws_route53_record": (
        needs(
            RECORDS,
            create="ChangeResourceRecordSets",
            update="ChangeResourceRecordSets",
            delete="ChangeResourceRecordSets",
        ),
        needs(ZONES, read="GetHostedZone ListResourceRecordSets"),
        needs(CHANGES, create="GetChange", update="GetChange", delete="GetChange"),
        needs(ZONE_ROLE, create="AssumeRole"),
    ),
    "aws_route53_health_check": (
        needs(ALL_CHECKS, create="CreateHealthCheck", adopt="ListHealthChecks"),
        needs(
            CHECKS,
            create="ChangeTagsForResource",
            read="GetHealthCheck ListTagsForResource",
            update="UpdateHealthCheck",
            delete="DeleteHealthCheck",
        ),
    ),
    "aws_acm_certificate": (
        needs(REQUESTS, create="RequestCertificate"),
        needs(
            CERTIFICATES,
            create="AddTagsToCertificate",
            read="DescribeCertificate ListTagsForCertificate",
            update="RemoveTagsFromCertificate",
            delete="DeleteCertificate",
        ),
        needs(ALL_CERTIFICATES, adopt="ListCertificates"),
    ),
    "aws_acm_certificate_validation": (needs(CERTIFICATES, read="DescribeCertificate"),),
}
