"""``tfgen.yaml`` to ``Config``, with errors that name the line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tfgen.config.explain import explain
from tfgen.config.model import Config
from tfgen.config.places import Places
from tfgen.config.yaml_reader import read
from tfgen.errors import ExitCode, TfgenError

CONFIG_NAME = "tfgen.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid config and where everything in it stands."""

    config: Config
    places: Places


def load(path: Path) -> Loaded:
    """Reads a config file.

    Args:
        path: the file.

    Raises:
        TfgenError: the file is missing, unreadable, not YAML or not a valid config.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TfgenError(
            f"There is no {path.name} in {path.parent.resolve()}",
            hint="`tfgen init` writes one; `--chdir` and `--config` point to one elsewhere",
            exit_code=ExitCode.USAGE,
        ) from None
    except UnicodeDecodeError as error:
        raise TfgenError(
            "The file is not UTF-8 text", place=path.name, hint="save it as UTF-8"
        ) from error
    except OSError as error:
        raise TfgenError(f"The config cannot be read: {error.strerror}", place=str(path)) from error
    return loads(text, file=path.name)


def loads(text: str, *, file: str = CONFIG_NAME) -> Loaded:
    """Reads a config from text. See ``load``."""
    document = read(text, file=file)
    if not isinstance(document.data, dict):
        raise TfgenError(
            "The config must be a mapping of keys to values",
            place=f"{file}:1",
            hint="start with `name: my-app`; `tfgen init` writes a whole one",
        )
    try:
        return Loaded(Config.model_validate(document.data), document.places)
    except ValidationError as error:
        raise explain(error, document) from None
