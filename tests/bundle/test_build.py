"""Building again, building at once, and being killed while building."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bundle.conftest import CODE, Project
from tfgen.bundle.archive import Packed, pack
from tfgen.bundle.build import Bundle, build

ROOT = Path(__file__).resolve().parents[2]


def content(project: Project, name: str) -> bytes:
    with zipfile.ZipFile(project.zip) as archive:
        return archive.read(name)


def reads(project: Project) -> list[tuple[int, int]]:
    """Builds, and returns what the progress was: nothing, if no file was read."""
    progress: list[tuple[int, int]] = []
    build(project.code, project.folder, on_progress=lambda *now: progress.append(now))
    return progress


def test_nothing_is_read_when_nothing_changed(settled: Project) -> None:
    first = settled.build()
    before = settled.zip.stat()
    assert reads(settled) == []
    again = settled.build()
    assert again == replace(first, rebuilt=False)
    assert settled.zip.stat() == before


def test_progress_is_in_bytes_of_source(project: Project) -> None:
    project.write("a.bin", bytes(1000))
    size = (project.source / "app.py").stat().st_size
    assert reads(project) == [(1000, 1000 + size), (1000 + size, 1000 + size)]


def test_a_fresh_folder_is_read_again_but_its_zip_stays(project: Project) -> None:
    first = project.build()
    before = project.zip.stat()
    assert reads(project) != []
    assert project.build() == replace(first, rebuilt=False)
    assert project.zip.stat() == before


def test_a_change_within_a_tick_of_the_clock_is_seen(project: Project) -> None:
    """What a file system of coarse times shows: same size, same times, other content."""
    path = project.write("data.txt", "one")
    project.build()
    before = path.stat()
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    project.build()
    assert content(project, "data.txt") == b"two"


@pytest.mark.parametrize(
    "change", ["content", "mode", "new", "gone", "renamed", "rules", "link", "restored time"]
)
def test_every_change_is_seen(settled: Project, change: str) -> None:
    project = settled
    data = project.source / "data.txt"
    first = project.build()
    assert reads(project) == []
    match change:
        case "content":
            data.write_text("two")
        case "mode":
            data.chmod(0o755)
        case "new":
            project.write("new.txt")
        case "gone":
            data.unlink()
        case "renamed":
            data.rename(data.with_name("other.txt"))
        case "rules":
            project.write(".tfgenignore", "data.txt")
        case "link":
            (project.source / "current").unlink()
            (project.source / "current").symlink_to("v2")
        case "restored time":
            before = data.stat()
            data.write_text("two")
            os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = project.build()
    assert second.rebuilt
    assert second.sha256 != first.sha256
    fresh = Project(project.folder, replace(CODE, bundle=".tfgen/bundles/fresh.zip"))
    assert fresh.build().sha256 == second.sha256, "what is reused is what would be written anew"


def test_touching_a_file_changes_nothing(project: Project) -> None:
    first = project.build()
    before = project.zip.stat()
    os.utime(project.source / "app.py", (0, 0))
    assert project.build() == replace(first, rebuilt=False)
    after = project.zip.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_only_what_changed_is_compressed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = b"".join(b"WORD_%d = %d\n" % (i, i * i) for i in range(150_000))
    project.write("large.py", lines)
    small = project.write("small.py", "one")
    project.build()
    small.write_text("two")
    packed = []

    def watched(content: bytes) -> Packed:
        packed.append(content)
        return pack(content)

    monkeypatch.setattr("tfgen.bundle.parts.pack", watched)
    assert project.build().rebuilt
    assert packed == [b"two"]
    assert content(project, "large.py") == lines


@pytest.mark.parametrize("damage", ["cut", "other", "gone", "stamp", "stamp gone", "forged stamp"])
def test_a_damaged_bundle_is_built_again(settled: Project, damage: str) -> None:
    project = settled
    first = project.build()
    good = project.zip.read_bytes()
    stamp = project.zip.with_name("src.zip.json")
    match damage:
        case "cut":
            project.zip.write_bytes(good[:-20])
        case "other":
            project.zip.write_bytes(good[:60] + b"!" + good[61:])
        case "gone":
            project.zip.unlink()
        case "stamp":
            stamp.write_text('{"version": ')
        case "stamp gone":
            stamp.unlink()
        case "forged stamp":
            old = {**json.loads(stamp.read_text()), "version": "0.0"}
            stamp.write_text(json.dumps(old))
    second = project.build()
    assert project.zip.read_bytes() == good
    assert second.sha256 == first.sha256
    assert second.rebuilt is (damage in {"cut", "other", "gone"})
    assert reads(project) == []


def test_streams_of_another_encoder_are_not_reused(project: Project) -> None:
    project.write("lib.py", "word = 1\n" * 1000)
    first = project.build()
    with zipfile.ZipFile(project.zip, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("app.py", "lib.py"):
            archive.write(project.source / name, name)
    assert project.build().sha256 == first.sha256


def test_git_does_not_see_it(project: Project) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project.folder, check=True)
    project.build()
    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=project.folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "?? src/app.py\n"


def test_nothing_is_left_beside_the_bundle(project: Project) -> None:
    project.build()
    project.write("more.py")
    project.build()
    assert {path.name for path in project.zip.parent.iterdir()} == {
        *("src.zip", "src.zip.json", "src.zip.lock"),
    }


def test_builds_at_once_agree(project: Project) -> None:
    lines = b"".join(b"WORD_%d = %d\n" % (i, i * i) for i in range(20_000))
    project.write("large.py", lines)
    bundles: list[Bundle] = []
    builders = [threading.Thread(target=lambda: bundles.append(project.build())) for _ in range(4)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert len({bundle.sha256 for bundle in bundles}) == 1
    assert sum(bundle.rebuilt for bundle in bundles) == 1
    assert content(project, "large.py") == lines


def test_killed_at_any_moment_there_is_the_old_zip_or_the_new_one(project: Project) -> None:
    lines = b"".join(b"WORD_%d = %d\n" % (i, i * i) for i in range(5000))
    project.write("large.py", lines)
    project.write("version.txt", "0")
    project.build()
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.bundle.conftest import Project\n"
        "project = Project(Path(sys.argv[1]))\n"
        "print(flush=True)\n"
        "for version in range(10**9):\n"
        "    project.write('version.txt', f'{sys.argv[2]}.{version}')\n"
        "    project.build()\n"
    )
    moments = random.Random(7)  # noqa: S311 - reproducible, not secret
    seen = set()
    for attempt in range(12):
        builder = subprocess.Popen(
            [sys.executable, "-c", script, str(project.folder), str(attempt)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        assert builder.stdout
        builder.stdout.readline()
        time.sleep(moments.uniform(0, 0.3))
        builder.send_signal(signal.SIGKILL)
        builder.wait()
        builder.stdout.close()
        with zipfile.ZipFile(project.zip) as archive:
            assert archive.testzip() is None
            assert archive.read("large.py") == lines
            seen.add(archive.read("version.txt"))
    assert len(seen) > 1, "the builder was killed in different builds"
    project.write("version.txt", "last")
    project.build()
    assert content(project, "version.txt") == b"last"
    assert content(project, "large.py") == lines
