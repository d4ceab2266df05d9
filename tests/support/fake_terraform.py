"""A program that tfgen takes for Terraform, and that answers as a test wants it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Runs without tfgen's packages, so that it starts at once.
_PROGRAM = """\
#!{python} -SEI
import json, os, pathlib, sys, zipfile

here = pathlib.Path(__file__).parent
words = sys.argv[1:]
name = " ".join(word for word in words[:2] if not word.startswith("-"))
name = name if name == "state pull" else name.partition(" ")[0]
with (here / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")
answers = json.loads((here / "answers.json").read_text())
answer = dict(answers["*"], **answers.get(name, {{}}))
if name == "init" and answer["makes_folder"]:
    pathlib.Path(".terraform").mkdir(exist_ok=True)
for word in words:
    if word.startswith("-out=") and name == "plan":
        with zipfile.ZipFile(word[5:], "w") as plan:
            plan.writestr("tfplan", "")
sys.stdout.flush()
os.write(1, bytes.fromhex(answer["before"]) if name != "version" else b"")
os.write(1, bytes.fromhex(answer["stdout"]))
os.write(2, bytes.fromhex(answer["stderr"]))
sys.exit(answer["code"])
"""

_EVENT = {"@level": "info", "@timestamp": "2026-01-02T03:04:05.678901Z", "@message": "done"}
_SUMMARY = {"operation": "apply", "add": 1, "change": 0, "import": 0, "remove": 0}
PLANNED = {
    "address": "terraform_data.this",
    "type": "terraform_data",
    "mode": "managed",
    "change": {"actions": ["create"], "before": None, "after": {}},
}
STATE: Mapping[str, object] = {"version": 4, "serial": 1, "lineage": "x", "resources": []}

# What a Terraform says that has nothing to complain of.
_SOUND: Mapping[str, str] = {
    "version": "Terraform v1.11.4\n",
    "init": "",
    "plan": "Plan: 1 to add, 0 to change, 0 to destroy.\n",
    "show": json.dumps({"format_version": "1.2", "resource_changes": [PLANNED]}),
    "apply": json.dumps({**_EVENT, "type": "change_summary", "changes": _SUMMARY}) + "\n",
    "output": "{}",
    "state pull": json.dumps(STATE),
    "validate": json.dumps({"format_version": "1.0", "valid": True, "diagnostics": []}),
}


@dataclass(frozen=True, slots=True)
class FakeTerraform:
    """The program.

    Attributes:
        path: what ``TFGEN_TERRAFORM`` is to name.
    """

    path: Path

    def calls(self) -> list[list[str]]:
        """Returns the arguments of each run, but of those that ask for the version."""
        file = self.path.with_name("calls.jsonl")
        if not file.exists():
            return []
        calls = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        return [call for call in calls if call != ["version"]]


def fake_terraform(
    folder: Path,
    answers: Mapping[str, str | bytes] | None = None,
    *,
    codes: Mapping[str, int] | None = None,
    errors: Mapping[str, str] | None = None,
    before: bytes = b"",
    makes_folder: bool = True,
) -> FakeTerraform:
    """Makes one.

    Args:
        folder: where to put it; made if it does not exist.
        answers: subcommand → what it prints, where that is not what a sound Terraform prints.
        codes: subcommand → exit code, where that is not that of success.
        errors: subcommand → what it prints to standard error.
        before: what it prints first, as a launcher does.
        makes_folder: ``init`` makes ``.terraform``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said: dict[str, dict[str, object]] = {
        "*": {
            "before": before.hex(),
            "stdout": "",
            "stderr": "",
            "code": 0,
            "makes_folder": makes_folder,
        }
    }
    for name, text in {**_SOUND, **(answers or {})}.items():
        content = text if isinstance(text, bytes) else text.encode()
        said[name] = {"stdout": content.hex(), "code": 2 if name == "plan" else 0}
    for name, code in (codes or {}).items():
        said[name]["code"] = code
    for name, text in (errors or {}).items():
        said[name]["stderr"] = text.encode().hex()
    (folder / "answers.json").write_text(json.dumps(said), "utf-8")
    path = folder / "terraform"
    path.write_text(_PROGRAM.format(python=sys.executable), "utf-8")
    path.chmod(0o755)
    return FakeTerraform(path)
