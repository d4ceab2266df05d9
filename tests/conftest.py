"""What the tests share."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tfgen.terraform.engine import Engine, find

ROOT = Path(__file__).resolve().parent.parent

# A developer's own settings must not decide what the tests see.
for variable in [name for name in os.environ if name.startswith(("AWS_", "TFGEN_", "TF_"))]:
    if variable != "TFGEN_PLUGIN_DIR":
        del os.environ[variable]

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
