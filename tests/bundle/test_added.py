"""Bundles with files that are not of the source: beside a folder's, and beside a zip's."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import time
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bundle.conftest import CODE, Project
from tfgen.bundle.build import Bundle, build
from tfgen.bundle.parts import AddedFile
from tfgen.errors import TfgenError

START = AddedFile(".tfgen/start", 0o755, b"#!/bin/sh\n")
OTHER = AddedFile("zz/other.txt", 0o644, b"other " * 100)
WRAPPED = replace(CODE, bundle=".tfgen/wrapped/src.zip", wrapper=True)


def make(project: Project, *added: AddedFile) -> Bundle:
    return build(project.code, project.folder, added=added, place="tfgen.yaml:4")


def fails(project: Project, *added: AddedFile) -> TfgenError:
    with pytest.raises(TfgenError) as caught:
        make(project, *added)
    assert not project.zip.exists()
    assert not list(project.folder.glob(".tfgen/**/*.new"))
    return caught.value


def members(path: Path) -> Mapping[str, tuple[int, bytes]]:
    """Returns what is in a bundle that is whole."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {
            each.filename: (each.external_attr >> 16, archive.read(each))
            for each in archive.infolist()
        }


def test_they_are_beside_those_of_a_folder(project: Project) -> None:
    project.write("b.txt", "b")
    bundle = make(project, START, OTHER)
    with zipfile.ZipFile(project.zip) as archive:
        assert archive.namelist() == [".tfgen/start", "app.py", "b.txt", "zz/other.txt"]
        assert archive.getinfo(".tfgen/start").external_attr >> 16 == 0o100755
        assert archive.read("zz/other.txt") == OTHER.content
        assert bundle.unzipped == sum(each.file_size for each in archive.infolist())
    assert (bundle.files, bundle.rebuilt) == (4, True)


def test_the_zip_does_not_depend_on_their_order(project: Project) -> None:
    first = make(project, START, OTHER)
    assert make(project, OTHER, START) == replace(first, rebuilt=False)


@pytest.mark.parametrize(
    "change",
    [
        (START,),
        (),
        (START, replace(OTHER, content=b"new")),
        (START, replace(OTHER, mode=0o755)),
        (START, replace(OTHER, name="zz/new.txt")),
    ],
    ids=["less", "nothing", "content", "mode", "name"],
)
def test_every_change_of_them_is_seen(settled: Project, change: tuple[AddedFile, ...]) -> None:
    first = make(settled, START, OTHER)
    before = settled.zip.stat()
    assert make(settled, START, OTHER) == replace(first, rebuilt=False)
    assert settled.zip.stat() == before
    second = make(settled, *change)
    assert second.rebuilt
    assert second.sha256 != first.sha256
    assert make(settled, START, OTHER).sha256 == first.sha256


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        (".tfgen/start", ".tfgen/start"),
        (".tfgen/start/x", ".tfgen/start"),
        ("zz", "zz"),
        ("zz/other.txt/deeper.txt", "zz/other.txt"),
    ],
)
def test_a_name_that_is_taken(project: Project, name: str, taken: str) -> None:
    project.write(name, "mine")
    project.write(".tfgenignore", "!.tfgen/\n")
    error = fails(project, START, OTHER)
    assert error.message.startswith(f"`src` has `{taken}`, where tfgen adds `")
    assert error.place == "tfgen.yaml:4"


def test_the_scratch_folder_is_no_name_that_is_taken(project: Project) -> None:
    """A project that is its own source has one, and it belongs in no bundle."""
    whole = Project(project.folder, replace(WRAPPED, source=".", handler="src.app.handler"))
    make(whole, START)
    make(whole, START)
    assert ".tfgen/start" in members(whole.zip)
    assert not [name for name in members(whole.zip) if name.endswith(".zip")]


def test_they_count_in_the_limits(project: Project) -> None:
    large = AddedFile("large.bin", 0o644, bytes(251 * 1024 * 1024))
    assert "bytes unzipped, and Lambda allows" in fails(project, large).message


@pytest.fixture
def zipped(tmp_path: Path) -> Project:
    """A project whose source is a zip of many kinds of members."""
    project = Project(tmp_path, replace(WRAPPED, source="build/app.zip"))
    project.source.parent.mkdir()
    with zipfile.ZipFile(project.source, "w") as archive:
        for name, mode, method in (
            ("app.py", 0o100644, zipfile.ZIP_DEFLATED),
            ("bin/run", 0o100755, zipfile.ZIP_STORED),
            ("lib/é.txt", 0, zipfile.ZIP_DEFLATED),
            ("lib/packed.bin", 0o100600, zipfile.ZIP_LZMA),
            ("empty/", 0o040755, zipfile.ZIP_STORED),
            ("latest", 0o120777, zipfile.ZIP_STORED),
        ):
            member = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
            member.external_attr = mode << 16 or 0x20  # what DOS says of any file
            content = {"empty/": b"", "latest": b"bin/run"}.get(name, name.encode() * 99)
            archive.writestr(member, content, method)
    return project


def test_they_are_beside_those_of_a_zip(zipped: Project) -> None:
    before = zipped.source.read_bytes()
    bundle = make(zipped, START, OTHER)
    assert members(zipped.zip) == {
        ".tfgen/start": (0o100755, START.content),
        "app.py": (0o100644, b"app.py" * 99),
        "bin/run": (0o100755, b"bin/run" * 99),
        "empty/": (0o040755, b""),
        "latest": (0o120777, b"bin/run"),
        "lib/packed.bin": (0o100600, b"lib/packed.bin" * 99),
        "lib/é.txt": (0o100644, "lib/é.txt".encode() * 99),
        "zz/other.txt": (0o100644, OTHER.content),
    }
    assert list(members(zipped.zip)) == sorted(members(zipped.zip), key=str.encode)
    assert (bundle.path, bundle.files, bundle.rebuilt) == (zipped.zip, 7, True)
    assert bundle.zipped == zipped.zip.stat().st_size
    assert zipped.source.read_bytes() == before


def test_other_programs_unpack_it(zipped: Project, tmp_path: Path) -> None:
    make(zipped, START)
    target = tmp_path / "unpacked"
    subprocess.run(["unzip", "-q", zipped.zip, "-d", target], check=True)
    assert (target / "latest").readlink() == Path("bin/run")
    assert stat.S_IMODE((target / ".tfgen/start").stat().st_mode) == 0o755
    assert (target / "empty").is_dir()
    assert (target / "lib/packed.bin").read_bytes() == b"lib/packed.bin" * 99


def test_the_same_zip_makes_the_same_bundle(zipped: Project, tmp_path: Path) -> None:
    first = make(zipped, START)
    copy = Project(tmp_path / "copy", zipped.code)
    copy.source.parent.mkdir(parents=True)
    copy.source.write_bytes(zipped.source.read_bytes())
    os.utime(copy.source, (0, 0))
    assert make(copy, START).sha256 == first.sha256
    time.sleep(2.1)  # as long as a stamp does not vouch for what has only just changed
    assert make(zipped, START) == replace(first, rebuilt=False)
    before = zipped.zip.stat()
    assert make(zipped, START) == replace(first, rebuilt=False)
    assert zipped.zip.stat() == before
    with zipfile.ZipFile(zipped.source, "a") as archive:
        archive.writestr("new.txt", "new")
    assert make(zipped, START).rebuilt
    assert "new.txt" in members(zipped.zip)


def test_a_zip_in_front_of_which_there_is_something(zipped: Project) -> None:
    make(zipped, START)
    expected = members(zipped.zip)
    zipped.source.write_bytes(b"#!/usr/bin/env python3\n" + zipped.source.read_bytes())
    make(zipped, START)
    assert members(zipped.zip) == expected


@pytest.mark.parametrize("damage", ["stream", "cut", "encrypted"])
def test_a_broken_zip(zipped: Project, damage: str) -> None:
    good = zipped.source.read_bytes()
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        member = archive.getinfo("bin/run")
    match damage:
        case "stream":
            at = member.header_offset + 30 + len("bin/run") + 5
            zipped.source.write_bytes(good[:at] + b"?" + good[at + 1 :])
        case "cut":
            zipped.source.write_bytes(good[:-30])
        case "encrypted":
            flagged = bytearray(good)
            for start in (
                member.header_offset + 6,
                good.index(b"PK\1\2", good.index(b"PK\1\2") + 1) + 8,
            ):
                flagged[start] |= 1
            zipped.source.write_bytes(flagged)
    error = fails(zipped, START)
    if damage == "cut":
        assert error.message == "The function's source `build/app.zip` is not a zip file"
    else:
        assert error.message.startswith(
            "`bin/run` in the function's source `build/app.zip` cannot be unpacked: "
        )
    assert error.place == "tfgen.yaml:4"


def test_a_name_that_is_taken_in_a_zip(zipped: Project) -> None:
    error = fails(zipped, AddedFile("bin/run/start", 0o755, b""))
    assert error.message == (
        "`build/app.zip` has `bin/run`, where tfgen adds `bin/run/start` to the bundle"
    )
    assert "`empty`" in fails(zipped, AddedFile("empty", 0o755, b"")).message


def test_a_zip_is_never_its_own_bundle_then(zipped: Project) -> None:
    before = zipped.source.read_bytes()
    own = Project(zipped.folder, replace(zipped.code, bundle=zipped.code.source))
    with pytest.raises(ValueError, match="would replace its own source"):
        make(own, START)
    assert zipped.source.read_bytes() == before
