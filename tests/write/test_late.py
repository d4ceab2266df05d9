"""What a user does while a render runs, and between a killed render and the next."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.write.processes import before, forbid, forked, in_child, needs_seccomp
from tests.write.trees import Project, app, snapshot
from tfgen.errors import TfgenError
from tfgen.render.rendering import Rendering
from tfgen.write import compare, write

# The last thing before the exchange, and the first thing after it.
BUILT = ("os.rename", "record.json.draft")
EXCHANGED = ("open", "record.json")
# The second of the two renames that stand in for an exchange.
HALFWAY = ("os.rename", "new")


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def render_while(project: Project, files: dict[str, str], user: Callable[[], object]) -> None:
    """Renders, and lets the user act when the new tree is built and not yet in place."""

    def work() -> None:
        before(*BUILT, user)
        project.render(files)

    in_child(work)
    assert not project.leftovers()


def render_and_die(
    project: Project,
    files: dict[str, str],
    moment: tuple[str, str] = EXCHANGED,
    user: Callable[[], object] = lambda: None,
) -> None:
    """Renders with a user who acts as above, and is killed at a later moment."""

    def work() -> None:
        before(*BUILT, user)
        before(*moment, kill)
        project.render(files)

    _, status = os.waitpid(forked(work), 0)
    assert os.WIFSIGNALED(status)
    assert project.leftovers()


def save(path: Path, text: str) -> None:
    """Saves as editors do: a new file takes the place of the old one."""
    draft = path.with_name(f"{path.name}~")
    draft.write_text(text, encoding="utf-8")
    draft.rename(path)


def conflicts(project: Project, files: dict[str, str]) -> tuple[str, ...]:
    return compare(Rendering(files), project.root).conflicts


def test_files_and_folders_that_come_in_late_are_kept(project: Project) -> None:
    project.render(app("old") | {"staging/main.tf": ""})

    def user() -> None:
        project.put("late.txt")
        project.put("production/late.tf")
        project.put("notes/deep/late.txt")
        (project.root / "notes/empty").mkdir()
        project.put("staging/late.tf")  # in a folder that this render removes
        (project.root / "link").symlink_to("late.txt")

    render_while(project, app("new"), user)
    assert project.texts() == app("new") | dict.fromkeys(
        ["late.txt", "production/late.tf", "notes/deep/late.txt", "staging/late.tf"], "mine\n"
    )
    assert (project.root / "notes/empty").is_dir()
    assert (project.root / "link").is_symlink()


def test_late_changes_to_files_of_the_user(project: Project) -> None:
    project.render(app("old"))
    paths = {name: project.put(f"production/{name}.tf") for name in ("saved", "typed", "swapped")}

    def user() -> None:
        save(paths["saved"], "saved\n")
        paths["typed"].write_text("typed\n", encoding="utf-8")
        paths["swapped"].unlink()
        project.put("production/swapped.tf/inside.tf")

    render_while(project, app("new"), user)
    assert project.texts() == app("new") | {
        "production/saved.tf": "saved\n",
        "production/typed.tf": "typed\n",
        "production/swapped.tf/inside.tf": "mine\n",
    }


def test_what_is_deleted_late_stays_deleted(project: Project) -> None:
    project.render(app("old"))
    project.put("production/extra.tf")
    project.put("notes/deep/a.txt")
    project.put("moved/b.txt")
    (project.root / "empty").mkdir()
    project.put("folder/c.txt")

    def user() -> None:
        (project.root / "production/extra.tf").unlink()
        (project.root / "empty").rmdir()
        shutil.rmtree(project.root / "notes")
        (project.root / "moved").rename(project.root / "renamed")
        shutil.rmtree(project.root / "folder")
        project.put("folder", "now a file\n")

    render_while(project, app("new"), user)
    assert project.texts() == app("new") | {"renamed/b.txt": "mine\n", "folder": "now a file\n"}
    assert not (project.root / "notes").exists()
    assert not (project.root / "empty").exists()


@pytest.mark.parametrize("saves", [True, False])
def test_late_edits_of_owned_files_are_not_lost(project: Project, saves: bool) -> None:
    project.render(app("old") | {"production/gone.tf": "# gone\n"})
    paths = ["production/main.tf", "production/gone.tf", "modules/region/main.tf"]

    def user() -> None:
        for path in paths:
            edit = save if saves else Path.write_text
            edit(project.root / path, "edited\n")

    render_while(project, app("new"), user)
    assert project.texts() == app("new") | dict.fromkeys(paths, "edited\n")
    assert conflicts(project, app("new")) == ("modules/region/main.tf", "production/main.tf")


def test_a_late_file_at_a_path_that_is_rendered_is_not_lost(project: Project) -> None:
    project.render(app("old"))
    files = app("new") | {"production/zone.tf": "# zone\n"}
    render_while(project, files, lambda: project.put("production/zone.tf"))
    assert project.texts()["production/zone.tf"] == "mine\n"
    assert conflicts(project, files) == ("production/zone.tf",)


def test_late_files_in_a_folder_that_became_a_file(project: Project) -> None:
    project.render({"a.tf/b.tf": "b\n"})
    render_while(project, {"a.tf": "a\n"}, lambda: project.put("a.tf/late.tf"))
    assert project.texts() == {"a.tf": "a\n", "a.tf.rescued/late.tf": "mine\n"}


def test_a_program_that_never_stops_creating_files_loses_none(project: Project) -> None:
    project.render(app("old"))
    stop = project.root.parent / "stop"
    count = project.root.parent / "count"

    def create() -> None:
        number = 0
        while not stop.exists():
            path = project.root / f"production/{number}.txt"
            while True:
                try:
                    path.write_text(f"{number}\n", encoding="utf-8")
                    break
                except FileNotFoundError:  # its folder was just exchanged
                    continue
            number += 1
            time.sleep(0.001)  # more files make a render slower, and a slower one more files
        count.write_text(f"{number}", encoding="utf-8")

    child = forked(create)
    for number in range(10):
        project.render(app(f"{number}"))
    stop.touch()
    assert os.waitpid(child, 0)[1] == 0
    created = range(int(count.read_text(encoding="utf-8")))
    assert created
    texts = project.texts()
    assert not [n for n in created if texts.get(f"production/{n}.txt") != f"{n}\n"]
    assert not [path for path in texts if "rescued" in path]
    assert not project.leftovers()


def test_a_killed_render_is_finished_by_the_next_write_even_if_nothing_changes(
    project: Project,
) -> None:
    project.render(app("old"))
    project.put("production/extra.tf")
    render_and_die(project, app("new"), user=lambda: project.put("production/late.tf"))
    assert project.texts() == app("new") | {"production/extra.tf": "mine\n"}
    project.render(app("new"))
    assert project.texts() == app("new") | dict.fromkeys(
        ["production/extra.tf", "production/late.tf"], "mine\n"
    )
    assert not project.leftovers()


def test_what_the_user_does_after_the_kill_wins(project: Project) -> None:
    project.render(app("old"))
    for name in ("deleted", "edited"):
        project.put(f"production/{name}.tf")

    def user() -> None:
        project.put("production/late.tf", "early\n")
        save(project.root / "production/edited.tf", "early\n")
        project.put("production/same.tf", "same\n")

    render_and_die(project, app("new"), user=user)
    (project.root / "production/deleted.tf").unlink()
    project.put("production/late.tf", "later\n")
    project.put("production/same.tf", "same\n")
    project.put("production/edited.tf", "later than early\n")
    project.render(app("new"))
    assert project.texts() == app("new") | {
        "production/late.tf": "later\n",
        "production/late.tf.rescued": "early\n",
        "production/same.tf": "same\n",
        "production/edited.tf": "later than early\n",
        "production/edited.tf.rescued": "early\n",
    }
    assert not project.leftovers()


def test_a_rescued_file_never_takes_the_place_of_another(project: Project) -> None:
    project.render(app("old"))
    for attempt in range(3):
        render_and_die(
            project,
            app(f"new {attempt}"),
            user=partial(project.put, "late.txt", f"early {attempt}\n"),
        )
        project.put("late.txt", f"later {attempt}\n")
        project.render(app(f"new {attempt}"))
        (project.root / "late.txt").unlink()
    assert {path: text for path, text in project.texts().items() if "late" in path} == {
        "late.txt.rescued": "early 0\n",
        "late.txt.rescued-2": "early 1\n",
        "late.txt.rescued-3": "early 2\n",
    }


def test_nothing_is_moved_through_a_link_out_of_the_tree(project: Project) -> None:
    project.render(app("old"))
    project.put("notes/a.txt")
    outside = project.folder / "outside"
    outside.mkdir()
    render_and_die(project, app("new"), user=lambda: project.put("notes/late.txt"))
    shutil.rmtree(project.root / "notes")
    (project.root / "notes").symlink_to(outside)
    project.render(app("new"))
    assert not list(outside.iterdir())
    assert (project.root / "notes.rescued/late.txt").read_text(encoding="utf-8") == "mine\n"


def test_a_moved_project_is_still_recovered(project: Project) -> None:
    project.render(app("old"))
    render_and_die(project, app("new"), user=lambda: project.put("late.txt"))
    moved = Project(project.folder.with_name(f"{project.folder.name}-moved"))
    project.folder.rename(moved.folder)
    moved.render(app("new"))
    assert moved.texts() == app("new") | {"late.txt": "mine\n"}
    assert not moved.leftovers()


def test_what_another_tree_left_in_the_same_scratch_is_left_alone(project: Project) -> None:
    project.render(app("old"))
    render_and_die(project, app("new"), user=lambda: project.put("late.txt"))
    (project.scratch / "notes.txt").write_text("mine\n", encoding="utf-8")
    left = project.leftovers()
    write(compare(Rendering(app("other")), project.folder / "other"), project.scratch)
    assert project.leftovers() == left
    project.render(app("new"))
    assert project.leftovers() == ["notes.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"inode": 1}',
        '{"inode": 1, "folders": 1}',
        '{"inode": "1", "folders": [], "entries": {}, "written": {}}',
        '{"inode": 1, "folders": ["a/../.."], "entries": {}, "written": {}}',
        '{"inode": 1, "folders": [], "entries": {"/a": [1, 1, 1, true]}, "written": {}}',
        f'{{"inode": {"9" * 5000}, "folders": [], "entries": {{}}, "written": {{}}}}',
    ],
)
def test_a_record_that_makes_no_sense_deletes_nothing(project: Project, text: str) -> None:
    project.render(app("old"))
    render_and_die(project, app("new"), user=lambda: project.put("late.txt"))
    [record] = project.scratch.glob("*/record.json")
    record.write_text(text, encoding="utf-8")
    seen = snapshot(project.folder)
    with pytest.raises(TfgenError, match="cannot be understood") as caught:
        project.render(app("newer"))
    assert caught.value.place == str(record)
    assert str(record.parent) in (caught.value.hint or "")
    assert snapshot(project.folder) == seen


def test_a_record_that_came_from_elsewhere_leads_nowhere(project: Project) -> None:
    """A repository could carry a scratch folder; it must not reach what is outside the tree."""
    outside = project.folder / "outside.txt"
    outside.write_text("precious\n", encoding="utf-8")
    project.render(app("old"))
    render_and_die(project, app("new"))
    [path] = project.scratch.glob("*/record.json")
    record = json.loads(path.read_bytes())
    status = outside.stat()
    identity = [status.st_ino, status.st_size, status.st_mtime_ns]
    record["entries"]["../outside.txt"] = [*identity, True]
    record["written"]["../outside.txt"] = identity
    record["folders"].append("..")
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(TfgenError, match="cannot be understood"):
        project.render(app("newer"))
    assert outside.read_text(encoding="utf-8") == "precious\n"
    assert project.texts() == app("new")


@needs_seccomp
def test_a_kill_between_the_two_renames_is_taken_back(project: Project) -> None:
    project.render(app("old"))
    project.put("production/terraform.tfstate", "{}")
    die_between_the_renames(project, app("new"))
    assert not project.root.exists()
    assert not conflicts(project, app("new"))
    project.render(app("old"))
    assert project.texts() == app("old") | {"production/terraform.tfstate": "{}"}
    assert not project.leftovers()


def die_between_the_renames(project: Project, files: dict[str, str]) -> None:
    def work() -> None:
        forbid("renameat2", code=errno.EINVAL)
        before(*HALFWAY, kill)
        project.render(files)

    _, status = os.waitpid(forked(work), 0)
    assert os.WIFSIGNALED(status)


@needs_seccomp
def test_a_tree_restored_by_the_user_after_such_a_kill_loses_no_state(project: Project) -> None:
    project.render(app("old"))
    backup = project.folder / "backup"
    shutil.copytree(project.root, backup)
    project.put("production/terraform.tfstate", "{}")
    project.put("notes/a.txt")
    die_between_the_renames(project, app("new"))
    backup.rename(project.root)  # as with `git checkout`
    project.render(app("new"))
    assert project.texts() == app("new") | {
        "production/terraform.tfstate": "{}",
        "notes/a.txt": "mine\n",
    }
    assert not project.leftovers()
