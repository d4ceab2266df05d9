"""Any tree, any user, any renderings: a model of what should be there against what is."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.write.trees import Project, snapshot
from tfgen.errors import TfgenError
from tfgen.render.rendering import Rendering
from tfgen.write import compare

NAMES = st.sampled_from(["a.tf", "b.tf", "c.tf", "ü d.tf"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TEXTS = st.sampled_from(["", "1\n", "2\n", "no newline", "\r\n", "é\n"])


def are_a_tree(paths: Mapping[str, str]) -> bool:
    return not any(other.startswith(f"{path}/") for path in paths for other in paths)


RENDERINGS = st.dictionaries(PATHS, TEXTS, max_size=6).filter(are_a_tree)


@dataclass(frozen=True)
class Step:
    """The user saves and deletes files, and renders.

    Attributes:
        deletes: picks among the files that are there.
    """

    saves: dict[str, str]
    deletes: list[int]
    files: dict[str, str]
    overwrite: bool


STEPS = st.lists(
    st.builds(
        Step,
        st.dictionaries(PATHS, TEXTS, max_size=3),
        st.lists(st.integers(0, 9), max_size=2),
        RENDERINGS,
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@dataclass
class Model:
    """What should be on disk.

    Attributes:
        tree: every file and its text.
        owned: what tfgen wrote last, of which the user may have changed or deleted some.
        folders: every folder.
    """

    tree: dict[str, str] = field(default_factory=dict)
    owned: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    def save(self, path: str, text: str) -> bool:
        """Says whether a user can save there."""
        if path in self.folders or any(folder in self.tree for folder in above(path)):
            return False
        self.tree[path] = text
        self.folders |= above(path)
        return True

    def is_edited(self, path: str) -> bool:
        return path in self.owned and path in self.tree and self.tree[path] != self.owned[path]

    def conflicts(self, files: Mapping[str, str]) -> set[str]:
        """Returns what the user would lose."""
        return {
            path
            for path, text in self.tree.items()
            if files.get(path) != text
            and (
                (path not in self.owned and (path in files or self.is_above(path, files)))
                or self.is_edited(path)
            )
        } | self.blocked(files)

    def blocked(self, files: Mapping[str, str]) -> set[str]:
        """Returns the folders with something of the user's where a file is rendered."""
        return {
            path
            for path in files
            if path in self.folders
            and (self.has_files_of_the_user(path) or self.has_empty_folders(path))
        }

    def has_files_of_the_user(self, folder: str) -> bool:
        return any(folder in above(path) for path in self.tree if path not in self.owned)

    def has_empty_folders(self, folder: str) -> bool:
        inner = {path for path in self.folders if path == folder or folder in above(path)}
        return any(not any(path in above(other) for other in self.tree) for path in inner)

    @staticmethod
    def is_above(path: str, files: Mapping[str, str]) -> bool:
        return any(path in above(other) for other in files)

    def render(self, files: Mapping[str, str]) -> None:
        gone = {
            path
            for path in self.tree
            if path not in files and (path in self.owned or self.is_above(path, files))
        }
        emptied = {folder for path in gone for folder in above(path)}
        self.tree = {path: text for path, text in self.tree.items() if path not in gone}
        for folder in sorted(emptied, reverse=True):
            if not any(folder in above(path) for path in (*self.tree, *self.folders)):
                self.folders.discard(folder)
        self.tree |= files
        self.folders |= {folder for path in files for folder in above(path)}
        self.owned = dict(files)


def above(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:end]) for end in range(1, len(parts))}


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_the_disk_is_what_the_model_says(steps: list[Step]) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        for step in steps:
            act(project, model, step)
            render(project, model, step)


def act(project: Project, model: Model, step: Step) -> None:
    for path, text in step.saves.items():
        if model.save(path, text):
            (project.root / path).parent.mkdir(parents=True, exist_ok=True)
            (project.root / path).write_bytes(text.encode())
    for number in step.deletes:
        if number < len(model.tree):
            path = sorted(model.tree)[number]
            del model.tree[path]
            (project.root / path).unlink()


def render(project: Project, model: Model, step: Step) -> None:
    comparison = compare(Rendering(step.files), project.root)
    conflicts = model.conflicts(step.files)
    assert set(comparison.conflicts) == conflicts
    if model.blocked(step.files) or (conflicts and not step.overwrite):
        before = snapshot(project.root) if project.root.exists() else None
        with pytest.raises(TfgenError):
            project.render(step.files, overwrite=step.overwrite)
        assert before == (snapshot(project.root) if project.root.exists() else None)
    else:
        project.render(step.files, overwrite=step.overwrite)
        model.render(step.files)
        assert not compare(Rendering(step.files), project.root).stale
    check(project, model)


def check(project: Project, model: Model) -> None:
    if project.root.exists():
        seen = snapshot(project.root)
        seen.pop(".tfgen.json", None)
        seen.pop(".")
        files = {path: content for path, (_, content) in seen.items() if content is not None}
        assert files == {path: text.encode() for path, text in model.tree.items()}
        assert {path for path in seen if path not in files} == model.folders
    else:
        assert not model.tree
    assert not project.leftovers()
