"""Looks for values where they must not be: in files, in git, in archives, in other processes."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import threading
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_EVERY_SECONDS = 0.01
# What a function's process has, and nobody else: there the values have to be in plain text.
_OF_A_FUNCTION = "AWS_LAMBDA_RUNTIME_API"


@dataclass(frozen=True, slots=True)
class Leak:
    """A value that was found: where, whose, and how it was written there."""

    where: str
    name: str
    encoding: str


def encodings(value: str) -> dict[str, tuple[bytes, ...]]:
    """Returns what a value looks like in the encodings that it is looked for in.

    Args:
        value: long enough that none of its encodings can be there by chance.
    """
    raw = value.encode()
    hexadecimal = raw.hex().encode()
    return {
        "plain": (raw,),
        "base64": tuple(_base64_anywhere(raw)),
        "hex": (hexadecimal, hexadecimal.upper()),
        "URL": tuple(
            each.encode()
            for each in (urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value))
        ),
        "JSON": tuple(set(_in_json(value)) - {raw}),
    }


def _in_json(value: str) -> Iterator[bytes]:
    """Yields a value as JSON has it inside quotes, as Python and Go (Terraform) write it."""
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield text.encode()
        for character in "&<>":
            text = text.replace(character, f"\\u{ord(character):04x}")
        yield text.encode()


def _base64_anywhere(raw: bytes) -> Iterator[bytes]:
    """Yields the letters that a value has in Base64, wherever it begins in what is encoded."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + raw)
        # The first and the last letters depend on what is before and behind the value.
        inner = text[-(-shift * 8 // 6) + (1 if shift else 0) : -4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


@dataclass(frozen=True, slots=True)
class Canaries:
    """Values to look for.

    Attributes:
        values: by a name to report them by.
    """

    values: Mapping[str, str]

    def find(self, data: bytes, where: str) -> Iterator[Leak]:
        """Yields the values that are in some bytes, and in what is packed in them."""
        for name, value in self.values.items():
            for encoding, forms in encodings(value).items():
                if any(form in data for form in forms):
                    yield Leak(where, name, encoding)
        for inside, content in _unpacked(data):
            yield from self.find(content, f"{where} -> {inside}")

    def find_in_folder(self, folder: Path) -> Iterator[Leak]:
        """Yields the values that are in the files of a folder, in their names, and in its git."""
        for path in sorted(folder.rglob("*")):
            yield from self.find(str(path.relative_to(folder)).encode(), f"the name of {path}")
            if path.is_file() and not path.is_symlink():
                # A socket or a file of a process that is about to end may be gone by now.
                with suppress(OSError):
                    yield from self.find(path.read_bytes(), str(path))
        if (folder / ".git").is_dir():
            yield from self.find(_git_objects(folder), f"the history of {folder}")


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield member.filename, archive.read(member)
    elif data.startswith(b"\x1f\x8b"):
        yield "gzip", zlib.decompress(data, wbits=31)


def _git_objects(folder: Path) -> bytes:
    command = ["git", "cat-file", "--batch", "--batch-all-objects", "--unordered"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


class Watch:
    """Looks at the command lines and environments of all processes that begin meanwhile.

    Used as a context manager around what starts them. tfgen's own command line is not looked at:
    what a user types there is the user's.

    Args:
        canaries: what to look for.

    Attributes:
        leaks: what was found.
        in_functions: what was found in processes of functions, where it has to be.
        programs: names of the programs that were looked at.
    """

    def __init__(self, canaries: Canaries) -> None:
        self.leaks: set[Leak] = set()
        self.in_functions: set[Leak] = set()
        self.programs: set[str] = set()
        self._canaries = canaries
        self._before = set(psutil.pids())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        # A process that becomes another program keeps its number, so each is looked at again.
        seen: dict[int, tuple[str, ...]] = {}
        while not self._stop.wait(_EVERY_SECONDS):
            for pid in set(psutil.pids()) - self._before:
                with suppress(psutil.Error, OSError):
                    process = psutil.Process(pid)
                    command = tuple(process.cmdline())
                    if seen.get(pid) != command:
                        seen[pid] = command
                        self._look(command, process.environ())

    def _look(self, command: tuple[str, ...], variables: Mapping[str, str]) -> None:
        program = Path(command[0]).name if command else ""
        self.programs.add(program)
        if command[1:3] != ("-m", "tfgen"):
            typed = "\0".join(command).encode()
            self.leaks |= set(self._canaries.find(typed, f"the command line of {program}"))
        said = "\0".join(f"{name}={value}" for name, value in variables.items()).encode()
        found = set(self._canaries.find(said, f"the environment of {program}"))
        if _OF_A_FUNCTION in variables:
            self.in_functions |= found
        else:
            self.leaks |= found
