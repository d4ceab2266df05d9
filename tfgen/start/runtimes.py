"""Which runtimes can be started with secrets."""

from __future__ import annotations

import re
from typing import Final, Literal

Language = Literal["python", "nodejs"]

# Older ones can no longer be created, https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_OLDEST_PYTHON: Final = 9
# The first with `--import`, https://nodejs.org/docs/latest-v18.x/api/cli.html#--importmodule
_OLDEST_NODE: Final = 18


def language_of(runtime: str) -> Language | None:
    """Returns the language of a runtime that can be started with secrets; None of any other.

    Args:
        runtime: as Lambda calls it, for example ``python3.13``.
    """
    if (python := re.fullmatch(r"python3\.(\d+)", runtime)) and int(python[1]) >= _OLDEST_PYTHON:
        return "python"
    if (node := re.fullmatch(r"nodejs(\d+)\.x", runtime)) and int(node[1]) >= _OLDEST_NODE:
        return "nodejs"
    return None


def supports(runtime: str) -> bool:
    """Whether a runtime can be started with secrets.

    Runtimes that are the function's own (``provided.*``) know no wrapper.

    Args:
        runtime: as Lambda calls it, for example ``python3.13``.
    """
    return language_of(runtime) is not None
