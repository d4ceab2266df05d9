"""ACM: a certificate is issued when, and only when, its DNS record exists.

That is what ACM does (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html). moto
issues every certificate a minute after it was asked for, whatever the DNS says: a rendering that
forgets the record would pass here and hang in a real account, and a correct one waits for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.sandbox.patches.expect import expect_attributes, expect_method

if TYPE_CHECKING:
    from moto.acm.models import CertBundle


def patch() -> None:
    """Changes moto's ACM.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.acm import models
    from moto.route53.models import FakeZone, RecordSet, Route53Backend

    bundle = models.CertBundle
    check = expect_method(bundle, "check")
    expect_method(bundle, "describe")
    expect_method(FakeZone, "get_record_sets", "start_type", "start_name")
    expect_attributes(Route53Backend("aws", "123456789012"), "zones")
    record = RecordSet({})  # type: ignore[abstract]
    expect_attributes(record, "name", "type", "resource_records")

    def check_the_records(self: CertBundle) -> None:
        pending = self.type == "AMAZON_ISSUED" and self.status == "PENDING_VALIDATION"
        if not pending:
            check(self)
        elif _wanted(self) <= _published(self.arn):
            self.status = "ISSUED"

    bundle.check = check_the_records  # type: ignore[method-assign]


def _wanted(bundle: CertBundle) -> set[tuple[str, str]]:
    options = bundle.describe()["Certificate"]["DomainValidationOptions"]
    records = [option["ResourceRecord"] for option in options]
    return {(_plain(record["Name"]), _plain(record["Value"])) for record in records}


def _published(certificate: str) -> set[tuple[str, str]]:
    """Returns every CNAME in the public zones of the certificate's account: name → target."""
    from moto.route53.models import route53_backends

    _, partition, _, _, account, _ = certificate.split(":", 5)
    zones = route53_backends[account][partition].zones.values()
    return {
        (_plain(record.name), _plain(target["Value"]))
        for zone in zones
        if not zone.private_zone
        for record in zone.get_record_sets("", "")
        if record.type == "CNAME"
        for target in record.resource_records or []
    }


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")
