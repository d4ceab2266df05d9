"""Children that end, fail or lack something at a moment that the test chooses."""

from __future__ import annotations

import ctypes
import errno
import os
import pickle
import platform
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

NOBODY = 65534  # as a user and as a group
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000  # unshare(2)

_SYSTEM_CALLS = {
    "x86_64": {"link": 86, "linkat": 265, "renameat2": 316},
    "aarch64": {"linkat": 37, "renameat2": 276},
}


def in_child(work: Callable[[], T]) -> T:
    """Runs ``work`` in a forked child and returns or raises what it returned or raised."""
    reader, writer = os.pipe()

    def work_and_tell() -> None:
        try:
            outcome: tuple[bool, object] = (True, work())
        except BaseException as error:  # noqa: BLE001 - raised again in the parent
            outcome = (False, error)
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(outcome, pipe)

    child = forked(work_and_tell)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    assert data, f"the child ended early: {status}"
    is_done, result = pickle.loads(data)  # noqa: S301 - from our own child
    if not is_done:
        raise result
    return result  # type: ignore[no-any-return]


def forked(work: Callable[[], object]) -> int:
    """Starts a child that does ``work`` and exits with 0, or with 1 when that raises.

    Returns:
        Its process id, to be waited for.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def killed_in_child(work: Callable[[], object], at: int) -> bool:
    """Runs ``work`` in a child that gets SIGKILL at its n-th touch of the file system.

    Returns:
        Whether it was killed, rather than done before.
    """

    def work_and_count() -> None:
        countdown = at

        def count(event: str, _: tuple[object, ...]) -> None:
            nonlocal countdown
            if event == "open" or event.startswith(("os.", "shutil.")):
                countdown -= 1
                if countdown == -1:  # the signal is an event, too
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()

    _, status = os.waitpid(forked(work_and_count), 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def before(event: str, suffix: str, work: Callable[[], object]) -> None:
    """Does ``work`` once, when this process is about to touch a path with that suffix.

    An audit hook cannot be taken back: for use in a child.
    """
    is_done = False

    def watch(happening: str, arguments: tuple[object, ...]) -> None:
        nonlocal is_done
        if not is_done and happening == event and str(arguments[0]).endswith(suffix):
            is_done = True
            work()

    sys.addaudithook(watch)


def forbid(*names: str, code: int = errno.ENOSYS) -> None:
    """Makes the kernel refuse system calls from here on: for use in a child.

    See https://docs.kernel.org/userspace-api/seccomp_filter.html.
    """
    numbers = [_SYSTEM_CALLS[platform.machine()].get(name) for name in names]
    program = [(0x20, 0, 0, 0)]  # load the number of the call
    for number in numbers:
        if number is not None:
            program += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | code)]
    program.append((0x06, 0, 0, 0x7FFF0000))
    code_bytes = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code_bytes, len(code_bytes))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0  # no new privileges
    assert libc.prctl(22, 2, header, 0, 0) == 0, os.strerror(ctypes.get_errno())


needs_seccomp = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in _SYSTEM_CALLS,
    reason="forbids system calls with seccomp, by their numbers on this machine",
)


def as_nobody(work: Callable[[], T]) -> T:
    """Runs ``work`` in a child that is not root, for whom permissions count."""

    def work_without_rights() -> T:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return work()

    return in_child(work_without_rights)


def mount_privately(*commands: list[str | os.PathLike[str]]) -> None:
    """Runs ``mount`` with each list of arguments, seen by this process only: for use in a child."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_NEW_MOUNTS if user == 0 else _NEW_MOUNTS | _NEW_USERS) != 0:
        pytest.skip("needs a mount namespace")
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
    private: list[str | os.PathLike[str]] = ["--make-rprivate", "/"]
    for command in (private, *commands):
        result = subprocess.run(["mount", *command], check=False, capture_output=True)
        if result.returncode != 0:
            pytest.skip(f"needs to mount: {result.stderr.decode()}")
