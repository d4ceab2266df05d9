"""Rules about tags: what AWS refuses in the middle of an apply, resource by resource."""

from __future__ import annotations

import unicodedata

from tfgen.app import App
from tfgen.config.places import Places
from tfgen.errors import TfgenError

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
MOST = 50
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
MOST_OF_ROUTE_53 = 10
_RESERVED = "aws:"
# Keys and health checks have this one of their own.
_OWN = "Name"
_SIGNS = frozenset("_.:/=+-@")


def check_tags(app: App, places: Places) -> None:
    """Checks that every resource of a stage can have its tags.

    Args:
        app: the stage.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: a key is reserved or IAM takes it for another one, a text has characters that
            AWS refuses, or there are too many.
    """
    # IAM's keys are case-insensitive:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_case-sensitivity
    known: dict[str, str] = {}
    for key in sorted(app.tags, key=lambda key: _line(places, key)):
        place = places.at("tags", key)
        if key.lower().startswith(_RESERVED):
            raise TfgenError(
                f"The tag `{key}` begins with `{_RESERVED}`, which AWS keeps for itself",
                place=place,
                hint="choose another key",
            )
        other = known.setdefault(key.casefold(), key)
        if other != key:
            raise TfgenError(
                f"The tags `{other}` and `{key}` differ in upper and lower case alone, and IAM "
                "takes them for the same",
                place=place,
                hint="keep one of the two",
            )
        for text in (key, app.tags[key]):
            _check_characters(text, key, place)
    _check_number(app, places)


def _check_characters(text: str, key: str, place: str) -> None:
    """Refuses what is not a letter, a number or a space to AWS, such as a combining accent."""
    for character in text:
        if character not in _SIGNS and unicodedata.category(character)[0] not in "LNZ":
            raise TfgenError(
                f"The tag `{key}` has the character U+{ord(character):04X}, which AWS does not "
                "take in tags",
                place=place,
                hint="letters, numbers, spaces and _ . : / = + - @ are possible; an accented "
                "letter must be one character, not a letter and an accent",
            )


def _check_number(app: App, places: Places) -> None:
    tags, with_own = len(app.tags), len({*app.tags, _OWN})
    place = places.at("tags")
    if with_own > MOST:
        raise TfgenError(
            f"There are {tags} tags; AWS takes {MOST}, and keys have `{_OWN}` as well",
            place=place,
            hint=f"remove {with_own - MOST}",
        )
    domain = app.api.domain
    if domain is None:
        return
    kind, number = "health check", with_own if domain.health_check else 0
    if domain.zone.create:
        kind, number = ("hosted zone", tags) if tags > number else (kind, number)
    if number > MOST_OF_ROUTE_53:
        own = f", and health checks have `{_OWN}` as well" if number > tags else ""
        raise TfgenError(
            f"There are {tags} tags; Route 53 takes {MOST_OF_ROUTE_53} for a {kind}{own}",
            place=place,
            hint=f"remove {number - MOST_OF_ROUTE_53}",
        )


def _line(places: Places, key: str) -> int:
    return int(places.at("tags", key).rpartition(":")[2])
