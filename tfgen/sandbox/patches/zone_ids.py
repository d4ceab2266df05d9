"""Route 53: a zone that is taken to exist before the app has the ID that the config says.

Route 53 makes up the IDs of zones, and so does moto. A config can name a zone by its ID, which is
the ID in the real account; so that the same Terraform runs here, the zone has to have it here as
well. Its caller reference says which, in a form that Terraform never uses.

And a caller reference is good for one zone, so that two that make the same zone at once make one:
https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html.
"""

from __future__ import annotations

import threading
from inspect import signature
from typing import TYPE_CHECKING, Any

from tfgen.sandbox.patches.expect import expect_attributes, expect_method
from tfgen.sandbox.references import id_in

if TYPE_CHECKING:
    from moto.route53.models import FakeZone, Route53Backend


def patch() -> None:
    """Changes moto's Route 53.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.route53.exceptions import Route53ClientError
    from moto.route53.models import FakeZone, Route53Backend

    create = expect_method(
        Route53Backend,
        "create_hosted_zone",
        "name",
        "private_zone",
        "caller_reference",
        "vpcid",
        "vpcregion",
        "comment",
        "delegation_set_id",
    )
    expect_attributes(Route53Backend("aws", "123456789012"), "zones")
    zone = FakeZone("", "", private_zone=False, caller_reference="")  # type: ignore[abstract]
    expect_attributes(zone, "resource_id", "caller_reference")

    creating = threading.Lock()

    def create_once(self: Route53Backend, *args: Any, **kwargs: Any) -> FakeZone:
        asked = signature(create).bind(self, *args, **kwargs).arguments.get("caller_reference")
        with creating:
            if asked and any(zone.caller_reference == asked for zone in self.zones.values()):
                raise Route53ClientError(
                    "HostedZoneAlreadyExists",
                    f"A hosted zone has already been created with the caller reference {asked}",
                )
            return create_with_its_id(self, *args, **kwargs)

    def create_with_its_id(self: Route53Backend, *args: Any, **kwargs: Any) -> FakeZone:
        zone: FakeZone = create(self, *args, **kwargs)
        wanted = id_in(zone.caller_reference)
        if wanted is not None:
            self.zones[wanted] = self.zones.pop(zone.resource_id)
            zone.resource_id = wanted
        return zone

    Route53Backend.create_hosted_zone = create_once  # type: ignore[method-assign]
