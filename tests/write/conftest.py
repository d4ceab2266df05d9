from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.write.processes import NOBODY
from tests.write.trees import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def common_project() -> Iterator[Project]:
    """A project of somebody who is not root; root's temporary folders are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="tfgen-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield Project(folder)
    for place, _, _ in os.walk(folder):
        Path(place).chmod(0o700)
    shutil.rmtree(folder)
