"""What is unpacked is what Lambda unpacks, and stays in its folder."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tfgen.sandbox.functions.deployed import Archive
from tfgen.sandbox.functions.unpack import Unpacked
from tfgen.sandbox.invocation import InvokeError


def archive(files: Mapping[str, str], links: Mapping[str, str] = {}) -> Archive:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name, target in links.items():
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            written.writestr(link, target)
        for name, content in files.items():
            written.writestr(name, content)
    return uploaded(out.getvalue())


def uploaded(content: bytes) -> Archive:
    return Archive(hashlib.sha256(content).hexdigest(), content)


def links(folder: Path) -> dict[str, str]:
    found = [path for path in folder.rglob("*") if path.is_symlink()]
    return {str(path.relative_to(folder)): str(path.readlink()) for path in found}


def test_links_inside_are_made(tmp_path: Path) -> None:
    code = archive(
        {"store/one/index.js": "1", "store/two/index.js": "2"},
        {"modules/one": "../store/one", "store/one/two": "../two", "three": "/var/task/store/two"},
    )
    folder = Unpacked(tmp_path).folder([code])
    assert links(folder) == {
        "modules/one": "../store/one",
        "store/one/two": "../two",
        "three": "store/two",
    }
    assert (folder / "modules/one/two/index.js").read_text() == "2"
    assert (folder / "three/index.js").read_text() == "2"


@pytest.mark.parametrize(
    "leaving",
    [
        {"a": "../.."},
        {"a": "/etc/hostname"},
        {"a": "lib/../../.."},
        {"a": "b", "b": "../.."},
        {"a": "b/..", "b": "deep", "deep": "../.."},
        {"a": "a"},
        {"a": "nothing"},
        {"../a": "app.py"},
        {"lib/../../a": "app.py"},
    ],
)
def test_links_that_lead_out_are_not(tmp_path: Path, leaving: Mapping[str, str]) -> None:
    home = tmp_path / "home"
    folder = Unpacked(home).folder([archive({"app.py": "", "lib/a.py": ""}, leaving)])
    assert links(folder) == {}
    assert [path for path in tmp_path.rglob("*") if path.is_symlink()] == []


def test_no_layer_writes_through_the_link_of_another(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    first = archive(
        {"kept/words.txt": "first", "other.txt": "first"},
        {"data": "kept", "file.txt": "other.txt", "out": str(outside)},
    )
    second = archive({"data/words.txt": "second", "file.txt": "second", "out/x.txt": "second"})
    folder = Unpacked(tmp_path / "home").folder([first, second])
    assert (folder / "data/words.txt").read_text() == "second"
    assert (folder / "file.txt").read_text() == "second"
    assert (folder / "kept/words.txt").read_text() == "first"
    assert (folder / "other.txt").read_text() == "first"
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("files", [{"a": "", "a/b": ""}, {"a/b": "", "a": ""}, {"a" * 300: ""}])
def test_names_that_no_files_can_have(tmp_path: Path, files: Mapping[str, str]) -> None:
    with pytest.raises(InvokeError, match="could not unzip"):
        Unpacked(tmp_path).folder([archive(files)])


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    content = archive({"café": ""}).content.replace("café".encode(), b"caf\xff\xff")
    with pytest.raises(InvokeError, match="could not unzip"):
        Unpacked(tmp_path).folder([uploaded(content)])
