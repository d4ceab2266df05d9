"""The file of ciphertexts on the disk: changed by one process at a time, and as a whole."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfgen.disk import paths
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.aws.keys import Sealed
    from tfgen.cli.env.stage import StageSecrets
    from tfgen.cli.project import Project
    from tfgen.config.ciphertexts import Ciphertext, Ciphertexts
    from tfgen.config.ciphertexts_edit import Changes

_LOCK: Final = "secrets.lock"


@contextmanager
def exclusively(stage: StageSecrets) -> Iterator[None]:
    """Keeps other processes from changing ciphertexts, or their names in the config, meanwhile.

    Raises:
        TfgenError: a file cannot be written.
    """
    from tfgen.scratch import locked, make_scratch

    try:
        with locked(make_scratch(stage.project.folder) / _LOCK):
            yield
    except OSError as error:
        raise TfgenError(
            f"The ciphertexts cannot be written: {error.strerror or error}",
            place=stage.shown,
            hint="make the file and its folder readable and writable for you; nothing was changed",
        ) from error


def update(stage: StageSecrets, decide: Callable[[Ciphertexts], Changes]) -> bool:
    """Changes the ciphertexts of a stage, which nobody else may do meanwhile.

    Args:
        stage: the stage.
        decide: looks at the file as it is now, and returns what is to change.

    Returns:
        Whether anything did.

    Raises:
        TfgenError: the file is broken; it is as it was.
        OSError: it cannot be written; it is as it was.
    """
    from tfgen.config.ciphertexts import parse_ciphertexts
    from tfgen.config.ciphertexts_edit import edit_ciphertexts

    before = _read(stage.file)
    changes = decide(parse_ciphertexts(before, file=stage.shown))
    after = edit_ciphertexts(before, changes, file=stage.shown)
    if after != before:
        _write(stage, after)
    return after != before


def foreseen(stage: StageSecrets, changes: Changes) -> Project:
    """Returns the project as it will be with changes that are not written yet.

    Raises:
        TfgenError: the file is broken.
    """
    from tfgen.config.ciphertexts import Ciphertexts, parse_ciphertexts
    from tfgen.config.ciphertexts_edit import changed

    now = parse_ciphertexts(_read(stage.file), file=stage.shown)
    loaded = stage.project.loaded
    after = Ciphertexts(changed(now, changes), now.places)
    ciphertexts = {**loaded.ciphertexts, stage.app.stage: after}
    return replace(stage.project, loaded=replace(loaded, ciphertexts=ciphertexts))


def changes_of(sealed: Iterable[Sealed]) -> dict[tuple[str, str], Ciphertext]:
    """Returns ciphertexts as the file has them."""
    from tfgen.config.ciphertexts import Ciphertext, context_of

    changes = {}
    for each in sealed:
        of = each.subject
        context = context_of(of.app, of.stage, of.region, of.name)
        text = base64.b64encode(each.ciphertext).decode("ascii")
        changes[of.name, of.region] = Ciphertext(context, each.key, text)
    return changes


def _read(file: Path) -> str:
    try:
        # As bytes, or its line ends would not be the same any more.
        return paths.read_text(file)
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise TfgenError(
            "The file is not UTF-8 text", place=str(file), hint="take it from git again"
        ) from error


def _write(stage: StageSecrets, text: str) -> None:
    from tfgen.cli.files import replace_file

    folder = stage.file.parent
    if not text:
        paths.remove(stage.file)
        return
    paths.make(folder, mode=0o755)
    # What a killed run has left behind; nobody else is writing now.
    for left in paths.named(folder, prefix=f".{stage.file.name}."):
        paths.remove(left)
    replace_file(stage.file, text.encode("utf-8"), mode=0o644)
