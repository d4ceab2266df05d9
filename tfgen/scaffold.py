"""What ``tfgen init`` writes: a config, a function that works, and what an editor and git need.

The JSON Schema is written beside the config and belongs in git. No other place serves an editor
both right after ``init`` and in a fresh clone: the scratch folder is ignored by git, the installed
package is elsewhere on every machine, and an address on the web would need the network and fit
only one version of tfgen. ``tfgen schema > tfgen.schema.json`` renews it after an upgrade.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tfgen.disk import Folder, RefusedError
from tfgen.errors import ExitCode, TfgenError
from tfgen.regions import REGIONS, suggest

CONFIG = "tfgen.yaml"
SCHEMA = "tfgen.schema.json"
IGNORE = ".gitignore"

DEFAULT_REGIONS = ("us-west-2", "eu-west-2")
DEFAULT_RUNTIME = "python3.13"

_LONGEST_NAME = 31


@dataclass(frozen=True, slots=True)
class _Starter:
    """The function that a new app begins with, in one language."""

    file: str
    handler: str


_PYTHON = _Starter("app.py", "app.handler")
_NODE = _Starter("index.mjs", "index.handler")

# Runtimes that both provider majors accept.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-supported
_STARTERS: Mapping[str, _Starter] = {
    "python3.13": _PYTHON,
    "python3.12": _PYTHON,
    "python3.11": _PYTHON,
    "nodejs22.x": _NODE,
    "nodejs20.x": _NODE,
}
RUNTIMES = tuple(_STARTERS)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new app is to be; each value as its check below returns it.

    Attributes:
        regions: in the order in which they are written down.
        domain: the custom domain of the API, if it gets one.
        zone: the hosted zone that holds the domain; None without a domain.
    """

    name: str
    regions: tuple[str, ...]
    runtime: str
    domain: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """What was written, relative to the project's folder.

    Attributes:
        files: the files, the config first.
        ignore_lines: what the project's own ``.gitignore``, which is never changed, lacks.
    """

    files: tuple[str, ...]
    ignore_lines: tuple[str, ...]


def default_name(project: Path) -> str:
    """Returns a valid name for an app, as close as can be to that of its folder."""
    name = re.sub(r"[^a-z0-9]+", "-", project.resolve().name.lower())
    return name.lstrip("-0123456789")[:_LONGEST_NAME].rstrip("-") or "app"


def default_zone(domain: str) -> str:
    """Returns the hosted zone that most likely holds a domain: its last two labels."""
    return ".".join(domain.split(".")[-2:])


def check_name(answer: str) -> str:
    """Returns the name of an app.

    Raises:
        TfgenError: it is not valid.
    """
    from tfgen.config.types import NAME_PATTERN

    if not re.fullmatch(NAME_PATTERN, answer):
        raise _usage(
            f"`{answer}` cannot be the name of an app",
            hint="use lowercase letters, digits and hyphens, a letter first, "
            f"and {_LONGEST_NAME} characters at most",
        )
    return answer


def check_regions(answer: Iterable[str]) -> tuple[str, ...]:
    """Returns the regions of an app.

    Raises:
        TfgenError: there is none, or one does not exist, comes twice or is in another partition.
    """
    regions = tuple(answer)
    if not regions:
        raise _usage("An app needs a region", hint=f"for example `{DEFAULT_REGIONS[0]}`")
    for region in regions:
        if region not in REGIONS:
            close = suggest(region) or DEFAULT_REGIONS[0]
            raise _usage(f"There is no AWS region `{region}`", hint=f"did you mean `{close}`?")
        if regions.count(region) > 1:
            raise _usage(f"The region `{region}` is there twice", hint="name it once")
        if REGIONS[region].partition != REGIONS[regions[0]].partition:
            raise _usage(
                f"`{regions[0]}` and `{region}` are in different AWS partitions",
                hint="one account cannot reach both; make each an app of its own",
            )
    return regions


def check_runtime(answer: str) -> str:
    """Returns the Lambda runtime of an app.

    Raises:
        TfgenError: there is no starter for it.
    """
    if answer not in _STARTERS:
        raise _usage(
            f"There is no starter for the runtime `{answer}`",
            hint=f"choose one of {', '.join(RUNTIMES)}; "
            f"`function.runtime` in {CONFIG} can be any other later",
        )
    return answer


def check_host(answer: str) -> str:
    """Returns the name of a domain or zone, in lowercase and without a dot at its end.

    Raises:
        TfgenError: it is not a host name.
    """
    from tfgen.config.types import HOST_PATTERN

    host = answer.lower().removesuffix(".")
    if len(host) > 253 or not re.fullmatch(HOST_PATTERN, host):
        raise _usage(f"`{answer}` is not a domain name", hint="for example `api.example.com`")
    return host


def check_zone(answer: str, *, domain: str) -> str:
    """Returns the hosted zone of a domain.

    Raises:
        TfgenError: it is not a host name, or the domain is not inside.
    """
    zone = check_host(answer)
    if not f".{domain}".endswith(f".{zone}"):
        raise _usage(
            f"The domain `{domain}` is not inside the zone `{zone}`",
            hint=f"for example `{default_zone(domain)}`",
        )
    return zone


def refuse_existing(project: Path, files: Iterable[str]) -> None:
    """Makes sure that nothing would be overwritten.

    Raises:
        TfgenError: one of the files exists.
    """
    here = Folder(project)
    existing = [f"`{file}`" for file in files if here.status(file) is not None]
    if existing:
        raise TfgenError(
            f"{_and(existing)} {'exists' if len(existing) == 1 else 'exist'} already, "
            "and `tfgen init` overwrites nothing",
            hint="start in another folder with `--chdir`, or move what is there away",
        )


def create(project: Path, answers: Answers) -> Created:
    """Writes the files of a new app: all of them, or none.

    Args:
        project: the folder that the config is for.
        answers: what the app is to be.

    Raises:
        TfgenError: the answers do not go together, a file exists already, or one cannot be written.
    """
    texts = dict(_texts(answers))
    _check_together(texts[CONFIG])
    refuse_existing(project, [file for file in texts if file != IGNORE])
    missing: tuple[str, ...] = ()
    here = Folder(project)
    if here.status(IGNORE) is not None:
        missing = _missing_lines(here, texts.pop(IGNORE))
    _write(here, texts)
    return Created(files=tuple(texts), ignore_lines=missing)


def _texts(answers: Answers) -> Mapping[str, str]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from tfgen.config.schema import schema_text
    from tfgen.render.library import templates_dir

    starter = _STARTERS[answers.runtime]
    templates = templates_dir() / "scaffold"
    environment = Environment(  # noqa: S701 - YAML, not HTML
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["scalar"] = _scalar
    config = environment.get_template(f"{CONFIG}.j2").render(
        **asdict(answers), handler=starter.handler, schema=SCHEMA
    )
    return {
        CONFIG: config,
        SCHEMA: schema_text(),
        f"src/{starter.file}": (templates / starter.file).read_text(encoding="utf-8"),
        IGNORE: (templates / "gitignore").read_text(encoding="utf-8"),
    }


def _check_together(config: str) -> None:
    """Refuses answers that are each right and together are no app."""
    from tfgen.config.load import loads
    from tfgen.resolve import resolve_all

    try:
        resolve_all(loads(config))
    except TfgenError as error:
        # Its place is in a file that is not written.
        raise _usage(error.message, hint=error.hint or "choose other answers") from error


def _scalar(value: str) -> str:
    """Returns text as YAML, quoted where YAML would read it as something else: ``on``, ``null``."""
    import yaml

    return value if yaml.safe_load(value) == value else json.dumps(value)


def _missing_lines(project: Folder, wanted: str) -> tuple[str, ...]:
    try:
        present = project.read_text(IGNORE, errors="replace").splitlines()
    except (OSError, RefusedError):  # a folder or a link: git reads no line from it either
        present = []
    there = {line.strip().strip("/") for line in present}
    return tuple(
        line
        for line in wanted.splitlines()
        if line and not line.startswith("#") and line.strip("/") not in there
    )


def _write(project: Folder, texts: Mapping[str, str]) -> None:
    made: list[str] = []
    try:
        for file, text in texts.items():
            folder = file.rpartition("/")[0]
            if folder and project.status(folder) is None:
                project.make_new(folder)
                made.append(folder)
            with project.open(file, "xb") as out:
                made.append(file)
                out.write(text.encode())
    except BaseException as error:
        for path in reversed(made):
            if project.is_folder(path):
                project.remove_empty(path)
            else:
                project.remove(path)
        if isinstance(error, OSError):
            raise TfgenError(
                f"`{file}` cannot be written: {error.strerror}",
                hint="check the free space and who owns the folder; nothing was written",
            ) from error
        raise


def _usage(message: str, *, hint: str) -> TfgenError:
    return TfgenError(message, hint=hint, exit_code=ExitCode.USAGE)


def _and(items: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))
