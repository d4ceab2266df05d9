"""No file of the project knows on which machine it was written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.support.trees import ROOT

# Spelled with brackets, so that no search for them ends here.
PATTERNS = {
    "a folder of somebody's": r"(?<![\w.~}-])/(?:[w]ork|[r]oot|[h]ome/\w+|[U]sers/\w+)\b",
    "a package index": r"(?i)[i]ndex-url|[f]ind-links|[p]ypi\.org|[r]egistry\.npmjs|[a]rtifactory",
}

# File and text → why it may be there.
ALLOWED = {
    ("tests/sandbox/test_environment.py", "/home/user"): "made up, for an environment of a test",
    ("tfgen/sandbox/confinement/view.py", "/home/linuxbrew"): "where Homebrew is on every Linux",
    ("tests/terraform/recorded/apply.jsonl", "/home/dev"): "made up, in place of a real one",
}


def committed() -> list[str]:
    """Returns the files that are committed, or would be with the next commit of everything."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    own = Path(__file__).relative_to(ROOT).as_posix()
    names = [name for name in listed.stdout.split("\0") if name not in ("", own)]
    # What was deleted is listed until the deletion is committed, too.
    return [name for name in names if (ROOT / name).is_file()]


def test_no_file_tells_where_it_was_written() -> None:
    found = {}
    for name in committed():
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        for what, pattern in PATTERNS.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                found[name, match[0]] = f"{name}:{line} has {what}: {match[0]}"
    assert [told for key, told in found.items() if key not in ALLOWED] == []
    assert set(ALLOWED) <= set(found), "an exception that nothing needs any more"
