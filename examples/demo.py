"""``make demo``: the walk-through in the sandbox, from the config to what exists in the account."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tfgen.aws.readback import read_function, read_latency_records, read_url
from tfgen.aws.session import Aws
from tfgen.config.load import load
from tfgen.errors import TfgenError
from tfgen.resolve import resolve
from tfgen.sandbox.lifecycle import find, stop
from tfgen.ui.console import Console

HELLO = Path(__file__).resolve().parent / "hello"


def main() -> int:
    """Runs the example in a copy, so that the checkout stays clean, and returns an exit code."""
    console = Console.from_environment()
    with tempfile.TemporaryDirectory(prefix="tfgen-demo-") as folder:
        project = Path(folder) / "hello"
        shutil.copytree(HELLO, project, ignore=shutil.ignore_patterns(".tfgen", ".terraform"))
        try:
            return _run(console, project)
        except TfgenError as error:
            console.error(error)
            return error.exit_code
        except KeyboardInterrupt:
            return 130
        finally:
            stop(project)


def _run(console: Console, project: Path) -> int:
    for command in (["render"], ["apply", "--sandbox", "--yes"]):
        console.message(f"\n$ tfgen {' '.join(command)}")
        done = subprocess.run([sys.executable, "-m", "tfgen", *command], cwd=project, check=False)
        if done.returncode != 0:
            return done.returncode
    _read_back(console, project)
    console.message(f"\nThe Terraform is in {os.path.relpath(HELLO)}/infra")
    console.message(
        "With an account of your own: put your domain and zone into tfgen.yaml, then run\n"
        "`tfgen render`, read and commit the tree, and run `tfgen plan` and `tfgen apply`."
    )
    return 0


def _read_back(console: Console, project: Path) -> None:
    """Shows what exists, asked of the account and not of Terraform's state."""
    app = resolve(load(project / "tfgen.yaml"), "production")
    running = find(project)
    if running is None or app.api.domain is None:
        raise TfgenError("The sandbox has gone", hint="run `make demo` again")
    aws = Aws(running.endpoint)
    records = read_latency_records(
        aws, app.regions[0].name, app.api.domain.zone, app.api.domain.name
    )
    rows = []
    for region in app.regions:
        function = read_function(aws, region.name, app.full_name)
        own = [record for record in records if record.region == region.name]
        check = next((record.health_check for record in own if record.health_check), None)
        rows.append(
            [
                region.name,
                function.version,
                read_url(aws, region.name, app.full_name),
                f"{'/'.join(sorted(record.type for record in own))} {app.api.domain.name}",
                f"every {check.interval} s" if check else "none",
            ]
        )
    console.message("\nWhat exists in the simulated account:\n")
    console.table(["region", "version", "URL", "latency record", "health check"], rows)


if __name__ == "__main__":
    sys.exit(main())
