"""Puts the function together in ``build/``: what is in ``src/`` and what it needs from PyPI.

Packages with compiled parts are other files on every platform, so there are two bundles:

    python bundle.py              for Lambda, as tfgen.yaml says
    python bundle.py --sandbox    for this machine
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"

# What tfgen.yaml says of the function: its runtime, and arm64 because it names no architecture.
PYTHON = "3.13"
PLATFORM = "manylinux2014_aarch64"


def main() -> None:
    """Makes the bundle's folder anew."""
    parser = argparse.ArgumentParser(description="Puts the function together in build/.")
    parser.add_argument("--sandbox", action="store_true", help="for this machine, not for Lambda")
    parser.add_argument("--python", default=PYTHON, help="the version of Python that runs it")
    options = parser.parse_args()
    shutil.rmtree(BUILD, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"]
    command += ["--target", str(BUILD), "--requirement", str(HERE / "requirements.txt")]
    command += ["--only-binary", ":all:", "--python-version", options.python]
    if not options.sandbox:
        command += ["--platform", PLATFORM]
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit("pip could not install the packages of requirements.txt")
    # Commands of the packages: Lambda runs none, and they name the Python of this machine.
    shutil.rmtree(BUILD / "bin", ignore_errors=True)
    shutil.copytree(HERE / "src", BUILD, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
