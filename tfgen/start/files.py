"""The files that a bundle gets so that a function starts with its secrets resolved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tfgen.bundle.parts import AddedFile
from tfgen.start.runtimes import Language, language_of

FOLDER: Final = ".tfgen"
"""The folder of these files in the bundle."""

_HERE: Final = Path(__file__).parent
_PROGRAMS: Final[Mapping[Language, str]] = {
    "python": "start-python/*.py",
    "nodejs": "start-node/*.mjs",
}


def start_files(runtime: str) -> tuple[AddedFile, ...]:
    """Returns what resolves secrets; nothing for a runtime that is not supported.

    Args:
        runtime: of the function.
    """
    language = language_of(runtime)
    if language is None:
        return ()
    files = [AddedFile(f"{FOLDER}/start", 0o755, (_HERE / "start").read_bytes())]
    files += [
        AddedFile(f"{FOLDER}/{path.relative_to(_HERE).as_posix()}", 0o644, path.read_bytes())
        for path in sorted(_HERE.glob(_PROGRAMS[language]))
    ]
    return tuple(files)


def ciphertexts_file(ciphertexts: Mapping[str, Mapping[str, str]]) -> AddedFile:
    """Returns the file that brings ciphertexts, when the environment does not.

    Args:
        ciphertexts: region → variable → its ciphertext in Base64, for all regions of the stage,
            also for those that have none.
    """
    content = json.dumps(
        {region: dict(names) for region, names in ciphertexts.items()}, indent=1, sort_keys=True
    )
    return AddedFile(f"{FOLDER}/secrets.json", 0o644, f"{content}\n".encode())
