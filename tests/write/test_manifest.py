from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.write.trees import Project, app, snapshot
from tfgen import __version__
from tfgen.errors import TfgenError
from tfgen.render.rendering import Rendering
from tfgen.write import compare

DIGEST = "0" * 64


def save(project: Project, text: str | bytes) -> Path:
    project.root.mkdir(exist_ok=True)
    path = project.root / ".tfgen.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(project: Project) -> TfgenError:
    before = snapshot(project.folder)
    with pytest.raises(TfgenError) as caught:
        compare(Rendering({"a.tf": "a\n"}), project.root)
    assert snapshot(project.folder) == before
    return caught.value


def listing(*lines: str) -> str:
    return '{\n  "tfgen": "0.1.0",\n  "files": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def test_one_sorted_line_per_file(project: Project) -> None:
    project.render({"b.tf": "b\n", "a/a.tf": "a\n"})
    first, second = (hashlib.sha256(text).hexdigest() for text in (b"a\n", b"b\n"))
    assert (project.root / ".tfgen.json").read_text(encoding="utf-8") == (
        "{\n"
        f'  "tfgen": "{__version__}",\n'
        '  "files": {\n'
        f'    "a/a.tf": "{first}",\n'
        f'    "b.tf": "{second}"\n'
        "  }\n"
        "}\n"
    )


def test_another_version_with_the_same_files_is_not_stale(project: Project) -> None:
    project.render(app("old"))
    path = project.root / ".tfgen.json"
    other = path.read_text(encoding="utf-8").replace(__version__, "999.0")
    path.write_text(other, encoding="utf-8")
    assert not compare(Rendering(app("old")), project.root).stale
    project.render(app("new"))
    assert json.loads(path.read_bytes())["tfgen"] == __version__


def test_a_manifest_in_another_layout_is_written_anew(project: Project) -> None:
    project.render(app("old"))
    path = project.root / ".tfgen.json"
    original = path.read_bytes()
    path.write_text(json.dumps(json.loads(original)), encoding="utf-8")
    assert compare(Rendering(app("old")), project.root).stale
    project.render(app("old"))
    assert path.read_bytes() == original


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("{", "is not valid JSON", 1),
        ('{\n"tfgen": "1",\n]', "is not valid JSON", 3),
        (b'{\n"\xff": 1}', "is not UTF-8 text", 2),
        ("[]", "does not have the form", None),
        ('{"tfgen": "0.1.0"}', "does not have the form", None),
        ('{"tfgen": "0.1.0", "files": []}', "does not have the form", None),
        ('{"tfgen": "0.1.0", "files": {}, "more": 1}', "does not have the form", None),
        ('{"tfgen": "what?", "files": 1}', "does not have the form", None),
        ("[" * 100_000, "is nested too deeply", None),
        (listing(f'"../a.tf": "{DIGEST}"'), "lists '../a.tf'", 4),
        (listing(f'"a.tf": "{DIGEST}"', f'"/etc/passwd": "{DIGEST}"'), "lists '/etc/passwd'", 5),
        (listing(f'"a/../../b": "{DIGEST}"'), "lists 'a/../../b'", 4),
        (listing(f'"": "{DIGEST}"'), "lists ''", 4),
        (listing(f'".": "{DIGEST}"'), "lists '.'", 4),
        (listing(f'"a\\u0000b": "{DIGEST}"'), "lists 'a\\x00b'", 4),
        (listing(f'"\\ud800": "{DIGEST}"'), "lists '\\ud800'", 4),
        (listing(f'".tfgen.json": "{DIGEST}"'), "lists '.tfgen.json'", 4),
        (listing('"a.tf": "0"'), "has no SHA-256 for a.tf", 4),
        (listing('"a.tf": 5'), "has no SHA-256 for a.tf", 4),
        (listing(f'"a.tf": "{DIGEST}"', f'"a.tf": "{DIGEST}"'), "lists a.tf twice", 5),
    ],
)
def test_a_manifest_that_cannot_be_trusted(
    project: Project, text: str | bytes, why: str, line: int | None
) -> None:
    path = save(project, text)
    error = refusal(project)
    assert error.message.startswith(f"the manifest {why}")
    assert error.place == (f"{path}:{line}" if line else str(path))
    assert "tfgen render --overwrite" in (error.hint or "")
    project.render({"a.tf": "a\n"}, overwrite=True)
    assert not compare(Rendering({"a.tf": "a\n"}), project.root).stale
    assert project.texts() == {"a.tf": "a\n"}


def test_a_newer_format_asks_for_an_upgrade(project: Project) -> None:
    save(project, '{"tfgen": "999.1", "owned": ["a.tf"]}')
    error = refusal(project)
    assert "tfgen 999.1" in error.message
    assert error.hint == "upgrade tfgen to 999.1 or later"


def test_merge_conflicts_are_found_and_overwrite_knows_both_sides(project: Project) -> None:
    project.render({"ours.tf": "a\n", "both.tf": "b\n"})
    manifest = (project.root / ".tfgen.json").read_text(encoding="utf-8")
    theirs = hashlib.sha256(b"t\n").hexdigest()
    project.put("theirs.tf", "t\n")
    project.put("mine.tf")
    lines = manifest.split("\n")
    mine = next(number for number, line in enumerate(lines) if "ours.tf" in line)
    lines[mine : mine + 1] = [
        "<<<<<<< HEAD",
        lines[mine],
        "=======",
        f'    "theirs.tf": "{theirs}",',
        ">>>>>>> branch",
    ]
    path = save(project, "\n".join(lines))

    error = refusal(project)
    assert error.message == "the manifest has merge conflicts"
    assert error.place == f"{path}:{mine + 1}"

    project.render({"both.tf": "b\n"}, overwrite=True)
    assert project.texts() == {"both.tf": "b\n", "mine.tf": "mine\n"}


def test_overwrite_does_not_follow_what_a_broken_manifest_lists(project: Project) -> None:
    outside = project.folder / "outside.tf"
    outside.write_text("x\n", encoding="utf-8")
    digest = hashlib.sha256(b"x\n").hexdigest()
    save(project, listing(f'"../outside.tf": "{digest}"'))
    project.render({}, overwrite=True)
    assert outside.read_text(encoding="utf-8") == "x\n"


def test_paths_behind_a_link_are_neither_read_nor_removed(project: Project) -> None:
    outside = project.folder / "outside"
    outside.mkdir()
    (outside / "a.tf").write_text("x\n", encoding="utf-8")
    digest = hashlib.sha256(b"x\n").hexdigest()
    path = save(project, listing(f'"link/a.tf": "{digest}"'))
    (project.root / "link").symlink_to(outside)

    error = refusal(project)
    assert error.message == "the manifest lists link/a.tf, which is behind the symbolic link link"
    assert error.place == f"{path}:4"

    project.render({"link/a.tf": "new\n"}, overwrite=True)
    assert (outside / "a.tf").read_text(encoding="utf-8") == "x\n"
    assert not (project.root / "link").is_symlink()
    assert (project.root / "link/a.tf").read_text(encoding="utf-8") == "new\n"


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_a_manifest_that_is_no_file(project: Project, kind: str) -> None:
    project.root.mkdir()
    path = project.root / ".tfgen.json"
    if kind == "link":
        path.symlink_to("/etc/passwd")
    else:
        path.mkdir()
    error = refusal(project)
    assert error.message == "the manifest is not a regular file"
    assert error.place == str(path)
    with pytest.raises(TfgenError):
        project.render({}, overwrite=True)
