"""What the tests share."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tfgen.terraform.engine import Engine, find

ROOT = Path(__file__).resolve().parent.parent

# The longest first. What is not in the list takes less than half a minute.
LONGEST = (
    "tests/removal/test_removal.py",
    "tests/e2e/test_killed.py",
    "tests/docs/test_shell_blocks.py",
    "tests/e2e/test_items.py",
    "tests/combinations/test_terraform.py",
    "tests/secrets/test_walkthrough.py",
    "tests/e2e/test_region.py",
    "tests/e2e/test_kinds.py",
    "tests/sandbox/test_function_terraform.py",
    "tests/checkov/test_checkov.py",
    "tests/e2e/test_deploy_policy.py",
    "tests/e2e/test_engines.py",
    "tests/e2e/test_examples.py",
    "tests/e2e/test_lifecycle.py",
    "tests/e2e/test_dns.py",
    "tests/write/test_kill.py",
    "tests/e2e/test_requests.py",
    "tests/sandbox/test_isolation.py",
    "tests/golden/test_validate.py",
    "tests/e2e/test_keys.py",
    "tests/e2e/test_postgres.py",
    "tests/sandbox/test_apis_terraform.py",
    "tests/iam/test_function_policy.py",
    "tests/aws/test_adopt_end_to_end.py",
    "tests/cli/test_real_account.py",
    "tests/e2e/test_env_keys.py",
    "tests/bundle/test_limits.py",
    "tests/package/test_wheel.py",
    "tests/golden/test_deployments.py",
    "tests/combinations/test_features.py",
    "tests/sandbox/test_records_terraform.py",
    "tests/e2e/test_function_plans.py",
    "tests/sandbox/functions/test_start.py",
    "tests/sandbox/test_lifecycle.py",
)

# A developer's own settings must not decide what the tests see.
for variable in [name for name in os.environ if name.startswith(("AWS_", "TFGEN_", "TF_"))]:
    if variable != "TFGEN_PLUGIN_DIR":
        del os.environ[variable]

# Terraform lives for seconds, and spends a fifth of them collecting garbage. It may have this much
# memory instead: https://pkg.go.dev/runtime#hdr-Environment_Variables
os.environ |= {"GOGC": "off", "GOMEMLIMIT": "600MiB"}

# What a shell starts in the background inherits that these are ignored, and so would all children.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A test says whether something holds, not how long it takes on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", params=["terraform", "embedded"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Both engines, one after the other. A missing one is a failure, not a skip."""
    return find({**os.environ, "TFGEN_TERRAFORM": request.param})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the files that take minutes first, so that no worker begins one when all others end."""
    longest = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(item.path.relative_to(ROOT).as_posix(), len(longest)))


def pytest_sessionstart() -> None:
    """Holds the list to what there is."""
    missing = [file for file in LONGEST if not (ROOT / file).is_file()]
    assert missing == [], "in LONGEST of tests/conftest.py"
