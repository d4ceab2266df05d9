"""`tfgen plan` against Terraform itself, on the same root module: ``python -m benchmarks.plan``.

The account is simulated, and all commands are given the same environment: the same provider, the
same endpoint. Each row is timed in turn with its rival. It needs ``terraform`` on the PATH and the
extras ``sandbox`` and ``dev``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import compare, machine, peak, run
from benchmarks.projects import config, make_project
from tfgen.sandbox.environment import child_environment
from tfgen.sandbox.lifecycle import start, stop
from tfgen.terraform import mirror

RUNS = 7
COUNTS = (2, 16)
TFGEN = [sys.executable, "-m", "tfgen", "plan"]
TERRAFORM = shutil.which("terraform") or "terraform"
PLAN = [TERRAFORM, "plan", "-input=false", "-no-color"]
INIT_AND_PLAN = ["sh", "-c", f"'{TERRAFORM}' init -input=false -no-color && {' '.join(PLAN)}"]


def main() -> None:
    """Prints the table."""
    found = mirror.find(os.environ)
    major = (mirror.provider_major(found) if found else None) or 6
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as temporary:
        folder = Path(temporary)
        running = start(folder)
        try:
            cli_config = None
            if found:
                cli_config = folder / "terraform.rc"
                mirror.write_cli_config(cli_config, found)
            environment = child_environment(
                os.environ, running.endpoint, cli_config, registry=found is None
            )
            print(f"{machine()}; AWS provider {major}; median of {RUNS} pairs\n")
            print("| regions | command | seconds | ratio of tfgen to it | peak memory MB |")
            print("| --- | --- | --- | --- | --- |")
            for count in COUNTS:
                project = make_project(folder / f"{count}", config(count, provider=major))
                rows(count, project, environment)
        finally:
            stop(folder)


def rows(count: int, project: Path, environment: dict[str, str]) -> None:
    """Measures the walk-through in so many regions and prints its rows."""
    root = project / "infra/production"
    run([*TFGEN[:-1], "render"], project, environment)

    def ours() -> float:
        return run(TFGEN, project, environment)

    initialized = compare(ours, lambda: run(PLAN, root, environment), RUNS)
    with_init = compare(ours, lambda: run(INIT_AND_PLAN, root, environment), RUNS)
    memory = [
        peak(command, cwd, environment).pss
        for command, cwd in ((TFGEN, project), (PLAN, root), (INIT_AND_PLAN, root))
    ]
    print(f"| {count} | `tfgen plan` | {initialized.spread} | | {memory[0]:.0f} |")
    for name, measured, most in (
        ("terraform plan", initialized, memory[1]),
        ("terraform init && terraform plan", with_init, memory[2]),
    ):
        seconds = sorted(measured.theirs)
        spread = f"{seconds[len(seconds) // 2]:.2f} ({seconds[0]:.2f}-{seconds[-1]:.2f})"
        print(f"| {count} | `{name}` | {spread} | {measured.ratio:.2f} | {most:.0f} |", flush=True)


if __name__ == "__main__":
    main()
