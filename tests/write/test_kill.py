"""Killed at any moment, the tree is wholly old or wholly new.

Two ways to choose the moment: at random, and at each single touch of the file system in turn.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.write.processes import before, forbid, forked, killed_in_child, needs_seccomp
from tests.write.trees import Project, app, snapshot
from tfgen.render.rendering import Rendering
from tfgen.write import compare

LATE = "late.txt"


def fill(project: Project, plugins: int) -> None:
    """Puts files of a user in the tree, Terraform's own among them."""
    project.put("production/terraform.tfstate", '{"version": 4}')
    project.put("production/.terraform.lock.hcl", "# lock\n")
    project.put("production/extra.tf", "# extra\n")
    project.put("staging/notes.txt")  # where the old rendering has a folder and the new has none
    for number in range(plugins):
        project.put(f"production/.terraform/providers/{number}/aws", "binary").chmod(0o755)
    (project.root / "production/.terraform/plugins").symlink_to("providers")
    (project.root / "production/empty").mkdir()


def tree(word: str, size: int) -> dict[str, str]:
    """Returns a rendering: part of it differs by ``word``, part is common, part is there or not."""
    files = {f"modules/m{n % 5}/f{n}.tf": f"# common {n}\n" * 40 for n in range(size // 4)}
    files |= {f"production/{n}.tf": f"# {word} {n}\n" * 40 for n in range(size // 2)}
    only = "staging" if word == "old" else "modules/added"
    return files | {f"{only}/{n}.tf": f"# {word}\n" for n in range(size // 4)}


class Flip:
    """A project that is rendered back and forth between two trees."""

    def __init__(self, project: Project, size: int) -> None:
        self.project = project
        self.files = {word: tree(word, size) for word in ("new", "old")}
        project.render(self.files["old"])
        fill(project, plugins=size // 2)
        self.whole = {}
        for word in ("new", "old"):
            project.render(self.files[word])
            self.whole[word] = snapshot(project.root)

    def state(self, word: str) -> str:
        """Says whether a render to ``word`` has come before its end or after; no third is left."""
        if not self.project.root.exists():
            return "missing"
        seen = snapshot(self.project.root)
        seen.pop(LATE, None)
        states = {self.whole[w].items() == seen.items(): w for w in ("new", "old")}
        assert True in states, sorted(set(seen.items()) ^ set(self.whole["old"].items()))
        return "after" if states[True] == word else "before"

    def render(self, word: str) -> None:
        self.project.render(self.files[word])

    def converge(self, word: str) -> None:
        """Renders as if nothing had happened; nothing may be left, or lost, of what did."""
        was_late = any(self.project.folder.rglob(LATE)) or any(self.project.scratch.rglob(LATE))
        self.render(word)
        assert self.state(word) == "after"
        assert not self.project.leftovers()
        assert was_late == (self.project.root / LATE).exists()
        (self.project.root / LATE).unlink(missing_ok=True)


@pytest.fixture
def fast() -> Iterator[Project]:
    """A project in memory, where waiting for the disk takes no time."""
    memory = Path("/dev/shm")  # noqa: S108 - only for its file system
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield Project(folder)
    shutil.rmtree(folder)


@pytest.fixture
def far(fast: Project, tmp_path: Path) -> Project:
    """A project whose scratch folder is on another file system."""
    if fast.folder.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    (fast.folder / ".tfgen").symlink_to(tmp_path)
    return fast


def test_killed_200_times_at_random_moments(fast: Project, project: Project) -> None:
    chance = random.Random(20)  # noqa: S311 - a seed, so that a failure can be seen again
    outcomes = kill_at_random(fast, 160, chance) + kill_at_random(project, 40, chance)
    assert outcomes.total() == 200
    # How many depends on how busy the machine is; the tests below kill at chosen moments.
    assert outcomes["before"] + outcomes["after"] >= 20, outcomes


def kill_at_random(project: Project, kills: int, chance: random.Random) -> Counter[str]:
    flip = Flip(project, size=40)
    longest = statistics.median(timed(flip, word) for word in ["new", "old"] * 5)
    outcomes: Counter[str] = Counter()
    for word in ["new", "old"] * (kills // 2):
        is_done = killed_after(flip, word, chance.uniform(0, longest))
        state = flip.state(word)
        assert state == "after" or not is_done
        outcomes["done" if is_done else state] += 1
        longest *= 0.97 if is_done else 1.02  # a busy machine takes its time
        flip.converge(word)
    return outcomes


def timed(flip: Flip, word: str) -> float:
    """Returns the seconds that a child needs for a render."""
    start = time.perf_counter()
    assert not killed_after(flip, word, None)
    return time.perf_counter() - start


def killed_after(flip: Flip, word: str, delay: float | None) -> bool:
    """Kills a child some seconds after it has begun to render; None lets it finish.

    Returns:
        Whether it had finished before.
    """
    reader, writer = os.pipe()

    def work() -> None:
        os.write(writer, b"begun")
        flip.render(word)
        os.write(writer, b"done")

    child = forked(work)
    os.read(reader, 5)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        return delay is not None and pipe.read() == b"done"


def killed_at_each_step(
    flip: Flip, prepare: Callable[[], object], *, both: bool = False
) -> Counter[str]:
    """Kills renders at their first, second, third … step until one of them survives.

    Each step is one of a render forth or back, which take turns, or of both.

    In each of them, the user saves a file when the new tree is built and not yet in place.
    """
    outcomes: Counter[str] = Counter()

    def work(word: str) -> None:
        prepare()
        before("os.rename", "record.json.draft", lambda: flip.project.put(LATE))
        flip.render(word)

    step, killed = 0, True
    while killed:
        killed = False
        for word in ("new", "old") if both else (("new", "old")[step % 2],):
            killed |= killed_in_child(partial(work, word), at=step)
            outcomes[flip.state(word)] += 1
            flip.converge(word)
        step += 1
    return outcomes


def test_killed_at_each_step(fast: Project) -> None:
    outcomes = killed_at_each_step(Flip(fast, size=4), lambda: None)
    assert outcomes["before"] > 30
    assert outcomes["after"] > 30
    assert not outcomes["missing"]


def test_killed_at_each_step_with_scratch_elsewhere(far: Project) -> None:
    outcomes = killed_at_each_step(Flip(far, size=4), lambda: None)
    assert outcomes["before"] > 30
    assert outcomes["after"] > 30
    assert not outcomes["missing"]


@needs_seccomp
def test_killed_at_each_step_without_an_exchange(fast: Project) -> None:
    """The tree is missing between the two renames, but never a mixture, and comes back."""
    outcomes = killed_at_each_step(Flip(fast, size=4), partial(forbid, "renameat2"), both=True)
    assert outcomes["before"] > 30
    assert outcomes["after"] > 30
    assert outcomes["missing"] == 2  # once in each direction


def test_killed_while_cleaning_up_after_a_kill(fast: Project) -> None:
    flip = Flip(fast, size=4)
    chance = random.Random(20)  # noqa: S311 - a seed, so that a failure can be seen again
    for word in ["new", "old"] * 30:
        for _ in range(3):
            killed_in_child(partial(flip.render, word), at=chance.randrange(200))
            assert flip.state(word) != "missing"
        flip.converge(word)


def test_the_first_render_killed_at_each_step(fast: Project) -> None:
    step, is_killed, outcomes = 0, True, set()
    while is_killed:
        is_killed = killed_in_child(lambda: fast.render(app("old")), at=step)
        outcomes.add(fast.root.exists())
        if fast.root.exists():
            assert fast.texts() == app("old")
            assert not compare(Rendering(app("old")), fast.root).stale
        fast.render(app("old"))
        assert fast.texts() == app("old")
        assert not fast.leftovers()
        shutil.rmtree(fast.root)
        shutil.rmtree(fast.scratch)
        step += 1
    assert outcomes == {True, False}
    assert step > 20
