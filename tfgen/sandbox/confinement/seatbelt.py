"""macOS: a profile for ``sandbox-exec``, which closes the user's folders and the agents' sockets.

The last rule that fits decides. Everything is open but what is named, because what the system's own
libraries need differs from release to release.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tfgen.sandbox.confinement.view import View

PROGRAM: Final = "/usr/bin/sandbox-exec"

# Where the folders of users and other disks are, and everybody's temporary files.
_CLOSED: Final = ("/Users", "/Volumes", "/private/var/root", "/private/var/folders")

# Names are looked up by way of this one.
_RESOLVER: Final = "/private/var/run/mDNSResponder"


def command(view: View, command: Sequence[str], home: Path) -> list[str]:
    """Returns a command that runs another under a profile.

    Args:
        view: what stays open.
        command: the other.
        home: the user's folder, wherever it is.
    """
    return [PROGRAM, "-p", profile(view, home), *command]


def profile(view: View, home: Path) -> str:
    """Returns the profile.

    Args:
        view: what stays open.
        home: the user's folder, wherever it is.
    """
    closed = [Path(each) for each in _CLOSED] + [home.resolve()]
    readable = [each.resolve() for each in (*view.readable, *view.writable)]
    writable = [each.resolve() for each in view.writable]
    return "\n".join(
        [
            "(version 1)",
            "(allow default)",
            f"(deny file-read* file-write* {_paths(closed)})",
            # Paths are looked up from the root; that reads no content.
            "(allow file-read-metadata)",
            f"(allow file-read* {_paths(readable)})",
            f"(allow file-write* {_paths(writable)})",
            "(deny network-outbound (remote unix-socket))",
            f'(allow network-outbound (literal "{_RESOLVER}"))',
            "(deny process-info* (target others))",
            "(deny signal (target others))",
            "",
        ]
    )


def _paths(paths: Sequence[Path]) -> str:
    return " ".join(f"(subpath {_quoted(str(each))})" for each in paths)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
