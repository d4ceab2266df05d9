"""Tables in the config: what comes of them, what is refused, and what is worth a notice."""

from __future__ import annotations

import pytest

from tests.config.test_resolve import HEAD, app_of, refusal
from tfgen.app import Index, Provisioned, Scaling, TableUse, TimeToLive
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve
from tfgen.rules.environment import deployed_environment
from tfgen.rules.notices import notices

ONE = "regions: {us-west-2: {}}\n"
TWO = "regions: {us-west-2: {}, eu-west-2: {}}\n"
AMERICA = "regions: {us-west-2: {}, us-east-1: {}}\n"


def table(*lines: str, regions: str = ONE, home: bool = True, more: str = "") -> str:
    """Returns a config whose table `items` begins in line 6, or 5 without a home."""
    said = "  home: us-west-2\n" if home else ""
    body = "".join(f"      {line}\n" for line in lines)
    return f"{regions}database:\n{said}  dynamodb:\n    items:\n{body}{more}"


def test_every_default_is_explicit() -> None:
    app = app_of(table("hash_key: id", home=False))
    assert app.database.home == "us-west-2"
    (items,) = app.database.tables
    assert (items.name, items.full_name) == ("items", "hello-production-items")
    assert (items.hash_key, items.range_key, dict(items.attributes)) == ("id", None, {"id": "S"})
    assert (items.indexes, items.local_indexes, items.ttl) == ({}, {}, None)
    assert (items.billing, items.stream) == (None, None)
    assert (items.point_in_time_recovery, items.deletion_protection) == (True, True)
    assert (items.encryption, items.replicas, items.consistency) == ("aws_owned", (), "eventual")
    assert app.regions[0].tables == (
        TableUse("items", "hello-production-items", "ITEMS_TABLE", "write", True, False, False),
    )


def test_all_of_it() -> None:
    app = app_of(
        table(
            "hash_key: id",
            "range_key: at",
            "attributes: {at: N, owner: S}",
            "indexes: {by-owner: {hash_key: owner, range_key: at, projection: [name]}}",
            "local_indexes: {by-own: {range_key: owner, projection: keys}}",
            "ttl: expires",
            "billing: {read: 5, write: 3}",
            "stream: keys",
            "encryption: app",
            "access: full",
            regions=TWO,
        )
    )
    (items,) = app.database.tables
    assert dict(items.attributes) == {"at": "N", "id": "S", "owner": "S"}
    assert items.indexes == {"by-owner": Index("owner", "at", ("name",))}
    assert items.local_indexes == {"by-own": Index(None, "owner", "keys")}
    assert items.billing == Provisioned(5, 3)
    assert items.ttl == TimeToLive("expires", enabled=True)
    assert (items.stream, items.replicas) == ("keys", ())
    london, oregon = app.regions
    assert london.tables == ()
    assert oregon.tables == (
        TableUse("items", "hello-production-items", "ITEMS_TABLE", "full", True, True, True),
    )


def test_replicas_follow_the_regions_and_need_a_stream() -> None:
    app = app_of(table("hash_key: id", "replicate: true", regions=TWO))
    (items,) = app.database.tables
    assert (items.replicas, items.stream) == (("eu-west-2",), "new_and_old")
    assert [[use.name for use in region.tables] for region in app.regions] == [["items"]] * 2
    alone = app_of(table("hash_key: id", "replicate: true")).database.tables[0]
    assert (alone.replicas, alone.stream) == ((), "new_and_old")
    strong = app_of(table(*STRONG, "witness: us-east-2", regions=AMERICA)).database.tables[0]
    assert (strong.replicas, strong.stream) == (("us-east-1",), None)


def test_capacity_that_scales() -> None:
    bounds = "{min: 5, max: 50}"
    app = app_of(table("hash_key: id", f"billing: {{read: {bounds}, write: {bounds}}}"))
    assert app.database.tables[0].billing == Provisioned(Scaling(5, 50, 70), Scaling(5, 50, 70))


def test_a_table_that_exists_has_a_name_in_each_region() -> None:
    app = app_of(table("existing: legacy", "access: read", regions=TWO, home=False))
    assert app.database.tables == ()
    names = [(use.full_name, use.access) for region in app.regions for use in region.tables]
    assert names == [("legacy", "read")] * 2
    app = app_of(table("existing: {us-west-2: legacy-us}", regions=TWO, home=False))
    assert [[use.full_name for use in region.tables] for region in app.regions] == [
        [],
        ["legacy-us"],
    ]


def test_a_stage_changes_tables_and_their_home() -> None:
    stage = (
        "stages:\n  production: {}\n  staging:\n    regions: {eu-west-2: {}}\n"
        "    database: {home: eu-west-2, dynamodb: {items: {deletion_protection: false}}}\n"
    )
    app = app_of(table("hash_key: id", "replicate: true", regions=TWO, more=stage), "staging")
    (items,) = app.database.tables
    assert (app.database.home, items.full_name) == ("eu-west-2", "hello-staging-items")
    assert (items.hash_key, items.deletion_protection) == ("id", False)


def test_the_names_of_tables_are_in_the_environment() -> None:
    app = app_of(table("hash_key: id", more="    by-day: {hash_key: day}\n"))
    assert deployed_environment(app, app.regions[0]) == {
        "ITEMS_TABLE": "hello-production-items",
        "BY_DAY_TABLE": "hello-production-by-day",
    }


BOUNDS = "{min: 5, max: 50}"
SCALED = f"billing: {{read: {BOUNDS}, write: {BOUNDS}}}"


STRONG = ("hash_key: id", "replicate: true", "consistency: strong")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (table("range_key: at"), 7, "`database.dynamodb.items.hash_key` is missing", "existing"),
        (
            table("existing: legacy", "ttl: at"),
            9,
            "`items` exists already, so `ttl` has no effect",
            "remove `ttl:`",
        ),
        (
            table("existing: {us-wst-2: legacy}"),
            8,
            "There is no AWS region `us-wst-2`",
            "`us-west-2`",
        ),
        (
            table("hash_key: id", regions=TWO, home=False),
            6,
            "It is not said in which region the tables are at home",
            "`home: us-west-2` under `database:`, or another of us-west-2, eu-west-2",
        ),
        (
            table("hash_key: id", regions="regions: {eu-west-2: {}}\n"),
            5,
            "The home of the tables, `us-west-2`, is not a region of the app",
            "eu-west-2",
        ),
        (table("hash_key: id", "range_key: id"), 9, "`id` is both keys of the table", "another"),
        (table("hash_key: id", "ttl: id"), 9, "cannot say when an item expires", "no key"),
        (
            table("hash_key: id", "attributes: {at: N}", "local_indexes: {by-at: {range_key: at}}"),
            10,
            "has local indexes and no sort key",
            "`range_key:`",
        ),
        (
            table(
                "hash_key: id",
                f"indexes: {{{', '.join(f'by-{n}: {{hash_key: id}}' for n in range(21))}}}",
            ),
            9,
            "has 21 `indexes`; DynamoDB allows 20",
            "several questions",
        ),
        (
            table(
                "hash_key: id",
                "range_key: at",
                f"local_indexes: {{{', '.join(f'by-{n}: {{range_key: at}}' for n in range(6))}}}",
            ),
            10,
            "has 6 `local_indexes`; DynamoDB allows 5",
            "several questions",
        ),
        (
            table(
                "hash_key: id",
                "range_key: at",
                "indexes: {by-at: {hash_key: at}}",
                "local_indexes: {by-at: {range_key: at}}",
            ),
            11,
            "has two indexes `by-at`",
            "something else",
        ),
        (
            table("hash_key: id", "indexes: {by-id: {hash_key: id, range_key: id}}"),
            9,
            "`id` is both keys of the index `by-id`",
            "another",
        ),
        (
            table("hash_key: id", "indexes:", "  by-owner: {hash_key: owner}"),
            10,
            "`by-owner` uses the attribute `owner`, whose type is not said",
            "add `owner: S` under `attributes:` of `items`",
        ),
        (
            table("hash_key: id", "attributes:", "  owner: S"),
            10,
            "`owner` is a key neither of the table `items` nor of an index",
            "remove it",
        ),
        (
            table(
                "hash_key: id",
                "indexes:",
                *(
                    f"  by-{n}: {{hash_key: id, projection: [{', '.join('abcdefghijk')}]}}"
                    for n in range(10)
                ),
            ),
            7,
            "name 110 attributes; DynamoDB allows 100",
            "projection: all",
        ),
        (
            table("hash_key: id", f"billing: {{read: {BOUNDS}, write: 5}}"),
            9,
            "one half scales",
            "{min: 5, max: 5}",
        ),
        (
            table("hash_key: id", f"billing: {{read: {BOUNDS}, write: {{min: 5, max: 4}}}}"),
            9,
            "`min` is 5, and `max` is 4",
            "cannot be more",
        ),
        (
            table("hash_key: id", SCALED, "indexes: {by-id: {hash_key: id}}"),
            10,
            "scales, and that of its indexes cannot",
            "remove `billing:`",
        ),
        (
            table(
                "hash_key: id", SCALED, more="    a: {hash_key: id, billing: {read: 1, write: 1}}\n"
            ),
            10,
            "The capacity of the table `items` scales, that of `a` does not",
            "{min: 5, max: 5}",
        ),
        (
            table("hash_key: id", "replicate: true", SCALED, regions=TWO),
            10,
            "is replicated, and has a capacity of its own",
            "remove `billing:`",
        ),
        (
            table("hash_key: id", "replicate: true", "stream: new", regions=TWO),
            10,
            "carries its changes to the replicas, which takes `new_and_old`",
            "remove `stream:`",
        ),
        (
            table("hash_key: id", "witness: us-east-2"),
            9,
            "has a witness, which has no effect without `consistency: strong`",
            "remove `witness:`",
        ),
        (
            table("hash_key: id", "consistency: strong", regions=AMERICA),
            9,
            "strongly consistent in one region alone",
            "replicate: true",
        ),
        (
            table(*STRONG, regions=AMERICA),
            10,
            "is strongly consistent in 2 regions; DynamoDB takes exactly three",
            "as `witness:`, which keeps no items: us-east-2",
        ),
        (
            table(*STRONG, regions="regions: {us-west-2: {}}\n"),
            10,
            "is strongly consistent in 1 region; DynamoDB takes exactly three",
            "run in three regions",
        ),
        (
            table(*STRONG, "witness: us-east-1", regions=AMERICA),
            11,
            "The witness `us-east-1` is a region of the app",
            "us-east-2",
        ),
        (
            table(*STRONG, "witness: us-est-2", regions=AMERICA),
            11,
            "There is no AWS region `us-est-2`",
            "us-east-2",
        ),
        (
            table(*STRONG, "witness: eu-west-1", regions=AMERICA),
            10,
            "no table strongly consistent across us-east-1, us-west-2, eu-west-1",
            "us-east-1, us-east-2, us-west-2",
        ),
        (
            table(*STRONG, "witness: us-east-2", "ttl: expires", regions=AMERICA),
            12,
            "strongly consistent, and cannot have a time to live",
            "remove `ttl:`",
        ),
        (
            table(
                *STRONG,
                "witness: us-east-2",
                regions=AMERICA,
                more="terraform: {aws_provider: 5}\n",
            ),
            10,
            "Version 5 of the AWS provider cannot make `items` strongly consistent",
            "aws_provider: 6",
        ),
        (
            table("hash_key: id", more="env: {ITEMS_TABLE: other}\n"),
            9,
            "`ITEMS_TABLE` has the name of the table `items`, so `env` cannot set it",
            "remove it from `env`",
        ),
        (
            table("hash_key: id", more="secrets: {ITEMS_TABLE: {ssm: /hello/items}}\n"),
            9,
            "so `secrets` cannot set it",
            "remove it from `secrets`",
        ),
        (
            table("hash_key: id", more="    a-b: {hash_key: id}\n    a_b: {hash_key: id}\n"),
            10,
            "The tables `a-b` and `a_b` would share the variable `A_B_TABLE`",
            "something else",
        ),
        (
            table("hash_key: id", more="    old: {existing: hello-production-items}\n"),
            9,
            "`items` and `old` are both the table `hello-production-items`",
            "another table",
        ),
        (
            "name: hello\nfunction: {source: ./src, runtime: python3.13, handler: app.handler}\n"
            + table("hash_key: id", more="    x-items: {hash_key: id}\n")
            + "stages:\n  prod: {}\n  prod-x: {}\n",
            6,
            "The stages `prod` and `prod-x` share the table `hello-prod-x-items`",
            "something else",
        ),
    ],
)
def test_refused(text: str, line: int, message: str, hint: str) -> None:
    error = refusal(text.removeprefix(HEAD))
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    assert error.hint is not None
    assert hint in error.hint


@pytest.mark.parametrize(
    ("lines", "line", "message", "hint"),
    [
        (("hash_key: id", "billing: {read: 5}"), 9, "billing.write` is missing", "write"),
        (("hash_key: id", "billing: cheap"), 9, "billing` is cheap", "'on_demand'"),
        (("hash_key: id", "billing: {read: {min: 1}, write: 1}"), 9, "read.max` is missing", ""),
        (
            ("hash_key: id", "indexes: {a/b: {hash_key: id}}"),
            9,
            "cannot be 'a/b'",
            "three at least",
        ),
        (("hash_key: id", "stream: all"), 9, "stream` is all", "new_and_old"),
        (("existing: no good",), 8, "cannot be 'no good'", "three at least"),
        (("hash_key: id", "hashkey: id"), 9, "Unknown key", "hash_key"),
    ],
)
def test_the_form_of_a_value(lines: tuple[str, ...], line: int, message: str, hint: str) -> None:
    with pytest.raises(TfgenError) as raised:
        loads(HEAD + table(*lines))
    error = raised.value
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    assert hint in (error.hint or "")


def test_a_region_without_a_table_is_told() -> None:
    app = app_of(table("hash_key: id", regions=TWO))
    (said,) = notices(app)
    assert "no table `items` in `eu-west-2`, and no variable `ITEMS_TABLE`" in said
    assert "`replicate: true`" in said
    assert notices(app_of(table("hash_key: id", "replicate: true", regions=TWO))) == ()
    legacy = app_of(table("existing: {us-west-2: legacy}", regions=TWO, home=False))
    (said,) = notices(legacy)
    assert "`existing` can name one for each region" in said


def test_replicas_that_the_provider_does_not_protect_are_told() -> None:
    text = table("hash_key: id", "replicate: true", regions=TWO)
    old = resolve(loads(HEAD + text + "terraform: {aws_provider: 5}\n"), "production")
    (said,) = notices(old)
    assert "protects a table against deletion, and not its replicas" in said
    bare = text + "      deletion_protection: false\nterraform: {aws_provider: 5}\n"
    assert notices(resolve(loads(HEAD + bare), "production")) == ()
