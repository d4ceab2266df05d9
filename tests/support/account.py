"""What is in a simulated account, as boto3 finds it."""

from __future__ import annotations

from collections import Counter

from tfgen.sandbox.inventory import inventory


def counted(endpoint: str) -> dict[str, Counter[str]]:
    """Returns how many of each kind are in each region, and in none of them (``global``)."""
    found: dict[str, Counter[str]] = {}
    for each in inventory(endpoint):
        found.setdefault(each.region, Counter())[each.type] += 1
    return found
