from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.write.trees import Project, app, snapshot, times
from tfgen.errors import TfgenError
from tfgen.render.rendering import Rendering
from tfgen.write import compare, write


def test_the_first_render_makes_the_folder_and_its_parents(tmp_path: Path) -> None:
    root = tmp_path / "deploy" / "terraform"
    write(compare(Rendering(app("old")), root), tmp_path / ".tfgen/render")
    assert (root / "production/main.tf").read_text(encoding="utf-8") == "# main old\n"
    assert not compare(Rendering(app("old")), root).stale


def test_an_empty_output_folder_is_used(project: Project) -> None:
    project.root.mkdir(mode=0o750)
    project.render(app("old"))
    assert project.texts() == app("old")
    assert project.root.stat().st_mode & 0o777 == 0o750


def test_created_changed_and_removed_files(project: Project) -> None:
    project.render(app("old", regions=3))
    project.render(app("new", regions=2) | {"staging/main.tf": "# staging\n"})
    assert project.texts() == app("new", regions=2) | {"staging/main.tf": "# staging\n"}
    assert not project.leftovers()


def test_nothing_is_touched_when_nothing_changes(project: Project) -> None:
    project.render(app("old"))
    before = times(project.folder)
    project.render(app("old"))
    assert times(project.folder) == before


def test_unchanged_files_keep_inode_and_times_and_their_folders_theirs(project: Project) -> None:
    project.render(app("old"))
    project.put("notes/a.txt")
    os.utime(project.root / "modules", (1_000, 1_000))
    os.utime(project.root / "notes", (2_000, 2_000))
    before = times(project.root)
    project.render(app("new"))
    after = times(project.root)
    for path in ("modules/region/main.tf", "modules/region/outputs.tf", "notes/a.txt"):
        assert after[path] == before[path]
    for path in ("modules", "modules/region", "notes"):
        assert after[path][1] == before[path][1]
    assert after["production"][1] > before["production"][1]
    assert after["production/main.tf"][0] != before["production/main.tf"][0]


def test_changed_files_and_folders_keep_their_modes(project: Project) -> None:
    project.render(app("old"))
    (project.root / "production/main.tf").chmod(0o640)
    (project.root / "production").chmod(0o2770)
    project.root.chmod(0o700)
    project.render(app("new"))
    assert (project.root / "production/main.tf").stat().st_mode & 0o7777 == 0o640
    assert (project.root / "production").stat().st_mode & 0o7777 == 0o2770
    assert project.root.stat().st_mode & 0o7777 == 0o700


def test_new_files_follow_the_umask(project: Project) -> None:
    former = os.umask(0o027)
    try:
        project.render(app("old"))
    finally:
        os.umask(former)
    assert project.root.stat().st_mode & 0o777 == 0o750
    assert (project.root / "production").stat().st_mode & 0o777 == 0o750
    assert (project.root / "production/main.tf").stat().st_mode & 0o777 == 0o640


def test_an_edit_stops_everything(project: Project) -> None:
    project.render(app("old"))
    project.put("production/dns.tf")
    before = snapshot(project.root), times(project.root)
    with pytest.raises(TfgenError, match="edited by hand"):
        project.render(app("new"))
    assert (snapshot(project.root), times(project.root)) == before
    project.render(app("new"), overwrite=True)
    assert project.texts() == app("new")


def test_an_edit_made_after_the_comparison_stops_it_as_well(project: Project) -> None:
    project.render(app("old"))
    comparison = compare(Rendering(app("new")), project.root)
    project.put("production/dns.tf")
    with pytest.raises(TfgenError, match="edited by hand"):
        write(comparison, project.scratch)
    assert project.texts() == app("old") | {"production/dns.tf": "mine\n"}


def test_a_file_of_the_user_in_the_way(project: Project) -> None:
    project.put("production/main.tf")
    with pytest.raises(TfgenError, match="was not written by tfgen"):
        project.render(app("new"))
    assert project.texts() == {"production/main.tf": "mine\n"}
    project.render(app("new"), overwrite=True)
    assert project.texts() == app("new")


def test_the_same_file_of_the_user_is_adopted(project: Project) -> None:
    before = project.put("production/main.tf", "# main old\n").stat()
    project.render(app("old"))
    after = (project.root / "production/main.tf").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    project.render({})
    assert project.texts() == {}


def test_a_file_becomes_a_folder_and_a_folder_a_file(project: Project) -> None:
    project.render({"a.tf": "a\n", "b.tf/c/d.tf": "d\n"})
    project.render({"a.tf/x.tf": "x\n", "b.tf": "b\n"})
    assert project.texts() == {"a.tf/x.tf": "x\n", "b.tf": "b\n"}


def test_overwrite_replaces_a_link_and_not_what_it_points_to(project: Project) -> None:
    outside = project.folder / "outside"
    outside.mkdir()
    (outside / "main.tf").write_text("precious\n", encoding="utf-8")
    project.root.mkdir()
    (project.root / "production").symlink_to(outside)
    (project.root / "modules").symlink_to(outside / "main.tf")
    project.render(app("old"), overwrite=True)
    assert project.texts() == app("old")
    assert [path.name for path in outside.iterdir()] == ["main.tf"]
    assert (outside / "main.tf").read_text(encoding="utf-8") == "precious\n"


def test_a_linked_output_folder_stays_a_link(project: Project) -> None:
    target = project.folder / "elsewhere" / "tree"
    target.parent.mkdir()
    project.root.symlink_to("elsewhere/tree")
    for word in ("old", "new"):
        project.render(app(word))
        assert project.root.is_symlink()
        assert (target / "production/main.tf").read_text(encoding="utf-8") == f"# main {word}\n"


def test_relative_paths_and_a_working_directory_inside_the_tree(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.render(app("old"))
    monkeypatch.chdir(project.root / "production")
    comparison = compare(Rendering(app("new")), Path(".."))
    write(comparison, Path("../../.tfgen/render"))
    assert Path.cwd() == project.root / "production"
    assert Path("main.tf").read_text(encoding="utf-8") == "# main new\n"


def test_a_working_directory_that_is_removed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.render(app("old") | {"staging/deep/main.tf": "# staging\n"})
    monkeypatch.chdir(project.root / "staging" / "deep")
    project.render(app("old"))
    assert Path.cwd() == project.root


@pytest.mark.parametrize("scratch", [".", "infra", "infra/.tfgen/render"])
def test_scratch_and_tree_inside_each_other(project: Project, scratch: str) -> None:
    before = snapshot(project.folder)
    with pytest.raises(TfgenError, match="one inside the other"):
        write(compare(Rendering(app("old")), project.root), project.folder / scratch)
    assert snapshot(project.folder) == before


def test_the_size_of_the_users_files_does_not_matter(project: Project) -> None:
    project.render(app("old"))
    provider = project.put("production/.terraform/providers/aws")
    with provider.open("r+b") as file:
        file.truncate(10 << 30)  # a sparse file: to copy it would take minutes
    inode = provider.stat().st_ino
    project.render(app("new"))
    assert provider.stat().st_ino == inode
