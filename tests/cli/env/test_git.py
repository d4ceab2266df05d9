"""When and by whom each secret was last set: what git says, and what is said without git."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.command import CONFIG, environment, make_project, tfgen
from tfgen.cli.env.blame import blame
from tfgen.config.ciphertexts import Ciphertext
from tfgen.config.ciphertexts_edit import edit_ciphertexts

SECRETS = "secrets: {DB: kms}\n"
KEY = "arn:aws:kms:{}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ANN, BOB = "Ann Àrbor", "Bob"


def git(folder: Path, *arguments: str, by: str = ANN, at: str = "2026-03-01T12:00:00+0530") -> None:
    who = environment(
        GIT_AUTHOR_NAME=by,
        GIT_AUTHOR_EMAIL="someone@example.com",
        GIT_AUTHOR_DATE=at,
        GIT_COMMITTER_NAME="Robot",
        GIT_COMMITTER_EMAIL="robot@example.com",
        GIT_CONFIG_GLOBAL="/dev/null",
    )
    subprocess.run(["git", *arguments], cwd=folder, env=who, capture_output=True, check=True)


def put(folder: Path, region: str, text: str) -> Path:
    file = folder / "secrets/production.yaml"
    file.parent.mkdir(exist_ok=True)
    before = file.read_text("utf-8") if file.exists() else ""
    new = Ciphertext(f"hello/production/{region}/DB", KEY.format(region), text)
    file.write_text(edit_ciphertexts(before, {("DB", region): new}, file=file.name), "utf-8")
    return file


def last_set(folder: Path) -> list[object]:
    done = tfgen(folder, "env", "list", "--json")
    assert done.returncode == 0, done.stderr
    return [entry["last_set"] for entry in json.loads(done.stdout)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "app", CONFIG + SECRETS)


def test_each_line_has_its_own_author(project: Path) -> None:
    git(project, "init")
    put(project, "eu-west-2", "AQIC")
    file = put(project, "us-west-2", "AQIC")
    assert last_set(project) == [None, None]
    git(project, "add", "-A")
    git(project, "commit", "-m", "Set")
    put(project, "us-west-2", "AQID")
    git(project, "commit", "-a", "-m", "Set again", by=BOB, at="2026-04-01T12:00:00-0800")
    (eu, us) = last_set(project)
    assert isinstance(eu, dict)
    assert isinstance(us, dict)
    assert (eu["by"], eu["at"]) == (ANN, "2026-03-01T12:00:00+05:30")
    assert (us["by"], us["at"]) == (BOB, "2026-04-01T12:00:00-08:00")
    rows = tfgen(project, "env", "list").stdout.splitlines()
    assert rows[1].split() == [
        "DB",
        "eu-west-2",
        "kms",
        "1234abcd",
        "2026-03-01",
        "12:00",
        "by",
        *ANN.split(),
    ]
    # A change that is not committed is nobody's yet; the line beside it stays what it was.
    put(project, "us-west-2", "AQIE")
    assert last_set(project) == [eu, None]
    assert "not committed" in tfgen(project, "env", "list").stdout
    commits = blame(file)
    assert commits is not None
    committed = commits[3]
    assert committed is not None
    assert committed.at == datetime.fromisoformat("2026-03-01T12:00:00+05:30")


def test_without_a_repository_and_without_git(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    file = put(project, "eu-west-2", "AQIC")
    assert blame(file) is None
    assert last_set(project) == [None, None]
    assert blame(project / "missing/file.yaml") is None
    git(project, "init")
    git(project, "add", "-A")
    git(project, "commit", "-m", "Set")
    assert blame(file) is not None
    monkeypatch.setenv("PATH", str(project))
    assert blame(file) is None


def test_a_repository_that_is_committed_beside_the_secrets_is_not_asked(project: Path) -> None:
    # Its configuration could name a program, such as `core.fsmonitor`, that git runs.
    git(project, "init")
    folder = put(project, "eu-west-2", "AQIC").parent
    for name in ("objects", "refs"):
        (folder / name).mkdir()
        (folder / name / "keep").touch()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text("[core]\n\tbare = false\n\tworktree = ..\n")
    git(project, "add", "-A")
    git(project, "commit", "-m", "Set")
    found = blame(folder / "production.yaml")
    assert found
    assert all(commit and commit.by == ANN for commit in found.values())
