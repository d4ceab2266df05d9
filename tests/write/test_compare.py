from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.write.trees import Project, app, snapshot, times
from tfgen.errors import TfgenError
from tfgen.render.rendering import Rendering
from tfgen.write import Comparison, compare, refuse_conflicts


def against(project: Project, files: dict[str, str]) -> Comparison:
    before = (snapshot(project.root), times(project.root)) if project.root.exists() else None
    comparison = compare(Rendering(files), project.root)
    after = (snapshot(project.root), times(project.root)) if project.root.exists() else None
    assert before == after
    assert not project.scratch.exists() or not project.leftovers()
    return comparison


def kinds(comparison: Comparison) -> dict[str, str]:
    return {change.path: change.kind for change in comparison.changes}


def test_nothing_on_disk_is_all_created(project: Project) -> None:
    comparison = against(project, app("old"))
    assert set(kinds(comparison).values()) == {"created"}
    assert list(kinds(comparison)) == sorted(app("old"))
    assert comparison.stale
    assert not comparison.conflicts
    assert not project.root.exists()


def test_what_was_written_is_not_stale(project: Project) -> None:
    project.render(app("old"))
    comparison = against(project, app("old"))
    assert set(kinds(comparison).values()) == {"kept"}
    assert not comparison.stale


def test_every_kind_of_change_with_both_texts(project: Project) -> None:
    project.render({"a.tf": "a\n", "b.tf": "b\n", "c.tf": "c\n"})
    comparison = against(project, {"a.tf": "a\n", "b.tf": "B\n", "d.tf": "d\n"})
    assert [(c.path, c.kind, c.before, c.after) for c in comparison.changes] == [
        ("a.tf", "kept", "a\n", "a\n"),
        ("b.tf", "changed", "b\n", "B\n"),
        ("c.tf", "removed", "c\n", None),
        ("d.tf", "created", None, "d\n"),
    ]
    assert not comparison.conflicts


def test_an_edit_by_hand_is_a_conflict_whether_the_file_changes_or_goes(project: Project) -> None:
    project.render({"a.tf": "a\n", "b.tf": "b\n", "c.tf": "c\n"})
    for name in ("a.tf", "b.tf", "c.tf"):
        project.put(name, "edited\n")
    comparison = against(project, {"a.tf": "a\n", "b.tf": "B\n"})
    assert comparison.edited == ("a.tf", "b.tf", "c.tf")


def test_an_edit_that_equals_the_rendering_is_none(project: Project) -> None:
    project.render({"a.tf": "old\n"})
    project.put("a.tf", "new\n")
    comparison = against(project, {"a.tf": "new\n"})
    assert kinds(comparison) == {"a.tf": "kept"}
    assert not comparison.conflicts
    assert comparison.stale, "the manifest still has the old hash"


def test_a_file_deleted_by_hand_is_created_again(project: Project) -> None:
    project.render({"a.tf": "a\n", "b.tf": "b\n"})
    (project.root / "a.tf").unlink()
    (project.root / "b.tf").unlink()
    comparison = against(project, {"a.tf": "a\n"})
    assert kinds(comparison) == {"a.tf": "created"}
    assert not comparison.conflicts


def test_a_file_of_the_user_is_in_the_way_unless_it_is_the_same(project: Project) -> None:
    project.put("a.tf", "mine\n")
    project.put("b.tf", "b\n")
    comparison = against(project, {"a.tf": "a\n", "b.tf": "b\n"})
    assert comparison.foreign == ("a.tf",)
    assert kinds(comparison) == {"a.tf": "changed", "b.tf": "kept"}


def test_bytes_that_are_not_text_can_be_compared(project: Project) -> None:
    project.render({"a.tf": "a\n"})
    (project.root / "a.tf").write_bytes(b"\xff\n")
    comparison = against(project, {"a.tf": "a\n"})
    assert comparison.edited == ("a.tf",)
    assert comparison.changes[0].before == "\ufffd\n"


def test_an_owned_file_replaced_by_a_link_is_edited_and_not_followed(project: Project) -> None:
    project.render({"a.tf": "a\n"})
    secret = project.folder / "secret"
    secret.write_text("a\n", encoding="utf-8")
    (project.root / "a.tf").unlink()
    (project.root / "a.tf").symlink_to(secret)
    comparison = against(project, {"a.tf": "a\n"})
    assert comparison.edited == ("a.tf",)
    assert comparison.changes[0].before is None


def test_a_pipe_in_the_place_of_an_owned_file_does_not_hang(project: Project) -> None:
    project.render({"a.tf": "a\n"})
    (project.root / "a.tf").unlink()
    os.mkfifo(project.root / "a.tf")
    assert against(project, {"a.tf": "a\n"}).edited == ("a.tf",)


def test_a_folder_of_the_user_blocks_a_file(project: Project) -> None:
    project.put("main.tf/notes.txt")
    (project.root / "empty.tf").mkdir()
    comparison = against(project, {"main.tf": "a\n", "empty.tf": "b\n"})
    assert comparison.blocked == ("empty.tf", "main.tf")


def test_a_former_folder_of_tfgen_can_become_a_file_and_back(project: Project) -> None:
    project.render({"a.tf/b/c.tf": "c\n"})
    comparison = against(project, {"a.tf": "a\n"})
    assert kinds(comparison) == {"a.tf": "created", "a.tf/b/c.tf": "removed"}
    assert not comparison.conflicts
    project.render({"a.tf": "a\n"})
    comparison = against(project, {"a.tf/b/c.tf": "c\n"})
    assert kinds(comparison) == {"a.tf": "removed", "a.tf/b/c.tf": "created"}
    assert not comparison.conflicts


@pytest.mark.parametrize("is_link", [True, False])
def test_something_of_the_user_where_a_folder_is_rendered(project: Project, is_link: bool) -> None:
    project.root.mkdir()
    outside = project.folder / "outside"
    outside.mkdir()
    if is_link:
        (project.root / "modules").symlink_to(outside)
    else:
        project.put("modules")
    comparison = against(project, {"modules/a/b.tf": "b\n", "modules/a/c.tf": "c\n"})
    assert comparison.foreign == ("modules",)
    assert kinds(comparison)["modules"] == "removed"


def test_an_owned_path_that_is_a_folder_of_the_user_now_is_forgotten(project: Project) -> None:
    project.render({"a.tf": "a\n", "b.tf": "b\n"})
    (project.root / "b.tf").unlink()
    project.put("b.tf/mine.tf")
    comparison = against(project, {"a.tf": "a\n"})
    assert kinds(comparison) == {"a.tf": "kept"}
    assert comparison.stale


def test_the_output_folder_is_a_file(project: Project) -> None:
    project.root.write_text("", encoding="utf-8")
    with pytest.raises(TfgenError, match="the output folder is a file") as caught:
        compare(Rendering({}), project.root)
    assert caught.value.place == str(project.root)
    assert caught.value.hint


def test_the_output_folder_is_a_loop_of_links(project: Project) -> None:
    project.root.symlink_to(project.root)
    with pytest.raises(TfgenError):
        compare(Rendering({"a.tf": ""}), project.root)


@pytest.mark.parametrize(
    "files",
    [
        {"../a": ""},
        {"/a": ""},
        {"a//b": ""},
        {"a/./b": ""},
        {"": ""},
        {".tfgen.json": ""},
        {"a": "", "a/b": ""},
    ],
)
def test_a_rendering_that_cannot_be_a_tree_is_a_bug(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the rendering has"):
        compare(Rendering(files), tmp_path)


def test_one_conflict_is_named_as_the_place(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.render(app("old"))
    project.put("production/main.tf")
    monkeypatch.chdir(project.folder)
    with pytest.raises(TfgenError) as caught:
        refuse_conflicts(compare(Rendering(app("new")), Path("infra")))
    assert str(caught.value) == (
        "infra/production/main.tf: this was edited by hand\n"
        "\n"
        "hint: move what you wrote to a file of your own, such as infra/production/extra.tf, "
        "or discard it with `tfgen render --overwrite`"
    )


def test_several_conflicts_are_listed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.render(app("old"))
    project.put("production/main.tf")
    project.put("production/zone.tf")
    monkeypatch.chdir(project.folder)
    files = app("new") | {"production/zone.tf": "# zone\n"}
    with pytest.raises(TfgenError) as caught:
        refuse_conflicts(compare(Rendering(files), project.root))
    assert caught.value.message == (
        "2 files keep the tree from being rendered:\n"
        "  infra/production/main.tf was edited by hand\n"
        "  infra/production/zone.tf is in the way and was not written by tfgen"
    )


def test_overwrite_allows_all_but_folders(project: Project) -> None:
    project.render(app("old"))
    project.put("production/main.tf")
    comparison = compare(Rendering(app("new")), project.root)
    refuse_conflicts(comparison, overwrite=True)
    project.put("production/zone.tf/mine.tf")
    files = app("new") | {"production/zone.tf": "# zone\n"}
    with pytest.raises(TfgenError, match="is a folder") as caught:
        refuse_conflicts(compare(Rendering(files), project.root), overwrite=True)
    assert caught.value.place == str(project.root / "production/zone.tf")
