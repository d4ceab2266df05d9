"""What a reader is told about errors that are no diagnostics, or that name the wrong culprit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tfgen.terraform import diagnose, events
from tfgen.terraform.engine import Engine

ROOT = "infra/production"


def test_an_error_outside_of_a_box_is_explained_as_well(binary: Engine) -> None:
    output = "Failed to refresh state: 2 problems:\n\n- Unsupported state file format: The state "
    output += "file could not be parsed as JSON: syntax error at byte offset 49.\n"
    error = diagnose.explain([], root=ROOT, engine=binary, output=output)
    assert error.message == "The state was cut off while it was written"


@pytest.mark.parametrize("attribute", ["source_code_hash", "code_sha256"])
def test_code_that_changes_after_the_plan_is_no_bug_of_the_provider(
    binary: Engine, attribute: str
) -> None:
    detail = (
        "When expanding the plan for module.us_west_2.module.function.aws_lambda_function.this to "
        'include new values learned so far during apply, provider "registry.terraform.io/hashicorp/'
        f'aws" produced an invalid new value for .{attribute}: was cty.StringVal("a"), but now '
        'cty.StringVal("b").\n\nThis is a bug in the provider, which should be reported in the '
        "provider's own issue tracker."
    )
    said = {
        "severity": "error",
        "summary": "Provider produced inconsistent final plan",
        "detail": detail,
    }
    diagnostic = events.read_diagnostic(datetime.now(UTC), said)
    error = diagnose.explain([diagnostic], root=ROOT, engine=binary)
    assert error.message == (
        "The code has changed since the plan: module.us_west_2.module.function."
        "aws_lambda_function.this was planned with another bundle"
    )
    assert error.hint == "plan again, and apply the new plan"
