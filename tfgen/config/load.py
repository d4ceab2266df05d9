"""``tfgen.yaml`` to ``Config``, with errors that name the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from tfgen.config.ciphertexts import FOLDER, Ciphertexts, load_ciphertexts
from tfgen.config.explain import explain
from tfgen.config.model import Config
from tfgen.config.places import Places
from tfgen.config.yaml_reader import read
from tfgen.disk import paths
from tfgen.errors import ExitCode, TfgenError

CONFIG_NAME = "tfgen.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid config and where everything in it stands.

    Attributes:
        ciphertexts: of each stage that has any.
        simulated: whether they are of the sandbox's keys.
    """

    config: Config
    places: Places
    ciphertexts: Mapping[str, Ciphertexts] = field(default_factory=dict)
    simulated: bool = False


def load(path: Path) -> Loaded:
    """Reads a config file, and the ciphertexts beside it.

    Args:
        path: the file.

    Raises:
        TfgenError: the file is missing, unreadable, not YAML or not a valid config; or a file of
            ciphertexts is not what tfgen writes.
    """
    try:
        paths.trust(path.parent)
        text = paths.read_text(path)
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
    loaded = loads(text, file=path.name)
    return replace(loaded, ciphertexts=load_ciphertexts(path.parent / FOLDER))


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
