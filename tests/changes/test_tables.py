"""Changes of tables that one apply cannot make, and the steps that can."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.config.test_resolve import HEAD
from tests.support.steps import Document, configs_of
from tfgen.app import App
from tfgen.changes import (
    DeployedReplica,
    DeployedTable,
    Refusal,
    refusals,
)
from tfgen.config.load import loads
from tfgen.render.addresses import table_module
from tfgen.resolve import resolve

NAME = "hello-production-items"
ITEMS = ("database", "dynamodb", "items")
REPLICATED: Mapping[str, Any] = {"hash_key": "id", "replicate": True}


def config(
    *, regions: Mapping[str, Any] | None = None, home: str = "us-west-2", **table: Any
) -> Document:
    return {
        "regions": dict(regions or {"us-west-2": {}, "eu-west-2": {}}),
        "database": {"home": home, "dynamodb": {"items": {"hash_key": "id", **table}}},
    }


def app_of(document: Document) -> App:
    # JSON is YAML.
    return _app_of(HEAD + "\n".join(f"{key}: {json.dumps(document[key])}" for key in document))


@cache
def _app_of(text: str) -> App:
    return resolve(loads(text), "production")


def deployed(app: App) -> list[DeployedTable]:
    """Returns what a state knows after an apply of an app, with version 6 of the provider."""
    return [
        DeployedTable(
            module=table_module(table.name),
            name=table.full_name,
            home=app.database.home,
            hash_key=table.hash_key,
            range_key=table.range_key,
            attributes=table.attributes,
            local_indexes=table.local_indexes,
            ttl=table.ttl.attribute if table.ttl and table.ttl.enabled else None,
            stream=table.stream,
            replicas=tuple(
                DeployedReplica(region, table.deletion_protection) for region in table.replicas
            ),
            # A table without replicas is as consistent as any.
            consistency=table.consistency if table.replicas else "eventual",
            witness=table.witness,
            encryption=table.encryption,
            keys={region.name: region.kms_key for region in app.regions},
        )
        for table in app.database.tables
    ]


def refused(before: Document, after: Document) -> Refusal | None:
    found = refusals(app_of(after), deployed(app_of(before)))
    assert len(found) <= 1
    return found[0] if found else None


ALIAS: Document = {"us-west-2": {"kms_key": "alias/company"}, "eu-west-2": {}}
SET = "set `deletion_protection: false` on the table as it was, and apply"
DETACH = "set `stream: new_and_old` in the place of `replicate: true`, and apply"
OWNED = "set `encryption: aws_owned`, and apply"
LAST = "write the table as you want it, and apply"


@pytest.mark.parametrize(
    ("before", "after", "message", "path", "steps"),
    [
        (
            config(replicate=True),
            config(),
            f"The table `{NAME}` cannot lose its replicas in one apply",
            ITEMS,
            [SET, DETACH, LAST],
        ),
        (
            config(replicate=True, deletion_protection=False),
            config(),
            f"The table `{NAME}` cannot lose its replicas in one apply",
            ITEMS,
            [DETACH, LAST],
        ),
        (
            config(replicate=True),
            config(stream="new_and_old"),
            f"The table `{NAME}` is protected against deletion in `eu-west-2`",
            ITEMS,
            [SET, LAST],
        ),
        (
            config(replicate=True, regions={"us-west-2": {}, "eu-west-2": {}, "eu-west-1": {}}),
            config(replicate=True),
            f"The table `{NAME}` is protected against deletion in `eu-west-1`",
            ITEMS,
            [SET, LAST],
        ),
        (
            config(replicate=True),
            config(replicate=True, encryption="app"),
            f"The key of the table `{NAME}` cannot be changed while it has replicas",
            (*ITEMS, "encryption"),
            [SET, DETACH, "set `encryption: app`, and apply", LAST],
        ),
        (
            config(replicate=True, encryption="app", deletion_protection=False),
            config(replicate=True),
            f"The key of the table `{NAME}` cannot be changed while it has replicas",
            (*ITEMS, "encryption"),
            [DETACH, OWNED, LAST],
        ),
        (
            config(replicate=True, encryption="app", deletion_protection=False),
            config(replicate=True, encryption="app", regions=ALIAS),
            f"The key of the table `{NAME}` cannot be changed while it has replicas",
            ("regions", "us-west-2", "kms_key"),
            [
                DETACH,
                OWNED,
                "write the new `kms_key`, with `encryption: aws_owned` and without `replicate`, "
                "and apply",
                "set `encryption: app`, and apply",
                LAST,
            ],
        ),
        (
            config(encryption="app"),
            config(encryption="app", regions=ALIAS),
            f"The table `{NAME}` cannot get another key in one apply",
            ("regions", "us-west-2", "kms_key"),
            [OWNED, "write the new `kms_key`, with `encryption: aws_owned`, and apply", LAST],
        ),
        (
            config(encryption="app"),
            config(encryption="aws_managed"),
            f"The table `{NAME}` cannot change from the app's key to `aws_managed` in one apply",
            (*ITEMS, "encryption"),
            [OWNED, LAST],
        ),
        (
            config(),
            config(replicate=True, encryption="app"),
            f"The table `{NAME}` cannot get new replicas and another `encryption` in one apply",
            (*ITEMS, "encryption"),
            ["set `encryption: app`, and apply", LAST],
        ),
        (
            config(ttl="expires"),
            config(),
            "To remove `ttl` does not switch it off: DynamoDB would go on deleting items of "
            f"`{NAME}` by `expires`",
            (*ITEMS, "ttl"),
            [
                "set `ttl: {attribute: expires, enabled: false}` on the table as it was, and apply",
                LAST,
            ],
        ),
        (
            config(ttl="expires"),
            config(ttl="until"),
            f"The table `{NAME}` has a time to live by `expires`, and DynamoDB takes no other "
            "attribute before that is off",
            (*ITEMS, "ttl"),
            [
                "set `ttl: {attribute: expires, enabled: false}` on the table as it was, and apply",
                f"an hour after the first step, {LAST}",
            ],
        ),
        (
            config(replicate=True, ttl="expires"),
            config(),
            f"The table `{NAME}` cannot lose its replicas in one apply",
            ITEMS,
            [
                "set `deletion_protection: false` and `ttl: {attribute: expires, enabled: false}` "
                "on the table as it was, and apply",
                DETACH,
                LAST,
            ],
        ),
    ],
)
def test_a_change_is_refused_with_its_steps(
    before: Document, after: Document, message: str, path: tuple[str, ...], steps: list[str]
) -> None:
    found = refused(before, after)
    assert found is not None
    assert found.message.startswith(message)
    assert found.path == path
    assert [step.text for step in found.steps] == steps
    assert f"do it in {len(steps)} steps: (1) {steps[0]}; (2) {steps[1]}" in found.hint


AMERICA: Document = {"us-west-2": {}, "us-east-1": {}}
STRONG: Document = {"replicate": True, "consistency": "strong", "regions": AMERICA}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (config(replicate=True, regions=AMERICA), config(**STRONG, witness="us-east-2")),
        (config(**STRONG, witness="us-east-2"), config(replicate=True, regions=AMERICA)),
    ],
)
def test_strong_replicas_are_made_together(before: Document, after: Document) -> None:
    found = refused(before, after)
    assert found is not None
    assert found.message.startswith(
        f"The consistency of the table `{NAME}` cannot be changed while it has replicas"
    )
    assert found.path == (*ITEMS, "consistency")
    assert len(found.steps) == 3
    assert found.hint.endswith("Meanwhile the other regions are without the table")


def test_a_region_that_left_the_config_is_better_removed_by_its_command() -> None:
    regions: Document = {"us-west-2": {}, "eu-west-2": {}, "eu-west-1": {}}
    found = refused(config(replicate=True, regions=regions), config(replicate=True))
    assert found is not None
    assert found.hint.endswith(f"{LAST}. `tfgen region remove eu-west-1` does all of it")


def test_a_home_is_not_changed_and_has_no_steps() -> None:
    found = refused(config(replicate=True), config(replicate=True, home="eu-west-2"))
    assert found is not None
    assert (found.path, found.steps) == (("database", "home"), ())
    assert found.hint.startswith("put `home: us-west-2` back")


KEYED: Document = {
    "range_key": "at",
    "attributes": {"at": "N", "owner": "S", "size": "N"},
    "indexes": {"by-owner": {"hash_key": "owner"}},
    "local_indexes": {"by-size": {"range_key": "size", "projection": "keys"}},
}


def keyed(**changed: Any) -> Document:
    return config(**{**KEYED, **changed})


@pytest.mark.parametrize(
    ("after", "message", "key", "advice"),
    [
        (
            keyed(attributes={**KEYED["attributes"], "at": "S"}),
            "The type of the key `at` of the table",
            ("attributes", "at"),
            "put `N` back",
        ),
        (
            keyed(attributes={**KEYED["attributes"], "size": "B"}),
            "The type of the key `size` of the table",
            ("attributes", "size"),
            "put `N` back",
        ),
        (
            keyed(attributes={**KEYED["attributes"], "owner": "N"}),
            "The type of the key `owner` of the table",
            ("attributes", "owner"),
            "take the indexes out that have this key",
        ),
        (
            keyed(local_indexes={"by-size": {"range_key": "size", "projection": "all"}}),
            "The local index `by-size` of the table",
            ("local_indexes", "by-size"),
            "put it back as it was, or give it another name",
        ),
    ],
)
def test_keys_that_the_provider_passes_over_are_refused(
    after: Document, message: str, key: tuple[str, ...], advice: str
) -> None:
    found = refused(keyed(), after)
    assert found is not None
    assert found.message.startswith(message)
    assert (found.path, found.steps) == ((*ITEMS, *key), ())
    assert found.hint.startswith(advice)
    assert not found.hinders_destroy


@pytest.mark.parametrize(
    "after",
    [
        keyed(),
        config(range_key="owner", attributes={"owner": "N"}),
        keyed(local_indexes={"of-size": {"range_key": "size", "projection": "all"}}),
        keyed(indexes={}, attributes={"at": "N", "size": "N"}),
    ],
)
def test_keys_of_a_table_that_is_replaced_may_change(after: Document) -> None:
    assert refused(keyed(), after) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (config(encryption="app"), config()),
        (config(encryption="aws_managed"), config(encryption="app")),
        (config(replicate=True), config(replicate=True, encryption="aws_managed")),
        (config(), config(replicate=True)),
        (config(stream="keys"), config(stream="new")),
        (config(ttl="expires"), config(ttl={"attribute": "expires", "enabled": False})),
        (config(ttl={"attribute": "expires", "enabled": False}), config()),
        (config(regions=ALIAS), config()),
        (config(replicate=True, deletion_protection=False), config(stream="new_and_old")),
    ],
)
def test_one_apply_is_enough_for(before: Document, after: Document) -> None:
    assert refused(before, after) is None


def test_a_table_that_is_new_or_gone_is_none_of_it() -> None:
    app = app_of(config())
    assert refusals(app, []) == []
    other = app_of({"regions": {"us-west-2": {}}})
    assert refusals(other, deployed(app)) == []


def configs() -> list[Document]:
    """Returns configs of a table that differ in all that a refusal looks at."""
    found = []
    places: list[Document] = [
        {"us-west-2": {}, "eu-west-2": {}},
        ALIAS,
        {"us-west-2": {}, "eu-west-1": {}},
    ]
    for replicate, encryption, ttl, regions, protection in itertools.product(
        (True, False),
        ("aws_owned", "aws_managed", "app"),
        (None, "expires"),
        places,
        (True, False),
    ):
        table: Document = {"encryption": encryption, "deletion_protection": protection}
        if replicate:
            table["replicate"] = True
        if ttl:
            table["ttl"] = ttl
        found.append(config(regions=regions, **table))
    return found


def test_every_step_can_be_applied_and_the_last_is_what_is_wanted() -> None:
    documents = [(document, app_of(document)) for document in configs()]
    refused_pairs = 0
    for (before, app), (after, wanted) in itertools.product(documents, repeat=2):
        state = deployed(app)
        found = refusals(wanted, state)
        if not found:
            possible(state[0], deployed(wanted)[0])
            continue
        refused_pairs += 1
        (refusal,) = found
        assert len(refusal.steps) >= 2
        for document in configs_of(refusal.steps, before, after):
            step = app_of(document)
            assert refusals(step, state) == [], (before, after, refusal)
            (made,) = deployed(step)
            possible(state[0], made)
            state = [made]
        assert state == deployed(wanted)
    assert refused_pairs > len(documents)


def possible(before: DeployedTable, after: DeployedTable) -> None:
    """Holds one apply to what AWS and the provider can do at once."""
    had = {replica.region: replica for replica in before.replicas}
    has = {replica.region for replica in after.replicas}
    assert not [region for region in had.keys() - has if had[region].protected]
    if had:
        assert not (before.stream and after.stream is None)
    key = "app" in {before.encryption, after.encryption}
    changed = before.encryption != after.encryption
    if changed:
        assert (before.encryption, after.encryption) != ("app", "aws_managed")
        assert not has - had.keys()
        assert not (key and had)
    if key:
        for region in {before.home, *had, *has} & after.keys.keys() & before.keys.keys():
            assert before.keys[region] == after.keys[region]
    if before.ttl is not None:
        assert after.ttl in (None, before.ttl)
