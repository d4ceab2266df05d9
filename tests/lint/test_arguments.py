"""What blocks say is held against the schema, and the line is the right one."""

from __future__ import annotations

import pytest

from tests.support.lint import found, root

IAM = 'resource "aws_iam_role" "this" {\n  assume_role_policy = "{}"\n'
QUEUE = 'resource "aws_sqs_queue" "this" {\n  region = "eu-west-2"\n\n'
FUNCTION = (
    'resource "aws_lambda_function" "this" {\n  region = "eu-west-2"\n\n'
    '  function_name = "f"\n  role          = "r"\n'
)


@pytest.mark.parametrize(
    ("text", "line", "rule", "message", "hint"),
    [
        pytest.param(
            f'# a comment\n\n{IAM}  nam = "x"\n}}\n',
            5,
            "unknown-argument",
            "`aws_iam_role.this` has no argument `nam`",
            "did you mean `name`?",
            id="argument",
        ),
        pytest.param(
            f"{IAM}  lifecicle {{}}\n}}\n",
            3,
            "unknown-argument",
            "`aws_iam_role.this` has no block `lifecicle`",
            "checked against AWS provider 6.69.1",
            id="block",
        ),
        pytest.param(
            f"{FUNCTION}\n  vpc_config {{\n    subnet_ids         = []\n"
            "    security_group_ids = []\n    subnets            = []\n  }\n}\n",
            10,
            "unknown-argument",
            "`vpc_config` of `aws_lambda_function.this` has no argument `subnets`",
            "did you mean `subnet_ids`?",
            id="nested argument",
        ),
        pytest.param(
            f"{FUNCTION}\n  vpc_config {{\n    subnet_ids = []\n  }}\n}}\n",
            7,
            "missing-argument",
            "`vpc_config` of `aws_lambda_function.this` needs the argument `security_group_ids`",
            None,
            id="nested required argument",
        ),
        pytest.param(
            f'{FUNCTION}\n  dynamic "vpc_config" {{\n    for_each = [1]\n    iterator = it\n\n'
            "    content {\n      subnet_ids         = it.value\n"
            "      security_group_ids = []\n      ids                = []\n    }\n  }\n}\n",
            14,
            "unknown-argument",
            "`vpc_config` of `aws_lambda_function.this` has no argument `ids`",
            "checked against AWS provider 6.69.1",
            id="argument in a dynamic block",
        ),
        pytest.param(
            f'{FUNCTION}\n  dynamic "vpc_conf" {{\n    for_each = []\n    content {{}}\n  }}\n}}\n',
            7,
            "unknown-argument",
            "`aws_lambda_function.this` has no block `vpc_conf`",
            "did you mean `vpc_config`?",
            id="dynamic block",
        ),
        pytest.param(
            'resource "aws_cloudfront_distribution" "this" {\n  enabled = true\n'
            "  default_cache_behavior {\n    allowed_methods = []\n    cached_methods = []\n"
            '    target_origin_id = ""\n    viewer_protocol_policy = ""\n'
            "    forwarded_values {\n      query_string = true\n      cookies {\n"
            '        forwards = "none"\n      }\n    }\n  }\n  origin {\n    domain_name = ""\n'
            '    origin_id = ""\n  }\n  restrictions {\n    geo_restriction {\n'
            '      restriction_type = "none"\n    }\n  }\n  viewer_certificate {}\n}\n',
            (10, 11),
            ("missing-argument", "unknown-argument"),
            "`default_cache_behavior.forwarded_values.cookies` of"
            " `aws_cloudfront_distribution.this` has no argument `forwards`",
            "did you mean `forward`?",
            id="three blocks deep",
        ),
        pytest.param(
            f"{FUNCTION}  environment = {{ variables = {{}} }}\n}}\n",
            6,
            "unknown-argument",
            "`aws_lambda_function.this` has a block `environment`, and no argument of that name",
            "write `environment { … }`, without the equals sign",
            id="a block written as an argument",
        ),
        pytest.param(
            f"{FUNCTION}  runtime {{}}\n}}\n",
            6,
            "unknown-argument",
            "`aws_lambda_function.this` has an argument `runtime`, and no block of that name",
            "write `runtime = …`",
            id="an argument written as a block",
        ),
        pytest.param(
            '\n\nresource "aws_iam_role_policy" "this" {\n  role = "r"\n}\n',
            3,
            "missing-argument",
            "`aws_iam_role_policy.this` needs the argument `policy`",
            None,
            id="required argument",
        ),
        pytest.param(
            'resource "aws_iam_role_policy" "this" {\n  policy = null\n  role   = "r"\n}\n',
            1,
            "missing-argument",
            "`aws_iam_role_policy.this` needs the argument `policy`",
            None,
            id="required argument that is null",
        ),
        pytest.param(
            'data "aws_iam_policy" "this" {\n  names = "x"\n}\n',
            2,
            "unknown-argument",
            "`data.aws_iam_policy.this` has no argument `names`",
            "did you mean `name`?",
            id="data source",
        ),
        pytest.param(
            'check "up" {\n  data "aws_iam_policy" "this" {\n    names = "x"\n  }\n\n'
            '  assert {\n    condition     = true\n    error_message = "no"\n  }\n}\n',
            3,
            "unknown-argument",
            "`data.aws_iam_policy.this` has no argument `names`",
            "did you mean `name`?",
            id="data source in a check",
        ),
        pytest.param(
            'resource "aws_lamda_function" "this" {}\n',
            1,
            "unknown-type",
            "AWS provider 6 has no resource `aws_lamda_function`",
            "did you mean `aws_lambda_function`?",
            id="resource type",
        ),
        pytest.param(
            'resource "aws_iam_policy_document" "this" {}\n',
            1,
            "unknown-type",
            "AWS provider 6 has no resource `aws_iam_policy_document`",
            "`aws_iam_policy_document` is a data source",
            id="data source as a resource",
        ),
        pytest.param(
            'resource "aws_simpledb_domain" "this" {\n  name = "x"\n}\n',
            1,
            "unknown-type",
            "AWS provider 6 has no resource `aws_simpledb_domain`",
            "version 5 has it",
            id="gone in provider 6",
        ),
    ],
)
def test_a_mistake_is_found_in_its_line(
    text: str,
    line: int | tuple[int, ...],
    rule: str | tuple[str, ...],
    message: str,
    hint: str | None,
) -> None:
    findings = root(text)
    lines = line if isinstance(line, tuple) else (line,)
    rules = rule if isinstance(rule, tuple) else (rule,)
    assert found(findings) == [
        (f"main.tf:{line}", rule) for line, rule in zip(lines, rules, strict=True)
    ]
    assert (findings[-1].message, findings[-1].hint) == (message, hint)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"{IAM}\n  count      = 1\n  for_each   = {{}}\n  provider   = aws\n"
            "  depends_on = []\n\n  lifecycle {\n    prevent_destroy = true\n  }\n\n"
            '  connection {\n    host = ""\n  }\n\n'
            '  provisioner "local-exec" {\n    command = "true"\n  }\n}\n',
            id="meta-arguments",
        ),
        pytest.param(
            f'{IAM}\n  description = <<-EOT\n    nam = "x" }}\n    # {{\n  EOT\n  /* nam = 1 */\n'
            '  # nam = 1\n  path = "/${"a"}/"\n}\n',
            id="text that only looks like HCL",
        ),
        pytest.param(
            'resource "aws_security_group" "this" {\n  region = "eu-west-2"\n\n  ingress = []\n\n'
            "  egress {\n    from_port = 0\n    to_port   = 0\n    protocol  = -1\n  }\n}\n",
            id="attributes as blocks",
        ),
        pytest.param(
            f'{FUNCTION}\n  dynamic "vpc_config" {{\n    for_each = [1]\n\n    content {{\n'
            "      subnet_ids         = []\n      security_group_ids = []\n    }\n  }\n}\n",
            id="dynamic block",
        ),
        pytest.param(
            'resource "aws_codepipeline" "this" {\n  region = "eu-west-2"\n\n  name = ""\n'
            '  role_arn = ""\n  artifact_store {\n    location = ""\n    type = ""\n  }\n'
            '  stage {\n    name = ""\n    action {\n      name = ""\n      category = ""\n'
            '      owner = ""\n      provider = "CodeBuild"\n      version = "1"\n    }\n  }\n}\n',
            id="a nested argument that is called like a meta-argument",
        ),
        pytest.param(
            'resource "google_storage_bucket" "this" {\n  region = 1\n}\n\n'
            'data "awscc_s3_bucket" "this" {}\n\nresource "random_id" "this" {}\n',
            id="other providers",
        ),
        pytest.param(
            "moved {\n  from = aws_iam_role.a\n  to   = aws_iam_role.b\n}\n\n"
            'import {\n  to = aws_iam_role.b\n  id = "b"\n}\n\n'
            "removed {\n  from = aws_iam_role.c\n\n  lifecycle {\n    destroy = false\n  }\n}\n",
            id="blocks that declare nothing",
        ),
        pytest.param(
            'ephemeral "aws_kms_secrets" "this" {\n  region = "eu-west-2"\n\n  secret {\n'
            '    name    = "x"\n    payload = "y"\n  }\n}\n',
            id="ephemeral resource",
        ),
        pytest.param(
            'resource aws_iam_role this {\n  assume_role_policy = "{}"\n}\n', id="bare labels"
        ),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_right_is_not_found(text: str) -> None:
    assert root(text) == ()


def test_version_5_has_its_own_arguments() -> None:
    text = QUEUE.replace('  region = "eu-west-2"\n\n', "") + "}\n"
    flow_log = 'resource "aws_flow_log" "this" {\n  log_group_name = "x"\n}\n'
    assert root(text + flow_log, 5) == ()
    region = flow_log.replace("{\n", '{\n  region = "eu-west-2"\n')
    assert found(root(region)) == [("main.tf:3", "unknown-argument")]
    assert root('ephemeral "aws_ssm_parameter" "this" {\n  arn = ""\n}\n', 5) == ()
    [finding] = root(
        'ephemeral "aws_ssm_parameter" "this" {\n  arn = ""\n  with_decription = true\n}\n', 5
    )
    assert (finding.line, finding.hint) == (3, "did you mean `with_decryption`?")


def test_an_override_file_may_leave_out_what_it_does_not_change() -> None:
    assert root(QUEUE + "}\n", main_override='resource "aws_sqs_queue" "this" {}\n') == ()
    override = 'resource "aws_iam_role" "this" {\n  nam = ""\n}\n'
    assert found(root("", override=override)) == [("override.tf:2", "unknown-argument")]


def test_a_provider_of_another_name_is_not_checked() -> None:
    other = (
        'terraform {\n  required_providers {\n    aws = { source = "example.com/a/aws" }\n  }\n}\n'
    )
    assert root('resource "aws_anything" "this" {}\n', terraform=other) == ()
    opentofu = other.replace("example.com/a/aws", "registry.opentofu.org/hashicorp/aws")
    assert found(root('resource "aws_anything" "this" {}\n', terraform=opentofu)) == [
        ("main.tf:1", "unknown-type")
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("locals {\n  a = 1\n", 2),
        ('locals {\n  a = "x\n}\n', 2),
        ("locals {\n  a = ^\n}\n", 2),
        ("locals {}\n}\n", 2),
        ("locals {\n  a = <<EOT\n  x\n}\n", 2),
        ("x\n", 1),
    ],
)
def test_a_text_that_is_not_hcl_is_found(text: str, line: int) -> None:
    assert found(root(text)) == [(f"main.tf:{line}", "syntax")]
    assert found(root(f"# one more line\n{text}")) == [(f"main.tf:{line + 1}", "syntax")]


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_count_the_same_however_they_end(start: str, end: str) -> None:
    text = f'{IAM}  path = <<EOT\nx\nEOT\n  # c\n  nam = "x"\n}}\n'
    assert found(root(start + text.replace("\n", end))) == [("main.tf:7", "unknown-argument")]


def test_nesting_without_end_is_no_crash() -> None:
    deep = "(" * 5000 + '"eu-west-2"' + ")" * 5000
    assert root(f'resource "aws_sqs_queue" "this" {{\n  region = {deep}\n}}\n') == ()
    blocks = f"{IAM}{'x {' * 5000}{'}' * 5000}\n}}\n".replace("{x", "{\nx").replace("}}", "}\n}")
    assert ("main.tf:3", "unknown-argument") in found(root(blocks))
