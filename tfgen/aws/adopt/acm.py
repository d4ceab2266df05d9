"""ACM certificates that a broken run left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tfgen.aws.adopt.evidence import created_since, has_tags, the_only
from tfgen.aws.adopt.planned import PlannedResource, text, texts
from tfgen.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_acm.literals import KeyAlgorithmType

# Without this filter ListCertificates leaves out all but RSA certificates of up to 2048 bits:
# https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
_KEY_TYPES: Final[tuple[KeyAlgorithmType, ...]] = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


def find_certificate(aws: Aws, resource: PlannedResource, since: datetime) -> str | None:
    """Finds a requested certificate by its names, time and tags.

    Import ID: the ARN
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate#import).
    """
    domain = text(resource, "domain_name")
    if domain is None:
        return None
    acm = aws.client("acm", resource.region)
    found = [
        arn
        for arn in _arns(acm, domain)
        if _is_ours(acm, arn, resource, since) and has_tags(resource, _tags(acm, arn))
    ]
    return the_only(resource, found)


def _arns(acm: ACMClient, domain: str) -> Iterator[str]:
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=["PENDING_VALIDATION", "ISSUED"],
        Includes={"keyTypes": list(_KEY_TYPES)},
    )
    for page in pages:
        for summary in page["CertificateSummaryList"]:
            if summary.get("DomainName") == domain:
                yield summary["CertificateArn"]


def _is_ours(acm: ACMClient, arn: str, resource: PlannedResource, since: datetime) -> bool:
    certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    created = certificate.get("CreatedAt")  # an imported certificate has none
    names = texts(resource, "subject_alternative_names")
    return (
        created is not None
        and created_since(created, since)
        and (names is None or names == set(certificate.get("SubjectAlternativeNames", [])))
    )


def _tags(acm: ACMClient, arn: str) -> dict[str, str]:
    answer = acm.list_tags_for_certificate(CertificateArn=arn)
    return {tag["Key"]: tag.get("Value", "") for tag in answer["Tags"]}
