"""The schemas in the package: as the generator writes them, and as the provider has them."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lint.update import FOLDER, Types, differences, from_terraform, six, texts, unexplained
from tests.support.lint import versions
from tfgen.lint.lint import lint
from tfgen.lint.schema import KINDS, VERSIONS, Kind, region_aware, spec_of, types
from tfgen.lint.spec import Spec, read_spec, write_spec
from tfgen.terraform import mirror

SIX = f"aws-{VERSIONS[6]}.txt"
FIVE = f"aws-{VERSIONS[5]}.txt"


def lines(name: str) -> list[str]:
    """Returns the lines of a schema without its comment."""
    return (FOLDER / name).read_text("utf-8").splitlines()[1:]


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Runs Terraform with provider 5.100.0, in a folder of its own, and returns its JSON."""
    folder = tmp_path_factory.mktemp("provider")
    (folder / "terraform.tf").write_text(versions(VERSIONS[5]), "utf-8")
    env = {**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc")}
    found = mirror.find(os.environ)
    if found is None:
        (folder / "terraform.rc").write_text("", "utf-8")
    else:
        mirror.write_cli_config(folder / "terraform.rc", found)

    def run(*arguments: str, main: str = "") -> Any:
        (folder / "main.tf").write_text(main, "utf-8")
        command = ["terraform", *arguments]
        result = subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True)
        return json.loads(result.stdout) if "-json" in arguments else None

    run("init")
    return run


@pytest.fixture(scope="module")
def five(terraform: Callable[..., Any]) -> Types:
    """The types of version 5, from the provider itself."""
    return from_terraform(terraform("providers", "schema", "-json"))


def test_version_5_is_what_the_provider_says(five: Types) -> None:
    known: Types = {
        (kind, name): spec
        for kind in KINDS
        for name in types(kind, 6)
        if (spec := spec_of(kind, name, 6)) is not None
    }
    assert list(differences(five, known)) == lines(FIVE)
    read = {(kind, name) for kind in KINDS for name in types(kind, 5)}
    assert read == set(five)
    assert unexplained(known, five) == set()
    for (kind, name), spec in five.items():
        shipped = spec_of(kind, name, 5)
        assert shipped is not None
        assert closed(spec, shipped) == shipped, name


def mistaken(spec: Spec, rng: random.Random, indent: str = "  ") -> Iterator[str]:
    """Yields the lines of a body with some that are wrong, and without some that are needed."""
    for name, argument in spec.arguments.items():
        nested = argument.block
        if name in {"id", "timeouts"} or (nested is not None and nested.open):
            continue
        if rng.random() < (0.1 if argument.required else 0.7):
            continue
        if nested is None or argument.either:
            yield f"{indent}{name} = var.x"
        elif rng.random() < 0.5:
            yield from (f"{indent}{name} {{", *mistaken(nested, rng, f"{indent}  "), f"{indent}}}")
        else:
            yield from (f'{indent}dynamic "{name}" {{', f"{indent}  for_each = [1]")
            yield from (f"{indent}  content {{", *mistaken(nested, rng, f"{indent}    "))
            yield from (f"{indent}  }}", f"{indent}}}")
    if rng.random() < 0.2:
        yield f"{indent}no_such_argument = var.x"
    if rng.random() < 0.1:
        yield f"{indent}no_such_block {{}}"


def test_the_linter_and_terraform_find_the_same_lines(terraform: Callable[..., Any]) -> None:
    rng = random.Random(4)  # noqa: S311 # the same mistakes in every run
    lines = ['variable "x" {}']
    kinds: tuple[Kind, ...] = ("resource", "data")
    for kind in kinds:
        for name in rng.sample(sorted(types(kind, 5)), 50):
            spec = spec_of(kind, name, 5)
            assert spec is not None
            lines += [f'{kind} "{name}" "this" {{', *mistaken(spec, rng), "}"]
    text = "\n".join(lines)
    expected = {
        diagnostic["range"]["start"]["line"]
        for diagnostic in terraform("validate", "-json", main=text)["diagnostics"]
        if re.search(
            r"no definition was found|not expected here|At least 1 .* blocks are required",
            diagnostic["detail"],
        )
    }
    report = lint({"main.tf": text, "terraform.tf": versions(VERSIONS[5])})
    assert {finding.line for finding in report.findings} == expected
    assert len(expected) > 50


def closed(spec: Spec, shipped: Spec) -> Spec:
    """Returns a body with what the shipped one leaves open left open, too."""
    if shipped.open:
        return Spec(open=True)
    arguments = {}
    for name, argument in spec.arguments.items():
        other = shipped.arguments.get(name)
        if argument.block is not None and other is not None and other.block is not None:
            block = closed(argument.block, other.block)
            argument = type(argument)(argument.required, block, argument.either)  # noqa: PLW2901 # a copy
        arguments[name] = argument
    return Spec(arguments)


def test_the_notation_reads_back() -> None:
    for line in lines(SIX):
        text = line.split(" ", 2)[2] if line.count(" ") > 1 else ""
        assert write_spec(read_spec(text)) == text
    assert [line.split(" ")[:2] for line in lines(SIX)] == sorted(
        line.split(" ")[:2] for line in lines(SIX)
    )


def test_the_generator_takes_from_version_5_what_the_file_of_version_6_does_not_say(
    five: Types,
) -> None:
    document = {
        "resource": {
            # A block that may contain itself, which the file has as an argument; a block that may
            # be written as an argument; one that may not; and one that version 5 does not have.
            "aws_wafv2_rule_group": {
                "rule": {"required": False, "block": {"statement": {"required": False}}},
            },
            "aws_security_group": {
                "ingress": {"required": False, "block": {"from_port": {"required": False}}},
                "timeouts": {"required": False, "block": {"create": {"required": False}}},
                "new": {"required": True, "block": {"count": {"required": False}}},
            },
        },
        "data": {},
        "ephemeral": {"aws_kms_secrets": {"region": {"required": False}}},
    }
    found = six(document, five)
    assert {name: write_spec(spec) for (_, name), spec in found.items()} == {
        "aws_wafv2_rule_group": "rule{!statement{*}}",
        "aws_security_group": "ingress[from_port] !new[count] timeouts{create}",
        "aws_kms_secrets": "region",
    }
    assert set(texts(found, five)) == {FOLDER / SIX, FOLDER / FIVE}
    assert ("resource", "aws_lambda_function") in unexplained(found, five)


def test_only_blocks_that_contain_themselves_or_a_whole_dashboard_are_left_open() -> None:
    left_open = {line.split(" ")[1] for line in lines(SIX) if "*" in line}
    assert left_open == {
        "aws_quicksight_analysis",
        "aws_quicksight_dashboard",
        "aws_quicksight_template",
        "aws_wafv2_rule_group",
        "aws_wafv2_web_acl",
    }


def test_ephemeral_resources_of_version_6_are_known() -> None:
    text = 'ephemeral "aws_ssm_parameter" "this" {\n  nam = "x"\n}\nephemeral "aws_x" "this" {}\n'
    report = lint({"main.tf": text, "terraform.tf": versions("~> 6.0")})
    assert {finding.message for finding in report.findings} >= {
        "`ephemeral.aws_ssm_parameter.this` has no argument `nam`",
        "`ephemeral.aws_ssm_parameter.this` needs the argument `arn`",
        "AWS provider 6 has no ephemeral resource `aws_x`",
    }


def test_all_types_that_lie_in_a_region_say_so() -> None:
    assert region_aware("resource", "aws_lambda_function")
    assert region_aware("data", "aws_region")
    assert region_aware("ephemeral", "aws_kms_secrets")
    for name in ("aws_iam_role", "aws_route53_record", "aws_cloudfront_distribution"):
        assert not region_aware("resource", name)
    for name in ("aws_caller_identity", "aws_partition", "aws_iam_policy_document"):
        assert not region_aware("data", name)
    counts = {kind: sum(region_aware(kind, name) for name in types(kind, 6)) for kind in KINDS}
    assert counts["resource"] > 1400
    assert counts["data"] > 500


def test_the_schemas_are_small() -> None:
    assert sum(Path(FOLDER / name).stat().st_size for name in (SIX, FIVE)) < 700_000
