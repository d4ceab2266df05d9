"""``tfgen`` and ``python -m tfgen``."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line. Ctrl-C while it is being loaded is one like any other."""
    try:
        from tfgen.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
