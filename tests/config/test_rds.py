"""Databases of RDS in the config: what comes of them, what is refused, and what is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.config.test_resolve import HEAD, app_of, refusal
from tfgen.app import Code, DatabaseUse, RdsVariables
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve
from tfgen.rules import check_provider
from tfgen.rules.environment import deployed_environment
from tfgen.rules.notices import notices
from tfgen.rules.rds import used_variables

ONE = "regions: {us-west-2: {}}\n"
TWO = "regions: {us-west-2: {}, eu-west-2: {}}\n"
VPC = "{subnet_ids: [subnet-01234567], security_group_ids: [sg-01234567]}"
INSIDE = f"regions: {{us-west-2: {{vpc: {VPC}}}}}\n"
VARIABLES = RdsVariables(
    "DB_HOST", "DB_READER_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"
)
URL = "secrets: {DATABASE_URL: {ssm: /hello/url}}\n"
STAGES = "stages: {one: {}, two: {}}\n"
FIVE = "terraform: {aws_provider: 5}\n"
ELSEWHERE = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:pg-Ab12Cd"
KEY = "arn:aws:kms:{}:123456789012:key/0123abcd"


def database(*lines: str, regions: str = ONE, public: bool = True, more: str = "") -> str:
    """Returns a config whose database of us-west-2 begins in line 6, with the first key in 7."""
    said = [*lines, "public: true"] if public else lines
    body = "".join(f"      {line}\n" for line in said)
    return f"{regions}database:\n  rds:\n    us-west-2:\n{body}{more}"


def use_of(text: str) -> DatabaseUse:
    found = app_of(text).regions[-1].rds
    assert found is not None
    return found


def test_every_default_is_explicit() -> None:
    nothing = (None,) * 3
    assert use_of(database("cluster: hello", regions=INSIDE, public=False)) == DatabaseUse(
        "cluster", "hello", "us-west-2", None, None, "iam", *nothing, False, False, VARIABLES
    )


def test_all_of_it() -> None:
    said = use_of(
        database(
            "proxy: hello",
            "name: app",
            "auth: secret",
            "secret: hello/pg",
            f"kms_key: {KEY.format('us-west-2')}",
            "open: true",
            "variables: {host: PGHOST, port: PGPORT}",
            regions=INSIDE,
            public=False,
        )
    )
    assert (said.kind, said.identifier, said.name) == ("proxy", "hello", "app")
    assert (said.auth, said.secret, said.kms_key) == ("secret", "hello/pg", KEY.format("us-west-2"))
    assert said.open
    assert (said.variables.host, said.variables.port) == ("PGHOST", "PGPORT")
    assert said.variables.name == "DB_NAME"


@pytest.mark.parametrize("kind", ["cluster", "instance", "global_cluster"])
def test_each_kind_is_looked_up_by_name(kind: str) -> None:
    said = use_of(database(f"{kind}: hello"))
    assert (said.kind, said.identifier) == (kind, "hello")


def test_a_region_without_a_database_has_none() -> None:
    app = app_of(database("cluster: hello", regions=TWO))
    assert [region.rds is None for region in app.regions] == [True, False]


def test_a_stage_changes_databases() -> None:
    stage = (
        "stages:\n  production: {}\n  staging:\n"
        "    database: {rds: {us-west-2: {cluster: null, instance: small, name: app}}}\n"
    )
    (region,) = app_of(database("cluster: hello", "user: app", more=stage), "staging").regions
    assert region.rds is not None
    assert (region.rds.kind, region.rds.identifier) == ("instance", "small")
    assert (region.rds.name, region.rds.user) == ("app", "app")


def test_a_database_of_a_region_that_a_stage_does_not_have_is_left_alone() -> None:
    stage = "stages: {production: {}, staging: {regions: {eu-west-2: {}}}}\n"
    (region,) = app_of(database("cluster: hello", more=stage), "staging").regions
    assert region.rds is None


def test_what_the_function_knows_depends_on_how_it_is_let_in() -> None:
    always = ["host", "reader_host", "port", "name"]
    assert list(used_variables(use_of(database("cluster: hello")))) == [*always, "user"]
    secret = use_of(database("cluster: hello", "auth: secret"))
    assert list(used_variables(secret)) == [*always, "user", "password"]
    url = use_of(database("cluster: hello", "auth: url", "url: DATABASE_URL", more=URL))
    assert list(used_variables(url)) == always


def test_a_secret_of_the_database_is_resolved_when_the_function_starts() -> None:
    app = app_of(
        database(
            "cluster: hello",
            "auth: secret",
            "secret: hello/pg",
            more="env: {AWS_LAMBDA_EXEC_WRAPPER: /opt/x}\n",
        )
    )
    (region,) = app.regions
    assert isinstance(region.function.code, Code)
    assert region.function.code.wrapper
    assert region.env == {"TFGEN_EXEC_WRAPPER": "/opt/x"}
    env = deployed_environment(app, region)
    assert env["DB_USER"] == "secretsmanager:hello/pg#username"
    assert env["DB_PASSWORD"] == "secretsmanager:hello/pg#password"
    assert env["AWS_LAMBDA_EXEC_WRAPPER"].endswith("/start")
    without = app_of(database("cluster: hello")).regions[0].function.code
    assert isinstance(without, Code)
    assert not without.wrapper


def test_the_environment_is_counted_with_the_database() -> None:
    app = app_of(database("cluster: hello", "user: app"))
    env = deployed_environment(app, app.regions[0])
    assert sorted(env) == ["DB_HOST", "DB_NAME", "DB_PORT", "DB_READER_HOST", "DB_USER"]
    assert env["DB_USER"] == "app"
    managed = app_of(database("cluster: hello", "auth: secret"))
    assert deployed_environment(managed, managed.regions[0])["DB_PASSWORD"].endswith("#password")
    error = refusal(database("cluster: hello", more=f"env: {{BIG: {'x' * 3900}}}\n"))
    assert "Lambda allows 4,096" in error.message


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (
            database("name: app"),
            6,
            "It is not said which database `us-west-2` uses",
            "`cluster: NAME`",
        ),
        (
            database("cluster: hello", "instance: hello"),
            8,
            "Both `cluster` and `instance` are said of the database of `us-west-2`",
            "`cluster: null`",
        ),
        (
            database("cluster: hello", more="    eu-wst-2: {cluster: hello}\n"),
            9,
            "There is no AWS region `eu-wst-2`",
            "`eu-west-2`",
        ),
        (
            database("cluster: hello", "region: london"),
            8,
            "There is no AWS region `london`",
            "`eu-west-2`",
        ),
        (
            database("proxy: hello", "name: app", "user: app"),
            10,
            "A proxy cannot be reached from outside its VPC",
            "remove `public:`",
        ),
        (
            database("cluster: hello", "auth: secret", "user: app"),
            9,
            "`user` has no effect with `auth: secret`",
            "`auth: iam`",
        ),
        (
            database("cluster: hello", "secret: hello/pg"),
            8,
            "`secret` has no effect with `auth: iam`",
            "`auth: secret`",
        ),
        (
            database("cluster: hello", "url: DATABASE_URL", more=URL),
            8,
            "`url` has no effect with `auth: iam`",
            "`auth: url`",
        ),
        (
            database("cluster: hello", "auth: secret", f"kms_key: {KEY.format('us-west-2')}"),
            9,
            "RDS says itself which key",
            "remove `kms_key:`",
        ),
        (
            database("cluster: hello", "auth: url"),
            8,
            "It is not said which secret has the URL",
            "`url: DATABASE_URL`",
        ),
        (
            database("cluster: hello", "auth: url", "url: DATABASE_URL"),
            9,
            "the secret `DATABASE_URL`, which `us-west-2` does not have",
            "tfgen env set DATABASE_URL",
        ),
        (
            database("cluster: hello", "region: eu-west-2", "auth: secret"),
            9,
            "RDS manages the secret of the database in `eu-west-2`, the function is in `us-west-2`",
            "auth: iam",
        ),
        (
            database("cluster: hello", "auth: secret", f"secret: {ELSEWHERE}"),
            9,
            f"`{ELSEWHERE}` is in `eu-west-2`, the function in `us-west-2`",
            "replicates a secret",
        ),
        (
            database(
                "cluster: hello",
                "auth: secret",
                "secret: hello/pg",
                f"kms_key: {KEY.format('eu-west-2')}",
            ),
            10,
            "is in `eu-west-2`, the function in `us-west-2`",
            "name one of `us-west-2`",
        ),
        (
            database("cluster: hello", "region: cn-north-1"),
            8,
            "`us-west-2` and `cn-north-1` are in different AWS partitions",
            "one account",
        ),
        (
            database("cluster: hello", public=False),
            6,
            "can be reached from inside its VPC alone, and the function has no VPC there",
            "`public: true`",
        ),
        (
            database("cluster: hello", "open: true"),
            8,
            "Only a function in a VPC has security groups",
            "add `vpc:` under `regions.us-west-2`",
        ),
        (
            database("cluster: hello", "region: us-east-1", "open: true", regions=INSIDE),
            9,
            "A security group in `us-east-1` cannot name one in `us-west-2`",
            "remove `open:`",
        ),
        (
            database("global_cluster: hello", more=FIVE),
            7,
            "Version 5 of the AWS provider cannot look up the global database `hello`",
            "`cluster:`",
        ),
        (
            database("cluster: hello", "region: us-east-1", more=FIVE),
            8,
            "For version 5 of the AWS provider, the database of `us-west-2` cannot be in",
            "aws_provider: 6",
        ),
        (
            database("cluster: hello", "variables: {host: DB, reader_host: DB}"),
            8,
            "`host` and `reader_host` of the database would share the variable `DB`",
            "under `variables:`",
        ),
        (
            database("cluster: hello", "variables: {host: AWS_REGION}"),
            8,
            "Lambda sets `AWS_REGION` itself, so the database cannot",
            "another name",
        ),
        (
            database("cluster: hello", "variables: {user: NODE_OPTIONS}"),
            8,
            "`NODE_OPTIONS` decides how the function starts",
            "another name",
        ),
        (
            database("cluster: hello", more="env: {DB_HOST: localhost}\n"),
            9,
            "`DB_HOST` has the host of the database, so `env` cannot set it",
            "`variables: {host: …}` under `database.rds.us-west-2`",
        ),
        (
            database("cluster: hello", more="secrets: {DB_READER_HOST: {ssm: /x}}\n"),
            9,
            "`DB_READER_HOST` has the reader host of the database, so `secrets` cannot set it",
            "remove it from `secrets`",
        ),
        (
            database(
                "cluster: hello",
                "variables: {name: ITEMS_TABLE}",
                more="  dynamodb: {items: {existing: legacy}}\n",
            ),
            8,
            "The table `items` and the database would share the variable `ITEMS_TABLE`",
            "another name",
        ),
        (
            database("cluster: hello", "open: true", regions=INSIDE, more=STAGES),
            5,
            "share the rule that lets `sg-01234567` into the database `hello` in `us-west-2`",
            "leave `open:` out for `two`",
        ),
    ],
)
def test_refused(text: str, line: int, message: str, hint: str) -> None:
    error = refusal(text)
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    assert error.hint is not None
    assert hint in error.hint


@pytest.mark.parametrize(
    ("more", "key"),
    [((), "name"), (("name: app",), "user"), (("name: app", "auth: secret"), "secret")],
)
def test_a_proxy_says_little(more: tuple[str, ...], key: str) -> None:
    error = refusal(database("proxy: hello", *more, regions=INSIDE, public=False))
    assert error.message == f"A proxy does not say what is behind it, so `{key}` has to"
    assert (error.place, error.hint) == ("tfgen.yaml:7", f"add `{key}:` beside `proxy: hello`")


@pytest.mark.parametrize(
    ("lines", "line", "message", "hint"),
    [
        (("cluster: My_Cluster",), 7, "cannot be 'My_Cluster'", "lower-case letters"),
        (("cluster: a--b",), 7, "cannot be 'a--b'", "single hyphens"),
        (("cluster: a", "user: '*'"), 8, "cannot be '*'", "one user"),
        (("cluster: a", "name: a b"), 8, "cannot be 'a b'", "the name of a database"),
        (("cluster: a", "secret: 'a b'"), 8, "cannot be what is there", "name of a secret"),
        (("cluster: a", "url: A-B"), 8, "cannot be what is there", "a variable's name"),
        (
            ("cluster: a", "variables: {name: A-B}"),
            8,
            "cannot be what is there",
            "a variable's name",
        ),
        (("cluster: a", "auth: password"), 8, "auth` is password", "'iam', 'secret' or 'url'"),
        (("clutser: a",), 7, "Unknown key", "`cluster`"),
    ],
)
def test_the_form_of_a_value(lines: tuple[str, ...], line: int, message: str, hint: str) -> None:
    with pytest.raises(TfgenError) as raised:
        loads(HEAD + database(*lines))
    error = raised.value
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    assert hint in (error.hint or "")


def test_an_image_resolves_the_secret_of_its_database_itself() -> None:
    text = "name: hello\nfunction: {image: 'hello:1'}\n" + database("cluster: a", "auth: secret")
    with pytest.raises(TfgenError) as raised:
        resolve(loads(text), "production")
    assert "into a container image" in raised.value.message
    assert raised.value.place == "tfgen.yaml:8"
    app = resolve(loads(text + "decrypt: manual\n"), "production")
    assert "AWS_LAMBDA_EXEC_WRAPPER" not in deployed_environment(app, app.regions[0])


def test_the_sandbox_may_have_another_version_of_the_provider() -> None:
    loaded = loads(HEAD + database("global_cluster: hello"))
    app = resolve(loaded, "production")
    check_provider(app, loaded.places)
    staged = replace(app, terraform=replace(app.terraform, aws_provider=5))
    with pytest.raises(TfgenError) as raised:
        check_provider(staged, loaded.places)
    assert raised.value.hint is not None
    assert "the sandbox uses the version that this machine has" in raised.value.hint


def test_a_region_without_a_database_is_told() -> None:
    (said,) = notices(app_of(database("cluster: hello", regions=TWO)))
    assert "no database in `eu-west-2`, and no variable `DB_HOST`" in said
    assert "`database.rds.eu-west-2` can name one" in said
    assert notices(app_of(database("cluster: hello"))) == ()


def test_a_database_across_an_ocean_is_told() -> None:
    both = database(
        "cluster: hello",
        regions=TWO,
        more="    eu-west-2: {cluster: hello, region: us-west-2, public: true}\n",
    )
    (said,) = notices(app_of(both))
    assert "The function in `eu-west-2` asks a database in `us-west-2`" in said
    assert "about 12" in said or "about 13" in said
