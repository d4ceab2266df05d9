"""The linter reads what Terraform reads, and keeps lines, names and texts as they are written."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lint import child, found, root, versions
from tfgen.lint.hcl import HclError, parse
from tfgen.lint.lint import lint
from tfgen.lint.mask import mask
from tfgen.render.hcl import to_hcl

# Each is the value of an argument.
EXPRESSIONS = (
    '"$${"',
    '"%%{"',
    '"x$${a}y"',
    '"$$${a}"',
    '"100% of $"',
    '"$${"\ny = "}"',
    '{ a = "%%{", b = "$${" }',
    "!!true",
    "! ! !a",
    "!(!a)",
    "--1",
    "---1",
    "[-1, --1, - -1]",
    "5 - -1",
    '"${~ a ~}"',
    '"a${~ b ~}c"',
    '"%{~ if a ~}b%{~ else ~}c%{~ endif ~}"',
    '"%{ for k, v in a ~}${k}%{ endfor ~}"',
    '"x%{ if a == "b" }c%{ endif }"',
    '"${\n  a\n}"',
    '"a${\n  b\n}"',
    '"${f("${a}-${b}")}"',
    '"${"${"${a}"}"}"',
    '"a ${"}"} b"',
    '"a ${b /* c */} d"',
    '"a\\"b\\\\"',
    "local.größe",
    "{ größe = 1 }",
    '"größe 😀"',
    '<<EOT\nhi ${"a"} $${ %%{x} "\nEOT',
    "<<_EOT\na\n_EOT",
    "<<EOT\nEOT",
    "<<-EOT\n    a\n  EOT",
    "f(<<A\na\nA\n, <<B\nb\nB\n)",
    "<<EOT\n%{ for a in b ~}\n%{ endfor ~}\nEOT",
    '{\n  for a in b :\n  "${a}"\n  => a\n}',
    '{ "${a}" = 1, (b) : 2, "c d" = 3 }',
    "{ for k, v in a : k => v... if v }",
    "a[*].b[0].c",
    "a.*.b.0",
    "provider::aws::arn_parse(a)",
    "f(a...)",
    "(\n  a\n  ? b\n  : c\n)",
    "[1, /* a */ 2, /* b\n */ 3]",
    "1 // ü",
    "1 # }",
    '"#" == "//" ? "/*" : "<<EOT"',
)


def test_terraform_reads_all_of_it(tmp_path: Path) -> None:
    for number, text in enumerate(EXPRESSIONS):
        (tmp_path / f"{number}.tf").write_text(f"x = {text}\n", "utf-8")
    done = subprocess.run(
        ["terraform", "fmt", "-list=false", tmp_path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_terraform_reads_is_read(text: str) -> None:
    body = parse(f"x = {text}\nlast = 1\n")
    assert body.arguments["last"].line == text.count("\n") + 2


@pytest.mark.parametrize(
    "text",
    ["“a”", "a\u00a0", "${a}", "a b", "[", "a..b", "<<EOT\na", "'a'", "@", '"a', '"${a"', "1 +"],
)
def test_what_terraform_does_not_read_is_not_read(text: str) -> None:
    with pytest.raises(HclError):
        parse(f"x = {text}\n")


def test_texts_and_names_are_as_they_are_written() -> None:
    body = parse('a = "$${x"\nb = "x%%{"\ngröße = "ü"\nc = "é$${é"\nd "$${" {}\n')
    assert {name: body.text(name) for name in body.arguments} == {
        "a": "$${x",
        "b": "x%%{",
        "größe": "ü",
        "c": "é$${é",
    }
    assert body.blocks[0].labels == ("$${",)


def test_what_is_calculated_is_not_known() -> None:
    region = 'resource "aws_sqs_queue" "jobs" {\n  region = %s\n}\n'
    assert found(child(region % "<<A\na\nA")) == []
    assert found(child(region % '"${var.region}"')) == []
    assert found(child(region % '"${~ var.region ~}"')) == []
    assert found(child(region % '"${var.area}-1"')) == [("main.tf:2", "region-value")]
    assert found(child(region % '"%{ if a }us%{ endif }-east-1"')) == [
        ("main.tf:2", "region-value")
    ]
    assert found(child(region % '"eu-west-9"')) == [("main.tf:2", "region-value")]


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_every_text_that_tfgen_writes_is_read(text: str) -> None:
    written = to_hcl({"A": text, "B": [text, {text or "k": text}]})
    body = parse(f"x = {written}\nlast = 1\n")
    assert body.arguments["last"].line == written.count("\n") + 2


@given(st.text(st.sampled_from('"${}%~\\!-<EOT\n#/*()[]=>,.ax é')))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_nothing_is_moved(text: str) -> None:
    masked = mask(text).text
    assert len(masked) == len(text)
    assert masked.count("\n") == text.count("\n")


HOSTILE = {
    "nested blocks": 'resource "aws_sqs_queue" "a" {\n' + "timeouts {\n" * 2000 + "}\n" * 2001,
    "parentheses": f"x = {'(' * 2000}1{')' * 2000}\n",
    "templates": "x = " + '"${' * 200 + "a" + '}"' * 200 + "\n",
    "heredocs": "".join(f"x{i} = <<A\n" for i in range(20_000)),
    "empty lines": "\n" * 100_000,
    "dollars": f'x = "{"$" * 200_000}"\n',
    "comments": "/*" * 20_000,
    "quotes": '"' * 20_000,
    "spaces": f"= {' ' * 1000}" * 200,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_costs_seconds_at_most(kind: str) -> None:
    began = time.process_time()
    lint({"main.tf": HOSTILE[kind]})
    assert time.process_time() - began < 10


ALIASED = 'provider "aws" {\n  alias  = "us_east_1"\n  region = "us-east-1"\n}\n'
QUEUE = 'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n'


@pytest.mark.parametrize("providers", ["", "  providers = { aws = aws.here }\n"])
def test_a_module_that_is_handed_a_provider_can_have_aliased_ones_of_its_own(
    providers: str,
) -> None:
    here = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
    if providers:
        here = here.replace("{\n", '{\n  alias = "here"\n', 1)
    files = {
        "main.tf": f'{here}module "m" {{\n  source = "./m"\n{providers}}}\n',
        "terraform.tf": versions("~> 5.98"),
        "m/main.tf": ALIASED + QUEUE,
    }
    assert lint(files).findings == ()


def test_a_module_that_says_which_providers_it_is_handed_has_a_default_one() -> None:
    required = versions("~> 5.98").replace(
        "    }\n  }\n", "      configuration_aliases = [aws.replica]\n    }\n  }\n"
    )
    assert lint({"main.tf": ALIASED + QUEUE, "terraform.tf": required}).findings == ()
    # Without a caller and without a word about one, there is none.
    alone = lint({"main.tf": ALIASED + QUEUE, "terraform.tf": versions("~> 5.98")}).findings
    assert found(alone) == [("main.tf:5", "region-missing")]


def test_a_tree_with_texts_that_look_like_templates_is_taken_by_its_own_linter() -> None:
    assert root('locals {\n  env = { AB = "x$${", CD = "%%{" }\n}\n') == ()
