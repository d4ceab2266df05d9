"""What the operating system can refuse: nothing is half-written, and the error says what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.write.processes import (
    as_nobody,
    before,
    forbid,
    in_child,
    mount_privately,
    needs_seccomp,
)
from tests.write.trees import Project, app, snapshot, times
from tfgen.errors import TfgenError

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="makes files that belong to somebody else")


def refusal(project: Project, files: dict[str, str]) -> TfgenError:
    """Renders, which must fail and leave everything as it was."""
    seen = snapshot(project.root), times(project.root)
    with pytest.raises(TfgenError) as caught:
        project.render(files)
    assert (snapshot(project.root), times(project.root)) == seen
    assert not project.leftovers()
    assert caught.value.hint
    return caught.value


def test_a_tree_that_may_not_be_written(common_project: Project) -> None:
    def work() -> TfgenError:
        common_project.render(app("old"))
        common_project.root.chmod(0o555)
        return refusal(common_project, app("new"))

    error = as_nobody(work)
    assert error.message == "the rendered tree cannot be read or written: permission denied"
    assert error.place == str(common_project.root)
    assert "chown" in (error.hint or "")


def test_a_folder_of_the_tree_that_may_not_be_written(common_project: Project) -> None:
    def work() -> TfgenError:
        common_project.render(app("old"))
        (common_project.root / "production").chmod(0o555)
        common_project.render(app("old") | {"staging/main.tf": ""})
        assert (common_project.root / "production").stat().st_mode & 0o777 == 0o555
        return refusal(common_project, app("new"))

    assert as_nobody(work).place == str(common_project.root / "production")


def test_a_project_that_may_not_be_written(common_project: Project) -> None:
    def work() -> TfgenError:
        common_project.render(app("old"))
        common_project.folder.chmod(0o555)
        return refusal(common_project, app("new"))

    assert "permission denied" in as_nobody(work).message


def test_no_place_for_scratch(common_project: Project) -> None:
    def work() -> None:
        common_project.folder.chmod(0o555)
        common_project.render(app("old"))

    with pytest.raises(TfgenError, match="scratch folder: permission denied") as caught:
        as_nobody(work)
    assert caught.value.place == str(common_project.scratch)


def test_an_owned_file_that_may_not_be_read(common_project: Project) -> None:
    def work() -> TfgenError:
        common_project.render(app("old"))
        (common_project.root / "production/main.tf").chmod(0)
        with pytest.raises(TfgenError) as caught:
            common_project.render(app("new"))
        return caught.value

    assert as_nobody(work).place == str(common_project.root / "production/main.tf")


def test_a_folder_of_the_user_that_may_not_be_read(common_project: Project) -> None:
    closed = common_project.root / "production/closed"

    def work() -> TfgenError:
        common_project.render(app("old"))
        closed.mkdir(0)
        with pytest.raises(TfgenError) as caught:
            common_project.render(app("new"))
        closed.chmod(0o700)
        assert not common_project.leftovers()
        assert common_project.texts() == app("old")
        return caught.value

    assert as_nobody(work).place == str(closed)


@is_root
@pytest.mark.parametrize("path", ["production/.terraform/plugin", "production/terraform.tfstate"])
def test_files_that_belong_to_somebody_else(common_project: Project, path: str) -> None:
    """As after ``sudo terraform`` or Terraform in a container."""
    as_nobody(lambda: common_project.render(app("old")))
    common_project.put(path)

    error = as_nobody(lambda: refusal(common_project, app("new")))
    assert (error.place or "").startswith(str(common_project.root / "production"))
    assert f"sudo chown -R $USER {common_project.root}" in (error.hint or "")


@is_root
def test_root_leaves_the_files_to_their_owner(common_project: Project) -> None:
    as_nobody(lambda: common_project.render(app("old")))
    owner = common_project.root.stat().st_uid
    common_project.render(app("new"))
    assert {path.stat().st_uid for path in common_project.root.rglob("*")} == {owner}
    assert common_project.root.stat().st_uid == owner
    as_nobody(lambda: common_project.render(app("newer")))


def test_a_full_disk(project: Project) -> None:
    def work() -> TfgenError:
        mount_privately(["-t", "tmpfs", "-o", "size=512k", "none", project.folder])
        project.render(app("old"))
        project.put("production/terraform.tfstate", "{}")
        huge = {f"production/{n}.tf": "#" * 100_000 for n in range(9)}
        error = refusal(project, app("old") | huge)
        project.render(app("new"))
        assert project.texts() == app("new") | {"production/terraform.tfstate": "{}"}
        return error

    error = in_child(work)
    assert error.message == "the rendered tree cannot be read or written: no space left on device"
    assert error.place == str(project.root / "production")
    assert (error.hint or "").startswith("free some disk space")


def test_scratch_on_another_file_system(project: Project) -> None:
    def work() -> list[str]:
        project.scratch.parent.mkdir()
        mount_privately(["-t", "tmpfs", "none", project.scratch.parent])
        project.render(app("old"))
        inode = project.put("production/extra.tf").stat().st_ino
        project.render(app("new"))
        assert (project.root / "production/extra.tf").stat().st_ino == inode
        return project.leftovers()

    assert in_child(work) == []
    assert project.texts() == app("new") | {"production/extra.tf": "mine\n"}


def test_scratch_in_another_mount_of_the_same_file_system(project: Project) -> None:
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()

    def work() -> list[str]:
        project.scratch.mkdir(parents=True)
        mount_privately(["--bind", elsewhere, project.scratch])
        project.render(app("old"))
        project.render(app("new"))
        return project.leftovers()

    assert in_child(work) == []
    assert project.texts() == app("new")


@pytest.mark.parametrize("place", ["infra", "infra/production/.terraform"])
@pytest.mark.parametrize("is_bind", [True, False])
def test_a_mount_point_in_the_tree(project: Project, place: str, is_bind: bool) -> None:
    source = project.folder / "source"
    for folder in (source, project.folder / place):
        folder.mkdir(parents=True)
    (source / "plugin").write_text("binary", encoding="utf-8")

    def work() -> TfgenError:
        project.render(app("old"))
        where = project.folder / place
        mount_privately(["--bind", source, where] if is_bind else ["-t", "tmpfs", "none", where])
        return refusal(project, app("new"))

    error = in_child(work)
    assert "in one step" in error.message
    assert "mount" in (error.hint or "")


def test_a_folder_from_a_lower_layer_of_a_container_image(project: Project) -> None:
    layers = project.folder / "layers"
    lower = Project(project.folder / "lower")
    lower.render(app("old"))
    merged = project.folder / "merged"
    for folder in (layers, merged):
        folder.mkdir()

    def work() -> TfgenError:
        mount_privately(["-t", "tmpfs", "none", layers])
        (layers / "upper").mkdir()
        (layers / "work").mkdir()
        options = f"lowerdir={lower.folder},upperdir={layers}/upper,workdir={layers}/work"
        mount_privately(["-t", "overlay", "-o", options, "overlay", merged])
        return refusal(Project(merged), app("new"))

    assert in_child(work).message == (
        "the file system cannot replace the output folder in one step"
    )


@needs_seccomp
def test_two_renames_where_there_is_no_exchange(project: Project) -> None:
    project.render(app("old"))
    project.put("production/extra.tf")

    def work() -> None:
        forbid("renameat2", code=errno.EINVAL)
        project.render(app("new"))

    in_child(work)
    assert project.texts() == app("new") | {"production/extra.tf": "mine\n"}
    assert not project.leftovers()


def test_an_interrupt_cleans_up(project: Project) -> None:
    project.render(app("old"))
    seen = snapshot(project.root), times(project.root)

    def interrupt() -> None:
        raise KeyboardInterrupt

    def work() -> None:
        before("os.rename", "record.json.draft", interrupt)
        project.render(app("new"))

    with pytest.raises(KeyboardInterrupt):
        in_child(work)
    assert (snapshot(project.root), times(project.root)) == seen
    assert not project.leftovers()


def test_the_error_for_a_folder_that_is_in_fact_a_file_on_the_way(project: Project) -> None:
    blocked = Project(project.folder / "file" / "project")
    Path(project.folder / "file").write_text("", encoding="utf-8")
    with pytest.raises(TfgenError):
        blocked.render(app("old"))
