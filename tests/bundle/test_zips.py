"""A zip that is a source is checked as one that is built from a folder."""

from __future__ import annotations

import os
import random
import stat
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bundle.conftest import Project
from tfgen.app import Code
from tfgen.bundle import elf, zips
from tfgen.bundle.build import Bundle
from tfgen.bundle.build import build as build_bundle
from tfgen.bundle.parts import AddedFile
from tfgen.errors import TfgenError

APP = b"def handler(event, context): ..."
ADDED = AddedFile(".tfgen/start", 0o755, b"#!/bin/sh\n")


def write(project: Project, files: Mapping[str, bytes], links: Mapping[str, str] = {}) -> None:
    with zipfile.ZipFile(project.folder / "function.zip", "w") as archive:
        for name, content in {"app.py": APP, **files}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
        for name, target in links.items():
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, target)


def build(project: Project, **changes: object) -> Bundle:
    return project.build(source="function.zip", bundle="function.zip", **changes)


def fails(project: Project, **changes: object) -> TfgenError:
    return project.fails(source="function.zip", **changes)


def native(machine: int, *, kind: int = 3) -> bytes:
    """Returns the beginning of a library for Linux, and nothing that would run."""
    return b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HH", kind, machine) + bytes(44)


def test_names_with_backslashes(project: Project) -> None:
    """Windows PowerShell 5 writes them: APPNOTE 6.3, section 4.4.17.1."""
    write(project, {"lib\\words.py": b""})
    error = fails(project)
    assert error.message == (
        "`lib\\words.py` in the function's source `function.zip` is a file name with backslashes, "
        "which Lambda does not take for folders"
    )
    assert error.place == "tfgen.yaml:4"
    assert error.hint
    assert error.hint.startswith("make the zip with PowerShell 7 or newer")


@pytest.mark.parametrize(
    "name", ["../out.py", "lib/../../out.py", "/etc/out.py", "C:/out.py", ".."]
)
def test_names_that_climb_out(project: Project, name: str) -> None:
    write(project, {name: b""})
    assert fails(project).message == (
        f"'{name[:200]}{'…' if len(name) > 200 else ''}' in the function's source `function.zip` "
        "is not a path inside the zip"
    )


def test_a_handler_below_a_dot(project: Project) -> None:
    """`zip` and `tar` write such names when they are given `.`."""
    write(project, {"./": b"", "./other.py": b""})
    assert build(project, handler="other.handler").starts == "other.py"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("../../secret", "leads out of the zip or in a circle"),
        ("/etc/passwd", "leads out of the zip or in a circle"),
        ("link", "leads out of the zip or in a circle"),
        ("gone.py", "does not exist"),
    ],
)
def test_links_that_lead_to_nothing_in_it(project: Project, target: str, why: str) -> None:
    write(project, {}, {"link": target})
    assert fails(project).message == (
        f"The link `link` in the function's source `function.zip` leads to `{target}`, which {why}"
    )


def test_a_link_to_a_name_below_a_dot(project: Project) -> None:
    write(project, {"./lib/a.py": b""}, {"./link": "lib/a.py", "folder": "lib"})
    assert build(project).files == 4


@pytest.mark.parametrize("target", ["app.py", "lib", "lib/../app.py", ".", "/opt/python", "/mnt/x"])
def test_links_that_lambda_can_follow(project: Project, target: str) -> None:
    write(project, {"lib/a.py": b""}, {"link": target})
    assert build(project).files == 3


def test_the_handler_is_found_through_links(project: Project) -> None:
    write(project, {"dist/index.mjs": b""}, {"current": "dist"})
    built = build(project, runtime="nodejs22.x", handler="current/index.handler")
    assert built.starts == "dist/index.mjs"


def test_native_code_is_looked_at(project: Project) -> None:
    write(
        project,
        {
            "lib/one.so": native(62),
            "lib/two.cpython-313-aarch64-linux-gnu.so": native(183),
            "lib/object.so": native(62, kind=1),
            "lib/short.so": b"\x7fELF",
            "bootstrap": native(62, kind=2),
        },
    )
    with zipfile.ZipFile(project.folder / "function.zip", "a") as archive:
        member = zipfile.ZipInfo("tool")
        member.external_attr = 0o100755 << 16
        archive.writestr(member, native(40))
    assert build(project).machines == {
        "bootstrap": "x86_64",
        "lib/one.so": "x86_64",
        "lib/two.cpython-313-aarch64-linux-gnu.so": "arm64",
        "tool": "machine 40",
    }


def test_native_code_of_a_folder_is_remembered(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfgen.bundle.stamps._SETTLED", -(10**12))  # files of now are settled
    project.write("data.txt", native(62))
    first = project.build()
    assert first.machines == {"data.txt": "x86_64"}
    monkeypatch.setattr("tfgen.bundle.parts.FolderFile.write", None)  # nothing is read
    assert project.build() == replace(first, rebuilt=False)


def test_a_function_that_starts_with_a_program_for_another_machine(project: Project) -> None:
    code = project.code
    machines = {"bootstrap": "x86_64"}
    elf.check_machine(code, "x86_64", machines, "bootstrap")
    elf.check_machine(code, "arm64", machines, "app.py")
    with pytest.raises(TfgenError) as caught:
        elf.check_machine(code, "arm64", machines, "bootstrap", place="tfgen.yaml:4")
    assert caught.value.message == (
        "`bootstrap` in `src` is built for x86_64, and the function's architecture is arm64"
    )
    assert caught.value.hint == "build it for arm64, or set `architecture: x86_64`"


def test_packages_for_several_machines_are_no_surprise() -> None:
    assert elf.foreign({"a.so": "x86_64", "b.so": "arm64"}, "arm64") == []
    assert elf.foreign({"b.so": "x86_64", "a.so": "x86_64"}, "arm64") == ["a.so", "b.so"]
    assert elf.foreign({}, "arm64") == []


def test_more_entries_than_a_zip_has_digits_for(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MAX_FILES", 2)
    write(project, {"a": b"", "b": b""})
    assert fails(project).message == (
        "The function's source `function.zip` has more files than the 2 of a zip without zip64"
    )


def test_a_zip_larger_than_any_that_lambda_takes(project: Project) -> None:
    path = project.folder / "function.zip"
    path.touch()
    os.truncate(path, zips.LARGEST + 1)
    assert fails(project).message == (
        "The function's source `function.zip` is 536,870,913 bytes, and Lambda allows "
        "262,144,000 (250 MB) unzipped"
    )


def test_a_name_that_is_empty(project: Project) -> None:
    write(project, {"x": b""})
    path = project.folder / "function.zip"
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("x").header_offset
    content = bytearray(path.read_bytes())
    # The name becomes the extra field, or the comment.
    content[start + 26 : start + 30] = struct.pack("<HH", 0, 1)
    entry = content.rindex(b"PK\1\2")
    content[entry + 28 : entry + 34] = struct.pack("<HHH", 0, 0, 1)
    path.write_bytes(content)
    assert fails(project).message == (
        "'' in the function's source `function.zip` is not a path inside the zip"
    )


def refusal(code: Code, folder: Path, added: Sequence[AddedFile]) -> str | None:
    """Builds, and returns the message of the error, if there is one."""
    try:
        build_bundle(code, folder, added=added)
    except TfgenError as error:
        return error.message
    return None


def test_bytes_changed_at_random_are_a_sentence(project: Project) -> None:
    write(project, {"lib/a.so": native(183)}, {"link": "app.py"})
    path = project.folder / "function.zip"
    good = path.read_bytes()
    chance = random.Random(4)  # noqa: S311 - reproducible, not secret
    refusals = []
    for added in ((), (ADDED,)):
        bundle = ".tfgen/wrapped/function.zip" if added else "function.zip"
        code = replace(project.code, source="function.zip", bundle=bundle)
        for _ in range(150):
            changed = bytearray(good)
            for _ in range(chance.randint(1, 3)):
                changed[chance.randrange(len(changed))] = chance.choice([0, 1, 255])
            path.write_bytes(changed)
            refusals.append(refusal(code, project.folder, added))
    said = [message for message in refusals if message]
    assert len(said) > 100
    assert [each for each in said if "function.zip" not in each or "be written" in each] == []


def test_a_name_that_is_no_text(project: Project) -> None:
    write(project, {"caf\u00e9.py": b""})
    path = project.folder / "function.zip"
    path.write_bytes(path.read_bytes().replace("caf\u00e9".encode(), b"caf\xff\xff"))
    assert fails(project).message == "The function's source `function.zip` is not a zip file"


def test_large_members_are_copied_in_pieces(project: Project) -> None:
    """With a file beside them, and from a compression that Lambda does not know."""
    content = b"words " * 400_000
    with zipfile.ZipFile(project.folder / "function.zip", "w") as archive:
        archive.writestr("app.py", APP)
        archive.writestr("large.txt", content, zipfile.ZIP_DEFLATED)
        archive.writestr("other.txt", content, zipfile.ZIP_LZMA)
    code = replace(project.code, source="function.zip", bundle=".tfgen/wrapped/function.zip")
    bundle = build_bundle(code, project.folder, added=[ADDED])
    with zipfile.ZipFile(bundle.path) as archive:
        assert archive.testzip() is None
        assert archive.read("large.txt") == archive.read("other.txt") == content
