"""Hostile configs for an hour: ``python -m benchmarks.fuzz [SECONDS]``.

One process makes configs, renders those that are accepted, reads the HCL again, and looks for what
a value must never become. Terraform formats all trees and validates some. The numbers go on where
those of the tests end, so that each run of the same length sees the same configs; each that went
wrong can be made again with ``tests.fuzz.generator.config``.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import machine
from tests.combinations.together import write_together
from tests.fuzz.outcome import Tally, findings
from tests.fuzz.test_config import COUNT, unformatted
from tests.support.pool import validating
from tests.support.provider import validate
from tfgen.terraform.engine import find

HOUR = 3600
ROUND = 2000
# Of each round, evenly.
LINTED = 10
# In all; each takes Terraform a second or two.
VALIDATED = 100
FIVE = 'version = "~> 5.'


def main() -> None:
    """Prints what became of the configs, and what went wrong."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else HOUR
    began, busy, number = time.monotonic(), 0.0, COUNT
    seen = rendered = refused = linted = 0
    wrong: dict[int, str] = {}
    sample: dict[int, Mapping[str, str]] = {}
    tally = Tally()
    while time.monotonic() - began < seconds:
        started = time.process_time()
        for each in range(number, number + ROUND):
            tally.add(each)
        busy += time.process_time() - started
        number, seen = number + ROUND, seen + ROUND
        rendered, refused = rendered + len(tally.trees), refused + tally.refused
        for each in _evenly(tally.trees, LINTED):
            linted += 1
            if found := findings(tally.trees[each]):
                wrong[each] = "\n".join(found)
        with tempfile.TemporaryDirectory() as folder:
            if changed := unformatted(tally.fresh, Path(folder)):
                wrong[number] = changed
        fives = {n: files for n, files in tally.trees.items() if _is_for_5(files)}
        sample |= {n: fives[n] for n in _evenly(fives, VALIDATED)}
        wrong |= tally.wrong
        tally.forget()
    chosen = {n: sample[n] for n in _evenly(sample, VALIDATED)}
    wrong |= _invalid(chosen)
    print(f"{machine()}; {time.monotonic() - began:,.0f} s\n")
    print("| configs | per second | refused | rendered, read, formatted | linted | validated |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(
        f"| {seen:,} | {seen / busy:.0f} | {refused:,} | {rendered:,} | {linted:,} | "
        f"{len(chosen):,} |\n"
    )
    print(f"Crashes, and trees that are not right: {len(wrong)}")
    for each, what in wrong.items():
        print(f"\n{each}: {what}")
    sys.exit(1 if wrong else 0)


def _evenly(trees: Mapping[int, object], count: int) -> list[int]:
    return list(trees)[:: max(1, len(trees) // count)][:count]


def _is_for_5(files: Mapping[str, str]) -> bool:
    return any(FIVE in text for text in files.values())


def _invalid(trees: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    """Returns what Terraform says against trees for version 5 of the provider."""
    engine = find({**os.environ, "TFGEN_TERRAFORM": "terraform"})
    found: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder, validating() as env:
        named = {f"tree_{number}": files for number, files in trees.items()}
        for index, root in enumerate(write_together(named, Path(folder))):
            if said := validate(engine, root, env):
                found[-1 - index] = said
    return found


if __name__ == "__main__":
    main()
