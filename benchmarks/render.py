"""`tfgen render` against `chalice package --pkg-format terraform`: ``python -m benchmarks.render``.

Both are whole processes. tfgen writes a new tree each time; chalice packages an app of one function
in one region, which is the most that it can do. Chalice is installed into an environment of its
own, by pip.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from benchmarks.measure import Run, compare, machine, run
from benchmarks.projects import config, make_project

RUNS = 9
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
        rival, version = chalice(folder)
        print(f"{machine()}; chalice {version}; median of {RUNS} pairs\n")
        print("| command | seconds | ratio to chalice |")
        print("| --- | --- | --- |")
        for count in COUNTS:
            show(f"tfgen render, {count} region{'s' * (count > 1)}", render(folder, count), rival)
        show("tfgen --help", lambda: run([*TFGEN, "--help"], folder), rival)


def show(name: str, ours: Run, rival: Run) -> None:
    """Prints a row."""
    measured = compare(ours, rival, RUNS)
    print(f"| `{name}` | {measured.spread} | {measured.ratio:.2f} |", flush=True)


def render(folder: Path, count: int) -> Run:
    """Returns a run of ``tfgen render`` that writes a whole tree of so many regions."""
    project = make_project(folder / f"regions-{count}", "")
    number = 0

    def once() -> float:
        nonlocal number
        number += 1
        text = config(count, output=f"infra-{number}")
        (project / "tfgen.yaml").write_text(text, "utf-8")
        return run([*TFGEN, "render"], project)

    return once


def chalice(folder: Path) -> tuple[Run, str]:
    """Installs chalice and returns a run of it, and its version."""
    programs = folder / "venv/bin"
    venv.create(programs.parent, with_pip=True)
    # Chalice imports pkg_resources, which newer releases of setuptools no longer have.
    install: list[str | Path] = [programs / "pip", "install", "--quiet"]
    install += ["chalice", "setuptools<81"]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    shown = subprocess.run(
        [programs / "chalice", "--version"], check=True, capture_output=True, text=True
    )
    project = folder / "chalice"
    (project / ".chalice").mkdir(parents=True)
    (project / "app.py").write_text(CHALICE_APP, "utf-8")
    (project / "requirements.txt").write_text("", "utf-8")
    (project / ".chalice/config.json").write_text(
        '{"version": "2.0", "app_name": "hello", "stages": {"dev": {}}}', "utf-8"
    )
    command: list[str | Path] = [programs / "chalice", "package", "--pkg-format", "terraform"]
    command.append("out")
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-west-2"}
    version = shown.stdout.split()[1].rstrip(",")
    return lambda: run(command, project, environment), version


if __name__ == "__main__":
    main()
