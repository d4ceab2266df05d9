"""A whole sandbox run in a process of its own, watched: ``python -m tests.sandbox.sandbox_run``.

Arguments: how to watch, the project's folder, an initialized root module and, if there is one, a
CLI configuration. It writes what it saw to standard output.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sandbox.watch import Packets, Sockets, Target, enclose, knock
from tfgen.sandbox.environment import child_environment
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import start, stop
from tfgen.sandbox.seed import ensure_zone

# An address for documentation, where nobody is: https://www.rfc-editor.org/rfc/rfc5737
NOBODY = ("192.0.2.1", 443)


def main(how: str, project: Path, root: Path, cli_config: Path | None = None) -> None:
    """Plans and applies against a sandbox and looks at what exists."""
    if how == "packets":
        enclose()
    expected, control = control_run(how)
    seen = watch(how)
    running = start(project)
    if isinstance(seen, Sockets):
        seen.others.add(running.pid)
    environment = child_environment(os.environ, running.endpoint, cli_config)
    state = f"-state={running.scratch / 'terraform.tfstate'}"
    saved = str(running.scratch / "saved.tfplan")
    for arguments in (["plan", "-input=false", state, f"-out={saved}"], ["apply", state, saved]):
        subprocess.run(
            ["terraform", *arguments], cwd=root, env=environment, stdout=sys.stderr, check=True
        )
    ensure_zone(running.endpoint, "example.com")
    resources = inventory(running.endpoint)
    stop(project)
    report = {
        "expected": expected,
        "control": sorted(control),
        "targets": sorted(seen.stop()),
        "port": running.port,
        "resources": [f"{each.region} {each.type} {each.id}" for each in resources],
    }
    sys.stdout.write(json.dumps(report))


def control_run(how: str) -> tuple[Target, set[Target]]:
    """Connects to somewhere and returns where, and what was seen of it."""
    seen = watch(how)
    if how == "packets":
        knock(*NOBODY)
        return ("tcp", *NOBODY), seen.stop()
    with listener() as here:
        knock(*here)
        return ("tcp", *here), seen.stop()


@contextmanager
def listener() -> Iterator[tuple[str, int]]:
    """Listens on loopback meanwhile, and yields where."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def watch(how: str) -> Packets | Sockets:
    """Begins to watch."""
    return Packets() if how == "packets" else Sockets()


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
