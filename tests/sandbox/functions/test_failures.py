"""What goes wrong, in Lambda's words, and what it leaves behind: nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.functions.lab import ECHO, REGION, Lab, bundle, gone, wait_until
from tfgen.sandbox.functions import environment
from tfgen.sandbox.invocation import Invocation, InvokeError


def error(done: Invocation) -> dict[str, Any]:
    """Returns the document of an invocation that failed."""
    assert done.error == "Unhandled", done.payload
    document: dict[str, Any] = json.loads(done.payload)
    return document


def message(done: Invocation) -> list[str]:
    """Returns type and message of the failure, without the request ID."""
    said = error(done)
    return [said["errorType"], said["errorMessage"].replace(done.request_id, "ID")]


def test_an_error_of_the_handler_is_handed_on(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context): raise ValueError('no such thing')")
    done = lab.invoke(name)
    said = error(done)
    assert (said["errorType"], said["errorMessage"]) == ("ValueError", "no such thing")
    assert "in handler" in said["stackTrace"][0]
    assert b"[ERROR] ValueError: no such thing\nTraceback" in done.log
    # It is the function's own affair, and its process goes on.
    assert b"Status:" not in done.log
    assert b"INIT_START" not in lab.invoke(name).log


def test_a_function_that_takes_too_long_is_killed(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(
        f"""
import os, pathlib, subprocess, time

def handler(event, context):
    children = [
        subprocess.Popen(["sleep", "600"]),
        subprocess.Popen(["sleep", "600"], start_new_session=True),
    ]
    pids = [os.getpid(), *(child.pid for child in children)]
    pathlib.Path("{tmp_path}/pids").write_text(" ".join(map(str, pids)))
    print("still here")
    time.sleep(600)
""",
        Timeout=2,
    )
    done = lab.invoke(name)
    expected = ["Sandbox.Timedout", "RequestId: ID Error: Task timed out after 2.00 seconds"]
    assert message(done) == expected
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 3
    assert [pid for pid in pids if not gone(pid)] == []
    log = done.log.decode()
    assert f"{done.request_id} Task timed out after 2.00 seconds\n" in log
    assert "\tStatus: timeout\t\n" in log
    assert log.index("still here") < log.index("timed out") < log.index("END RequestId")


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("os._exit(1)", "Runtime exited with error: exit status 1"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ],
)
def test_a_function_that_ends_its_process(lab: Lab, code: str, how: str) -> None:
    name = lab.deploy(
        f"""
import os, sys

def handler(event, context):
    if event: {code}
    return os.getpid()
"""
    )
    first = lab.result(name)
    done = lab.invoke(name, {"die": True})
    assert message(done) == ["Runtime.ExitError", f"RequestId: ID Error: {how}"]
    assert b"\tStatus: error\tError Type: Runtime.ExitError\t\n" in done.log
    assert lab.result(name) != first


def test_a_process_that_ends_between_invocations_is_replaced(lab: Lab) -> None:
    name = lab.deploy(
        """
import os, threading, time

def handler(event, context):
    if event:
        threading.Timer(event["after"], os._exit, [1]).start()
    return os.getpid()
"""
    )
    first = lab.result(name, {"after": 0.05})
    wait_until(lambda: lab.environments(name) == 0, "the end of the process")
    assert gone(first)
    assert lab.result(name) != first


@pytest.mark.parametrize(
    ("code", "handler", "kind", "says"),
    [
        ("raise RuntimeError('not today')", "app.handler", "RuntimeError", "not today"),
        ("import nowhere", "app.handler", "Runtime.ImportModuleError", "No module named 'nowhere'"),
        ("def (", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("", "app.other", "Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"),
        ("", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
    ],
)
def test_a_function_that_cannot_be_loaded(
    lab: Lab, code: str, handler: str, kind: str, says: str
) -> None:
    done = lab.invoke(lab.deploy(code, handler=handler))
    said = error(done)
    assert said["errorType"] == kind
    assert says in said["errorMessage"]
    log = done.log.decode()
    phases = [line.split("\t")[1:4] for line in log.splitlines() if line.startswith("INIT_REPORT")]
    assert phases == [
        [f"Phase: {phase}", "Status: error", f"Error Type: {kind}"] for phase in ("init", "invoke")
    ]
    assert "Init Duration" not in log.partition("REPORT RequestId")[2]


def test_a_function_that_ends_while_it_is_loaded(lab: Lab) -> None:
    done = lab.invoke(lab.deploy("import os; os._exit(7)"))
    how = "RequestId: ID Error: Runtime exited with error: exit status 7"
    assert message(done) == ["Runtime.ExitError", how]


def test_a_function_that_is_never_loaded(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "INIT_SECONDS", 0.5)
    name = lab.deploy("import time; time.sleep(600)", Timeout=1)
    done = lab.invoke(name)
    expected = ["Sandbox.Timedout", "RequestId: ID Error: Task timed out after 1.00 seconds"]
    assert message(done) == expected
    assert b"\tPhase: init\tStatus: timeout\n" in done.log
    assert b"\tPhase: invoke\tStatus: timeout\n" in done.log


def test_a_function_that_is_loaded_at_the_second_try(lab: Lab, tmp_path: Path) -> None:
    name = lab.deploy(
        f"""
import pathlib
seen = pathlib.Path("{tmp_path}/seen")
if not seen.exists():
    seen.touch()
    raise RuntimeError("not at first")

def handler(event, context): return "well"
"""
    )
    assert lab.result(name) == "well"


def test_a_response_may_have_6_mb_and_no_more(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context): return 'x' * event['length']")
    # The quotes count as well.
    longest = 6 * 1024 * 1024 + 100 - 2
    assert len(lab.invoke(name, {"length": longest}).payload) == longest + 2
    done = lab.invoke(name, {"length": longest + 1})
    assert message(done) == [
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    ]
    assert lab.result(name, {"length": 1}) == "x"


def test_an_event_may_have_6_mb_and_no_more(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context): return len(event)")
    longest = 6 * 1024 * 1024
    event = b'"' + b"x" * (longest - 2) + b'"'
    assert lab.functions.invoke(REGION, name, None, event).payload == str(longest - 2).encode()
    with pytest.raises(InvokeError) as refused:
        lab.functions.invoke(REGION, name, None, event + b" ")
    assert (refused.value.code, refused.value.status) == ("RequestEntityTooLargeException", 413)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is told by /proc")
def test_a_function_that_takes_more_memory_than_it_has_is_killed(lab: Lab) -> None:
    name = lab.deploy(
        """
import os, time

def handler(event, context):
    hoard = os.urandom(1024 * 1024) * event["megabytes"]
    time.sleep(event["sleep"])
    return len(hoard)
""",
        MemorySize=256,
    )
    done = lab.invoke(name, {"megabytes": 100, "sleep": 0})
    assert done.error is None
    used = int(done.log.decode().partition("Max Memory Used: ")[2].split()[0])
    assert 100 < used < 256
    done = lab.invoke(name, {"megabytes": 400, "sleep": 600})
    how = "RequestId: ID Error: Runtime exited with error: signal: killed"
    assert message(done) == ["Runtime.OutOfMemory", how]


def test_a_runtime_that_the_sandbox_does_not_have(lab: Lab) -> None:
    name = lab.deploy(ECHO, runtime="java21", handler="app.Main")
    with pytest.raises(InvokeError) as refused:
        lab.invoke(name)
    assert (refused.value.code, refused.value.status) == ("InvalidRuntimeException", 502)
    assert refused.value.message == (
        f"The function {name} cannot run here: the sandbox has no runtime for java21; "
        "it runs python3.x, nodejs and provided, with a bootstrap in the zip"
    )


def test_code_that_is_no_zip(lab: Lab) -> None:
    name = lab.deploy(b"this is no zip")
    with pytest.raises(InvokeError) as refused:
        lab.invoke(name)
    assert refused.value.code == "InvalidZipFileException"


def test_a_zip_cannot_write_outside_of_its_folder(lab: Lab) -> None:
    files = {"app.py": ECHO, "../../escaped.py": "", "/escaped.py": ""}
    lab.result(lab.deploy(bundle(files)))
    assert not list(lab.home.glob("escaped.py"))
    assert len(list(lab.home.glob("code/*/escaped.py"))) == 1


def test_a_region_that_is_out(lab: Lab) -> None:
    name = lab.deploy(ECHO)
    lab.result(name)
    lab.outages.fail(REGION)
    try:
        with pytest.raises(InvokeError) as refused:
            lab.invoke(name)
    finally:
        lab.outages.heal(REGION)
    assert (refused.value.code, refused.value.status) == ("ServiceException", 503)
    assert lab.result(name)["event"] == {}
