"""The committed trees are what the configs render to: byte for byte, no file more, none fewer."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.trees import (
    CONFIGS,
    TREES,
    apps_of,
    committed_tree,
    configs,
    files_of,
    read_tree,
    write_tree,
)
from tfgen.render.render import render

CASES = sorted(configs())


@pytest.mark.parametrize("case", CASES)
def test_the_tree_is_as_committed(case: str) -> None:
    assert dict(files_of(configs()[case])) == read_tree(committed_tree(case))


def test_no_tree_is_without_a_config() -> None:
    assert {path.name for path in TREES.iterdir()} == {path.stem for path in CONFIGS.iterdir()}


def test_terraform_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    for case in CASES:
        write_tree(files_of(configs()[case], 5), tmp_path / "5" / case)
        write_tree(files_of(configs()[case], 6), tmp_path / "6" / case)
    result = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "")


# Version 5 can make no table strongly consistent.
FOR_BOTH = [case for case in CASES if case != "tables-strong"]


@pytest.mark.parametrize("case", FOR_BOTH)
def test_provider_5_and_6_differ_only_in_wiring_and_region_arguments(case: str) -> None:
    five, six = (files_of(configs()[case], provider) for provider in (5, 6))
    assert five.keys() == six.keys()
    for path in six.keys() - {f"{app.stage}/providers.tf" for app in apps_of(configs()[case])}:
        assert wiring_removed(five[path]) == wiring_removed(six[path]), path


ONLY_IN_ONE = {
    "version",
    "#",
    "code_sha256",
    "source_code_hash",
    "enable_accelerated_recovery",
    "invoked_via_function_url",
    "security_policy",
    "endpoint_access_mode",
}


ONLY_IN_ONE_DOCUMENT = re.compile(r"x-amazon-apigateway-(security-policy|endpoint-access-mode)")


def wiring_removed(text: str) -> list[str]:
    """Returns the lines of a file without what only one of the provider's versions has.

    These are versions, ``providers`` and ``region`` arguments, the protection of replicas, the
    arguments of ``ONLY_IN_ONE``, and the comments on them.
    """
    text = re.sub(r"\(\{\n +deletion_protection += .*\n +\}\)", "({})", text)
    lines = []
    skipping = False
    written = text.splitlines()
    for line, after in zip(written, [*written[1:], ""], strict=True):
        words = line.split()
        region_paragraph = after == ""
        if words[:3] == ["providers", "=", "{"] or (
            words[:1] == ["variable"] and words[1] in {'"region"', '"security_policy"'}
        ):
            skipping = True
        if (
            not skipping
            and words
            and words[0] not in ONLY_IN_ONE
            and not ONLY_IN_ONE_DOCUMENT.search(line)
            and not (words[0].startswith("deletion_protection") and line.startswith("      "))
            and words != ["region", "=", "var.region"]
            and not (region_paragraph and line.startswith('  region = "'))
        ):
            # Who has a neighbour of a longer name is aligned to it.
            lines.append(re.sub(r" += ", " = ", line))
        if skipping and line.strip() == "}":
            skipping = False
    return lines


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_the_stages_does_not_matter(case: str) -> None:
    apps = apps_of(configs()[case])
    assert list(render(apps).files.items()) == list(render(tuple(reversed(apps))).files.items())


def test_a_file_too_many_would_be_seen(tmp_path: Path) -> None:
    files = dict(files_of(configs()["minimal"]))
    write_tree(files, tmp_path)
    (tmp_path / "production/extra.tf").write_text("", "utf-8")
    assert set(read_tree(tmp_path)) - set(files) == {"production/extra.tf"}
