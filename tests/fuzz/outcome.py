"""What becomes of a config, and whether it is right: an error as users should see it, or a tree."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tests.combinations.documents import ciphertexts
from tests.fuzz.generator import MARK, config
from tfgen.app import App
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.lint.hcl import Body, HclError, parse
from tfgen.lint.lint import lint
from tfgen.render.render import render
from tfgen.resolve import resolve_all

_LONGEST = 1000
_BLOCKS = frozenset(
    {
        *("data", "import", "locals", "module", "moved", "output", "provider", "removed"),
        *("resource", "terraform", "variable"),
    }
)
# A template that is no escaped one, with what only a hostile value names.
_INJECTED = re.compile(rf"(?<!\$)\$\{{[^}}]*{MARK}|(?<!%)%\{{[^}}]*{MARK}")


@dataclass(slots=True)
class Tally:
    """What became of many configs.

    Attributes:
        wrong: number of a config → what is wrong with what became of it.
        trees: number of a config → the files that it was rendered to.
        refused: how many were refused as they should be.
        fresh: the Terraform files that no tree had before, by the number and the path.
    """

    wrong: dict[int, str] = field(default_factory=dict)
    trees: dict[int, Mapping[str, str]] = field(default_factory=dict)
    refused: int = 0
    fresh: dict[str, str] = field(default_factory=dict)
    _known: set[int] = field(default_factory=set)

    def add(self, number: int) -> None:
        """Makes the config of a number, and looks at what becomes of it."""
        problems: list[str] = []
        try:
            apps = _apps(config(number))
            if apps is None:
                self.refused += 1
                return
            files = render(apps).files
            self.trees[number] = files
            problems += self._problems(number, files)
        except _WrongError as error:
            problems.append(str(error))
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            problems.append(traceback.format_exc(limit=-4))
        if problems:
            self.wrong[number] = "\n".join(problems)

    def forget(self) -> None:
        """Begins to count again, and keeps in mind which files were looked at."""
        self.wrong.clear()
        self.trees.clear()
        self.fresh.clear()
        self.refused = 0

    def _problems(self, number: int, files: Mapping[str, str]) -> Iterator[str]:
        """Yields what is wrong with a tree in files that no tree had before."""
        for path, text in files.items():
            if not path.endswith(".tf") or hash(text) in self._known:
                continue
            self._known.add(hash(text))
            self.fresh[f"{number}/{path}"] = text
            try:
                body = parse(text)
            except HclError as error:
                yield f"{path}:{error.line}: {error.message}"
            else:
                yield from _injections(path, text, body)


class _WrongError(Exception):
    """An error that a user should not see like this."""


def _apps(text: str) -> tuple[App, ...] | None:
    """Returns the apps of a config, or None if it is refused as it should be."""
    try:
        loaded = loads(text)
        return resolve_all(replace(loaded, ciphertexts=ciphertexts(loaded.config.name)))
    except TfgenError as error:
        lines = [error.message, *(error.hint or "").split("\n")]
        if "\n" in error.message or max(map(len, lines)) > _LONGEST:
            raise _WrongError(f"not one short sentence: {error.message[:200]!r}") from error
        if not re.fullmatch(r"(tfgen\.yaml|secrets/[a-z0-9-]+\.yaml)(:\d+)?", error.place or ""):
            raise _WrongError(f"no place: {error.message} ({error.place})") from error
        return None


def _injections(path: str, text: str, body: Body) -> Iterator[str]:
    if _INJECTED.search(text):
        yield f"{path}: a value became a template"
    for block in body.blocks:
        if block.type not in _BLOCKS or MARK in block.type or MARK in "".join(block.labels):
            yield f"{path}:{block.line}: a value became the block `{block.type}`"
    if MARK in body.arguments:
        yield f"{path}: a value became an argument"


def findings(files: Mapping[str, str]) -> list[str]:
    """Returns what tfgen's own linter finds in a tree, which has to be nothing."""
    texts = {path: text for path, text in files.items() if path.endswith(".tf")}
    return [f"{each.place}: {each.message}" for each in lint(texts).findings]
