"""What a function can be: its code, its networks, its concurrency, and what is refused of it."""

from __future__ import annotations

import pytest

from tfgen.app import App, Code, Image, Vpc
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve_all

BUNDLE = "source: ./src, runtime: python3.13, handler: app.handler"
REGIONS = "regions:\n  us-west-2: {}\n  eu-west-2: {}\n"
DIGEST = "sha256:" + "0123456789abcdef" * 4
LONDON = "123456789012.dkr.ecr.eu-west-2.amazonaws.com"
OREGON = "123456789012.dkr.ecr.us-west-2.amazonaws.com"
NETWORK = "{subnet_ids: [subnet-0123abcd], security_group_ids: [sg-0123abcd]}"
REPLACED = (
    "{subnet_ids: [subnet-0123abcd], security_group_ids: [sg-0123abcd], "
    "replace_security_groups_on_destroy: true, replacement_security_group_ids: [sg-4567abcd]}"
)


def apps_of(function: str, rest: str = REGIONS, name: str = "hello") -> tuple[App, ...]:
    return resolve_all(loads(f"name: {name}\nfunction: {{{function}}}\n{rest}"))


def refusal(function: str, rest: str = REGIONS, name: str = "hello") -> TfgenError:
    with pytest.raises(TfgenError) as error:
        apps_of(function, rest, name)
    return error.value


def image_of(app: App, region: str) -> Image:
    [code] = [each.function.code for each in app.regions if each.name == region]
    assert isinstance(code, Image)
    return code


@pytest.mark.parametrize(
    ("image", "registry", "name"),
    [
        ("hello:1.4", None, "hello:1.4"),
        (f"team/hello@{DIGEST}", None, f"team/hello@{DIGEST}"),
        (f"{LONDON}/team/hello:1", LONDON, "team/hello:1"),
        (
            f"{LONDON}/hello@{DIGEST}",
            LONDON,
            f"hello@{DIGEST}",
        ),
    ],
)
def test_an_image_is_in_a_registry_that_is_named_or_the_accounts(
    image: str, registry: str | None, name: str
) -> None:
    [app] = apps_of(f'image: "{image}"', "regions: {eu-west-2: {}}\n")
    assert app.function.code == image_of(app, "eu-west-2") == Image(registry, name)


def test_an_image_in_china_and_in_the_sovereign_cloud() -> None:
    for region, suffix in (("cn-north-1", "amazonaws.com.cn"), ("eusc-de-east-1", "amazonaws.eu")):
        registry = f"123456789012.dkr.ecr.{region}.{suffix}"
        [app] = apps_of(f'image: "{registry}/hello:1"', f"regions: {{{region}: {{}}}}\n")
        assert image_of(app, region) == Image(registry, "hello:1")


def test_each_region_can_name_its_own_image() -> None:
    [app] = apps_of(
        "memory: 1024",
        f"regions:\n  us-west-2: {{function: {{image: '{OREGON}/hello:1'}}}}\n"
        f"  eu-west-2: {{function: {{image: '{LONDON}/hello:1'}}}}\n",
    )
    assert image_of(app, "us-west-2") == Image(OREGON, "hello:1")
    assert image_of(app, "eu-west-2") == Image(LONDON, "hello:1")
    assert app.function.memory == 1024


def test_each_region_can_name_its_own_source() -> None:
    [app] = apps_of(
        "runtime: python3.13, handler: app.handler",
        "regions:\n  us-west-2: {function: {source: ./west}}\n"
        "  eu-west-2: {function: {source: ./east}}\n",
    )
    codes = [region.function.code for region in app.regions]
    assert [code.source for code in codes if isinstance(code, Code)] == ["east", "west"]


def test_a_stage_can_change_the_image() -> None:
    stages = REGIONS + "stages: {test: {function: {image: 'hello:2'}}, production: {}}\n"
    production, test = apps_of("image: 'hello:1'", stages)
    assert image_of(production, "us-west-2").name == "hello:1"
    assert image_of(test, "us-west-2").name == "hello:2"


def test_each_region_has_its_own_network() -> None:
    other = NETWORK.replace("0123abcd", "4567abcd").replace("}", ", ipv6: true}")
    [app] = apps_of(
        BUNDLE,
        f"regions:\n  us-west-2: {{vpc: {NETWORK}}}\n"
        f"  eu-west-2: {{function: {{vpc: {other}}}}}\n  eu-west-1: {{}}\n",
    )
    assert [region.function.vpc for region in app.regions] == [
        None,
        Vpc(("subnet-4567abcd",), ("sg-4567abcd",), ipv6=True),
        Vpc(("subnet-0123abcd",), ("sg-0123abcd",), ipv6=False),
    ]


def test_one_network_is_enough_for_the_only_region_that_takes_it() -> None:
    [app] = apps_of(f"{BUNDLE}, vpc: {NETWORK}", "regions: {eu-west-2: {}}\n")
    assert app.regions[0].function.vpc == app.function.vpc is not None
    two = f"regions:\n  us-west-2: {{function: {{vpc: null}}}}\n  eu-west-2: {{vpc: {NETWORK}}}\n"
    [app] = apps_of(BUNDLE, two)
    assert [region.function.vpc is None for region in app.regions] == [False, True]


def test_interfaces_may_get_other_security_groups_before_the_function_goes() -> None:
    [app] = apps_of(f"{BUNDLE}, vpc: {REPLACED}", "regions: {eu-west-2: {}}\n")
    vpc = app.regions[0].function.vpc
    assert vpc is not None
    assert vpc.replace_security_groups_on_destroy
    assert vpc.all_security_group_ids == ("sg-0123abcd", "sg-4567abcd")


def test_what_is_provisioned_may_be_all_that_is_reserved() -> None:
    [app] = apps_of(f"{BUNDLE}, reserved_concurrency: 5, provisioned_concurrency: 5")
    assert app.function.provisioned_concurrency == 5


def test_a_zip_may_go_by_way_of_s3() -> None:
    [app] = apps_of("source: ./dist/a.zip, runtime: java21, handler: A, code: s3")
    assert isinstance(app.function.code, Code)
    assert app.function.code.delivery == "s3"


@pytest.mark.parametrize(
    ("function", "rest", "line", "message", "hint"),
    [
        (f"{BUNDLE}, image: 'a:1'", REGIONS, 2, "`function.image` and `function.source`", "remove"),
        ("image: 'a:1', handler: a.b", REGIONS, 2, "`function.image` and `function.handler`", ""),
        (
            "image: 'a:1', code: s3",
            REGIONS,
            2,
            "`function.image` and `function.code` exclude each other",
            "Lambda gets it from ECR",
        ),
        # A region adds one to the other.
        (
            BUNDLE,
            "regions:\n  us-west-2: {}\n  eu-west-2: {function: {image: 'a:1'}}\n",
            5,
            "`function.image` and `function.source` exclude each other",
            "remove `source:` or `image:`",
        ),
        (
            "image: 'a:1'",
            "regions:\n  us-west-2: {}\n  eu-west-2:\n    function:\n      source: ./src\n",
            7,
            "`function.image` and `function.source` exclude each other",
            "remove `source:` or `image:`",
        ),
        # A stage does.
        (
            BUNDLE,
            f"{REGIONS}stages:\n  test: {{function: {{image: 'a:1'}}}}\n",
            7,
            "`function.image` and `function.source` exclude each other",
            "remove `source:` or `image:`",
        ),
        (
            f"image: '{LONDON}/a:1'",
            REGIONS,
            2,
            f"The image `{LONDON}/a:1` is in `eu-west-2`, the function in `us-west-2`",
            "`image: a:1`",
        ),
        (
            "memory: 512",
            f"regions:\n  eu-west-2:\n    function:\n      image: {OREGON}/a:1\n",
            6,
            f"The image `{OREGON}/a:1` is in `us-west-2`, the function in `eu-west-2`",
            "under `regions.eu-west-2`",
        ),
        (
            "memory: 512",
            "regions:\n  us-west-2: {function: {image: 'a:1'}}\n"
            f"  eu-west-2: {{function: {{{BUNDLE}}}}}\n",
            4,
            "The function runs a bundle sent to Lambda itself in `eu-west-2` of `production`, and "
            "an image in `us-west-2` of `production`",
            "the same kind",
        ),
        (
            BUNDLE,
            f"{REGIONS}stages:\n  production: {{}}\n  test: {{function: {{code: s3}}}}\n",
            8,
            "and a bundle by way of S3 in `eu-west-2` of `test`",
            "the same kind",
        ),
        (
            f"{BUNDLE}, vpc: {NETWORK}",
            REGIONS,
            2,
            "`eu-west-2`, `us-west-2` cannot share `function.vpc`: a VPC is in one region",
            "under each region",
        ),
        (
            BUNDLE,
            f"regions:\n  us-west-2: {{vpc: {NETWORK}}}\n  eu-west-2: {{vpc: {NETWORK}}}\n",
            4,
            "`eu-west-2` and `us-west-2` cannot share `subnet-0123abcd`",
            "of `us-west-2`",
        ),
        (
            BUNDLE,
            f"regions:\n  us-west-2:\n    vpc: {NETWORK}\n    function:\n      vpc: {NETWORK}\n",
            7,
            "The region has two networks",
            "remove one",
        ),
        (
            BUNDLE,
            "regions:\n  us-west-2:\n    vpc:\n      subnet_ids: [subnet-0123abcd]\n"
            "      security_group_ids: [sg-0123abcd]\n"
            "      replacement_security_group_ids: [sg-4567abcd]\n",
            8,
            "`replacement_security_group_ids` has no effect without",
            "add `replace_security_groups_on_destroy: true`",
        ),
        (
            BUNDLE,
            f"regions:\n  us-west-2: {{vpc: {REPLACED}}}\n"
            "  eu-west-2: {vpc: {subnet_ids: [subnet-4567abcd], security_group_ids: [sg-4567abcd]}}"
            "\n",
            4,
            "`eu-west-2` and `us-west-2` cannot share `sg-4567abcd`",
            "name subnets",
        ),
        (
            f"{BUNDLE}, vpc: {{subnet_ids: [], security_group_ids: [sg-0123abcd]}}",
            REGIONS,
            2,
            "`function.vpc.subnet_ids` is [], but it must be at least 1 item",
            "",
        ),
        (
            f"{BUNDLE}, vpc: {{subnet_ids: [vpc-0123abcd], security_group_ids: [sg-0123abcd]}}",
            REGIONS,
            2,
            "`function.vpc.subnet_ids[0]` cannot be 'vpc-0123abcd'",
            "the ID of a subnet",
        ),
        (
            f"{BUNDLE}, reserved_concurrency: 2, provisioned_concurrency: 3",
            REGIONS,
            2,
            "The provisioned concurrency of 3 is over the reserved concurrency of 2",
            "provision 2 or less, or reserve 3",
        ),
        (
            f"{BUNDLE}, reserved_concurrency: 0",
            "regions:\n  us-west-2: {function: {provisioned_concurrency: 1}}\n",
            4,
            "The provisioned concurrency of 1 is over the reserved concurrency of 0",
            "does not run",
        ),
        (
            f"{BUNDLE}, provisioned_concurrency: 0",
            REGIONS,
            2,
            "`function.provisioned_concurrency` is 0, but it must be at least 1",
            "",
        ),
        (
            BUNDLE,
            "regions:\n  us-west-2: {function: {url: true}}\n",
            4,
            "`function.url` is the same in all regions of a stage",
            "of the stage",
        ),
        ("image: hello", REGIONS, 2, "`function.image` cannot be 'hello'", "a tag or digest"),
        (
            "image: 'docker.io/hello:1'",
            "regions: {us-west-2: {}}\n",
            2,
            "`function.image` cannot be 'docker.io/hello:1'",
            "ECR",
        ),
        (
            f"{BUNDLE}, policies: [{{actions: [GetObject], resources: ['*']}}]",
            REGIONS,
            2,
            "`function.policies[0].actions[0]` cannot be 'GetObject'",
            "s3:GetObject",
        ),
        (
            f"{BUNDLE}, policies: [{{actions: ['s3:GetObject'], resources: [reports]}}]",
            REGIONS,
            2,
            "`function.policies[0].resources[0]` cannot be 'reports'",
            "an ARN",
        ),
        # The name of a tag is the user's, even if a key of the language has the same.
        (
            BUNDLE,
            f"{REGIONS}tags: {{test: '<'}}\n",
            6,
            "`tags.test` cannot be '<'",
            "letters, digit",
        ),
    ],
)
def test_rules(function: str, rest: str, line: int, message: str, hint: str) -> None:
    error = refusal(function, rest)
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    assert hint in (error.hint or "")


def test_a_name_too_long_for_a_bucket_is_refused() -> None:
    # 63 less `-production-artifacts-`, the account's 12 digits, a hyphen and `ap-southeast-1`.
    longest = 63 - len("-production-artifacts-") - 12 - len("-ap-southeast-1")
    function, rest = f"{BUNDLE}, code: s3", "regions: {ap-southeast-1: {}}\n"
    assert apps_of(function, rest, "a" * longest)
    error = refusal(function, rest, "a" * (longest + 2))
    assert "would have a name of 65 characters; S3 allows 63" in error.message
    assert error.place == "tfgen.yaml:1"
    assert "by 2" in (error.hint or "")
    assert apps_of(BUNDLE, rest, "a" * (longest + 2))
