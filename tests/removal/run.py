"""Applies, changes, and compares: what is different from an app that never had the key.

``python -m tests.removal.run TEXT…`` does so with the apps alone in whose transitions the text is,
``python -m tests.removal.run`` with all.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.combinations.language import REGIONS
from tests.removal.account import read_account
from tests.removal.accounts import Account, account, app_of
from tests.removal.compare import Difference, differences
from tests.removal.noted import Noted
from tests.removal.packing import Packed, packed
from tests.removal.probes import answers
from tests.removal.roots import Failed
from tests.removal.steps import stops
from tfgen.app import App
from tfgen.changes import DeployedTable, Refusal, refusals
from tfgen.sandbox.client import Client

# Where certificates of edge endpoints are, and what Route 53 reports.
_ALSO = "us-east-1"


# What stays on purpose, by what it is called, and why.
LEFT: Mapping[str, str] = {
    r"^apigateway \S+ account$": "every REST API of the account in the region logs with its role",
    r"^iam role r\d{3}-production-apigateway-": "it is the account's role",
}


@dataclass(frozen=True)
class Outcome:
    """What came of the transitions.

    Attributes:
        apps: the apps by name.
        failed: what could not be applied where keys were removed or changed.
        failed_alone: what could not be applied where they had never been; or before.
        planned: what Terraform would still change where keys were changed, by app.
        resources: what is different in the account.
        answers: what is answered differently.
        never: what tfgen refuses because no apply can change it; that stays as it was in both.
    """

    apps: Mapping[str, Packed]
    failed: Sequence[Failed]
    failed_alone: Sequence[Failed]
    planned: Mapping[str, Sequence[str]]
    resources: Sequence[Difference]
    answers: Sequence[Difference]
    never: Sequence[Refusal]

    def report(self) -> str:
        """Returns everything that was found, by app."""
        lines = []
        for name, app in {**self.apps, "": "of no app"}.items():
            found = [
                f"fails: {each.address}: {each.message}" for each in self.failed if each.app == name
            ]
            found += [
                f"fails without the key: {each.address}: {each.message}"
                for each in self.failed_alone
                if each.app == name
            ]
            found += [f"still planned: {change}" for change in self.planned.get(name, ())]
            found += [str(each) for each in (*self.resources, *self.answers) if each.app == name]
            if found:
                lines += [str(app), *(f"    {each}" for each in dict.fromkeys(found))]
        return "\n".join(lines)


def run(folder: Path, apps: Sequence[Packed]) -> Outcome:
    """Applies what was before and then what is after, and beside it only what is after.

    Args:
        folder: is empty.
        apps: the apps.
    """
    by_name = {app.name: app for app in apps}
    first = {app.name: app_of(app.name, app.before) for app in apps}
    last = {app.name: app_of(app.name, app.after) for app in apps}
    tagged = [app.name for app in apps if {"tags"} & {*app.before, *app.after}]
    with (
        account(folder / "changed", tagged) as changed,
        account(folder / "fresh", tagged) as fresh,
        ThreadPoolExecutor(2) as both,
    ):
        # What is there already is there in both.
        for each, apps_then in product((changed, fresh), (first, last)):
            each.prepare(apps_then)
        failed_alone = changed.apply(first)
        refused = _refused(apps, changed.tables())
        ways = {app.name: _way(app, refused[app.name]) for app in apps}
        alone = both.submit(fresh.apply, {name: way[-1] for name, way in ways.items()})
        failed = [each for apps_then in _rounds(ways) for each in changed.apply(apps_then)]
        failed_alone += alone.result()
        planned = changed.planned()
        found_in, expected_in = both.map(_read, (changed, fresh))
        resources = [
            each
            for each in differences(found_in.plain(), expected_in.plain())
            if not any(re.search(pattern, each.what) for pattern in LEFT)
        ]
        said, should_say = both.map(_ask, (changed, fresh))
        answered = differences(
            found_in.named(said), expected_in.named(should_say), decisive="status"
        )
    never = [each for found in refused.values() for each in found if not each.steps]
    return Outcome(by_name, failed, failed_alone, planned, resources, answered, never)


def _refused(
    apps: Sequence[Packed], deployed: Mapping[str, Sequence[DeployedTable]]
) -> dict[str, list[Refusal]]:
    """Returns what tfgen refuses to change of each app.

    Args:
        apps: the apps, of which the first documents are deployed.
        deployed: the tables of each.
    """
    return {
        app.name: refusals(app_of(app.name, app.after), deployed.get(app.name, ())) for app in apps
    }


def _way(app: Packed, refused: Sequence[Refusal]) -> list[App]:
    """Returns what is applied of an app after its first document."""
    return [app_of(app.name, each) for each in stops(app.before, app.after, refused)]


def _rounds(ways: Mapping[str, Sequence[App]]) -> list[dict[str, App]]:
    """Returns what is applied one after the other, of all apps at once."""
    count = max(map(len, ways.values()))
    return [
        {name: way[min(number, len(way) - 1)] for name, way in ways.items()}
        for number in range(count)
    ]


def _read(in_: Account) -> Noted:
    return read_account(in_.aws, (*REGIONS, _ALSO))


def _ask(in_: Account) -> dict[str, object]:
    return answers(Client(in_.running), in_.aws, in_.apps)


def main(wanted: Sequence[str]) -> None:
    """Runs the apps in which a text is."""
    chosen = [app for app in packed() if not wanted or any(text in str(app) for text in wanted)]
    with tempfile.TemporaryDirectory() as folder:
        print(run(Path(folder), chosen).report())  # noqa: T201 - it is what the program is for


if __name__ == "__main__":
    main(sys.argv[1:])
