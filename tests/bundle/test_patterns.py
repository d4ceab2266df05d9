"""The patterns of `.tfgenignore` are those of git, and take no longer than they are."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

from tfgen.bundle.patterns import LONGEST, Patterns, parse


def patterns(*lines: str) -> Patterns:
    return Patterns([pattern for line in lines if (pattern := parse(line))])


def left_out(rules: Patterns, path: str, *, is_folder: bool = False) -> bool:
    """Asks as a walk does: what is in a folder that is left out is not looked at."""
    parts = path.split("/")
    return any(
        rules.match("/".join(parts[:end]), is_folder=end < len(parts) or is_folder)
        for end in range(1, len(parts) + 1)
    )


@pytest.mark.parametrize(
    ("line", "matches", "passes"),
    [
        ("a", ["a", "b/a"], ["ab", "ba"]),
        ("/a", ["a"], ["b/a"]),
        ("a/b", ["a/b"], ["c/a/b"]),
        ("*.py", ["a.py", "b/.py"], ["a.pyc"]),
        ("a*b*c", ["abc", "aXbYc", "abbcc"], ["ab", "acb"]),
        ("*a*a", ["aa", "bab/aXa"], ["a", "aab"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("[a-c]x[!0-9]", ["axy", "cx-"], ["dxy", "ax1", "ax/"]),
        ("[]x]", ["]", "x"], ["[", "a"]),
        ("[[:digit:]]", ["1"], ["a", ":"]),
        ("**/a/b", ["a/b", "c/d/a/b"], ["a/c/b"]),
        ("a/**/b", ["a/b", "a/c/d/b"], ["b", "ab"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("**", ["a", "a/b"], []),
        (r"\#a", ["#a"], ["a"]),
        (r"\!a", ["!a"], ["a"]),
        (r"a\*", ["a*"], ["ab"]),
        ("a  ", ["a"], ["a  "]),
        ("a\\ ", ["a "], ["a"]),
    ],
)
def test_what_a_pattern_matches(line: str, matches: list[str], passes: list[str]) -> None:
    rules = patterns(line)
    assert [path for path in matches if not left_out(rules, path)] == []
    assert [path for path in passes if left_out(rules, path)] == []


def test_a_slash_at_the_end_is_for_folders() -> None:
    assert not left_out(patterns("a/"), "a")
    assert left_out(patterns("a/"), "a", is_folder=True)
    assert left_out(patterns("a/"), "b/a/c")


def test_git_says_the_same(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    chance = random.Random(5)  # noqa: S311 - reproducible, not secret
    atoms = ["a", "b", "c", "*", "*", "?", "/", "/**/", "[ab]", "[!a]", "[^b-c]", "."]
    names = ["a", "b", "c", "ab", "ba", "abc", "a.b", ".a", "cab"]
    paths = {"/".join(chance.choices(names, k=chance.randint(1, 4))) for _ in range(150)}
    compared = 0
    for _ in range(100):
        lines = []
        for _ in range(chance.randint(1, 3)):
            line = "".join(chance.choices(atoms, k=chance.randint(1, 6)))
            start = chance.choice(["", "", "", "**/", "!"])
            lines.append(start + line + chance.choice(["", "", "", "/", "/**"]))
        # Git's documentation leaves open what these mean.
        if any("//" in line or "***" in line or "/**/**" in line for line in lines):
            continue
        (tmp_path / ".gitignore").write_text("".join(f"{line}\n" for line in lines))
        rules = patterns(*lines)
        done = subprocess.run(
            ["git", "-C", tmp_path, "check-ignore", "--no-index", "--stdin"],
            input="".join(f"{path}\n" for path in paths),
            capture_output=True,
            text=True,
            check=False,
        )
        assert {path for path in paths if left_out(rules, path)} == set(done.stdout.split()), lines
        compared += 1
    assert compared > 50


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a*a*a*b", "a" * 255),
        ("[ab]*[ab]*[ab]*c", "ab" * 127),
        ("**/a/**/a/**/b", "a/" * 99 + "a"),
    ],
)
def test_every_star_more_takes_only_a_little_longer(line: str, path: str) -> None:
    """Where each star tries all places, three of them take a million steps on such a name."""
    rules = patterns(line)
    began = time.process_time()
    for _ in range(200):
        assert not rules.match(path, is_folder=False)
    assert time.process_time() - began < 1


def test_no_pattern_is_longer_than_a_path() -> None:
    assert parse("a" * LONGEST)
    with pytest.raises(ValueError, match="too long"):
        parse("a" * (LONGEST + 1))
