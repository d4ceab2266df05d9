"""Names a secret in the text of a config, or takes its name out, and leaves all else as it is."""

from __future__ import annotations

from typing import Any

from tfgen.config.yaml_edit import add_entry, add_section, at, proven, remove_entry
from tfgen.config.yaml_reader import read
from tfgen.config.yaml_tree import Node, find
from tfgen.errors import TfgenError

_KEY = "secrets"


def add_secret(text: str, name: str, *, file: str) -> str:
    """Returns a config that names one more secret of the whole app, of which git keeps ciphertexts.

    Args:
        text: the config, which can be loaded.
        name: a variable that is not among the secrets of the app.
        file: the file's name, as errors show it.

    Raises:
        TfgenError: the config is written in a way that no single place can be found for it.
    """
    entry = f"{name}: kms"

    def edit(text: str, root: Node) -> str | None:
        secrets = find(root, (_KEY,))
        if secrets is not None:
            return add_entry(text, secrets, entry)
        if root.flow:
            return add_entry(text, root, f"{_KEY}: {{{entry}}}")
        lines = [f"{_KEY}:", f"  {entry}"]
        return add_section(text, root, lines, below="env", above="regions")

    def expect(data: dict[str, Any]) -> None:
        data.setdefault(_KEY, {})[name] = "kms"

    edited = proven(text, edit, expect, ordered=(_KEY,), file=file)
    if edited is None:
        raise TfgenError(
            f"There is no single place in the config where `{name}` could be added",
            place=read(text, file=file).places.at(_KEY),
            hint=f"add `{entry}` to `{_KEY}` yourself, and run this again",
        )
    return edited


def remove_secret(text: str, path: tuple[str, ...], name: str, *, file: str) -> str:
    """Returns a config that does not name a secret any more at one of the places that may.

    Args:
        text: the config, which can be loaded.
        path: of the secrets of the app, of a stage or of a region; ``name`` is one of them. When
            it is the only one, the key goes as well.
        name: the variable.
        file: the file's name, as errors show it.

    Raises:
        TfgenError: it cannot be taken out of the text without changing more than it.
    """
    places = read(text, file=file).places

    def edit(text: str, root: Node) -> str | None:
        secrets, parent = find(root, path), find(root, path[:-1])
        if secrets is None or parent is None:
            return None
        if len(secrets.pairs or ()) > 1:
            return remove_entry(text, secrets, name)
        if len(parent.pairs or ()) > 1:
            return remove_entry(text, parent, _KEY)
        # The only thing that is said there: nothing at all would be something else.
        key = next(key for key, value in parent.pairs or () if value is secrets)
        return f"{text[: key.end]}: {{}}{text[secrets.end :]}"

    def expect(data: dict[str, Any]) -> None:
        above = at(data, path[:-1])
        del above[_KEY][name]
        if not above[_KEY] and len(above) > 1:
            del above[_KEY]

    edited = proven(text, edit, expect, ordered=path, file=file)
    if edited is None:
        raise TfgenError(
            f"`{name}` cannot be taken out of the config without changing more",
            place=places.at(*path, name),
            hint=f"remove `{name}` from `{'.'.join(path)}` yourself",
        )
    return edited
