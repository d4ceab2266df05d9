"""What one provider configuration per region costs a plan: ``python -m benchmarks.providers``.

For AWS provider 5, tfgen renders an aliased provider configuration for every region, and Terraform
runs a process for each. For provider 6 it renders one, and every resource says its region. Provider
5 knows no such argument, so the second kind is measured with provider 5 as well, in a tree of the
same resources that all use the root's only provider configuration: they are then planned in one
region, which costs the same. The account is simulated. It needs ``terraform`` on the PATH, AWS
provider 5 and the extras ``sandbox`` and ``dev``.

``python -m benchmarks.providers --against REVISION`` measures the tree with one configuration next
to the one that another revision of tfgen renders of the same app; it needs ``git``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measure import Peak, compare, machine, peak, processor, run
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
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", metavar="REVISION", help="another revision of tfgen")
    revision = parser.parse_args().against
    print(f"{machine()}; AWS provider 5; median of {RUNS} pairs\n")
    if revision is None:
        print("| regions | provider configurations for 5 | for 6 |")
        print("| --- | --- | --- |")
        for count in COUNTS:
            numbers = [configurations(tree(count, major)) for major in (5, 6)]
            print(f"| {count} | {numbers[0]} | {numbers[1]} |")
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as temporary:
        folder = Path(temporary)
        with account(folder) as environment:
            if revision is not None:
                compare_revisions(revision, folder, environment)
                return
            print(
                "\n| regions | resources | configurations | seconds | processes | RSS MB | PSS MB |"
            )
            print("| --- | --- | --- | --- | --- | --- | --- |")
            for count in COUNTS:
                rows(count, folder / f"{count}", environment)


@contextmanager
def account(folder: Path) -> Iterator[Mapping[str, str]]:
    """Yields the environment of commands that use a simulated account."""
    running = start(folder)
    try:
        found = mirror.find(os.environ)
        cli_config = folder / "terraform.rc" if found else None
        if found and cli_config:
            mirror.write_cli_config(cli_config, found)
        yield child_environment(os.environ, running.endpoint, cli_config, registry=found is None)
    finally:
        stop(folder)


def compare_revisions(revision: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Measures the tree of this revision and that of another, and prints a row for each count.

    The seconds are a processor's, which other programs on the machine change the least.
    """
    checkout = folder / "checkout"
    archive = subprocess.run(["git", "archive", revision], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(checkout, filter="data")
    print(f"| regions | resources at {revision} | here | CPU seconds there | here | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for count in COUNTS:
        trees = {"theirs": tree_of(checkout, count), "ours": tree(count, 5)}
        roots = {}
        for name, files_of_tree in trees.items():
            project = folder / f"{count}/{name}"
            put_bundle(project.parent)
            roots[name] = write(shared(files_of_tree), project, environment)
        ours, theirs = (
            partial(processor, PLAN, roots[name], environment) for name in ("ours", "theirs")
        )
        measured = compare(ours, theirs, RUNS)
        numbers = {name: planned(root, environment) for name, root in roots.items()}
        print(
            f"| {count} | {numbers['theirs']} | {numbers['ours']} | {spread(measured.theirs)} "
            f"| {spread(measured.ours)} | {measured.ratio:.2f} |",
            flush=True,
        )


def tree_of(checkout: Path, count: int) -> dict[str, str]:
    """Returns the walk-through in so many regions as another revision renders it for provider 5."""
    program = (
        "import json, sys; from benchmarks.providers import tree; "
        f"json.dump(tree({count}, 5), sys.stdout)"
    )
    rendered = subprocess.run(
        [sys.executable, "-c", program],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        check=True,
        capture_output=True,
    )
    files: dict[str, str] = json.loads(rendered.stdout)
    return files


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
    put_bundle(folder)
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
        print(
            f"| {count} | {resources[0]} | {name} | {spread(seconds)} | {most.processes} "
            f"| {most.rss:.0f} | {most.pss:.0f} |",
            flush=True,
        )
    print(f"| {count} | | ratio | {ratios(measured.ratio, *peaks)} |", flush=True)


def spread(seconds: Sequence[float]) -> str:
    """Returns the median, and the fastest and the slowest run."""
    ordered = sorted(seconds)
    return f"{ordered[len(ordered) // 2]:.1f} ({ordered[0]:.1f}-{ordered[-1]:.1f})"


def put_bundle(folder: Path) -> None:
    """Puts something where the trees below a folder find their bundle."""
    bundle = folder / ".tfgen/bundles/src.zip"
    bundle.parent.mkdir(parents=True, exist_ok=True)
    bundle.write_bytes(b"a bundle")


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
