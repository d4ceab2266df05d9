"""No file of tfgen opens files in its own way: what is below a project goes through `tfgen.disk`.

The tests beside this one watch commands at work; this one reads the code, so that a new reader
cannot forget the rule.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import tfgen

PACKAGE = Path(tfgen.__file__).parent

# What opens, lists, makes, moves or removes by a path.
METHODS = {
    *("read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "rmdir"),
    *("iterdir", "glob", "rglob", "symlink_to", "hardlink_to", "touch", "chmod", "rename"),
    *("mkfifo", "makedirs", "listdir", "scandir", "walk", "fwalk", "remove", "rmtree"),
    *("copyfile", "copy", "copy2", "copytree", "move", "mkstemp", "mkdtemp", "link", "symlink"),
}
MODULES = {"os", "shutil", "tempfile"}
MODES = {f"{kind}{more}" for kind in "rwxa" for more in ("", "b", "+", "+b", "b+")}

# Files that open something else than what is in a project, or do so in folders held open.
REASONS = {
    "bundle/": "the source, in which links are followed; its own tests hold it to the rule",
    "cli/env/values.py": "a file that the user names outside of the project, such as a pipe",
    "cli/surroundings.py": "the null device",
    "cli/sandbox/curl.py": "a file that the user names",
    "disk/": "the rule itself",
    "lint/schema.py": "a file of the package",
    "places.py": "a file of the package",
    "render/library.py": "files of the package",
    "sandbox/": "folders that this sandbox has made, and programs of the system",
    "scaffold.py": "files of the package",
    "start/": "files of the package, and the program that runs in Lambda",
    "terraform/memory.py": "/proc",
    "terraform/mirror.py": "plugin folders of the system",
    "ui/": "the streams of the process",
    "write/": "names in folders that are held open (dir_fd)",
}

# The two files of the sandbox that work in the project, and so have to do it by the rule.
STRICT = {"sandbox/lifecycle.py"}


def calls(file: Path) -> Iterator[str]:
    """Yields each call of a file that opens something, with its line."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and (name := opening(node)) is not None:
            yield f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno} {name}"


def opening(call: ast.Call) -> str | None:
    function = call.func
    if isinstance(function, ast.Name):
        return "open" if function.id == "open" else None
    if not isinstance(function, ast.Attribute):
        return None
    owner = function.value.id if isinstance(function.value, ast.Name) else None
    if owner == "paths":
        return None
    if function.attr == "open":
        mode = call.args[0] if call.args else None
        is_path = isinstance(mode, ast.Constant) and mode.value in MODES
        return function.attr if owner in MODULES or is_path else None
    is_method = function.attr in METHODS - {"copy", "remove", "walk", "move", "link"}
    return function.attr if is_method or (owner in MODULES and function.attr in METHODS) else None


def reason(file: str) -> str | None:
    if file in STRICT:
        return None
    return next((key for key in REASONS if file == key or file.startswith(key)), None)


def test_every_file_is_opened_by_the_rule() -> None:
    found = [
        call
        for file in sorted(PACKAGE.rglob("*.py"))
        if reason(file.relative_to(PACKAGE).as_posix()) is None
        for call in calls(file)
    ]
    assert found == []


def test_every_exception_is_needed() -> None:
    used = {
        reason(file.relative_to(PACKAGE).as_posix())
        for file in PACKAGE.rglob("*.py")
        if any(calls(file))
    }
    assert used - {None} == set(REASONS)


def test_the_tree_is_written_by_names_in_open_folders() -> None:
    """In write/, every call of os that takes a path gets the folder that the name is in."""
    missing = [
        f"{file.name}:{node.lineno}"
        for file in sorted((PACKAGE / "write").glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (opening(node) or ast.unparse(node.func) in {"os.stat", "os.access", "os.readlink"})
        and not {"dir_fd", "src_dir_fd"} & {keyword.arg for keyword in node.keywords}
    ]
    assert missing == []
