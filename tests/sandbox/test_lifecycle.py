"""Starting, finding and stopping: real servers, killed in every way."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tfgen.errors import TfgenError
from tfgen.sandbox.confinement.confine import in_thread
from tfgen.sandbox.confinement.landlock import give_up_privileges
from tfgen.sandbox.front import ask
from tfgen.sandbox.lifecycle import find, start, stop
from tfgen.sandbox.record import RECORD, process_start, read_record, write_record

ROOT = Path(__file__).resolve().parents[2]


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def home(project: Path) -> Path:
    return project / ".tfgen" / "sandbox"


def test_start_find_and_stop(project: Path) -> None:
    assert find(project) is None
    started = start(project)
    assert started.new
    assert started.endpoint == f"http://127.0.0.1:{started.port}"
    again = start(project)
    assert again == replace(started, new=False) == find(project)
    assert stop(project)
    assert find(project) is None
    assert process_start(started.pid) is None
    assert ask(started.port) is None
    assert not stop(project)


def test_stop_where_nothing_ever_ran(tmp_path: Path) -> None:
    assert not stop(tmp_path)
    assert not list(tmp_path.iterdir())


def test_it_listens_on_loopback_only(project: Path) -> None:
    running = start(project)
    # Of all processes: only root may ask for those of the server.
    listening = psutil.net_connections(kind="inet")
    ports = {running.port, running.gateway_port}
    assert {
        each.laddr
        for each in listening
        if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port in ports
    } == {("127.0.0.1", port) for port in ports}


def test_it_is_detached_and_knows_nothing_of_the_user(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-real-one")
    monkeypatch.setenv("AWS_PROFILE", "corp")
    monkeypatch.setenv("MOTO_ACM_VALIDATION_WAIT", "1")
    monkeypatch.setenv("GITHUB_TOKEN", "a-real-one")
    running = start(project)
    assert os.getsid(running.pid) == os.getpgid(running.pid) == running.pid
    process = psutil.Process(running.pid)
    assert process.ppid() != os.getpid()
    assert "a-real-one" not in " ".join(process.cmdline())
    if os.geteuid() != 0:
        # Its environment and its folder are closed to everybody but root.
        with pytest.raises(psutil.AccessDenied):
            process.environ()
        return
    assert process.cwd() == str(home(project).resolve())
    environment = process.environ()
    assert not [name for name in environment if name.startswith("AWS_")]
    assert "MOTO_ACM_VALIDATION_WAIT" not in environment
    assert "a-real-one" not in " ".join(environment.values())


def test_its_files_are_for_nobody_else(project: Path) -> None:
    running = start(project)
    assert (project / ".tfgen" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert home(project).stat().st_mode & 0o777 == 0o700
    assert running.scratch.stat().st_mode & 0o777 == 0o700
    for name in (RECORD, "server.log"):
        assert (home(project) / name).stat().st_mode & 0o777 == 0o600


def test_two_projects_have_two_sandboxes(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    one, two = start(project), start(other)
    assert one.port != two.port
    assert one.instance != two.instance
    assert stop(other)
    assert find(project) is not None


def test_many_that_start_at_once_get_the_same(project: Path) -> None:
    program = (
        "import sys, pathlib; from tfgen.sandbox.lifecycle import start; "
        "found = start(pathlib.Path(sys.argv[1])); print(found.pid, found.new)"
    )
    command = [sys.executable, "-c", program, str(project)]
    starting = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0].split() for process in starting]
    assert len({pid for pid, _ in said}) == 1
    assert sorted(new for _, new in said) == ["False", "False", "False", "True"]


def test_the_next_start_after_a_kill_begins_anew(project: Path) -> None:
    first = start(project)
    (first.scratch / "terraform.tfstate").write_text("{}", encoding="utf-8")
    os.kill(first.pid, signal.SIGKILL)
    assert find(project) is None
    second = start(project)
    assert second.new
    assert second.instance != first.instance
    assert not first.scratch.exists()
    assert second.scratch.is_dir()


def test_stop_removes_what_only_the_account_explained(project: Path) -> None:
    running = start(project)
    (running.scratch / "terraform.tfstate").write_text("{}", encoding="utf-8")
    stop(project)
    assert sorted(entry.name for entry in home(project).iterdir()) == ["lock", "server.log"]


def test_stop_cleans_up_after_a_killed_one(project: Path) -> None:
    running = start(project)
    os.kill(running.pid, signal.SIGKILL)
    assert find(project) is None
    assert not stop(project)
    assert not running.scratch.exists()
    assert not (home(project) / RECORD).exists()


def test_a_process_that_has_the_same_number_is_left_alone(project: Path) -> None:
    running = start(project)
    record = read_record(home(project))
    assert record is not None
    os.kill(running.pid, signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        write_record(home(project), replace(record, pid=stranger.pid))
        assert find(project) is None
        assert not stop(project)
        write_record(home(project), replace(record, pid=stranger.pid))
        assert start(project).new
        assert stranger.poll() is None
        stranger.kill()


def test_a_record_that_cannot_be_read(project: Path) -> None:
    running = start(project)
    (home(project) / RECORD).write_text("{", encoding="utf-8")
    assert start(project).new
    # The first one no longer finds its record, and leaves.
    wait_until(lambda: process_start(running.pid) is None)


def test_it_leaves_when_its_folder_is_deleted(project: Path) -> None:
    running = start(project)
    shutil.rmtree(project / ".tfgen")
    wait_until(lambda: process_start(running.pid) is None)


def test_stop_during_a_request(project: Path) -> None:
    running = start(project)
    with socket.create_connection(("127.0.0.1", running.port)) as half:
        host = f"127.0.0.1:{running.port}".encode()
        half.sendall(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: 1000\r\n\r\nA=" % host)
        assert stop(project)
    assert process_start(running.pid) is None


def test_stop_ends_one_that_does_not_listen(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfgen.sandbox.lifecycle._STOPS_WITHIN", 0.5)
    running = start(project)
    os.kill(running.pid, signal.SIGSTOP)
    assert stop(project)
    wait_until(lambda: process_start(running.pid) is None)


def test_somebody_else_on_the_port(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that runs and does not answer as itself is neither used nor replaced."""
    monkeypatch.setattr("tfgen.sandbox.lifecycle._ANSWERS_WITHIN", 0.5)
    running = start(project)
    record = read_record(home(project))
    assert record is not None
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_record(home(project), replace(record, port=silent.getsockname()[1]))
        silent.close()
        with pytest.raises(TfgenError, match="does not answer on port") as caught:
            start(project)
    assert "tfgen sandbox stop" in str(caught.value.hint)
    assert process_start(running.pid) is not None


def test_a_server_that_fails_shows_why(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path_factory.mktemp("path")
    (broken / "werkzeug").mkdir()
    (broken / "werkzeug" / "__init__.py").write_text("raise RuntimeError('torn apart')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with pytest.raises(TfgenError, match="The sandbox does not start") as caught:
        start(project)
    assert caught.value.place == str(home(project) / "server.log")
    assert "RuntimeError: torn apart" in str(caught.value.hint)
    assert find(project) is None


def test_another_moto_than_the_patches_are_for(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real moto, with one method taken away before the server looks."""
    altered = tmp_path_factory.mktemp("path")
    (altered / "sitecustomize.py").write_text(
        "from moto.awslambda.models import LambdaFunction\n"
        "del LambdaFunction.update_configuration\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(altered))
    with pytest.raises(TfgenError, match="The sandbox does not start") as caught:
        start(project)
    assert "LambdaFunction has no update_configuration()" in str(caught.value.hint)
    assert "Traceback" not in str(caught.value.hint)


def test_without_moto(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.append({str(ROOT)!r}); "
        "import pathlib; from tfgen.errors import TfgenError; "
        "from tfgen.sandbox.lifecycle import start\n"
        "try: start(pathlib.Path(sys.argv[1]))\n"
        "except TfgenError as error: print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "moto, which is not installed" in said.stdout
    assert "pip install 'tfgen[sandbox]'" in said.stdout
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(TfgenError, match="cannot use its folder"):
        start(tmp_path / "missing")


def test_the_log_has_no_colors(project: Path) -> None:
    running = start(project)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    connection.request("GET", "/2015-03-31/functions/missing")
    connection.getresponse().read()
    connection.close()
    log = (home(project) / "server.log").read_text(encoding="utf-8")
    assert "GET /2015-03-31/functions/missing" in log
    assert "\x1b" not in log


@pytest.mark.skipif(sys.platform != "linux", reason="it is about /proc")
def test_its_memory_is_closed_to_functions_even_without_landlock(project: Path) -> None:
    """To processes of the same user, root without root's rights included."""

    def look() -> list[int]:
        give_up_privileges()
        running = start(project)
        with subprocess.Popen(["sleep", "60"]) as other:
            commands = [["cat", f"/proc/{each}/environ"] for each in (other.pid, running.pid)]
            found = [subprocess.run(each, capture_output=True, check=False) for each in commands]
            other.kill()
        return [each.returncode for each in found]

    assert in_thread(look) == [0, 1]
