"""The files that a function needs: a list of what is there for it, not of what is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Programs and libraries; those of Nix, Guix and Homebrew lie in folders of their own. Then what
# libraries read to find a host, a user, a time zone and the authorities of TLS. Not all of /etc:
# root and some groups may read secrets there.
_SYSTEM: Final = (
    *("/bin", "/lib", "/lib32", "/lib64", "/sbin", "/usr"),
    *("/gnu/store", "/home/linuxbrew/.linuxbrew", "/nix/store", "/run/current-system"),
    *("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    *("/etc/gai.conf", "/etc/host.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/resolv.conf"),
    *("/etc/protocols", "/etc/services", "/etc/group", "/etc/passwd"),
    *("/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/os-release"),
    *("/etc/ca-certificates", "/etc/crypto-policies", "/etc/pki", "/etc/ssl"),
    "/var/lib/ca-certificates",
    *("/proc", "/sys"),
)
_DEVICES: Final = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")

# Functions name it, because Lambda's is theirs.
_TEMPORARY: Final = "/tmp"  # noqa: S108 (nothing is written by the sandbox itself)


@dataclass(frozen=True, slots=True)
class View:
    """What a process may open; the rest of the disk is closed to it.

    A path that does not exist is left out, and one that is a link stands for what it leads to.

    Attributes:
        readable: files and folders, with all below, that it may read and execute.
        writable: those that it may also write to.
    """

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()

    def with_system(self) -> View:
        """Returns this with what every program needs of the system."""
        return View(
            (*map(Path, _SYSTEM), *self.readable),
            (*map(Path, _DEVICES), Path(_TEMPORARY), *self.writable),
        )
