"""The ciphertexts of a stage: ``secrets/<stage>.yaml``, a file that tfgen writes and git merges.

One line holds one value: for whom it was encrypted, with which key, and what came out::

    DB:
      eu-west-2: {for: hello/production/eu-west-2/DB, key: "arn:…", ciphertext: AQIC…}

For whom is KMS's encryption context, written down so that a line that was copied from elsewhere is
found before the function fails on it.
https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfgen.config.places import Places
from tfgen.config.secrets import KMS_KEY_ARN_PATTERN
from tfgen.config.types import ENV_PATTERN
from tfgen.config.yaml_limits import CIPHERTEXTS, check_length
from tfgen.config.yaml_reader import read
from tfgen.disk import paths
from tfgen.errors import TfgenError

FOLDER = "secrets"
"""Where the files are, beside the config."""

_KEYS = ("for", "key", "ciphertext")
_EXAMPLE = '{for: APP/STAGE/REGION/NAME, key: "arn:…", ciphertext: AQIC…}'
# https://git-scm.com/docs/git-merge#_how_conflicts_are_presented
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)")


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """One line of the file.

    Attributes:
        context: for whom it was encrypted, ``app/stage/region/name``.
        key: ARN of the key.
        text: the ciphertext in base64.
    """

    context: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Ciphertexts:
    """The ciphertexts of a stage.

    Attributes:
        values: name of the variable → region → ciphertext.
        places: where each stands.
    """

    values: Mapping[str, Mapping[str, Ciphertext]] = field(default_factory=dict)
    places: Places = field(default_factory=lambda: Places(FOLDER))

    def find(self, name: str, region: str) -> Ciphertext | None:
        """Returns the ciphertext of a variable for a region, if there is one."""
        return self.values.get(name, {}).get(region)


def context_of(app: str, stage: str, region: str, name: str) -> str:
    """Returns for whom a ciphertext is, as the file says it."""
    return f"{app}/{stage}/{region}/{name}"


def load_ciphertexts(folder: Path, *, shown: str = FOLDER) -> dict[str, Ciphertexts]:
    """Reads the files of all stages.

    Args:
        folder: where they are; it need not exist.
        shown: the folder as errors show it.

    Returns:
        Stage → its ciphertexts.

    Raises:
        TfgenError: a file is unreadable or not what tfgen writes.
    """
    files = {path.stem: path for path in paths.named(folder, suffix=".yaml")}
    return {
        stage: parse_ciphertexts(_read(path, f"{shown}/{path.name}"), file=f"{shown}/{path.name}")
        for stage, path in files.items()
    }


def _read(path: Path, shown: str) -> str:
    try:
        return paths.read_text(path)
    except UnicodeDecodeError as error:
        raise TfgenError(
            "The file is not UTF-8 text", place=shown, hint="take it from git again"
        ) from error
    except OSError as error:
        raise TfgenError(
            f"The ciphertexts cannot be read: {error.strerror}", place=shown
        ) from error


def parse_ciphertexts(text: str, *, file: str) -> Ciphertexts:
    """Reads the ciphertexts of a stage.

    Args:
        text: the file.
        file: its name, as errors show it.

    Raises:
        TfgenError: it is not what tfgen writes.
    """
    check_length(text, CIPHERTEXTS, file=file)
    for number, line in enumerate(text.splitlines(), 1):
        if _CONFLICT.match(line):
            raise TfgenError(
                "The file has a merge conflict",
                place=f"{file}:{number}",
                hint="keep the lines of both sides, with their names in order; where both set the "
                "same value, keep one of the two lines",
            )
    document = read(text, file=file, limits=CIPHERTEXTS)
    places = document.places
    names = _mapping(document.data if document.data is not None else {}, places.at())
    return Ciphertexts(
        {
            _name(name, places): {
                region: _ciphertext(value, places.at(name, region))
                for region, value in _mapping(regions, places.at(name)).items()
            }
            for name, regions in names.items()
        },
        places,
    )


def _name(name: str, places: Places) -> str:
    if not re.fullmatch(ENV_PATTERN, name):
        raise TfgenError(
            "What stands here is not the name of a variable",
            place=places.at(name),
            hint="a variable's name has letters, digits and underscores, a letter first, two at "
            "least",
        )
    return name


def _ciphertext(value: Any, place: str) -> Ciphertext:
    fields = _mapping(value, place)
    if sorted(fields) != sorted(_KEYS) or not all(
        isinstance(each, str) for each in fields.values()
    ):
        raise _broken(place)
    context, key, text = (fields[each] for each in _KEYS)
    if (
        context.count("/") != 3
        or not re.fullmatch(KMS_KEY_ARN_PATTERN, key)
        or not _is_base64(text)
    ):
        raise _broken(place)
    return Ciphertext(context, key, text)


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _broken(place)
    return value


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False


def _broken(place: str) -> TfgenError:
    return TfgenError(
        "The line is broken: it is not a ciphertext as tfgen writes it",
        place=place,
        hint=f"a region's line looks like `REGION: {_EXAMPLE}`; take the line from git again, or "
        "remove it and run `tfgen env set`",
    )
