"""Puts the function together in ``build/``: what is in ``src/`` and what it needs from PyPI.

Nothing of it has compiled parts, so the packages are the same on every platform. What differs is
whom the function trusts:

    python pack.py              the authorities of RDS, downloaded from AWS
    python pack.py --sandbox    none: the sandbox names its own
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
AUTHORITIES = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"


def main() -> None:
    """Makes the bundle's folder anew."""
    parser = argparse.ArgumentParser(description="Puts the function together in build/.")
    parser.add_argument("--sandbox", action="store_true", help="for the sandbox, not for AWS")
    options = parser.parse_args()
    shutil.rmtree(BUILD, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"]
    command += ["--target", str(BUILD), "--requirement", str(HERE / "requirements.txt")]
    command += ["--only-binary", ":all:"]
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit("pip could not install the packages of requirements.txt")
    shutil.copytree(HERE / "src", BUILD, dirs_exist_ok=True)
    if not options.sandbox:
        try:
            urllib.request.urlretrieve(AUTHORITIES, BUILD / "global-bundle.pem")
        except OSError as error:
            sys.exit(f"The authorities of RDS could not be downloaded from {AUTHORITIES}: {error}")


if __name__ == "__main__":
    main()
