"""`tfgen render` against `chalice package --pkg-format terraform`: ``python -m benchmarks.render``.

Whole processes, in turn, after one warm-up of each; the median of the ratios is what counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from tfgen.regions import REGIONS

RUNS = 7
COUNTS = (1, 2, 8, 16, 33)
TFGEN = [sys.executable, "-m", "tfgen"]
CHALICE_APP = """\
from chalice import Chalice
app = Chalice(app_name="hello")
@app.route("/")
def index():
    return {}
"""


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as temporary:
        folder = Path(temporary)
        rival = chalice(folder)
        print("| command | median s | min s | max s | ratio to chalice |")
        print("| --- | --- | --- | --- | --- |")
        for count in COUNTS:
            show(f"tfgen render, {count} regions", render(folder, count), rival)
        show("tfgen --help", lambda: run([*TFGEN, "--help"], folder), rival)


def show(name: str, ours: Callable[[], float], rival: Callable[[], float]) -> None:
    """Runs two commands in turn and prints a row."""
    ours(), rival()
    pairs = [(ours(), rival()) for _ in range(RUNS)]
    times = [mine for mine, _ in pairs]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    print(
        f"| {name} | {statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f} "
        f"| {ratio:.2f} |",
        flush=True,
    )


def run(command: Sequence[str | Path], cwd: Path) -> float:
    """Returns the seconds that a process takes."""
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - began


def render(folder: Path, count: int) -> Callable[[], float]:
    """Returns a run of `tfgen render` that writes a whole tree of so many regions."""
    regions = [name for name, info in REGIONS.items() if info.partition == "aws"][:count]
    project = folder / f"regions-{count}"
    (project / "src").mkdir(parents=True)
    (project / "src/app.py").write_text("def handler(event, context): return {}\n", "utf-8")
    lines = [f"  {name}: {{env: {{MESSAGE: Hello from {name}}}}}" for name in regions]
    config = "\n".join(
        [
            "name: hello",
            "function: {source: ./src, runtime: python3.13, handler: app.handler}",
            "api: {domain: api.example.com, zone: example.com}",
            "regions:",
            *lines,
            "",
        ]
    )
    number = 0

    def once() -> float:
        nonlocal number
        number += 1
        fresh = f"{config}terraform: {{output: infra-{number}}}\n"
        (project / "tfgen.yaml").write_text(fresh, "utf-8")
        return run([*TFGEN, "render"], project)

    return once


def chalice(folder: Path) -> Callable[[], float]:
    """Installs chalice into an environment of its own and returns a run of it."""
    environment = folder / "venv"
    venv.create(environment, with_pip=True)
    subprocess.run(
        [environment / "bin/pip", "install", "--quiet", "chalice", "setuptools<81"], check=True
    )
    project = folder / "chalice"
    (project / ".chalice").mkdir(parents=True)
    (project / "app.py").write_text(CHALICE_APP, "utf-8")
    (project / "requirements.txt").write_text("", "utf-8")
    (project / ".chalice/config.json").write_text(
        '{"version": "2.0", "app_name": "hello", "stages": {"dev": {}}}', "utf-8"
    )
    options = ["package", "--pkg-format", "terraform", "out"]
    command: list[str | Path] = [environment / "bin/chalice", *options]
    return lambda: run(command, project)


if __name__ == "__main__":
    main()
