"""What is in a state, and a state that was torn while it was written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.terraform.roots import state as read_state
from tests.terraform.roots import write_chain
from tfgen.terraform import args
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run
from tfgen.terraform.state import addresses, backup, is_newer, is_torn, put_back

WHOLE = json.dumps({"version": 4, "serial": 7, "lineage": "x", "outputs": {}, "resources": []})


def write(root: Path, state: str | None, backup: str | None) -> None:
    for name, text in (("terraform.tfstate", state), ("terraform.tfstate.backup", backup)):
        if text is not None:
            (root / name).write_text(text, "utf-8")


@pytest.mark.parametrize("torn", ["", WHOLE[:40], "null"])
def test_a_torn_state_is_the_backup_again(root: Path, torn: str) -> None:
    write(root, torn, WHOLE)
    assert is_torn(root)
    found = backup(root)
    assert found is not None
    assert put_back(root, found.read_bytes())
    assert (root / "terraform.tfstate").read_text("utf-8") == WHOLE
    assert not is_torn(root)


@pytest.mark.parametrize(
    ("state", "backup"), [(None, None), (None, WHOLE), ("", None), ("", WHOLE[:40]), (WHOLE, "")]
)
def test_anything_else_is_left_alone(root: Path, state: str | None, backup: str | None) -> None:
    write(root, state, backup)
    before = {path.name: path.read_bytes() for path in root.iterdir()}
    assert not is_torn(root)
    assert {path.name: path.read_bytes() for path in root.iterdir()} == before


def test_a_first_state_that_is_torn_has_no_backup(root: Path) -> None:
    write(root, WHOLE[:40], None)
    assert is_torn(root)
    assert backup(root) is None
    # An empty file is a state in which nothing exists.
    assert put_back(root, b"")
    assert not is_torn(root)


@pytest.mark.parametrize(
    ("current", "newer"),
    [
        ("", False),
        (WHOLE, True),
        (WHOLE.replace("7", "8"), True),
        (WHOLE.replace("7", "6"), False),
        (WHOLE.replace('"x"', '"y"'), False),
    ],
)
def test_which_of_two_states_is_newer(current: str, newer: bool) -> None:
    assert is_newer(current, WHOLE) is newer


def test_a_state_that_is_in_use_is_left_alone(root: Path) -> None:
    write(root, "", WHOLE)
    code = (
        "import fcntl, sys; file = open(sys.argv[1], 'r+b'); "
        "fcntl.lockf(file, fcntl.LOCK_EX); print('locked', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(root / "terraform.tfstate")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        assert not put_back(root, WHOLE.encode())
        assert (root / "terraform.tfstate").read_bytes() == b""
    assert put_back(root, WHOLE.encode())


def test_terraform_goes_on_from_what_was_restored(
    root: Path, engine: Engine, env: Mapping[str, str]
) -> None:
    write_chain(root, 0)

    def apply() -> None:
        done = run(engine, ["apply", "-auto-approve", "-input=false"], cwd=root, env=env)
        assert done.returncode == 0, done.stderr

    apply()
    before = read_state(root)
    # It keeps as a backup what was there before its first change.
    (root / "main.tf").write_text('resource "terraform_data" "before" { input = "done" }\n')
    apply()
    (root / "terraform.tfstate").write_bytes(b"")
    found = backup(root)
    assert found is not None
    assert put_back(root, found.read_bytes())
    assert read_state(root).keys() == before.keys()
    planned = run(engine, args.plan(detailed_exitcode=True), cwd=root, env=env)
    assert "2 to destroy" in planned.stdout, planned.stdout


def test_what_is_in_a_pulled_state() -> None:
    state = {
        "version": 4,
        "resources": [
            {"mode": "data", "type": "aws_region", "name": "here", "instances": [{}]},
            {"mode": "managed", "type": "aws_route53_record", "name": "a", "instances": [{}, {}]},
            {"mode": "managed", "type": "aws_kms_key", "name": "b", "module": "module.x.module.y"},
        ],
    }
    assert addresses(json.dumps(state)) == [
        "aws_route53_record.a",
        "module.x.module.y.aws_kms_key.b",
    ]
    assert addresses("\n") == []
