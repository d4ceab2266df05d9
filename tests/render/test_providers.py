"""How many provider configurations a tree has: with provider 5 one for each region, with 6 one."""

from __future__ import annotations

import re

import pytest

from tfgen.app import ProviderMajor
from tfgen.config.load import loads
from tfgen.regions import REGIONS
from tfgen.render.render import render
from tfgen.resolve import resolve_all
from tfgen.rules.routing import NO_LATENCY

NAMES = sorted(
    name for name, info in REGIONS.items() if info.partition == "aws" and name not in NO_LATENCY[5]
)


def configurations(regions: int, major: ProviderMajor, *, role: bool) -> int:
    """Returns the number of provider configurations of an app in so many regions."""
    assert regions <= len(NAMES)
    zone = ", zone_role_arn: 'arn:aws:iam::123456789012:role/dns'" if role else ""
    text = (
        "name: hello\n"
        "function: {source: ./src, runtime: python3.13, handler: app.handler}\n"
        f"api: {{domain: api.example.com, zone: example.com{zone}}}\n"
        f"terraform: {{aws_provider: {major}}}\n"
        f"regions: {{{', '.join(f'{name}: {{}}' for name in NAMES[:regions])}}}\n"
    )
    files = render(resolve_all(loads(text))).files
    return sum(
        len(re.findall(r'^provider "aws" \{$', text, re.MULTILINE)) for text in files.values()
    )


@pytest.mark.parametrize("regions", [1, 2, 33])
def test_provider_6_has_one_for_all_regions(regions: int) -> None:
    assert configurations(regions, 6, role=False) == 1
    # The zone's account takes credentials of its own.
    assert configurations(regions, 6, role=True) == 2


@pytest.mark.parametrize("regions", [1, 2, 33])
def test_provider_5_has_one_for_each_region(regions: int) -> None:
    assert configurations(regions, 5, role=False) == regions + 1
    assert configurations(regions, 5, role=True) == regions + 2
