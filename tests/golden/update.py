"""Writes the golden trees again: ``python -m tests.golden.update``."""

from __future__ import annotations

import shutil

from tests.support.trees import CONFIGS, EXAMPLES, TREES, apps_of, files_of, write_tree
from tfgen.render.render import render
from tfgen.scratch import make_scratch
from tfgen.write import compare, write


def main() -> None:
    """Replaces all golden trees, so that those of deleted configs go too, and renders examples."""
    shutil.rmtree(TREES, ignore_errors=True)
    for config in sorted(CONFIGS.glob("*.yaml")):
        write_tree(files_of(config), TREES / config.stem)
    for config in sorted(EXAMPLES.glob("*/tfgen.yaml")):
        apps = apps_of(config)
        tree = config.parent / apps[0].terraform.output
        write(compare(render(apps), tree), make_scratch(config.parent))


if __name__ == "__main__":
    main()
