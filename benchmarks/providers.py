"""What one provider configuration per region costs a plan: ``python -m benchmarks.providers``.

For AWS provider 5, tfgen renders an aliased provider configuration for every region, and Terraform
runs a process for each. For provider 6 it renders one, and every resource says its region. Provider
5 knows no such argument, so the second kind is measured with provider 5 as well, in a tree of the
same resources that all use the root's only provider configuration: they are then planned in one
region, which costs the same. The account is simulated. It needs ``terraform`` on the PATH, AWS
provider 5 and the extras ``sandbox`` and ``dev``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Peak, compare, machine, peak, run
from benchmarks.projects import config
from tfgen.app import ProviderMajor
from tfgen.config.load import loads
from tfgen.render.render import render
from tfgen.resolve import resolve_all
from tfgen.sandbox.environment import child_environment
from tfgen.sandbox.lifecycle import start, stop
from tfgen.terraform import mirror

RUNS = 3
COUNTS = (2, 16, 33)
TERRAFORM = shutil.which("terraform") or "terraform"
PLAN = [TERRAFORM, "plan", "-input=false", "-no-color"]

_PROVIDER = re.compile(r'^provider "aws" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL)
_PASSED_ON = re.compile(r"^  providers = \{\n.*?^  \}\n\n", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Prints both tables."""
    print(f"{machine()}; AWS provider 5; median of {RUNS} pairs\n")
    print("| regions | provider configurations for 5 | for 6 |")
    print("| --- | --- | --- |")
    for count in COUNTS:
        numbers = [configurations(tree(count, major)) for major in (5, 6)]
        print(f"| {count} | {numbers[0]} | {numbers[1]} |")
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as temporary:
        folder = Path(temporary)
        running = start(folder)
        try:
            found = mirror.find(os.environ)
            cli_config = folder / "terraform.rc" if found else None
            if found and cli_config:
                mirror.write_cli_config(cli_config, found)
            environment = child_environment(
                os.environ, running.endpoint, cli_config, registry=found is None
            )
            print(
                "\n| regions | resources | configurations | seconds | processes | RSS MB | PSS MB |"
            )
            print("| --- | --- | --- | --- | --- | --- | --- |")
            for count in COUNTS:
                rows(count, folder / f"{count}", environment)
        finally:
            stop(folder)


def tree(count: int, major: ProviderMajor) -> dict[str, str]:
    """Returns the walk-through in so many regions, rendered."""
    return dict(render(resolve_all(loads(config(count, provider=major)))).files)


def configurations(files: Mapping[str, str]) -> int:
    """Returns how many provider configurations a tree has."""
    return sum(len(_PROVIDER.findall(text)) for text in files.values())


def shared(files: Mapping[str, str]) -> dict[str, str]:
    """Returns a tree for provider 5 in which all modules use the root's own configuration."""
    changed = dict(files)
    providers = files["production/providers.tf"]
    changed["production/providers.tf"] = _PROVIDER.findall(providers)[0]
    changed["production/main.tf"] = _PASSED_ON.sub("", files["production/main.tf"])
    if configurations(changed) != 1 or "aws." in changed["production/main.tf"]:
        raise SystemExit("the rendering is no longer what this program takes apart")
    return changed


def rows(count: int, folder: Path, environment: Mapping[str, str]) -> None:
    """Measures both trees of so many regions and prints their rows, and the ratios."""
    aliased = tree(count, 5)
    bundle = folder / ".tfgen/bundles/src.zip"
    bundle.parent.mkdir(parents=True)
    bundle.write_bytes(b"a bundle")
    roots = [
        write(files, folder / name, environment)
        for name, files in (("aliased", aliased), ("shared", shared(aliased)))
    ]
    measured = compare(
        lambda: run(PLAN, roots[0], environment), lambda: run(PLAN, roots[1], environment), RUNS
    )
    peaks = [peak(PLAN, root, environment) for root in roots]
    resources = [planned(root, environment) for root in roots]
    if resources[0] != resources[1]:
        raise SystemExit(f"the trees plan different resources: {resources}")
    for name, seconds, most in (
        (f"{configurations(aliased)}, an alias for each region", measured.ours, peaks[0]),
        ("1, shared", measured.theirs, peaks[1]),
    ):
        ordered = sorted(seconds)
        spread = f"{ordered[len(ordered) // 2]:.1f} ({ordered[0]:.1f}-{ordered[-1]:.1f})"
        print(
            f"| {count} | {resources[0]} | {name} | {spread} | {most.processes} "
            f"| {most.rss:.0f} | {most.pss:.0f} |",
            flush=True,
        )
    print(f"| {count} | | ratio | {ratios(measured.ratio, *peaks)} |", flush=True)


def ratios(seconds: float, one: Peak, other: Peak) -> str:
    """Returns the cells of the row that compares two rows."""
    numbers = (
        seconds,
        one.processes / other.processes,
        one.rss / other.rss,
        one.pss / other.pss,
    )
    return " | ".join(f"{number:.1f}" for number in numbers)


def write(files: Mapping[str, str], folder: Path, environment: Mapping[str, str]) -> Path:
    """Writes a tree below a folder, initializes its root module and returns where that is."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    root = folder / "production"
    run([TERRAFORM, "init", "-input=false", "-no-color"], root, environment)
    return root


def planned(root: Path, environment: Mapping[str, str]) -> int:
    """Returns how many resources a plan of a root module would create."""
    saved = root / "saved.tfplan"
    run([*PLAN, f"-out={saved}"], root, environment)
    shown = root / "plan.json"
    run(["sh", "-c", f"'{TERRAFORM}' show -json '{saved}' > '{shown}'"], root, environment)

    changes = json.loads(shown.read_text("utf-8"))["resource_changes"]
    return sum(change["change"]["actions"] == ["create"] for change in changes)


if __name__ == "__main__":
    main()
