from __future__ import annotations

import fcntl
import itertools
import json
import multiprocessing
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.write.processes import forked, in_child
from tests.write.trees import Project, app, snapshot
from tfgen.errors import TfgenError
from tfgen.write import hold

SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "exec sleep 60"
  }
}
"""


@contextmanager
def terraform_applying(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a real apply that holds the lock of its local state."""
    apply = subprocess.Popen(
        ["terraform", "apply", "-auto-approve", "-input=false"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert apply.stdout
    try:
        for line in apply.stdout:
            if b"Creating..." in line:
                break
        else:
            pytest.fail("terraform did not start to apply")
        yield apply
    finally:
        os.killpg(apply.pid, signal.SIGKILL)
        apply.wait()


def test_nothing_is_written_while_terraform_holds_a_state(project: Project) -> None:
    project.render(app("old"))
    folder = project.put("production/slow.tf", SLOW).parent
    with terraform_applying(folder) as apply:
        before = snapshot(project.root)
        with pytest.raises(TfgenError) as caught:
            project.render(app("new"))
        assert snapshot(project.root) == before
        assert re.fullmatch(
            r"Terraform is running and has locked this state: apply by \S+@\S+ "
            r"since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC "
            rf"\(Terraform [\d.]+, process {apply.pid}\)",
            caught.value.message,
        )
        assert caught.value.place == str(folder / "terraform.tfstate")

    # A killed Terraform leaves its lock file, but not its lock.
    info = folder / ".terraform.tfstate.lock.info"
    assert info.exists()
    project.render(app("new"))
    assert info.exists()
    assert project.texts()["production/main.tf"] == "# main new\n"
    assert not project.leftovers()


@contextmanager
def locked(state: Path, info: str) -> Iterator[int]:
    """Locks a state as Terraform does, in another process."""
    state.parent.mkdir(parents=True, exist_ok=True)
    state.touch()
    state.with_name(f".{state.name}.lock.info").write_text(info, encoding="utf-8")
    ours, theirs = multiprocessing.Pipe()

    def lock() -> None:
        with state.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            theirs.send("locked")
            signal.pause()

    child = forked(lock)
    try:
        assert ours.recv() == "locked"
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize(
    "state", ["production/terraform.tfstate.d/blue/terraform.tfstate", "staging/own.tfstate"]
)
def test_states_of_workspaces_and_of_other_names(project: Project, state: str) -> None:
    project.render(app("old"))
    info = {
        "Operation": "OperationTypePlan",
        "Who": "ann@desk",
        "Created": "2030-01-02T03:04:05Z",
        "Version": "9",
    }
    with (
        locked(project.root / state, json.dumps(info)) as pid,
        pytest.raises(TfgenError, match="plan by ann@desk since 2030-01-02 03:04:05 UTC") as caught,
    ):
        project.render(app("new"))
    assert f"(Terraform 9, process {pid})" in caught.value.message
    assert caught.value.place == str(project.root / state)
    project.render(app("new"))


@pytest.mark.parametrize("info", ["", "{", "[]", '{"Who": "ann"}'])
def test_a_lock_file_that_is_not_complete_yet(project: Project, info: str) -> None:
    project.render(app("old"))
    with (
        locked(project.root / "production/terraform.tfstate", info) as pid,
        pytest.raises(TfgenError, match=f"this state: process {pid}\n"),
    ):
        project.render(app("new"))


def test_looking_at_the_lock_never_takes_it(project: Project) -> None:
    """Terraform fails at once when its state is locked, so even a moment would be too long."""
    project.render(app("old"))
    state = project.put("production/terraform.tfstate", "{}")
    project.put("production/.terraform.tfstate.lock.info", "{}")
    done = multiprocessing.Event()

    def render() -> None:
        words = itertools.cycle(["new", "old"])
        for _ in range(20):
            with suppress(TfgenError):  # when it meets one of our own locks
                project.render(app(next(words)))
        done.set()

    child = forked(render)
    with state.open("r+b") as file:
        while not done.is_set():
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_UN)
    assert os.waitpid(child, 0)[1] == 0


def test_a_state_that_is_locked_does_not_matter_when_nothing_changes(project: Project) -> None:
    project.render(app("old"))
    with locked(project.root / "production/terraform.tfstate", "{}"):
        project.render(app("old"))


def test_a_second_tfgen_waits_a_little_and_gives_up(project: Project) -> None:
    project.render(app("old"))

    def render() -> None:
        with pytest.raises(TfgenError, match="another tfgen process is at work") as caught:
            project.render(app("new"))
        assert caught.value.hint

    with hold(project.scratch, shared=True):
        in_child(render)
    assert project.texts() == app("old")
    project.render(app("new"))


def test_two_can_work_in_the_tree_at_once(project: Project) -> None:
    def work() -> bool:
        with hold(project.scratch, shared=True):
            return True

    with hold(project.scratch, shared=True):
        assert in_child(work)


def test_renders_at_once_come_one_after_the_other(project: Project) -> None:
    project.render(app("old"))

    def render(word: str) -> None:
        for number in range(20):
            while not rendered(f"{word} {number}"):
                pass

    def rendered(word: str) -> bool:
        try:
            project.render(app(word))
        except TfgenError as error:
            # On a busy machine a turn can be longer in coming than a render waits.
            if "another tfgen process is at work" not in error.message:
                raise
            return False
        return True

    children = [forked(partial(render, word)) for word in ("red", "green", "blue")]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert project.texts() in [app(f"{word} 19") for word in ("red", "green", "blue")]
    assert not project.leftovers()
