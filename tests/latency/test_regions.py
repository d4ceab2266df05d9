"""The table of regions against botocore's and against the table of cities."""

from __future__ import annotations

import pytest
from botocore.loaders import Loader

from tfgen.places import countries, distance_km, find_place
from tfgen.regions import REGIONS

# Regions that exist before this date need no opting in, says AWS; Osaka has become a region of
# its own since, and is enabled all the same.
ENABLED = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
}  # fmt: skip

# Too small, or too unlike its own name there, for the table of cities.
NOT_IN_THE_TABLE = {"us-west-2", "us-gov-west-1", "cn-northwest-1"}


def test_the_regions_are_those_of_botocore() -> None:
    known = {
        (partition["id"], region)
        for partition in Loader().load_data("partitions")["partitions"]
        # The isolated partitions are not for the public.
        if not partition["id"].startswith("aws-iso")
        for region in partition["regions"]
        if not region.startswith("aws-") and not region.endswith("-global")
    }
    assert {(info.partition, name) for name, info in REGIONS.items()} == known


def test_opt_in() -> None:
    public = {name for name, info in REGIONS.items() if info.partition == "aws"}
    assert {name for name in public if not REGIONS[name].opt_in} == ENABLED
    assert not any(info.opt_in for info in REGIONS.values() if info.partition != "aws")


@pytest.mark.parametrize("name", sorted(REGIONS))
def test_a_region_is_where_its_city_is(name: str) -> None:
    info = REGIONS[name]
    assert info.country in countries()
    assert abs(info.latitude) <= 90
    assert abs(info.longitude) <= 180
    if name in NOT_IN_THE_TABLE:
        return
    city = find_place(f"{info.city},{info.country}")
    here, there = (info.latitude, info.longitude), (city.latitude, city.longitude)
    assert distance_km(here, there) < 5
