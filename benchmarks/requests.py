"""Requests to the walk-through in the sandbox: ``python -m benchmarks.requests``.

Two regions, half of the requests to each. First what the gateway adds: the same warm function,
asked one request after the other through the gateway and invoked directly through Lambda's API.
Then how long a function takes to start. Then the load: so many requests at once, whether all are
answered well, what the server has grown by, and what is left after ``tfgen sandbox stop``. It needs
the extras ``sandbox`` and ``dev``.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
from botocore.client import BaseClient

from benchmarks.measure import machine
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client
from tfgen.sandbox.lifecycle import Running, find, stop

LOADS = ((2000, 16), (10_000, 64))
STARTS = 20
SETTLES_WITHIN = 5.0  # seconds
PAIRS = 500
REGIONS = ("us-west-2", "eu-west-2")
HOST = "api.example.com"
FUNCTION = "hello-production"
EXAMPLE = Path(__file__).parent.parent / "examples/hello"


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as temporary:
        folder = Path(temporary) / "hello"
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".tfgen"))
        apply = [sys.executable, "-m", "tfgen", "apply", "--sandbox", "--yes"]
        try:
            subprocess.run(apply, cwd=folder, check=True, capture_output=True)
            running = find(folder)
            if running is None:
                raise SystemExit("the sandbox has ended")
            print(f"{machine()}\n")
            print("| what | p50 ms | p99 ms | requests a second |")
            print("| --- | --- | --- | --- |")
            overhead(running)
            starts(running)
            for requests, at_once in LOADS:
                load(running, requests, at_once)
        finally:
            stop(folder)
        left = [process for process in psutil.process_iter() if belongs(process, folder)]
        print(f"\nProcesses left after the stop: {len(left)}")


def overhead(running: Running) -> None:
    """Prints what one client sees, one request at a time."""
    client = Client(running)
    invoke = Aws(running.endpoint).client("lambda", REGIONS[0])
    event = json.dumps({"path": "/", "httpMethod": "GET"}).encode()
    through, direct = [], []
    for number in range(PAIRS + 20):
        one = timed(lambda: ask(client, REGIONS[0]))
        other = timed(lambda: call(invoke, event))
        if number >= 20:
            through.append(one)
            direct.append(other)
    show("through the gateway, one at a time", through, sum(through))
    show("invoked through Lambda's API, one at a time", direct, sum(direct))
    show("the gateway beside that", [a - b for a, b in zip(through, direct, strict=True)], None)


def starts(running: Running) -> None:
    """Prints what an invocation takes that has to start a process."""
    invoke = Aws(running.endpoint).client("lambda", REGIONS[0])
    event = json.dumps({"path": "/", "httpMethod": "GET"}).encode()
    took = []
    for number in range(STARTS):
        # Every change of the configuration ends the processes that there are.
        invoke.update_function_configuration(FunctionName=FUNCTION, MemorySize=512 + number)
        took.append(timed(lambda: call(invoke, event, "$LATEST")))
    show("invoked, with the start of a process", took, None)


def load(running: Running, requests: int, at_once: int) -> None:
    """Prints what many clients see that ask at once, and what remains of it in the server."""
    client = Client(running)
    # Twice as much as there may be processes, so that all of them are there.
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda number: ask(client, REGIONS[number % 2]), range(at_once * 4)))
        before = size(running)
        began = time.perf_counter()
        took = list(
            pool.map(
                lambda number: timed(lambda: ask(client, REGIONS[number % 2])), range(requests)
            )
        )
        seconds = time.perf_counter() - began
    show(f"{requests} requests, {at_once} at once", took, seconds)
    time.sleep(SETTLES_WITHIN)
    print(f"<!-- the server before: {before}; after: {size(running)} -->", flush=True)


def size(running: Running) -> str:
    """Returns how much the server holds."""
    server = psutil.Process(running.pid)
    with server.oneshot():
        memory = server.memory_info().rss / 2**20
        return f"{memory:.0f} MiB, {server.num_fds()} descriptors, {server.num_threads()} threads"


def ask(client: Client, region: str) -> None:
    """Asks the app, and ends the program when the answer is not the region's."""
    answer = client.request("GET", f"https://{HOST}/", region=region)
    if answer.status != 200 or json.loads(answer.body)["region"] != region:
        raise SystemExit(f"{region} answered {answer.status}: {answer.body!r}")


def call(invoke: BaseClient, event: bytes, qualifier: str = "live") -> None:
    """Invokes the function, and ends the program when it fails."""
    answer: Any = invoke.invoke(FunctionName=FUNCTION, Qualifier=qualifier, Payload=event)  # type: ignore[attr-defined] # boto3 makes the method when it runs
    if "FunctionError" in answer:
        raise SystemExit(answer["Payload"].read().decode())


def timed(work: Callable[[], None]) -> float:
    """Returns the seconds that a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(name: str, took: list[float], seconds: float | None) -> None:
    """Prints a row."""
    p50 = statistics.median(took) * 1000
    p99 = statistics.quantiles(took, n=100)[98] * 1000
    rate = f"{len(took) / seconds:.0f}" if seconds else ""
    print(f"| {name} | {p50:.1f} | {p99:.1f} | {rate} |", flush=True)


def belongs(process: psutil.Process, folder: Path) -> bool:
    """Says whether a process works in the project's folder or was told its name."""
    try:
        words = [process.cwd(), *process.cmdline()]
    except psutil.Error:
        return False
    return any(str(folder) in word for word in words)


if __name__ == "__main__":
    main()
