"""Finding the AWS provider in the file system."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tfgen.errors import TfgenError
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import run

HERE = mirror.platform_name()


def unpacked(folder: Path, version: str, platform: str = HERE) -> None:
    package = folder / mirror.PROVIDER / version / platform
    package.mkdir(parents=True)
    (package / f"terraform-provider-aws_v{version}_x5").touch()


def packed(folder: Path, version: str, platform: str = HERE) -> None:
    (folder / mirror.PROVIDER).mkdir(parents=True, exist_ok=True)
    name = f"terraform-provider-aws_{version}_{platform}.zip"
    (folder / mirror.PROVIDER / name).touch()


def found(environ: Mapping[str, str], *folders: Path) -> tuple[Path, list[str]] | None:
    result = mirror.find(environ, add_on_folders=[str(folder) for folder in folders])
    return None if result is None else (result.path, [str(version) for version in result.versions])


def test_nothing_anywhere(tmp_path: Path) -> None:
    assert found({"HOME": str(tmp_path)}, tmp_path, tmp_path / "missing") is None


def test_both_layouts_and_only_this_platform(tmp_path: Path) -> None:
    unpacked(tmp_path, "5.100.0")
    unpacked(tmp_path, "5.99.1", "plan9_mips")
    packed(tmp_path, "6.25.0")
    packed(tmp_path, "6.26.0", "plan9_mips")
    (tmp_path / mirror.PROVIDER / "index.json").touch()
    (tmp_path / mirror.PROVIDER / "latest" / HERE).mkdir(parents=True)
    (tmp_path / mirror.PROVIDER / "latest" / HERE / "terraform-provider-aws").touch()
    (tmp_path / mirror.PROVIDER / "5.1.0" / HERE).mkdir(parents=True)
    environ = {"TFGEN_PLUGIN_DIR": str(tmp_path)}
    assert found(environ) == (tmp_path, ["6.25.0", "5.100.0"])


def test_a_version_behind_a_link(tmp_path: Path) -> None:
    unpacked(tmp_path / "cache", "5.100.0")
    linked = tmp_path / "mirror" / mirror.PROVIDER / "5.100.0"
    linked.mkdir(parents=True)
    (linked / HERE).symlink_to(tmp_path / "cache" / mirror.PROVIDER / "5.100.0" / HERE)
    assert found({"TFGEN_PLUGIN_DIR": str(tmp_path / "mirror")}) is not None


def test_a_named_folder_must_have_one(tmp_path: Path) -> None:
    unpacked(tmp_path, "5.100.0", "plan9_mips")
    with pytest.raises(TfgenError, match=f"which holds no AWS provider for {HERE}"):
        found({"TFGEN_PLUGIN_DIR": str(tmp_path)})


def test_the_order(tmp_path: Path) -> None:
    home, shared, add_ons, named = (tmp_path / name for name in ("home", "share", "opt", "named"))
    environ = {"HOME": str(home), "XDG_DATA_DIRS": f"{tmp_path / 'none'}:{shared}"}
    steps = (
        (add_ons / "terraform-stuff" / "plugins", "5.1.0"),
        (add_ons / "aws-plugins", "5.2.0"),
        (shared / "terraform" / "plugins", "5.3.0"),
        (home / ".local" / "share" / "terraform" / "plugins", "5.4.0"),
        (home / ".terraform.d" / "plugins", "5.5.0"),
    )
    for folder, version in steps:
        unpacked(folder, version)
        assert found(environ, add_ons) == (folder, [version])
    unpacked(named, "5.6.0")
    assert found({**environ, "TFGEN_PLUGIN_DIR": str(named)}, add_ons) == (named, ["5.6.0"])


@pytest.mark.parametrize(
    ("versions", "major"),
    [(["4.67.0"], None), (["5.100.0", "4.67.0"], 5), (["6.0.0", "5.100.0"], 6), (["7.0.0"], None)],
)
def test_the_major_version(tmp_path: Path, versions: list[str], major: int | None) -> None:
    for version in versions:
        packed(tmp_path, version)
    result = mirror.find({"TFGEN_PLUGIN_DIR": str(tmp_path)})
    assert result is not None
    assert mirror.provider_major(result) == major


def test_terraform_takes_the_provider_from_it(engine: Engine, root: Path, tmp_path: Path) -> None:
    unpacked(tmp_path / "my plugins", "5.4.3")
    result = mirror.find({"TFGEN_PLUGIN_DIR": str(tmp_path / "my plugins")})
    assert result is not None
    config = tmp_path / "new" / "cli.tfrc"
    mirror.write_cli_config(config, result)
    env = environment.prepare(os.environ, cli_config=config).variables
    (root / "main.tf").write_text('provider "aws" {}\n')
    done = run(engine, args.init(no_color=True), cwd=root, env=env)
    assert "- Installed hashicorp/aws v5.4.3 (unauthenticated)" in done.stdout, done.stderr


def test_this_machine_has_one() -> None:
    """The tests with the real provider need it, with `TFGEN_PLUGIN_DIR` set or not."""
    result = mirror.find(os.environ)
    assert result is not None
    assert mirror.provider_major(result) in (5, 6)
