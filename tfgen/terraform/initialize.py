"""Runs ``terraform init``, but only when something that it depends on has changed.

``init`` hashes every provider, hundreds of megabytes, to find out that nothing is to be done. A
stamp in ``.terraform`` remembers what it was last run for, and dies with that folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError
from tfgen.terraform import args, diagnose, texts
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run

_STAMP = "tfgen-init.json"
_LOCK_FILE = ".terraform.lock.hcl"

# Lines that decide which modules, which providers and which backend there are. A resource makes the
# provider that its type begins with a required one. Matching too much costs an init, matching too
# little is caught by Terraform, which then asks for one.
_BLOCK = re.compile(
    r'\s*(?:terraform|module|provider)\b.*|\s*(?:resource|data|ephemeral)\s+"[^_"]+'
)
_ARGUMENT = re.compile(r"\s*(?:source|version)\s*=.*")
_SETTINGS = re.compile(r"^\s*terraform\s*\{", re.MULTILINE)


def ensure_initialized(
    engine: Engine,
    root: Path,
    env: Mapping[str, str],
    *,
    backend: bool = True,
    lockfile_readonly: bool = False,
    force: bool = False,
    on_init: Callable[[], None] | None = None,
    shown_root: str | None = None,
) -> bool:
    """Initialize a root module unless it is.

    Args:
        engine: which Terraform.
        root: the folder of the root module.
        env: the environment of Terraform, from ``environment``.
        backend: False is enough for ``validate``, and needs neither network nor credentials.
        lockfile_readonly: fail when ``.terraform.lock.hcl`` would have to change. Otherwise
            Terraform may add to it, as it does by itself: checksums of this platform, and the
            versions of providers that are new.
        force: initialize in any case, for example because Terraform says that it must be.
        on_init: called before an init, which takes seconds.
        shown_root: the folder as messages are to show it.

    Returns:
        Whether ``init`` was run.

    Raises:
        TfgenError: when it fails; its output is shown then and only then.
    """
    stamp = _data_folder(root, env) / _STAMP
    fingerprint = _fingerprint(engine, root, stamp.parent)
    if not force and _is_current(stamp, fingerprint, backend=backend):
        return False
    if on_init is not None:
        on_init()
    _forget(stamp)
    # Without colors the errors would lose the boxes that keep them apart.
    arguments = args.init(backend=backend, lockfile_readonly=lockfile_readonly)
    result = run(engine, arguments, cwd=root, env=env)
    where = shown_root or str(root)
    if result.interrupted:
        raise TfgenError("Interrupted", place=where, exit_code=ExitCode.INTERRUPTED)
    if result.killed_by is not None:
        raise diagnose.killed(result, root=where)
    if result.returncode != 0:
        raise diagnose.explain(
            texts.diagnostics(result.stderr),
            root=where,
            engine=engine,
            profile=env.get("AWS_PROFILE"),
            output=texts.plain(result.stdout + result.stderr),
        )
    # It may have changed the lock file and the list of modules.
    content = {
        "fingerprint": _fingerprint(engine, root, stamp.parent),
        "backend": backend,
        "packages": _packages(stamp.parent),
    }
    _remember(stamp, content)
    return True


def _forget(stamp: Path) -> None:
    # The data folder can be a file, or missing: then there is nothing to forget.
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        paths.remove(stamp)


def _remember(stamp: Path, content: Mapping[str, object]) -> None:
    # Without a stamp, the next command runs init again. So it is where nothing can be written, and
    # where Terraform made no data folder.
    with contextlib.suppress(OSError):
        paths.write(stamp, json.dumps(content).encode())


def _data_folder(root: Path, env: Mapping[str, str]) -> Path:
    return root / (env.get("TF_DATA_DIR") or ".terraform")


def _is_current(stamp: Path, fingerprint: str, *, backend: bool) -> bool:
    content = _json(stamp)
    return (
        content.get("fingerprint") == fingerprint
        # An init with a backend does for a run without one.
        and (content.get("backend") is True or not backend)
        and content.get("packages") == _packages(stamp.parent)
    )


def _packages(data: Path) -> dict[str, list[int]]:
    """The provider programs that an init installed: path in the data folder → size and time.

    A package is in ``providers/HOST/NAMESPACE/TYPE/VERSION/PLATFORM``. The last of these is a link
    where Terraform has a cache or a mirror: then it is looked at, and what is behind it not listed.
    """
    programs = {}
    providers = data / "providers"
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for entry in paths.folder_of(providers).walk(enter=lambda each: each.path.count("/") < 5):
            parts = entry.path.count("/") + 1
            is_program = parts == 6 and entry.name.startswith("terraform-provider-")
            if is_program or (parts == 5 and entry.is_link):
                status = (providers / entry.path).stat()
                programs[entry.path] = [status.st_size, status.st_mtime_ns]
    return programs


def _fingerprint(engine: Engine, root: Path, data: Path) -> str:
    """Sum up all that decides what an init does."""
    digest = hashlib.sha256()
    for part in (engine.product, str(engine.version), str(root.resolve()), *_parts(root, data)):
        digest.update(part.encode("utf-8", "surrogateescape"))
        digest.update(b"\0")
    return digest.hexdigest()


def _parts(root: Path, data: Path) -> Iterator[str]:
    lock_file = root / _LOCK_FILE
    if paths.status(lock_file) is not None:
        # Terraform says what is wrong with one that is no text.
        yield paths.read_text(lock_file, errors="surrogateescape")
    modules = [root / module for module in _modules(data)]
    for folder in (root, *sorted(set(modules) - {root})):
        # A module that is gone is as telling as its content.
        yield str(folder)
        for file in paths.named(folder, suffix=".tf"):
            yield from _relevant(paths.read_text(file, errors="replace"))
        for file in paths.named(folder, suffix=".tf.json"):
            yield paths.read_text(file, errors="replace")


def _relevant(text: str) -> Iterator[str]:
    if _SETTINGS.search(text):
        yield text
        return
    for line in text.splitlines():
        match = _BLOCK.match(line) or _ARGUMENT.match(line)
        if match is not None:
            yield match[0]


def _modules(data: Path) -> list[str]:
    # Terraform's own list of what it installed: folders relative to the root module.
    listed = _json(data / "modules" / "modules.json").get("Modules", [])
    if not isinstance(listed, list):
        return []
    folders = [module.get("Dir") for module in listed if isinstance(module, dict)]
    return [folder for folder in folders if isinstance(folder, str) and "\0" not in folder]


def _json(file: Path) -> dict[str, Any]:
    # A file that is missing or damaged means that init has to be run.
    try:
        content = json.loads(paths.read_text(file))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
