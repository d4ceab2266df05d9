"""Files that Terraform or tfgen keeps, damaged: what they say is forgotten, and init runs again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.fake_terraform import FakeTerraform, fake_terraform
from tfgen.terraform import engine as engines
from tfgen.terraform import version_cache
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized

DAMAGED = {
    "nothing": b"",
    "bytes": b"\xff\xfe\x00",
    "null": b"null",
    "number": b"3",
    "deep": b"[" * 100_000,
    "no list": b'{"Modules": 3}',
    "no folders": b'{"Modules": [null, 3, {"Dir": 3}, {"Dir": "a\\u0000b"}, {}]}',
}


def made(folder: Path, *, makes_folder: bool = True) -> tuple[FakeTerraform, Engine]:
    terraform = fake_terraform(folder / "terraform", makes_folder=makes_folder)
    return terraform, engines.find({"TFGEN_TERRAFORM": str(terraform.path)})


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize(
    "file", [".terraform/modules/modules.json", ".terraform/tfgen-init.json", ".terraform.lock.hcl"]
)
def test_a_damaged_file(root: Path, tmp_path: Path, file: str, damage: str) -> None:
    terraform, engine = made(tmp_path)
    assert ensure_initialized(engine, root, {})
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_bytes(DAMAGED[damage])
    ensure_initialized(engine, root, {})
    assert not ensure_initialized(engine, root, {})
    assert 1 <= len(terraform.calls()) <= 2


def test_a_terraform_that_makes_no_data_folder(root: Path, tmp_path: Path) -> None:
    terraform, engine = made(tmp_path, makes_folder=False)
    assert ensure_initialized(engine, root, {})
    assert ensure_initialized(engine, root, {})
    assert len(terraform.calls()) == 2


def test_a_data_folder_that_is_a_file(root: Path, tmp_path: Path) -> None:
    (root / ".terraform").touch()
    terraform, engine = made(tmp_path, makes_folder=False)
    assert ensure_initialized(engine, root, {})
    assert len(terraform.calls()) == 1


def test_a_provider_in_a_cache_that_was_emptied(root: Path, tmp_path: Path) -> None:
    _, engine = made(tmp_path)
    assert ensure_initialized(engine, root, {})
    folder = root / ".terraform/providers/registry.terraform.io/hashicorp/aws/5.0.0/linux_amd64"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_v5").symlink_to(tmp_path / "gone")
    assert not ensure_initialized(engine, root, {})


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_cache_of_versions(tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "engine.json"
    cache.write_bytes(DAMAGED[damage])
    assert version_cache.recall(cache, tmp_path) is None
    cache.write_text(json.dumps({str(tmp_path): {"file": 3, "answer": 4}}), "utf-8")
    assert version_cache.recall(cache, tmp_path) is None
