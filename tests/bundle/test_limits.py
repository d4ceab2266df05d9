"""What Lambda would refuse is refused here, before anything is uploaded."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.bundle.conftest import Project
from tfgen.bundle import archive as archive_module
from tfgen.errors import TfgenError

MB = 1024 * 1024


def sparse(project: Project, name: str, size: int) -> None:
    os.truncate(project.write(name), size)


def noise(project: Project, name: str, size: int) -> None:
    project.write(name, random.Random(size).randbytes(size))  # noqa: S311 - not secret


def test_too_large_unzipped(project: Project) -> None:
    sparse(project, "models/large.bin", 200 * MB)
    sparse(project, "models/small.bin", 30 * MB)
    sparse(project, "data.csv", 20 * MB)
    error = project.fails()
    size = 250 * MB + (project.source / "app.py").stat().st_size
    assert error.message == (
        f"The bundle of `src` is {size:,} bytes unzipped, and Lambda allows 262,144,000 (250 MB)"
    )
    assert error.hint == (
        "leave out what the function does not need with `src/.tfgenignore`; "
        "the largest parts are `models/` (92 %), `data.csv` (8 %), `app.py` (0 %)"
    )


def test_too_large_zipped(project: Project) -> None:
    noise(project, "noise.bin", 50 * MB)
    error = project.fails()
    assert error.message == (
        "The bundle of `src` is over 52,428,800 bytes (50 MB) zipped, "
        "the most that Lambda takes in an upload"
    )
    assert error.hint
    assert error.hint.startswith("send it by way of a bucket with `code: s3`, or leave out")
    assert "`noise.bin` (100 %)" in error.hint


def test_by_way_of_s3_a_zip_is_as_large_as_it_is(project: Project) -> None:
    noise(project, "noise.bin", 50 * MB)
    time.sleep(2.1)  # for the stamp to vouch for it: the next build reads no file
    bundle = project.build(delivery="s3")
    assert bundle.zipped > 50 * MB
    assert project.build(delivery="s3") == replace(bundle, rebuilt=False)
    with pytest.raises(TfgenError, match=r"over 52,428,800 bytes \(50 MB\) zipped"):
        project.build()


def test_by_way_of_s3_the_files_in_it_have_the_same_limit(project: Project) -> None:
    sparse(project, "large.bin", 250 * MB)
    error = project.fails(delivery="s3")
    assert "Lambda allows 262,144,000 (250 MB)" in error.message


def test_just_small_enough(project: Project) -> None:
    noise(project, "noise.bin", 50 * MB - 10_000)
    bundle = project.build()
    assert 50 * MB - 10_000 < bundle.zipped <= 50 * MB


def test_too_many_files(project: Project) -> None:
    # Copies of what links lead to make many files of a few.
    for number in range(257):
        project.write(f"many/{number}.txt")
    for number in range(256):
        (project.source / f"copy{number}").symlink_to("many")
    project.write(".tfgenignore", "/many\n")
    error = project.fails()
    assert error.message == "The bundle of `src` has 65,793 files, and a zip holds 65,535"


def write_zip(path: Path, files: dict[str, bytes | int]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            if isinstance(content, int):
                with archive.open(name, "w") as out:
                    for _ in range(content // MB):
                        out.write(bytes(MB))
            else:
                archive.writestr(name, content)


def test_a_zip_is_its_own_bundle(project: Project) -> None:
    path = project.folder / "function.zip"
    write_zip(path, {"app.py": b"x" * 100, "lib/": b"", "lib/a.py": b"y"})
    bundle = project.build(source="function.zip", bundle="function.zip")
    assert bundle.path == path
    assert (bundle.files, bundle.unzipped, bundle.rebuilt) == (2, 101, False)
    assert bundle.zipped == path.stat().st_size
    assert not (project.folder / ".tfgen").exists()


def test_a_zip_that_is_none(project: Project) -> None:
    (project.folder / "function.zip").write_bytes(b"PK\3\4 and then the line went down")
    error = project.fails(source="function.zip")
    assert error.message == "The function's source `function.zip` is not a zip file"


def test_a_zip_that_is_a_folder(project: Project) -> None:
    (project.folder / "function.zip").mkdir()
    error = project.fails(source="function.zip")
    assert "function.zip is a folder, and tfgen expects a file there" in error.message


def test_a_zip_that_is_too_large_unzipped(project: Project) -> None:
    write_zip(project.folder / "function.zip", {"app.py": b"", "data.bin": 251 * MB})
    error = project.fails(source="function.zip")
    assert "263,192,576 bytes unzipped" in error.message
    assert error.hint == (
        "leave out what the function does not need; "
        "the largest parts are `data.bin` (100 %), `app.py` (0 %)"
    )


def test_a_zip_that_is_too_large_zipped(project: Project) -> None:
    path = project.folder / "function.zip"
    write_zip(path, {"app.py": b""})
    # What stands before a zip's first entry, like a program that unpacks it, is not looked at.
    path.write_bytes(bytes(50 * MB) + path.read_bytes())
    assert "over 52,428,800 bytes (50 MB) zipped" in project.fails(source="function.zip").message
    bundle = project.build(source="function.zip", delivery="s3")
    assert (bundle.path, bundle.zipped) == (path, path.stat().st_size)


@pytest.mark.parametrize("layers", [(), ("arn:aws:lambda:us-west-2:1:layer:wrapper:1",)])
def test_a_zip_without_the_handler(project: Project, layers: tuple[str, ...]) -> None:
    write_zip(project.folder / "function.zip", {"src/app.py": b""})
    if layers:
        assert project.build(source="function.zip", layers=layers).files == 1
        return
    error = project.fails(source="function.zip")
    assert error.message == (
        "The handler `app.handler` needs `app.py`, and `function.zip` has no such file"
    )
    assert error.hint == "did you mean `src.app.handler`?"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the most memory")
def test_a_large_file_is_never_in_memory_as_a_whole(project: Project) -> None:
    sparse(project, "model.bin", 48 * MB)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.bundle.conftest import Project\n"
        "def most():\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return int(next(line.split()[1] for line in lines if line.startswith('VmHWM')))\n"
        "before = most()\n"
        "Project(Path(sys.argv[1])).build()\n"
        "print(most() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(project.folder)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 20 * 1024  # kB
    with zipfile.ZipFile(project.zip) as archive:
        assert archive.testzip() is None
        assert archive.getinfo("model.bin").file_size == 48 * MB


def test_a_large_file_that_does_not_compress_is_stored(project: Project) -> None:
    noise(project, "noise.bin", 2 * MB)
    project.write("words.txt", "word " * 500_000)
    bundle = project.build()
    with zipfile.ZipFile(project.zip) as archive:
        assert archive.testzip() is None
        methods = {each.filename: each.compress_type for each in archive.infolist()}
        assert archive.read("noise.bin") == (project.source / "noise.bin").read_bytes()
        assert bundle.unzipped == sum(each.file_size for each in archive.infolist())
    assert methods["noise.bin"] == zipfile.ZIP_STORED
    assert methods["words.txt"] == zipfile.ZIP_DEFLATED
    assert bundle.zipped == project.zip.stat().st_size
    project.write("app.py", "def handler(event, context): return 2\n")
    again = project.build()
    assert again.rebuilt
    with zipfile.ZipFile(project.zip) as archive:
        assert archive.testzip() is None


def test_a_file_that_is_written_while_it_is_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise(project, "noise.bin", 2 * MB)
    path = project.source / "noise.bin"
    pieces, times = archive_module.pieces_at, itertools.count()

    def changing(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
        if next(times):
            path.write_bytes(bytes(2 * MB))
        return pieces(file, start, length)

    monkeypatch.setattr("tfgen.bundle.parts.pieces_at", changing)
    error = project.fails()
    assert error.message == "`src/noise.bin` was written while it was read"
