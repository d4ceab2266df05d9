"""What is said before a stage is destroyed."""

from __future__ import annotations

import pytest

from tests.config.test_resolve import HEAD
from tfgen.cli.destroy import consequences
from tfgen.config.load import loads
from tfgen.resolve import resolve

DOMAIN = "regions: {us-west-2: }\napi:\n  domain: a.example.com\n  zone: example.com\n"
CREATED = f"{DOMAIN}  create_zone: true\n"
OVERWRITES = f"{DOMAIN}  allow_overwrite_records: true\n"


@pytest.mark.parametrize(
    ("config", "regions", "named"),
    [
        (DOMAIN, (), []),
        ("regions: {us-west-2: }\n", (), []),
        (CREATED, (), ["The hosted zone `example.com`"]),
        # It is of all regions.
        (CREATED, ("us-west-2",), []),
        (OVERWRITES, (), ["validation records that certificates of other stacks need"]),
        (OVERWRITES, ("us-west-2",), ["validation records that certificates of other stacks need"]),
    ],
)
def test_consequences(config: str, regions: tuple[str, ...], named: list[str]) -> None:
    said = list(consequences(resolve(loads(HEAD + config), "production"), regions))
    assert len(said) == len(named)
    assert all(part in sentence for part, sentence in zip(named, said, strict=True))
