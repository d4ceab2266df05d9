"""Processes: kept warm, one for each invocation at a time, and none that outlives its time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sandbox.functions.lab import REGION, Lab, Later, bundle, gone, wait_until
from tfgen.sandbox.functions import pool
from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.invocation import InvokeError, Outages

ROOT = Path(__file__).resolve().parents[3]

PID = "import os\ndef handler(event, context): return os.getpid()"

# Says who it is, and waits until somebody lets it go on.
MEET = """
import os, pathlib, time

def handler(event, context):
    place = pathlib.Path(event["place"])
    (place / str(event["number"])).write_text(str(os.getpid()))
    while not (place / "go").exists():
        time.sleep(0.005)
    return os.getpid()
"""


def meet(lab: Lab, name: str, place: Path, number: int) -> Later:
    """Invokes `MEET` in a thread."""
    return Later(lambda: lab.result(name, {"place": str(place), "number": number}))


def arrived(place: Path) -> list[Path]:
    """Returns what the invocations of `MEET` have written."""
    return [each for each in place.iterdir() if each.name != "go"]


@contextmanager
def functions_of(lab: Lab, home: Path, idle_seconds: float = 300) -> Iterator[Functions]:
    """Yields what runs the same functions in processes of its own."""
    functions = Functions(home, lab.endpoint, Outages(), idle_seconds=idle_seconds)
    yield functions
    functions.close()


def test_a_process_is_used_again(lab: Lab) -> None:
    name = lab.deploy(PID)
    assert len({lab.result(name) for _ in range(5)}) == 1
    assert lab.environments(name) == 1


def test_invocations_at_the_same_time_have_processes_of_their_own(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(MEET)
    calls = [meet(lab, name, tmp_path, number) for number in range(3)]
    wait_until(lambda: len(arrived(tmp_path)) == 3, "three invocations at once")
    (tmp_path / "go").touch()
    pids = {call.get() for call in calls}
    assert len(pids) == 3
    assert lab.environments(name) == 3
    assert lab.result(name, {"place": str(tmp_path), "number": 4}) in pids


def test_what_is_too_much_at_once_waits(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ENVIRONMENTS", 2)
    name = lab.deploy(MEET)
    calls = [meet(lab, name, tmp_path, number) for number in range(6)]
    wait_until(lambda: len(arrived(tmp_path)) == 2, "two invocations at once")
    assert lab.environments(name) == 2
    (tmp_path / "go").touch()
    assert len({call.get() for call in calls}) == 2
    assert len(arrived(tmp_path)) == 6


def test_reserved_concurrency_is_the_limit(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(MEET)
    lab.awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    first = meet(lab, name, tmp_path, 0)
    wait_until(lambda: arrived(tmp_path), "the first invocation")
    with pytest.raises(InvokeError) as refused:
        lab.invoke(name, {"place": str(tmp_path), "number": 1})
    assert (refused.value.code, refused.value.status) == ("TooManyRequestsException", 429)
    (tmp_path / "go").touch()
    assert first.get()
    lab.awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(InvokeError):
        lab.invoke(name)
    lab.awslambda.delete_function_concurrency(FunctionName=name)
    assert lab.result(name, {"place": str(tmp_path), "number": 2})


def test_a_process_that_nobody_needs_is_ended(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(PID)
    with functions_of(lab, tmp_path, idle_seconds=0.01) as functions:
        pid = int(functions.invoke(REGION, name, None, b"{}").payload)
        wait_until(lambda: gone(pid), "the end of the process")
        wait_until(lambda: not list((tmp_path / "environments").iterdir()), "an empty folder")


def test_closing_ends_everything_and_refuses_what_is_not_answered(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(MEET)
    warm = lab.deploy(PID)
    event = f'{{"place": "{tmp_path}", "number": 0}}'.encode()
    with functions_of(lab, tmp_path / "home") as functions:
        idle = int(functions.invoke(REGION, warm, None, b"{}").payload)
        under_way = Later(lambda: functions.invoke(REGION, name, None, event))
        wait_until(lambda: (tmp_path / "0").exists() and (tmp_path / "0").read_text(), "a start")
        busy = int((tmp_path / "0").read_text())
    assert (gone(idle), gone(busy)) == (True, True)
    with pytest.raises(InvokeError, match="stopped before"):
        under_way.get()
    with pytest.raises(InvokeError, match="was stopped"):
        functions.invoke(REGION, warm, None, b"{}")
    functions.close()


def test_a_change_of_latest_ends_the_old_processes(lab: Lab) -> None:
    name = lab.deploy("import os\ndef handler(event, context): return [os.getpid(), 1]")
    old, one = lab.result(name)
    assert one == 1
    changed = bundle("import os\ndef handler(event, context): return [os.getpid(), 2]")
    lab.awslambda.update_function_code(FunctionName=name, ZipFile=changed)
    new, two = lab.result(name)
    assert two == 2
    wait_until(lambda: gone(old), "the end of the old process")
    lab.awslambda.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"A": "1"}}
    )
    assert lab.result(name)[0] != new
    wait_until(lambda: gone(new), "the end of the old process")


# A sandbox in small: it deploys one function, invokes it and waits to be killed.
SERVER = """
import sys, time
from pathlib import Path
from moto import mock_aws
from tests.sandbox.functions.lab import bundle
from tfgen.sandbox.functions.functions import Functions
from tfgen.sandbox.invocation import Outages

CODE = '''
import os, subprocess
child = subprocess.Popen(["sleep", "600"])
stray = subprocess.Popen(["sleep", "600"], start_new_session=True)
def handler(event, context):
    return " ".join(map(str, [os.getpid(), os.getppid(), child.pid, stray.pid]))
'''
with mock_aws():
    import boto3
    iam = boto3.client("iam", region_name="eu-west-2")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    boto3.client("lambda", region_name="eu-west-2").create_function(
        FunctionName="app", Role=role, Runtime="python3.11", Handler="app.handler",
        Code={"ZipFile": bundle(CODE)})
    functions = Functions(Path(sys.argv[1]), "http://127.0.0.1:1", Outages())
    print(functions.invoke("eu-west-2", "app", None, b"{}").payload.decode(), flush=True)
    time.sleep(600)
"""


def test_nothing_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert server.stdout is not None
    with server, server.stdout as said:
        pids = [int(pid) for pid in said.readline().decode().strip().strip('"').split()]
        assert len(pids) == 4
        assert [pid for pid in pids if gone(pid)] == []
        server.send_signal(signal.SIGKILL)
        server.wait()
    # One that has left its group is known by its environment, which only Linux tells.
    known = pids if Path("/proc/self/environ").exists() else pids[:3]
    wait_until(lambda: all(gone(pid) for pid in known), "the end of all processes")


def test_a_process_ends_with_its_function(lab: Lab) -> None:
    """A function that is created again with the same name and code starts new processes."""
    name = lab.deploy(PID)
    first = lab.result(name)
    configured = lab.awslambda.get_function(FunctionName=name)["Configuration"]
    lab.awslambda.delete_function(FunctionName=name)
    wait_until(lambda: gone(first), "the end of the process")
    assert name not in {each.function for each in lab.functions.activity()}
    lab.awslambda.create_function(
        FunctionName=name,
        Role=configured["Role"],
        Runtime="python3.11",
        Handler="app.handler",
        Code={"ZipFile": bundle(PID)},
        Timeout=30,
    )
    assert lab.result(name) != first
    [activity] = [each for each in lab.functions.activity() if each.function == name]
    assert activity.invocations == 1


def test_a_process_ends_with_its_version(lab: Lab) -> None:
    name = lab.deploy(PID, Publish=True)
    latest, published = lab.result(name), lab.result(name, qualifier="1")
    lab.awslambda.delete_function(FunctionName=name, Qualifier="1")
    wait_until(lambda: gone(published), "the end of the process")
    assert lab.result(name) == latest
    with pytest.raises(InvokeError, match="not found"):
        lab.invoke(name, qualifier="1")


def test_an_invocation_under_way_ends_after_its_function(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(MEET)
    call = meet(lab, name, tmp_path, 0)
    wait_until(lambda: arrived(tmp_path), "the invocation")
    lab.awslambda.delete_function(FunctionName=name)
    (tmp_path / "go").touch()
    wait_until(lambda: gone(call.get()), "the end of the process")
