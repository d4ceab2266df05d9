"""The same files are the same zip: on every machine, in every Python, in any order."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bundle.conftest import CODE, Project

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = "tgJpkLoIxhSsQbseM8lrQB68KNmXQqXdiqNS8SVArmc="


def write_golden_source(project: Project) -> None:
    project.write(
        "app.py", "import lib\n\n\ndef handler(event, context):\n    return lib.answer()\n"
    )
    project.write("lib/__init__.py", b"".join(b"WORD_%d = %d\n" % (i, i * i) for i in range(4000)))
    project.write("lib/naïve ☃.txt", "snow\n" * 20)
    project.write("data.bin", bytes(range(256)) * 300)
    project.write("empty")
    project.write("bin/tool", "#!/bin/sh\necho tool\n").chmod(0o700)
    project.write("lib/__pycache__/lib.cpython-313.pyc", "junk")


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_the_zip_is_the_golden_one(tmp_path: Path, umask: int) -> None:
    """A change here is a new version of every function: raise ``_LAYOUT`` in stamps.py with it."""
    before = os.umask(umask)
    try:
        project = Project(tmp_path)
        write_golden_source(project)
        bundle = project.build()
    finally:
        os.umask(before)
    assert bundle.sha256 == GOLDEN
    assert (
        bundle.sha256
        == base64.b64encode(hashlib.sha256(project.zip.read_bytes()).digest()).decode()
    )
    assert bundle.path == project.zip
    assert bundle.zipped == project.zip.stat().st_size
    assert bundle.unzipped == sum(
        path.stat().st_size
        for path in project.source.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    assert bundle.files == 6
    assert bundle.rebuilt


def interpreters() -> list[str]:
    """Returns the other supported Pythons of this machine: on PATH, in uv's and pyenv's folders."""
    homes = [
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions"),
        Path.home() / ".local/share/uv/python",
    ]
    found = {
        str(path.resolve())
        for home in homes
        for minor in range(11, 20)
        for path in home.glob(f"*3.{minor}*/bin/python3.{minor}")
    }
    on_path = (shutil.which(f"python3.{minor}") for minor in range(11, 20))
    found |= {str(Path(path).resolve()) for path in on_path if path}
    # A version manager's stand-in for a Python that is not chosen only says so.
    return sorted(
        python
        for python in found
        if subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0
    )


@pytest.mark.parametrize("python", interpreters() or [sys.executable])
def test_every_python_writes_the_golden_zip(python: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    write_golden_source(project)
    # Nothing of this Python's environment fits another.
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    (libraries / "tfgen").symlink_to(ROOT / "tfgen")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tfgen.app import Code\n"
        "from tfgen.bundle.build import build\n"
        f"print(build({CODE!r}, Path(sys.argv[1])).sha256)\n"
    )
    done = subprocess.run(
        [python, "-B", "-c", script, str(tmp_path)],
        env={"PYTHONPATH": str(libraries)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == GOLDEN


names = st.text(st.sampled_from("abzAZ09é☃ "), min_size=1, max_size=6).filter(
    lambda name: name.strip() == name
)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(paths, st.binary(max_size=300), max_size=8).filter(
    lambda tree: not any(f"{one}/" in f"{other}/" for one in tree for other in tree if one != other)
)


@settings(deadline=None)
@given(trees, st.randoms(use_true_random=False), st.sampled_from([0, 0o022, 0o077]))
def test_order_times_and_umask_do_not_matter(
    tree: dict[str, bytes], random: object, umask: int
) -> None:
    results = set()
    orders = [list(tree), list(tree)]
    random.shuffle(orders[1])  # type: ignore[attr-defined]
    for number, order in enumerate(orders):
        before = os.umask(umask if number else 0o022)
        try:
            with tempfile.TemporaryDirectory() as folder:
                project = Project(Path(folder))
                project.write("app.py")
                for name in order:
                    path = project.write(name, tree[name])
                    os.utime(path, (1e9 + number * 12345, 1e9 - number * 54321))
                results.add(project.build().sha256)
                with zipfile.ZipFile(project.zip) as archive:
                    assert archive.testzip() is None
                    content = {name: archive.read(name) for name in archive.namelist()}
                assert content == {**tree, "app.py": b""}
        finally:
            os.umask(before)
    assert len(results) == 1


def test_every_bit_of_the_zip_is_decided(project: Project) -> None:
    project.write("z.py", "z = 1\n" * 100)
    project.write("Z.py", "Z = 1")
    project.write("ä.txt", "ä")
    project.write("run", "#!/bin/sh").chmod(0o4777)
    project.write("read-only", "secret").chmod(0o400)
    project.build()
    with zipfile.ZipFile(project.zip) as archive:
        members = archive.infolist()
        assert archive.comment == b""
    assert [member.filename for member in members] == [
        *("Z.py", "app.py", "read-only", "run", "z.py", "ä.txt"),
    ]
    for member in members:
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert member.create_system == 3
        assert member.create_version == member.extract_version == 20
        assert member.flag_bits == 0x800
        assert member.extra == member.comment == b""
        expected = 0o755 if member.filename == "run" else 0o644
        assert member.external_attr >> 16 == stat.S_IFREG | expected
        assert member.external_attr & 0xFFFF == member.internal_attr == 0
    methods = {member.filename: member.compress_type for member in members}
    assert methods["z.py"] == zipfile.ZIP_DEFLATED
    assert methods["Z.py"] == zipfile.ZIP_STORED


@pytest.mark.skipif(shutil.which("unzip") is None, reason="Info-ZIP is not installed")
def test_info_zip_unpacks_it_with_its_modes(project: Project, tmp_path: Path) -> None:
    write_golden_source(project)
    project.build()
    out = tmp_path / "out"
    subprocess.run(["unzip", "-q", str(project.zip), "-d", str(out)], check=True)
    for path in project.source.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            assert (out / path.relative_to(project.source)).read_bytes() == path.read_bytes()
    assert stat.S_IMODE((out / "bin/tool").stat().st_mode) & 0o700 == 0o700
