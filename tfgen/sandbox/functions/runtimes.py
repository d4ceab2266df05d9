"""Which program runs a function, and what it needs to run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from tfgen.sandbox.functions import libraries as libraries_of
from tfgen.sandbox.functions.deployed import Deployed
from tfgen.sandbox.invocation import InvokeError

_SHIPPED: Final = Path(__file__).with_name("runtime")

# Each tells its version, its own path, which is not that of a script of a version manager, and the
# files that it has opened to start; Python only if it can run a function.
_PYTHON_PROBE: Final = """
import sys
sys.dont_write_bytecode = True
sys.path.append(sys.argv[1])
import awslambdaric.bootstrap, runtime_client
runtime_client.next
import json, sysconfig
try:
    with open("/proc/self/maps") as file:
        maps = file.read()
except OSError:
    maps = ""
folders = [sysconfig.get_path(each) for each in ("stdlib", "platstdlib")]
version = ".".join(map(str, sys.version_info[:3]))
print(json.dumps({"version": version, "path": sys.executable, "maps": maps, "folders": folders}))
"""
_NODE_PROBE: Final = """
let maps = ""
try { maps = require("fs").readFileSync("/proc/self/maps", "utf8") } catch {}
const version = process.versions.node
console.log(JSON.stringify({version, path: process.execPath, maps, folders: []}))
"""
_PROBE_SECONDS: Final = 60

_OF_AN_INSTALLATION: Final = ("bin", "lib", "lib64", "share", "ssl")

_MAPPED: Final = re.compile(r"^\S+ \S+ \S+ \S+ \S+ +(/.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Launch:
    """How to run a function.

    Attributes:
        command: the program and its arguments.
        libraries: the folder that the program calls its own.
        version: of the runtime that really runs, as Lambda's log names it: ``python:3.13.1``.
        variables: what the program needs in its environment.
        programs: the folder of the program, for ``PATH``; None if it is the function's own.
        readable: the files and folders that the program needs to run.
        writable: those of them in which it keeps what it has compiled.
        notice: what is different from Lambda, in a sentence; None if nothing is.
        wrapped: whether ``AWS_LAMBDA_EXEC_WRAPPER`` counts.
    """

    command: tuple[str, ...]
    libraries: Path
    version: str
    variables: Mapping[str, str] = field(default_factory=dict)
    programs: Path | None = None
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    notice: str | None = None
    wrapped: bool = True


@dataclass(frozen=True, slots=True)
class _Interpreter:
    path: Path
    version: str
    files: tuple[Path, ...]


class Runtimes:
    """The runtimes of this machine, looked for once; safe for threads.

    Args:
        home: where the libraries of runtimes are put together.
        environment: where to look for programs; the process's own.
    """

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._environment = os.environ if environment is None else environment
        self._lock = threading.Lock()
        self._pythons: dict[str, _Interpreter] = {}
        self._node: _Interpreter | None = None

    def launch(self, deployed: Deployed, task: Path, layers: Path | None) -> Launch:
        """Returns how to run a function.

        Args:
            deployed: the function.
            task: the folder of its code.
            layers: the folder of its layers, if it has any.

        Raises:
            InvokeError: nothing on this machine can run it.
        """
        runtime = deployed.runtime or ""
        if python := re.fullmatch(r"python(3\.\d+)", runtime):
            return self._launch_python(deployed, python[1], task, layers)
        if node := re.fullmatch(r"nodejs(\d+)\.x", runtime):
            return self._launch_node(deployed, node[1], layers)
        if runtime.startswith("provided"):
            return _launch_provided(runtime, task, layers)
        raise _refused(
            deployed,
            f"the sandbox has no runtime for {runtime}; "
            "it runs python3.x, nodejs and provided, with a bootstrap in the zip",
        )

    def _launch_python(
        self, deployed: Deployed, minor: str, task: Path, layers: Path | None
    ) -> Launch:
        libraries = self._python_libraries(deployed)
        with self._lock:
            if minor not in self._pythons:
                self._pythons[minor] = self._find_python(deployed, minor, libraries)
            python = self._pythons[minor]
        notice = None
        if not python.version.startswith(f"{minor}."):
            notice = (
                f"{deployed.name} asks for Python {minor} and runs in Python {python.version}: "
                f"no python{minor} was found on this machine"
            )
        return Launch(
            command=(
                *(str(python.path), "-S", str(_SHIPPED / "python_runtime.py")),
                *(str(task), str(libraries), str(layers or "")),
            ),
            version=f"python:{python.version}",
            libraries=libraries,
            variables={"PYTHONPATH": str(libraries)},
            programs=python.path.parent,
            readable=(_SHIPPED, *libraries_of.origins(), *python.files),
            writable=(libraries,),
            notice=notice,
        )

    def _python_libraries(self, deployed: Deployed) -> Path:
        folder = self._home / "python"
        with self._lock:
            if folder.is_dir():
                return folder
            if not libraries_of.are_installed():
                raise _refused(
                    deployed,
                    "Lambda's runtime for Python is not installed; "
                    "install it with `pip install 'tfgen[sandbox]'`",
                )
            libraries_of.link(folder)
            # Python prefers a compiled module that fits its version, and takes this one else.
            (folder / "runtime_client.py").symlink_to(_SHIPPED / "runtime_client.py")
        return folder

    def _find_python(self, deployed: Deployed, minor: str, libraries: Path) -> _Interpreter:
        present = None
        for path in self._pythons_to_try(minor):
            found = _interpreter([str(path), "-I", "-S", "-c", _PYTHON_PROBE, str(libraries)])
            if found is None:
                continue
            if found.version.startswith(f"{minor}."):
                return found
            present = present or found
        if present is None:
            raise _refused(deployed, "no Python on this machine can run awslambdaric")
        return present

    def _pythons_to_try(self, minor: str) -> Iterator[Path]:
        """Yields interpreters of a minor version first, then the one that runs this."""
        name = f"python{minor}"
        # Not the one of the virtual environment: a function is not to see what is in there.
        base = Path(sys.base_prefix, "bin")
        yield base / name
        for folder in self._environment.get("PATH", "").split(os.pathsep):
            yield Path(folder or ".", name).absolute()
        home = Path(self._environment.get("HOME", "/"))
        pyenv = Path(self._environment.get("PYENV_ROOT", home / ".pyenv"))
        yield from sorted(pyenv.glob(f"versions/{minor}*/bin/{name}"), reverse=True)
        uv = home / ".local/share/uv/python"
        yield from sorted(uv.glob(f"cpython-{minor}.*/bin/{name}"), reverse=True)
        yield base / "python{}.{}".format(*sys.version_info[:2])
        yield Path(sys.executable)

    def _launch_node(self, deployed: Deployed, major: str, layers: Path | None) -> Launch:
        with self._lock:
            node = self._node = self._node or self._find_node()
        if node is None:
            raise _refused(deployed, "it needs Node.js, and there is no `node` on the PATH")
        notice = None
        if not node.version.startswith(f"{major}."):
            notice = f"{deployed.name} asks for Node.js {major} and runs in Node.js {node.version}"
        opt = layers or Path("/opt")
        modules = [opt / f"nodejs/node{major}/node_modules", opt / "nodejs/node_modules"]
        return Launch(
            command=(str(node.path), str(_SHIPPED / "node_runtime.mjs")),
            version=f"nodejs:{node.version}",
            libraries=_SHIPPED,
            variables={"NODE_PATH": os.pathsep.join(map(str, modules))},
            programs=node.path.parent,
            readable=(_SHIPPED, *node.files),
            notice=notice,
        )

    def _find_node(self) -> _Interpreter | None:
        found = shutil.which("node", path=self._environment.get("PATH"))
        return None if found is None else _interpreter([found, "-e", _NODE_PROBE])


def _launch_provided(runtime: str, task: Path, layers: Path | None) -> Launch:
    in_layers = layers / "bootstrap" if layers is not None else None
    bootstrap = task / "bootstrap"
    if not bootstrap.exists() and in_layers is not None and in_layers.exists():
        bootstrap = in_layers
    # https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper: runtimes
    # that are the function's own know no wrapper.
    return Launch(command=(str(bootstrap),), version=runtime, libraries=task, wrapped=False)


def runnable(deployed: Deployed) -> None:
    """Makes sure that a function is one that can be unpacked.

    Args:
        deployed: the function.

    Raises:
        InvokeError: it is a container image.
    """
    if deployed.runtime is None:
        why = "it is a container image, and the sandbox runs functions from zips only"
        raise _refused(deployed, why)


def _interpreter(probe: list[str]) -> _Interpreter | None:
    """Returns an interpreter by what it says of itself; None if it fails, or is not there."""
    said = _output(probe)
    try:
        told: Mapping[str, Any] = json.loads(said or "")
    except ValueError:
        return None
    path = Path(told["path"])
    files = {path, *map(Path, told["folders"]), *map(Path, _MAPPED.findall(told["maps"]))}
    # Not all of a folder that the user has for programs, notes and data of every kind.
    if path.parent.parent not in {Path.home(), Path.home() / ".local"}:
        files |= {path.parent.parent / name for name in _OF_AN_INSTALLATION}
    return _Interpreter(path, told["version"], tuple(sorted(files)))


def _output(command: list[str]) -> str | None:
    """Returns what a program prints; None if it fails, or if it is not there."""
    try:
        run = subprocess.run(
            command,
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout if run.returncode == 0 else None


def _refused(deployed: Deployed, why: str) -> InvokeError:
    # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
    return InvokeError(
        "InvalidRuntimeException",
        HTTPStatus.BAD_GATEWAY,
        f"The function {deployed.name} cannot run here: {why}",
    )
