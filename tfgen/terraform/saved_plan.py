"""What a saved plan is of, kept in the plan file itself.

Terraform's plan file does not name the account that it was planned in, and holds a copy of the
configuration as it was. So it can be applied to another account, and after the configuration has
changed. The label says what the plan is of. It is one more member of the zip that a plan file is,
so that it goes wherever the file goes, such as into an artifact of CI. Terraform and OpenTofu read
the members that they know and no others:
https://github.com/hashicorp/terraform/blob/v1.11.4/internal/plans/planfile/reader.go
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tfgen.disk import paths
from tfgen.errors import TfgenError

_MEMBER: Final = "tfgen.json"
_FORMAT: Final = 1
_TEXTS: Final = ("app", "stage", "sandbox", "account", "caller", "config")
_MAX_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Label:
    """What a plan is of. No value of the app is in it, only hashes.

    Attributes:
        app: the name of the app.
        stage: its stage.
        sandbox: the instance of the sandbox; empty for AWS.
        account: the AWS account; empty for a sandbox.
        caller: the ARN of the user or role that planned; empty for a sandbox.
        config: SHA-256 of the resolved config of the stage.
        tree: path → SHA-256 of the files that configure the root module.
        code: path → SHA-256 of the bundles.
    """

    app: str
    stage: str
    sandbox: str
    account: str
    caller: str
    config: str
    tree: Mapping[str, str]
    code: Mapping[str, str]


def write_label(plan: Path, label: Label) -> None:
    """Adds a label to the plan that Terraform has just saved.

    Args:
        plan: the plan file.
        label: what it is of.

    Raises:
        TfgenError: the file is not a plan that can be labelled, or cannot be written.
    """
    content = json.dumps({"format": _FORMAT, **asdict(label)}, indent=2, sort_keys=True)
    try:
        with paths.open_file(plan, "r+b") as file:
            with zipfile.ZipFile(file, "r") as archive:
                _require_plan(archive, plan)
            # In mode "a" alone, Python appends a zip to any file.
            with zipfile.ZipFile(file, "a") as archive:
                archive.writestr(_MEMBER, content)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise TfgenError(
            "tfgen cannot write into this plan file what it is a plan of",
            place=str(plan),
            hint="a plan that OpenTofu encrypts cannot be saved: use `tfgen apply` without a plan",
        ) from error
    except OSError as error:
        raise _unusable(plan, error) from error


def read_label(plan: Path) -> Label:
    """Reads what a saved plan is of.

    Args:
        plan: the plan file.

    Raises:
        TfgenError: it is no plan, or has no label that can be understood.
    """
    try:
        with paths.open_file(plan) as file, zipfile.ZipFile(file) as archive:
            _require_plan(archive, plan)
            if _MEMBER not in archive.namelist():
                raise _unlabelled(plan)
            if archive.getinfo(_MEMBER).file_size > _MAX_BYTES:
                raise _unlabelled(plan)
            content = json.loads(archive.read(_MEMBER))
    except TfgenError:
        raise
    except OSError as error:
        raise _unusable(plan, error) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RecursionError) as error:
        raise _no_plan(plan) from error
    return _understood(content, plan)


def _understood(content: Any, plan: Path) -> Label:
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise _unlabelled(plan)
    try:
        texts = {name: _text(content[name]) for name in _TEXTS}
        tree, code = (
            {path: _text(digest) for path, digest in content[name].items()}
            for name in ("tree", "code")
        )
    except (KeyError, AttributeError, TypeError) as error:
        raise _unlabelled(plan) from error
    return Label(**texts, tree=tree, code=code)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _require_plan(archive: zipfile.ZipFile, plan: Path) -> None:
    if "tfplan" not in archive.namelist():
        raise _no_plan(plan)


def _no_plan(plan: Path) -> TfgenError:
    return TfgenError(
        f"{plan} is not a saved plan, or only a part of one",
        hint="make one with `tfgen plan --out FILE`",
    )


def _unlabelled(plan: Path) -> TfgenError:
    return TfgenError(
        "This plan does not say which account and which stage it is of",
        place=str(plan),
        hint="`tfgen plan --out FILE` makes one that does; to apply this one as it is, run "
        "`terraform apply` with it in the folder of its root module",
    )


def _unusable(plan: Path, error: OSError) -> TfgenError:
    return TfgenError(
        f"The plan file cannot be read or written: {(error.strerror or str(error)).lower()}",
        place=str(plan),
        hint="check the free space and who owns the file and its folder",
    )
