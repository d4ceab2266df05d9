"""Tags: what AWS refuses half way through an apply is an error of ``render``, with the line."""

from __future__ import annotations

import pytest

from tests.config.test_resolve import REGIONS, app_of, refusal

DOMAIN = "api: {domain: api.example.com, zone: example.com, create_zone: true}\n"


def tags(count: int) -> str:
    return f"tags: {{{', '.join(f't{i}: x' for i in range(count))}}}\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("tags:\n  Team: edge\n  team: edge\n", 8, "`Team` and `team` differ in upper and lower"),
        ("tags:\n  team: edge\n  Team: edge\n", 8, "`team` and `Team` differ in upper and lower"),
        ("tags:\n  größe: a\n  GRÖẞE: b\n", 8, "`größe` and `GRÖẞE` differ"),
        ("tags:\n  a: b\n  aws:team: edge\n", 8, "`aws:team` begins with `aws:`"),
        ("tags:\n  a: b\n  AWS:team: edge\n", 8, "`AWS:team` begins with `aws:`"),
        ("tags:\n  a: b\n  Cafe\u0301: c\n", 8, "has the character U+0301"),
        ("tags:\n  a: b\n  c: Cafe\u0301\n", 8, "has the character U+0301"),
        (tags(50), 6, "There are 50 tags; AWS takes 50, and keys have `Name` as well"),
        (tags(10) + DOMAIN, 6, "There are 10 tags; Route 53 takes 10 for a health check"),
        (
            tags(11) + DOMAIN.replace("true", "true, health_check: false"),
            6,
            "There are 11 tags; Route 53 takes 10 for a hosted zone",
        ),
    ],
)
def test_a_tag_that_aws_refuses(text: str, place: int, message: str) -> None:
    error = refusal(REGIONS + text)
    assert message in error.message
    assert error.place == f"tfgen.yaml:{place}"
    assert error.hint is not None


def test_a_stage_can_repeat_a_tag_but_not_in_another_case() -> None:
    text = f"{REGIONS}tags: {{Team: edge}}\nstages:\n  production:\n    tags: {{%s: core}}\n"
    assert app_of(text % "Team").tags == {"Team": "core"}
    error = refusal(text % "team")
    assert "`Team` and `team` differ" in error.message
    assert error.place == "tfgen.yaml:9"


@pytest.mark.parametrize(
    "text",
    [
        tags(49),
        tags(9) + DOMAIN,
        tags(10) + DOMAIN.replace("true", "true, health_check: false"),
        tags(49) + DOMAIN.replace("create_zone: true", "health_check: false"),
        "tags: {Name: hello, owner: a b_c.d:e/f=g+h-i@j, Größe: 2 Café, awsome: aws}\n",
    ],
)
def test_tags_that_aws_takes(text: str) -> None:
    assert app_of(REGIONS + text).tags
