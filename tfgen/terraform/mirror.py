"""Finds the AWS provider in a filesystem mirror, for runs that must not need a registry.

A mirror is a folder in one of the two layouts of
https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror:
``registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64/`` (unpacked) or
``registry.terraform.io/hashicorp/aws/terraform-provider-aws_5.100.0_linux_amd64.zip`` (packed).
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfgen.disk import paths
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from packaging.version import Version

    from tfgen.app import ProviderMajor

VARIABLE = "TFGEN_PLUGIN_DIR"
PROVIDER = "registry.terraform.io/hashicorp/aws"

_PACKED = re.compile(r"terraform-provider-aws_(?P<version>[^_]+)_(?P<platform>\w+)\.zip")

# Where packages that do not belong to the system itself are installed, and what the folder with
# the providers may be called in there.
# https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html
_ADD_ON_FOLDERS = (
    "/opt",
    "/usr/local",
    "/usr/local/lib",
    "/usr/local/libexec",
    "/usr/local/share",
    "/usr/lib",
    "/usr/libexec",
    "/usr/share",
    "/srv",
    "/var/lib",
)
_BELOW = ("", "plugins", "providers", "mirror")

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Mirror:
    """A folder that holds the AWS provider for this platform.

    Attributes:
        path: the folder with ``registry.terraform.io`` in it, absolute.
        versions: at least one, the newest first.
    """

    path: Path
    versions: tuple[Version, ...]


def find(
    environ: Mapping[str, str], *, add_on_folders: Sequence[str] | None = None
) -> Mirror | None:
    """Find a mirror of the AWS provider.

    Args:
        environ: the environment: ``TFGEN_PLUGIN_DIR`` names a mirror; ``HOME`` and the XDG
            variables say where Terraform itself would look.
        add_on_folders: the system-wide folders to look into, if not this system's usual ones.

    Returns:
        The first that has a version for this platform, or None.

    Raises:
        TfgenError: when ``TFGEN_PLUGIN_DIR`` names a folder without one.
    """
    named = environ.get(VARIABLE)
    if named:
        mirror = _read(Path(named).expanduser())
        if mirror is None:
            raise TfgenError(
                f"{VARIABLE} names {named}, which holds no AWS provider for {platform_name()}",
                hint=f"name a folder with {PROVIDER}/<version>/{platform_name()} in it, such as"
                " `terraform providers mirror` makes, or unset it to use the registry",
            )
        return mirror
    folders = _ADD_ON_FOLDERS if add_on_folders is None else add_on_folders
    for path in (*_implied(environ), *_add_ons(folders)):
        mirror = _read(path)
        if mirror is not None:
            return mirror
    return None


def provider_major(mirror: Mirror) -> ProviderMajor | None:
    """The newest major version of the AWS provider in a mirror that tfgen renders for."""
    majors = {version.major for version in mirror.versions}
    if 6 in majors:
        return 6
    return 5 if 5 in majors else None


def write_cli_config(path: Path, mirror: Mirror) -> None:
    """Write a CLI configuration that takes the AWS provider from a mirror.

    All other providers still come from their registries. It replaces the user's own configuration
    for the runs whose ``TF_CLI_CONFIG_FILE`` names it.

    Args:
        path: the file to write. Its folder is made.
        mirror: where the provider is.
    """
    paths.make(path.parent)
    paths.write(
        path,
        f"""disable_checkpoint = true

provider_installation {{
  filesystem_mirror {{
    path    = {json.dumps(str(mirror.path), ensure_ascii=False)}
    include = ["{PROVIDER}"]
  }}
  direct {{
    exclude = ["{PROVIDER}"]
  }}
}}
""".encode(),
    )


def platform_name() -> str:
    """This platform as Terraform calls it, for example ``linux_amd64``."""
    machine = platform.machine().lower()
    return f"{sys.platform}_{_ARCHITECTURES.get(machine, machine)}"


def _implied(environ: Mapping[str, str]) -> Iterator[Path]:
    # https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    # without `terraform.d/plugins` of the working directory: it is for one root module only.
    home = Path(environ.get("HOME") or Path.home())
    yield home / ".terraform.d" / "plugins"
    if sys.platform == "darwin":
        for library in (home / "Library", Path("/Library")):
            yield library / "Application Support" / "io.terraform" / "plugins"
        return
    data_home = environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    data_folders = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in (data_home, *data_folders.split(":")):
        yield Path(folder) / "terraform" / "plugins"


def _add_ons(folders: Sequence[str]) -> Iterator[Path]:
    for folder in map(Path, folders):
        yield folder
        for package in _subfolders(folder):
            for below in _BELOW:
                yield package / below


def _read(path: Path) -> Mirror | None:
    from packaging.version import InvalidVersion, Version

    versions = set()
    for name in _version_names(path / PROVIDER):
        try:
            versions.add(Version(name))
        except InvalidVersion:
            # Something else lies in the folder; Terraform passes over it as well.
            continue
    if not versions:
        return None
    return Mirror(path.absolute(), tuple(sorted(versions, reverse=True)))


def _version_names(packages: Path) -> Iterator[str]:
    here = platform_name()
    for entry in _entries(packages):
        match = _PACKED.fullmatch(entry.name)
        if match is not None and match["platform"] == here:
            yield match["version"]
        elif any((packages / entry.name / here).glob("terraform-provider-aws*")):
            yield entry.name


def _subfolders(folder: Path) -> list[Path]:
    return sorted(folder / entry.name for entry in _entries(folder) if entry.is_dir())


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    # Most of the candidates do not exist, and some are not for everyone to look into.
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
