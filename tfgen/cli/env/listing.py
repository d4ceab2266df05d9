"""``tfgen env list``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tfgen.cli.env.blame import Commit, blame
from tfgen.cli.env.stage import short_id
from tfgen.cli.options import CONFIG, HERE, Chdir, ConfigFile, Json, RegionNames, Sandbox, StageName

if TYPE_CHECKING:
    from tfgen.app import Region, Secret
    from tfgen.cli.env.stage import StageSecrets

_ALL = "all"
_KMS = "kms"


@dataclass(frozen=True, slots=True)
class Entry:
    """A secret in a region.

    Attributes:
        source: what it is resolved from; None is a ciphertext that nothing names.
        key: ARN of the key that it is encrypted with, if that is known.
        state: what is to be said about it in a table.
        found: whether its value is there, as far as that can be told without asking AWS.
        commit: that of the ciphertext's line, if git has it.
    """

    name: str
    region: str
    source: str | None
    key: str | None
    state: str
    found: bool
    commit: Commit | None


def list_(
    *,
    stage: StageName = None,
    region: RegionNames = None,
    decrypt: Annotated[bool, typer.Option("--decrypt", help="Show the values, too.")] = False,
    sandbox: Sandbox = False,
    chdir: Chdir = HERE,
    config: ConfigFile = CONFIG,
    json: Json = False,
) -> None:
    """Show the secrets of every region, and who set them.

    Each with what it is from, its key, and when and by whom its line was last changed, as git has
    it. Values that are missing are shown, and so are ciphertexts that nothing names.
    """
    from tfgen.cli.env.stage import open_stage
    from tfgen.ui.console import Console

    console = Console.from_environment(json_mode=json)
    opened = open_stage(console, chdir, config, stage, sandbox=sandbox)
    regions = opened.regions(region)
    found = entries(opened, regions, everywhere=not region)
    values = _values(opened, regions, found) if decrypt else {}
    if json:
        console.json([_as_json(each, values, decrypt=decrypt) for each in found])
    elif not found:
        console.message(f"`{opened.app.stage}` has no secrets: `tfgen env set` makes one")
    else:
        headers = ("NAME", "REGION", "FROM", *(("VALUE",) if decrypt else ("KEY", "SET")))
        console.table(headers, _rows(found, values, len(regions), decrypt=decrypt))


def entries(stage: StageSecrets, regions: Sequence[Region], *, everywhere: bool) -> list[Entry]:
    """Returns the secrets of some regions by name and region, and what nothing names.

    Args:
        stage: the stage.
        regions: some of its regions.
        everywhere: also ciphertexts of regions that the stage does not have.
    """
    commits = None if stage.sandbox else blame(stage.file)
    found = [
        _entry(stage, region.name, name, region.secrets.get(name), commits)
        for region in regions
        for name in {*region.secrets, *_sealed_in(stage, region.name)}
    ]
    if everywhere:
        known = {region.name for region in stage.app.regions}
        found += [
            _entry(stage, region, name, None, commits)
            for name, by_region in stage.sealed.values.items()
            for region in by_region
            if region not in known
        ]
    return sorted(found, key=lambda each: (each.name, each.region))


def _sealed_in(stage: StageSecrets, region: str) -> Iterator[str]:
    return (name for name, by_region in stage.sealed.values.items() if region in by_region)


def _entry(
    stage: StageSecrets,
    region: str,
    name: str,
    secret: Secret | None,
    commits: Mapping[int, Commit | None] | None,
) -> Entry:
    from tfgen.app import KmsSecret
    from tfgen.cli.env.naming import source

    if secret is not None and not isinstance(secret, KmsSecret):
        return Entry(name, region, source(secret), secret.kms_key, "", True, None)
    sealed = stage.sealed.find(name, region)
    from_ = None if secret is None else _KMS
    if sealed is None:
        return Entry(name, region, from_, None, "not set", False, None)
    line = stage.sealed.places.at(name, region).rpartition(":")[2]
    commit = (commits or {}).get(int(line))
    # Nobody commits the sandbox's.
    state = "set" if stage.sandbox else "not committed"
    if commit is not None:
        state = f"{commit.at:%Y-%m-%d %H:%M} by {commit.by}"
    found = secret is None or secret.ciphertext is not None
    if not found:
        state = f"made for {sealed.context}"
    return Entry(name, region, from_, sealed.key, state, found, commit)


def _values(
    stage: StageSecrets, regions: Sequence[Region], found: Sequence[Entry]
) -> dict[tuple[str, str], str]:
    from tfgen.cli.env.resolve import values_of

    values = {}
    for region in regions:
        there = [
            each.name
            for each in found
            if each.region == region.name and each.source is not None and each.found
        ]
        for name, value in values_of(stage, region, there).items():
            values[name, region.name] = value
    return values


def _rows(
    found: Sequence[Entry],
    values: Mapping[tuple[str, str], str],
    regions: int,
    *,
    decrypt: bool,
) -> list[tuple[str, ...]]:
    rows: dict[tuple[str, ...], list[str]] = {}
    for each in found:
        source = each.source or "nothing names it"
        key = short_id(each.key) if each.key else ""
        value = values.get((each.name, each.region), each.state)
        about = (value,) if decrypt else (key, each.state)
        # What is the same everywhere is one row.
        same = "" if each.source not in (None, _KMS) else each.region
        rows.setdefault((each.name, same, source, *about), []).append(each.region)
    return [
        (row[0], _ALL if len(where) == regions and not row[1] else ", ".join(where), *row[2:])
        for row, where in rows.items()
    ]


def _as_json(
    entry: Entry, values: Mapping[tuple[str, str], str], *, decrypt: bool
) -> dict[str, object]:
    commit = entry.commit
    about: dict[str, object] = {
        "name": entry.name,
        "region": entry.region,
        "source": entry.source,
        "key": entry.key,
        "set": entry.found,
        "last_set": None
        if commit is None
        else {"at": commit.at.isoformat(), "by": commit.by, "commit": commit.id},
    }
    if decrypt:
        about["value"] = values.get((entry.name, entry.region))
    return about
