"""The wheel is whole: installed into an empty environment, it renders the same bytes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.command import environment, snapshot
from tests.support.trees import EXAMPLES, ROOT
from tfgen.lint.schema import VERSIONS
from tfgen.start.files import start_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_what_it_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "tfgen/py.typed" in names
    assert "tfgen/config/tfgen.schema.json" in names
    bundled = (*start_files("python3.13"), *start_files("nodejs22.x"))
    assert {file.name.replace(".tfgen", "tfgen/start", 1) for file in bundled} <= set(names)
    schemas = {f"tfgen/lint/schemas/aws-{version}.txt" for version in VERSIONS.values()}
    assert schemas <= set(names)
    for folder in ("templates", "modules"):
        found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        files = [path for path in found if path.suffix != ".pyc"]
        assert {f"tfgen/_library/{path.relative_to(ROOT).as_posix()}" for path in files} <= set(
            names
        )
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_wheel_renders_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run(
        [venv / "bin/pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel], check=True
    )
    project = tmp_path / "hello"
    shutil.copytree(EXAMPLES / "hello", project, ignore=shutil.ignore_patterns(".tfgen", "infra"))
    env = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
    subprocess.run([venv / "bin/tfgen", "render"], cwd=project, env=env, check=True)
    assert snapshot(project / "infra") == snapshot(EXAMPLES / "hello/infra")
    subprocess.run([venv / "bin/tfgen", "lint"], cwd=project, env=env, check=True)
    sandboxed = subprocess.run(
        [venv / "bin/tfgen", "plan", "--sandbox"],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert sandboxed.returncode == 1
    assert "pip install 'tfgen[sandbox]'" in sandboxed.stderr
