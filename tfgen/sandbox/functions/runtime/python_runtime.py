"""Starts Lambda's own runtime for Python: ``python -S python_runtime.py TASK LIBRARIES LAYERS``.

It puts the module search path into Lambda's order, and nothing of this machine into it: first the
function, then its layers, Python's own library, and last what Lambda offers to every function. It
runs in whatever version of Python a function asks for, and is no part of tfgen's own process.
"""

from __future__ import annotations

import importlib
import os
import site
import sys


def main(task: str, libraries: str, layers: str) -> None:
    """Hands over to the runtime.

    Args:
        task: the folder of the function's code.
        libraries: the folder of the runtime's libraries.
        layers: the folder of the function's layers; empty if it has none.
    """
    first = [task]
    if layers:
        version = "python{}.{}".format(*sys.version_info[:2])
        first += [f"{layers}/python/lib/{version}/site-packages", f"{layers}/python"]
    # The first entry is the folder of this file.
    sys.path[:1] = first
    # It is in PYTHONPATH, for what the function starts, and so in front of Python's own library.
    sys.path[:] = [entry for entry in sys.path if entry != libraries] + [libraries]
    # Without the `site` module there is neither, and functions use both.
    site.setquit()
    site.sethelper()
    sys.argv = ["bootstrap.py", os.environ["_HANDLER"]]
    importlib.import_module("awslambdaric.__main__").main(sys.argv)


if __name__ == "__main__":
    main(*sys.argv[1:])
