"""A config and a stage become an app. Pure: reads nothing, writes nothing.

Every default is filled in, every region is complete, and the rules that tie keys together are
checked, so that nothing after this needs to look at the config again.
"""

from __future__ import annotations

from tfgen.resolve.function import FUNCTION_DEFAULTS, bundle_path
from tfgen.resolve.stages import choose_stage, resolve, resolve_all, stage_names

__all__ = [
    "FUNCTION_DEFAULTS",
    "bundle_path",
    "choose_stage",
    "resolve",
    "resolve_all",
    "stage_names",
]
