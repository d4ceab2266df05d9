"""What stays out of a bundle: ``.tfgenignore`` over the usual junk.

Both speak the language of gitignore (https://git-scm.com/docs/gitignore#_pattern_format). The one
file that counts is at the top of the source; a line there such as ``!.env.example`` brings back
what the defaults leave out. ``patterns`` matches them.
"""

from __future__ import annotations

from tfgen.bundle.patterns import Patterns, parse
from tfgen.disk import Folder
from tfgen.errors import TfgenError

IGNORE_FILE = ".tfgenignore"

DEFAULTS = (
    # Secrets: a bundle can be downloaded by everyone who may read the function.
    *(".env", ".env.*", ".netrc", ".npmrc", ".pypirc"),
    # Terraform and tfgen: the state holds secrets, and the scratch folder holds the bundle.
    *(".terraform/", "*.tfstate", "*.tfstate.*", "*.tfplan", ".tfgen/", IGNORE_FILE),
    # Version control
    *(".git", ".gitignore", ".gitattributes", ".hg/", ".hgignore", ".svn/"),
    # Python: compiled files carry times and paths, so they differ from machine to machine.
    *("__pycache__/", "*.py[cod]", ".venv/", "venv/", ".tox/", ".nox/"),
    *(".pytest_cache/", ".mypy_cache/", ".ruff_cache/", ".hypothesis/", ".coverage"),
    # Editors and desktops
    *(".idea/", ".vscode/", "*.sw[op]", "*~", ".DS_Store", "._*", "Thumbs.db"),
)


_LARGEST = 64 * 1024


def rules(source: Folder, shown: str) -> Patterns:
    """Returns what to leave out of a source folder.

    Args:
        source: the folder.
        shown: the folder's ``.tfgenignore`` as messages call it.

    Raises:
        TfgenError: a line is not a pattern, or the file cannot be read.
    """
    patterns = [pattern for line in DEFAULTS if (pattern := parse(line))]
    for number, line in enumerate(_lines(source, shown), 1):
        try:
            pattern = parse(line)
        except ValueError as error:
            text = line.strip()
            cut = f"{text[:80]}…" if len(text) > 80 else text
            raise TfgenError(
                f"`{cut}` is not a gitignore pattern: {error}",
                place=f"{shown}:{number}",
                hint="see https://git-scm.com/docs/gitignore#_pattern_format",
            ) from error
        if pattern:
            patterns.append(pattern)
    return Patterns(patterns)


def _lines(source: Folder, shown: str) -> list[str]:
    try:
        return source.read(IGNORE_FILE, limit=_LARGEST).decode("utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise TfgenError(
            f"`{shown}` is not UTF-8 text", hint="save the file in the encoding UTF-8"
        ) from error
    except OSError as error:
        raise TfgenError(
            f"`{shown}` cannot be read: {error.strerror}", hint="check what it is and its mode"
        ) from error
