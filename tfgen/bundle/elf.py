"""Which machine native code in a bundle is for.

Lambda refuses none of it: the function fails when it first loads the wrong one.
https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tfgen.app import Architecture, Code
from tfgen.errors import TfgenError

# e_machine; the names are those of Lambda.
_MACHINES = {62: "x86_64", 183: "arm64"}
_EXECUTABLE, _SHARED = 2, 3


def may_be_native(name: str, mode: int) -> bool:
    """Returns whether a file is to be looked into, where looking into all of them takes long."""
    return bool(mode & 0o111) or name.endswith((".so", ".node", "bootstrap")) or ".so." in name


def machine_of(content: bytes) -> str | None:
    """Returns the machine of a program or library for Linux; None of anything else.

    Args:
        content: of the file; its first 20 bytes are enough.
    """
    if not content.startswith(b"\x7fELF") or len(content) < 20:
        return None
    kind, machine = struct.unpack_from(">HH" if content[5] == 2 else "<HH", content, 16)
    if kind not in (_EXECUTABLE, _SHARED):
        return None
    return _MACHINES.get(machine, f"machine {machine}")


def check_machine(
    code: Code,
    architecture: Architecture,
    machines: Mapping[str, str],
    starts: str | None,
    *,
    place: str | None = None,
) -> None:
    """Checks that the file with which a function starts is for its architecture.

    Other native code is not refused: many packages bring theirs for several machines, or do
    without. ``foreign`` finds it.

    Args:
        code: of the function.
        architecture: of the function.
        machines: path in the bundle → machine, of all native code.
        starts: the path of the file with which the function starts, if it is known.
        place: where the config names the source.

    Raises:
        TfgenError: it is for another.
    """
    machine = machines.get(starts) if starts else None
    if machine not in (None, architecture):
        raise TfgenError(
            f"`{starts}` in `{code.source}` is built for {machine}, and the function's "
            f"architecture is {architecture}",
            place=place,
            hint=_hint(machine, architecture),
        )


def foreign(machines: Mapping[str, str], architecture: Architecture) -> list[str]:
    """Returns the native code for other machines, if there is none for the function's own.

    Args:
        machines: path in the bundle → machine, of all native code.
        architecture: of the function.
    """
    return [] if architecture in machines.values() else sorted(machines)


def _hint(machine: str | None, architecture: str) -> str:
    other = f", or set `architecture: {machine}`" if machine in _MACHINES.values() else ""
    return f"build it for {architecture}{other}"
