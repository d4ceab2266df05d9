"""From a config and a stage to an app, and the rules that tie keys together."""

from __future__ import annotations

import pytest

from tfgen.app import App, CloudBackend, Code, HealthCheck, LocalBackend, S3Backend
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import bundle_path, choose_stage, resolve, resolve_all
from tfgen.rules.environment import env_size

HEAD = "name: hello\nfunction: {source: ./src, runtime: python3.13, handler: app.handler}\n"
REGIONS = "regions:\n  us-west-2: {}\n  eu-west-2: {}\n"


def app_of(text: str, stage: str = "production") -> App:
    return resolve(loads(HEAD + text), stage)


def refusal(text: str) -> TfgenError:
    with pytest.raises(TfgenError) as error:
        resolve_all(loads(HEAD + text))
    return error.value


def test_every_default_is_explicit() -> None:
    app = app_of(REGIONS)
    assert app.full_name == "hello-production"
    assert [region.name for region in app.regions] == ["eu-west-2", "us-west-2"]
    assert app.function.memory == 512
    assert app.function.timeout == 15
    assert app.function.architecture == "arm64"
    assert app.function.log_retention_days == 30
    assert app.function.code == Code(
        "src", ".tfgen/bundles/src.zip", "python3.13", "app.handler", (), "direct", False
    )
    assert app.api.domain is None
    assert app.api.ip_address_type == "dualstack"
    assert app.terraform.output == "infra"
    assert app.terraform.aws_provider == 6
    assert app.terraform.backend == LocalBackend()


def test_a_region_is_complete() -> None:
    app = app_of(
        "env: {LEVEL: info, SHARED: yes it is}\n"
        "regions:\n"
        "  us-west-2: {env: {LEVEL: debug}, function: {memory: 1024, tracing: true}}\n"
        "  eu-west-2:\n"
    )
    europe, america = app.regions
    assert europe.env == {"LEVEL": "info", "SHARED": "yes it is"}
    assert europe.function == app.function
    assert america.env == {"LEVEL": "debug", "SHARED": "yes it is"}
    assert (america.function.memory, america.function.tracing) == (1024, True)
    assert america.function.code == app.function.code


def test_a_stage_is_merged_over_the_rest_and_replaces_the_regions() -> None:
    text = REGIONS + (
        "tags: {team: edge, tier: gold}\n"
        "api: {domain: api.example.com, zone: example.com, health_check: {interval: 10}}\n"
        "stages:\n"
        "  production: {}\n"
        "  staging:\n"
        "    tags: {tier: bronze}\n"
        "    api: {domain: staging.example.com, health_check: {failure_threshold: 5}}\n"
        "    function: {memory: 256}\n"
        "    regions: {eu-central-1: {env: {AA: b}}}\n"
    )
    staging = app_of(text, "staging")
    assert [region.name for region in staging.regions] == ["eu-central-1"]
    assert staging.tags == {"team": "edge", "tier": "bronze"}
    assert staging.regions[0].function.memory == 256
    assert staging.api.domain is not None
    assert staging.api.domain.names == ("staging.example.com",)
    assert staging.api.domain.health_check == HealthCheck("/_health", 10, 5, ())
    assert app_of(text).tags == {"team": "edge", "tier": "gold"}
    assert len(app_of(text).regions) == 2


def test_a_health_check_is_on_by_default_where_there_is_somewhere_else_to_go() -> None:
    domain = "api: {domain: example.com, zone: example.com}\n"
    two = app_of(REGIONS + domain).api.domain
    assert two is not None
    assert two.health_check == HealthCheck("/_health", 30, 3, ())
    one = app_of("regions: {us-west-2: {}}\n" + domain).api.domain
    assert one is not None
    assert one.health_check is None
    off = "api: {domain: example.com, zone: example.com, health_check: false}\n"
    none = app_of(REGIONS + off).api.domain
    assert none is not None
    assert none.health_check is None


def test_backends() -> None:
    s3 = "terraform: {backend: {type: s3, bucket: state, region: eu-west-1}}\n"
    assert app_of(REGIONS + s3).terraform.backend == S3Backend(
        "state", "hello/production/terraform.tfstate", "eu-west-1"
    )
    cloud = "terraform: {backend: {type: cloud, organization: acme}}\n"
    assert app_of(REGIONS + cloud).terraform.backend == CloudBackend("acme", "hello-production")
    local = cloud + "stages: {dev: {terraform: {backend: {type: local}}}}\n"
    assert app_of(REGIONS + local, "dev").terraform.backend == LocalBackend()


@pytest.mark.parametrize(
    ("source", "bundle"),
    [
        ("./src", ".tfgen/bundles/src.zip"),
        ("src/", ".tfgen/bundles/src.zip"),
        ("a/b", ".tfgen/bundles/a/b.zip"),
        (".", ".tfgen/bundles/_project.zip"),
        ("../shared", ".tfgen/bundles/_parent/shared.zip"),
        ("./dist/app.zip", "dist/app.zip"),
    ],
)
def test_every_source_has_a_bundle_of_its_own(source: str, bundle: str) -> None:
    assert bundle_path(source) == bundle


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("regions: {}\n", 3, "The app has no region", "us-west-2"),
        ("regions:\n  eu-west-9: {}\n", 4, "There is no AWS region `eu-west-9`", "did you mean"),
        ("regions:\n  london: {}\n", 4, "There is no AWS region `london`", "`eu-west-2`"),
        ("regions:\n  cn-north-1: {}\n  us-west-2: {}\n", 5, "different AWS partitions", "stage"),
        (REGIONS + "api:\n  endpoint: edge\n", 7, "serves one region, and the app has 2", "regio"),
        (
            REGIONS + "api:\n  domain: api.example.org\n  zone: example.com\n",
            7,
            "The domain `api.example.org` is not inside the zone `example.com`",
            "`api.example.com`",
        ),
        (
            REGIONS + "api: {domain: notexample.com, zone: example.com}\n",
            6,
            "is not inside the zone",
            None,
        ),
        (REGIONS + "api: {domain: a.example.com}\n", 6, "needs the hosted zone", "zone: example"),
        (REGIONS + "api: {zone: example.com}\n", 6, "`api.zone` has no effect", "add `domain:`"),
        (REGIONS + "api: {health_check: {}}\n", 6, "`api.health_check` has no effect", "remove"),
        (REGIONS + "env:\n  AWS_REGION: x\n", 7, "Lambda sets `AWS_REGION` itself", "another"),
        ("regions:\n  us-west-2:\n    env:\n      LAMBDA_TASK_ROOT: x\n", 6, "itself", None),
        (REGIONS + "terraform: {output: ../x}\n", 6, "`terraform.output` cannot be", "infra"),
        (REGIONS + "terraform: {output: .git/hooks}\n", 6, "in a folder called `.git`", "infra"),
        (REGIONS + "terraform: {output: a/.TFGEN}\n", 6, "a folder called `.TFGEN`", "infra"),
        (REGIONS + "terraform: {output: .g\u200cit}\n", 6, "`terraform.output` cannot", "infra"),
        (REGIONS + "terraform: {output: .}\n", 6, "`terraform.output` cannot be", "infra"),
        (REGIONS + "terraform: {output: src}\n", 2, "is inside the rendered tree", "apart"),
        ("regions:\n  us-west-2: {function: {timeout: 30}}\n", 4, "over the 29 s", "29 or less"),
        ("regions:\n  us-west-2: {function: {handler: app}}\n", 4, "does not name a file", "app."),
        (
            REGIONS.replace(
                "us-west-2: {}",
                "us-west-2: {function: {layers: ["
                "'arn:aws:lambda:us-east-1:123456789012:layer:tools:3']}}",
            ),
            4,
            "is in `us-east-1`, the function in `us-west-2`",
            "regions.us-west-2",
        ),
        (
            REGIONS + "stages:\n  a: {}\n  b: {}\napi: {domain: example.com, zone: example.com}\n",
            9,
            "The stages `a` and `b` share the domain `example.com`",
            "a domain of its own",
        ),
        (
            REGIONS + "stages: {a: {}, b: {}}\n"
            "terraform: {backend: {type: s3, bucket: bbb, key: k, region: eu-west-1}}\n",
            7,
            "share the state `s3://bbb/k`",
            "leave `key`",
        ),
        (
            REGIONS + "api: {zone: example.com, create_zone: true}\nstages:\n"
            "  a: {api: {domain: a.example.com}}\n  b: {api: {domain: b.example.com}}\n",
            6,
            "share the hosted zone `example.com` and would both create it",
            "let one stage create it",
        ),
        (REGIONS + 'env: {NAME: "e\\u0301"}\n', 6, "normal form", "é"),
        (REGIONS + 'env: {NAME: "a\\0b"}\n', 6, "NUL", None),
    ],
)
def test_rules(text: str, line: int, message: str, hint: str | None) -> None:
    error = refusal(text)
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    if hint is not None:
        assert hint in (error.hint or "")


def test_a_name_too_long_for_a_role_is_refused() -> None:
    name = "a" * 31
    regions = f"regions: {{ap-southeast-1: }}\nstages: {{{name}: }}\n"
    with pytest.raises(TfgenError) as error:
        resolve_all(loads(HEAD.replace("hello", name) + regions))
    assert error.value.message == (
        f"The IAM role `{name}-{name}-ap-southeast-1` would have a name of 78 characters; "
        "IAM allows 64"
    )
    assert error.value.place == "tfgen.yaml:1"
    assert "by 14" in (error.value.hint or "")


def test_the_environment_of_each_region_is_measured() -> None:
    value = "x" * (4096 - env_size({"BIG": ""}))
    fits = f"regions:\n  us-west-2: {{env: {{BIG: {value}}}}}\n"
    assert env_size(app_of(fits).regions[0].env) == 4096
    error = refusal(fits.replace(value, value + "x"))
    assert error.message == "The environment of `us-west-2` has 4,097 bytes; Lambda allows 4,096"
    assert error.place == "tfgen.yaml:4"
    assert "`BIG`" in (error.hint or "")


def test_the_environment_is_measured_in_bytes() -> None:
    assert env_size({"K": "é"}) == env_size({"K": "ee"})


def test_a_stage_is_chosen() -> None:
    alone = loads(HEAD + REGIONS)
    assert choose_stage(alone.config, None) == "production"
    several = loads(HEAD + REGIONS + "stages: {dev: {}, production: {}}\n")
    assert choose_stage(several.config, None) == "production"
    assert choose_stage(several.config, "dev") == "dev"
    unclear = loads(HEAD + REGIONS + "stages: {blue: {}, green: {}}\n")
    with pytest.raises(TfgenError, match="several stages: blue, green") as error:
        choose_stage(unclear.config, None)
    assert "--stage blue" in (error.value.hint or "")
    with pytest.raises(TfgenError, match="There is no stage `red`"):
        choose_stage(unclear.config, "red")
