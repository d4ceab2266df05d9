"""Root modules that need no provider, and take as long as a test wants."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfgen.terraform import environment
from tfgen.terraform.engine import find
from tfgen.terraform.runner import run_journaled

_CHAIN = """
resource "terraform_data" "before" {
  input = "done"
}

resource "terraform_data" "slow" {
  input = terraform_data.before.output

  provisioner "local-exec" {
    command = "sleep SECONDS"
  }
}

resource "terraform_data" "after" {
  input = terraform_data.slow.output
}

output "state_is_whole" {
  value = terraform_data.after.output
}
"""

# A data source that is read during the apply, from a server that never answers. Terraform cannot
# break it off, as it can a provisioner.
_STUCK = """
resource "terraform_data" "before" {}

data "terraform_remote_state" "stuck" {
  backend    = "http"
  config     = { address = "ADDRESS" }
  depends_on = [terraform_data.before]
}
"""


def write_chain(root: Path, seconds: float) -> None:
    """Three resources, one after the other; the one in the middle takes its time."""
    (root / "main.tf").write_text(_CHAIN.replace("SECONDS", str(seconds)))


def write_stuck(root: Path, address: str) -> None:
    """One resource, and a data source that is never there."""
    (root / "main.tf").write_text(_STUCK.replace("ADDRESS", address))


def state(root: Path) -> Mapping[str, Any]:
    """The state as it was saved: address → instance, and the outputs under an empty name."""
    content = json.loads((root / "terraform.tfstate").read_text())
    resources = {
        f"{resource['type']}.{resource['name']}": resource["instances"][0]
        for resource in content["resources"]
    }
    return {**resources, "": content["outputs"]}


def main() -> None:
    """Apply a root module as a process of its own: ENGINE ROOT JOURNAL."""
    engine, root, journal = sys.argv[1:]
    result = run_journaled(
        find({**os.environ, "TFGEN_TERRAFORM": engine}),
        ["apply", "-auto-approve", "-input=false", "-json"],
        cwd=Path(root),
        env=environment.prepare(os.environ).variables,
        journal=Path(journal),
        on_line=lambda line: print(line, flush=True),  # noqa: T201 - the test reads it
    )
    sys.exit(result.exit_code)


if __name__ == "__main__":
    main()
