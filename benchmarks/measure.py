"""Times whole processes in turn with a rival, so that a slow minute of the machine hits both."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

Run = Callable[[], float]

SAMPLES_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of timing two commands in turn.

    Attributes:
        ours: seconds of each of our runs.
        theirs: seconds of each of the rival's.
    """

    ours: Sequence[float]
    theirs: Sequence[float]

    @property
    def ratio(self) -> float:
        """The median of the ratios of the pairs: below 1 is faster than the rival."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)

    @property
    def spread(self) -> str:
        """Our seconds: the median, and the fastest and the slowest run."""
        low, high = min(self.ours), max(self.ours)
        return f"{statistics.median(self.ours):.2f} ({low:.2f}-{high:.2f})"


def compare(ours: Run, theirs: Run, runs: int) -> Comparison:
    """Times two commands in turn, after one run of each that does not count."""
    ours()
    theirs()
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return Comparison([mine for mine, _ in pairs], [rival for _, rival in pairs])


def run(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
) -> float:
    """Returns the seconds that a process takes.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    if done.returncode not in codes:
        raise SystemExit(f"{command} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def processor(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str]) -> float:
    """Returns the seconds of a processor that a process and all that it started take.

    Raises:
        SystemExit: it failed.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, cwd, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@dataclass(frozen=True, slots=True)
class Peak:
    """The most that a process and all that it started had, each at its own time.

    Attributes:
        processes: how many there were.
        rss: the sum of their resident sets in MB, in which shared pages count for each.
        pss: in MB, with shared pages counted once, where the system tells; otherwise as ``rss``.
    """

    processes: int
    rss: float
    pss: float


def peak(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str]) -> Peak:
    """Returns the most that a process and all that it started had.

    Raises:
        SystemExit: it failed.
    """
    process = psutil.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    reader = threading.Thread(target=process.stdout.read, daemon=True)
    reader.start()
    most = Peak(0, 0, 0)
    while process.poll() is None:
        tree = [process, *process.children(recursive=True)]
        sizes = [_memory(each) for each in tree]
        most = Peak(
            max(most.processes, len(tree)),
            max(most.rss, sum(rss for rss, _ in sizes) / 1e6),
            max(most.pss, sum(pss for _, pss in sizes) / 1e6),
        )
        time.sleep(SAMPLES_EVERY)
    if process.returncode != 0:
        raise SystemExit(f"{command} exited with {process.returncode}")
    return most


def _memory(process: psutil.Process) -> tuple[int, int]:
    try:
        info = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0, 0
    return info.rss, getattr(info, "pss", info.rss)


def machine() -> str:
    """Returns this machine in general terms."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} "
        f"on {platform.machine()}, Python {platform.python_version()}"
    )
