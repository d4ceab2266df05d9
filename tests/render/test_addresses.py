"""What belongs to a region is exactly what a root module has of it."""

from __future__ import annotations

import re

import pytest

from tests.support.trees import apps_of, configs, files_of
from tfgen.render.addresses import region_addresses, table_addresses

# What all regions share, beside tables; of an edge endpoint also the certificates.
SHARED = {
    "aws_acm_certificate.this",
    "aws_acm_certificate_validation.this",
    "aws_route53_record.certificate_validation",
    "aws_route53_zone.this",
    "terraform_data.routing",
}

BLOCK = re.compile(r'^(?:resource "(?P<type>\w+)"|module) "(?P<name>\w+)" \{$', re.MULTILINE)


def addresses_in(text: str) -> set[str]:
    return {f"{found['type'] or 'module'}.{found['name']}" for found in BLOCK.finditer(text)}


@pytest.mark.parametrize("case", sorted(configs()))
def test_every_resource_of_a_root_module_is_shared_or_a_regions(case: str) -> None:
    files = files_of(configs()[case])
    for app in apps_of(configs()[case]):
        root = [text for path, text in files.items() if path.startswith(f"{app.stage}/")]
        found = set().union(*map(addresses_in, root))
        by_region = {each.name: region_addresses(app, [each.name]) for each in app.regions}
        owned = [address for addresses in by_region.values() for address in addresses]
        assert len(owned) == len(set(owned)), "no two regions have the same"
        assert found - SHARED - set(table_addresses(app)) == set(owned)
        assert region_addresses(app, list(by_region)) == owned
