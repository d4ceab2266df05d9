"""Whether a bundle holds the file that its handler names.

Lambda itself finds out only when the function is first called, with
``Runtime.ImportModuleError`` in its log.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from tfgen.app import Code
from tfgen.bundle.links import resolve
from tfgen.errors import TfgenError

BOOTSTRAP = "bootstrap"


@dataclass(frozen=True, slots=True)
class _Language:
    """How the runtimes of a language find the file of a handler.

    Attributes:
        endings: what may follow the module's path, the usual one first.
        dotted: ``a.b.handler`` is the module a/b (Python), not the export b.handler of a.
    """

    endings: tuple[str, ...]
    dotted: bool = False

    def split(self, handler: str) -> tuple[str, str]:
        """Returns the path of the module and what follows it, without the dot between them."""
        if self.dotted:
            module, _, function = handler.rpartition(".")
            return module.replace(".", "/"), function
        folder, slash, rest = handler.rpartition("/")
        module, _, function = rest.partition(".")
        return folder + slash + module, function

    def join(self, module: str, function: str) -> str:
        """Returns the handler of a module and a function."""
        return f"{module.replace('/', '.') if self.dotted else module}.{function}"

    def modules(self, names: Iterable[str]) -> set[str]:
        """Returns the paths of the modules among the files of a bundle."""
        return {
            name.removesuffix(ending)
            for name in names
            for ending in self.endings
            if name.endswith(ending)
        }


# https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
# https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
# https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html
_LANGUAGES: Mapping[str, _Language] = {
    "python": _Language((".py", "/__init__.py", ".so", ".pyc"), dotted=True),
    "nodejs": _Language((".js", ".mjs", ".cjs", "/index.js")),
    "ruby": _Language((".rb",)),
}


def check_handler(
    code: Code, files: Mapping[str, int], links: Mapping[str, str], *, place: str | None
) -> str | None:
    """Checks that a bundle holds what its function's runtime will look for.

    Nothing is checked for a function with layers, because a layer may bring the handler: the
    wrappers of monitoring vendors do. Nor for Java and .NET, whose handlers name classes.

    Args:
        code: what the function runs.
        files: path in the bundle, with ``/`` → permissions; without links.
        links: path of each link in the bundle → its target.
        place: where the config names the handler.

    Returns:
        The path in the bundle of the file with which the function starts; None if it is not known.

    Raises:
        TfgenError: the file is not there, or Lambda could not start it.
    """
    if code.layers:
        return None
    if code.runtime.startswith("provided"):
        return _check_bootstrap(code, files, links, place)
    language = _LANGUAGES.get(re.split(r"\d", code.runtime, maxsplit=1)[0])
    return _check_module(code, language, files, links, place) if language else None


def _check_bootstrap(
    code: Code, files: Mapping[str, int], links: Mapping[str, str], place: str | None
) -> str:
    # https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
    found = resolve(BOOTSTRAP, links)
    if found is None or found not in files:
        raise TfgenError(
            f"The runtime `{code.runtime}` starts the file `{BOOTSTRAP}`, "
            f"and `{code.source}` has none",
            place=place,
            hint=f"build the function to `{PurePosixPath(code.source, BOOTSTRAP)}`",
        )
    if not files[found] & 0o100:
        raise TfgenError(
            f"`{PurePosixPath(code.source, BOOTSTRAP)}` is not executable, "
            "and Lambda could not start it",
            place=place,
            hint=f"run `chmod +x {PurePosixPath(code.source, BOOTSTRAP)}`",
        )
    return found


def _check_module(
    code: Code,
    language: _Language,
    files: Collection[str],
    links: Mapping[str, str],
    place: str | None,
) -> str:
    module, name = language.split(code.handler)
    if not module or not name:
        raise TfgenError(
            f"The handler `{code.handler}` does not name a file and a function",
            place=place,
            hint=f"write both with a dot between them: `{language.join('app', 'handler')}`",
        )
    for ending in language.endings:
        found = resolve(module + ending, links)
        if found is not None and found in files:
            return found
    # A compiled Python module's name goes on: app.cpython-313-aarch64-linux-gnu.so.
    folder, _, last = module.rpartition("/")
    compiled = f"{resolve(folder, links)}/{last}.cpython-".removeprefix("/")
    found = min((name for name in files if name.startswith(compiled)), default=None)
    if found is not None:
        return found
    modules = language.modules([*files, *links])
    likely = " or ".join(f"`{language.join(other, name)}`" for other in _near(module, modules))
    usual = PurePosixPath(code.source, module + language.endings[0])
    raise TfgenError(
        f"The handler `{code.handler}` needs `{module}{language.endings[0]}`, "
        f"and `{code.source}` has no such file",
        place=place,
        hint=f"did you mean {likely}?" if likely else f"create `{usual}`",
    )


def _near(module: str, modules: Iterable[str]) -> list[str]:
    """Returns up to three modules that may have been meant, the likeliest first."""
    handlers = [other for other in modules if not PurePosixPath(other).name.startswith("__")]
    candidates = sorted(handlers, key=lambda other: (other.count("/"), other))
    name = PurePosixPath(module).name
    same_name = [other for other in candidates if PurePosixPath(other).name == name]
    similar = difflib.get_close_matches(module, candidates, n=3, cutoff=0.6)
    at_the_top = [other for other in candidates if "/" not in other]
    for found in (same_name, similar, at_the_top):
        if found:
            return found[:3]
    return []
