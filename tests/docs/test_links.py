"""Every link in a page leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.docs.pages import PAGES, anchors, prose
from tests.support.trees import ROOT

_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]*)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(prose(page)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        assert there.resolve().is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(there), target


def test_every_page_can_be_reached() -> None:
    index = ROOT / "docs/README.md"
    listed = {
        (index.parent / target.partition("#")[0]).resolve()
        for target in _LINK.findall(prose(index))
    }
    assert listed == {page for page in PAGES if page.is_relative_to(index.parent)} - {index}


def test_the_picture_loads_nothing() -> None:
    """GitHub shows no picture that loads fonts or images from elsewhere."""
    text = (ROOT / "docs/images/apply.svg").read_text("utf-8")
    root = ET.fromstring(text)  # noqa: S314 # our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|@font-face|<script|<image|href=", text)
