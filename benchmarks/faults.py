"""Faults at random moments of an apply in the sandbox: ``python -m benchmarks.faults [TIMES]``.

Each time, an app is applied from nothing, something goes wrong at a moment that a seed chooses, and
the same command is run again. What then exists in the simulated account is held against what an
undisturbed apply makes, and a plan must find nothing to change. It needs the extras ``sandbox`` and
``dev``; the full disk needs Linux and root, who may mount one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pexpect
import psutil

from benchmarks.measure import machine
from benchmarks.projects import make_project
from tfgen.sandbox.inventory import Resource, inventory
from tfgen.sandbox.lifecycle import find, stop

CONFIG = """\
name: faults
function: {source: ./src, runtime: python3.13, handler: app.handler}
database: {dynamodb: {items: {hash_key: id}}}
regions: {us-west-2: }
terraform: {aws_provider: 5}
"""
APPLY = ("apply", "--sandbox", "--yes")
DISK_MB = 128

Account = Counter[tuple[str, str, str]]
Fault = Callable[["Bench", float], int | None]
"""Brings an app up, disturbed after so many seconds; returns the exit code of that."""


@dataclass
class Bench:
    """A project with a sandbox, and what its apply makes.

    Attributes:
        seconds: what an undisturbed apply takes.
    """

    folder: Path
    undisturbed: Account
    seconds: float
    disk: bool

    def tfgen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "tfgen", *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self, output: int | IO[str] = subprocess.DEVNULL) -> subprocess.Popen[str]:
        """Starts an apply."""
        return subprocess.Popen(
            [sys.executable, "-m", "tfgen", *APPLY],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        )

    @property
    def account(self) -> Account:
        """How many of each kind exist."""
        running = find(self.folder)
        if running is None:
            raise SystemExit("the sandbox has ended")
        return Counter(
            (each.service, each.type, each.region) for each in inventory(running.endpoint)
        )

    @property
    def root(self) -> Path:
        """The folder of the root module."""
        [root] = (self.folder / ".tfgen/sandbox").glob("*/infra/production")
        return root


@dataclass
class Outcome:
    """What came of all times that a fault was tried."""

    tried: int = 0
    disturbed: Counter[int | None] = field(default_factory=Counter)
    lost: int = 0
    failed_next: int = 0
    not_empty: int = 0


def sent(*numbers: signal.Signals, pause: float = 0.0) -> Fault:
    """Returns a fault that sends signals to tfgen."""

    def disturb(bench: Bench, after: float) -> int | None:
        running = bench.begin()
        time.sleep(after)
        for number in numbers:
            running.send_signal(number)
            time.sleep(pause)
        return running.wait()

    return disturb


def killed(*, tfgen: bool) -> Fault:
    """Returns a fault that kills Terraform and its providers, and tfgen if that is wanted."""

    def disturb(bench: Bench, after: float) -> int | None:
        running = bench.begin()
        time.sleep(after)
        with contextlib.suppress(psutil.NoSuchProcess):
            own = psutil.Process(running.pid)
            victims = [each for each in own.children(recursive=True) if is_terraform(each)]
            for each in [own, *victims] if tfgen else victims:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
        return running.wait()

    return disturb


def is_terraform(process: psutil.Process) -> bool:
    """Says whether a process is Terraform or a provider, and no sandbox."""
    try:
        return "terraform" in process.name() or "tofu" in process.name()
    except psutil.NoSuchProcess:
        return False


def terminal_closed(bench: Bench, after: float) -> int | None:
    """Closes the terminal in which an apply runs."""
    terminal = pexpect.spawn(
        sys.executable, ["-m", "tfgen", *APPLY], cwd=str(bench.folder), timeout=None
    )
    process = psutil.Process(terminal.pid)
    ends = time.monotonic() + after
    while time.monotonic() < ends:
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
            terminal.read_nonblocking(4096, timeout=0.1)
    # The kernel hangs up on whatever has the terminal.
    os.close(terminal.child_fd)
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        return process.wait(120)
    return None


def disk_full(bench: Bench, after: float) -> int | None:
    """Fills the disk until the apply has ended."""
    fill = bench.folder / "fill"
    running = bench.begin()
    time.sleep(after)
    # A smaller piece each time the disk is full, down to a single byte.
    with fill.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    code = running.wait()
    fill.unlink()
    return code


def state_truncated(bench: Bench, after: float) -> int | None:
    """Cuts the state off after an apply."""
    code = bench.tfgen(*APPLY).returncode
    state = bench.root / "terraform.tfstate"
    content = state.read_bytes()
    state.write_bytes(content[: int(len(content) * after / bench.seconds) % len(content)])
    return code


def lock_left(bench: Bench, after: float) -> int | None:
    """Leaves behind what a killed Terraform leaves of its lock."""
    code = killed(tfgen=True)(bench, after)
    lock = bench.root / ".terraform.tfstate.lock.info"
    lock.write_text('{"ID":"x","Operation":"OperationTypeApply","Who":"gone@nowhere"}', "utf-8")
    return code


FAULTS: dict[str, Fault] = {
    "kill -9 of tfgen, Terraform and providers": killed(tfgen=True),
    "kill -9 of Terraform and providers": killed(tfgen=False),
    "Ctrl-C once": sent(signal.SIGINT),
    "Ctrl-C twice": sent(signal.SIGINT, signal.SIGINT, pause=0.5),
    "SIGTERM": sent(signal.SIGTERM),
    "SIGHUP": sent(signal.SIGHUP),
    "terminal closed": terminal_closed,
    "disk full": disk_full,
    "state cut off": state_truncated,
    "lock left behind": lock_left,
}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, nargs="?", default=20, help="how often each is tried")
    parser.add_argument("--only", action="append", help="the name of a fault")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    chosen = parser.parse_args()
    generator = random.Random(chosen.seed)  # noqa: S311 # nothing secret
    with prepared() as bench:
        print(f"{machine()}\n\nSeed {chosen.seed}; an undisturbed apply: {bench.seconds:.0f} s\n")
        print("| fault | tried | exit codes | lost | next apply failed | next plan not empty |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name, fault in FAULTS.items():
            if chosen.only and name not in chosen.only:
                continue
            if name == "disk full" and not bench.disk:
                print(f"| {name} | 0 (it needs root) | | | | |", flush=True)
                continue
            show(name, tried(bench, fault, chosen.times, generator))


def tried(bench: Bench, fault: Fault, times: int, generator: random.Random) -> Outcome:
    """Tries a fault."""
    outcome = Outcome()
    for _ in range(times):
        outcome.disturbed[fault(bench, generator.uniform(0.2, bench.seconds))] += 1
        outcome.tried += 1
        settle(bench)
        again = bench.tfgen(*APPLY)
        if again.returncode:
            outcome.failed_next += 1
            print(again.stderr, file=sys.stderr, flush=True)
            # Whether the one after it does.
            bench.tfgen(*APPLY)
        outcome.lost += bench.account != bench.undisturbed
        planned = bench.tfgen("plan", "--sandbox", "--detailed-exitcode")
        outcome.not_empty += planned.returncode != 0
        left = bench.tfgen("destroy", "--sandbox", "--yes", "--with-data")
        if left.returncode or existing(bench.folder):
            raise SystemExit(f"the app cannot be destroyed:\n{left.stderr}")
    return outcome


def settle(bench: Bench) -> None:
    """Waits for a Terraform that has outlived its tfgen."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and any(
        is_terraform(each) and works_below(each, bench.folder) for each in psutil.process_iter()
    ):
        time.sleep(0.2)


def works_below(process: psutil.Process, folder: Path) -> bool:
    """Says whether a process works in a folder."""
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except (psutil.Error, OSError):
        return False


def existing(folder: Path) -> Sequence[Resource]:
    """Returns what exists in the simulated account, and nothing if there is none."""
    running = find(folder)
    return [each for each in inventory(running.endpoint) if not each.seeded] if running else []


def show(name: str, outcome: Outcome) -> None:
    """Prints a row."""
    codes = ", ".join(f"{code} ({count})" for code, count in outcome.disturbed.most_common())
    print(
        f"| {name} | {outcome.tried} | {codes} | {outcome.lost} | {outcome.failed_next} | "
        f"{outcome.not_empty} |",
        flush=True,
    )


@contextmanager
def prepared() -> Iterator[Bench]:
    """Makes a project with a sandbox in which the app was there once."""
    with (
        tempfile.TemporaryDirectory(prefix="tfgen-faults-") as temporary,
        mounted(Path(temporary) / "disk") as (folder, disk),
    ):
        project = make_project(folder / "app", CONFIG)
        bench = Bench(project, Counter(), 0.0, disk)
        try:
            first = bench.tfgen(*APPLY)
            if first.returncode:
                raise SystemExit(first.stderr)
            bench.undisturbed = bench.account
            bench.tfgen("destroy", "--sandbox", "--yes", "--with-data")
            began = time.monotonic()
            bench.tfgen(*APPLY)
            bench.seconds = time.monotonic() - began
            bench.tfgen("destroy", "--sandbox", "--yes", "--with-data")
            yield bench
        finally:
            stop(project)


@contextmanager
def mounted(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Mounts a small disk if that is possible; otherwise the folder is a folder."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    disk = False
    with contextlib.suppress(OSError):
        disk = subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield folder, disk
    finally:
        if disk:
            subprocess.run(["umount", "-l", str(folder)], check=False)


if __name__ == "__main__":
    main()
