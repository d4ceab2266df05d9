"""Writes the golden trees again: ``python -m tests.golden.update``. Read the diff before a commit."""

from __future__ import annotations

import shutil

from tests.support.trees import CONFIGS, TREES, files_of, write_tree


def main() -> None:
    """Replaces all trees, so that those of deleted configs go too."""
    shutil.rmtree(TREES, ignore_errors=True)
    for config in sorted(CONFIGS.glob("*.yaml")):
        write_tree(files_of(config), TREES / config.stem)


if __name__ == "__main__":
    main()
