"""Editing a file of ciphertexts: one line a value, in order, comments kept; and git merges it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgen.config.ciphertexts import Ciphertext, parse_ciphertexts
from tfgen.config.ciphertexts_edit import FOOTER, HEADER, edit_ciphertexts, line_of
from tfgen.errors import TfgenError

EU, US = "eu-west-2", "us-west-2"
FILE = "secrets/production.yaml"
Setting = Mapping[tuple[str, str], str | None]


def ciphertext(name: str, region: str, text: str = "AQIC") -> Ciphertext:
    key = f"arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    return Ciphertext(f"hello/production/{region}/{name}", key, text)


def edited(text: str, changes: Setting) -> str:
    wanted = {
        (name, region): None if value is None else ciphertext(name, region, value)
        for (name, region), value in changes.items()
    }
    return edit_ciphertexts(text, wanted, file=FILE)


def line(name: str, region: str, text: str = "AQIC") -> str:
    return f"  {region}: {line_of(ciphertext(name, region, text))}\n"


NEW = edited("", {("DB", US): "AQIC", ("DB", EU): "AQIC", ("API_KEY", EU): "AQIC"})


def test_a_new_file() -> None:
    api_key, eu, us = line("API_KEY", EU), line("DB", EU), line("DB", US)
    assert f"{HEADER}\nAPI_KEY:\n{api_key}\nDB:\n{eu}{us}\n{FOOTER}\n" == NEW
    assert (
        line("DB", EU)
        == "  eu-west-2: {for: hello/production/eu-west-2/DB, key: "
        + '"arn:aws:kms:eu-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", '
        + "ciphertext: AQIC}\n"
    )


@pytest.mark.parametrize("text", ["1234", "1e10", "0x12"])
def test_no_ciphertext_is_read_as_a_number(text: str) -> None:
    assert parse_ciphertexts(edited("", {("DB", EU): text}), file=FILE).find("DB", EU) == (
        ciphertext("DB", EU, text)
    )


def test_only_the_lines_of_a_value_change() -> None:
    after = edited(NEW, {("DB", EU): "AQID"})
    assert after == NEW.replace(line("DB", EU), line("DB", EU, "AQID"))


def test_names_and_regions_come_in_order() -> None:
    after = edited(NEW, {("CC", EU): "AQIC", ("DB", "ap-south-1"): "AQIC"})
    assert after == NEW.replace("DB:\n", f"CC:\n{line('CC', EU)}\nDB:\n{line('DB', 'ap-south-1')}")


BY_HAND = (
    f"{HEADER}\n# Ask Ann before you touch this.\n\n"
    f"# The database\nDB:  # see the wiki\n{line('DB', US)}  # the old cluster\n"
    + line("DB", EU).replace("}", "}  # soon to go")
    + f"\nAPI_KEY:\n{line('API_KEY', EU)}\n# The end\n"
)


def test_what_a_hand_has_written_stays() -> None:
    """The order, too; a new region comes where it would be if the others were in order."""
    assert edited(BY_HAND, {}) == BY_HAND
    assert edited(BY_HAND, {("DB", EU): "AQID"}) == BY_HAND.replace(
        line("DB", EU).replace("}", "}  # soon to go"),
        line("DB", EU, "AQID").replace("}", "}  # soon to go"),
    )


def test_a_comment_goes_with_what_is_below_it() -> None:
    assert edited(BY_HAND, {("DB", EU): None}) == BY_HAND.replace(
        "  # the old cluster\n" + line("DB", EU).replace("}", "}  # soon to go"), ""
    )
    without = edited(BY_HAND, {("DB", EU): None, ("DB", US): None})
    assert without == (
        f"{HEADER}\n# Ask Ann before you touch this.\n\n"
        f"API_KEY:\n{line('API_KEY', EU)}\n# The end\n"
    )


def test_a_name_before_the_first_one_leaves_its_comment_to_it() -> None:
    text = NEW.replace("API_KEY:", "# of the partner\nAPI_KEY:")
    assert edited(text, {("AA", EU): "AQIC"}) == text.replace(
        "# of the partner", f"AA:\n{line('AA', EU)}\n# of the partner"
    )


def test_line_ends_stay() -> None:
    windows = NEW.replace("\n", "\r\n")
    assert edited(windows, {("DB", EU): "AQID"}) == edited(NEW, {("DB", EU): "AQID"}).replace(
        "\n", "\r\n"
    )


def test_nothing_is_left_of_the_last_value() -> None:
    assert edited(edited("", {("DB", EU): "AQIC"}), {("DB", EU): None}) == ""
    assert "# Ask Ann" in edited(
        f"{HEADER}\n# Ask Ann\n\nDB:\n{line('DB', EU)}", {("DB", EU): None}
    )


def test_other_ways_to_write_it_become_lines() -> None:
    text = (
        f"DB: {{{US}: {line_of(ciphertext('DB', US))}}}  # in braces\n"
        f"PW:\n    {EU}:\n        for: hello/production/{EU}/PW\n        ciphertext: 'AQIC'\n"
        f"        key: {ciphertext('PW', EU).key}\n"
    )
    assert edited(text, {("DB", EU): "AQIC"}) == (
        f"DB:  # in braces\n{line('DB', EU)}{line('DB', US)}\nPW:\n{line('PW', EU)}"
    )


def test_nothing_is_lost_of_what_cannot_be_edited() -> None:
    text = f"DB: &a\n{line('DB', EU)}PW: *a\n"
    with pytest.raises(TfgenError) as raised:
        edited(text, {("NEW", EU): "AQIC"})
    assert raised.value.message.endswith("tfgen cannot edit without losing something")
    assert raised.value.place == FILE


NAMES = st.sampled_from(["AA", "DB", "TOKEN", "NO", "on", "Z9"])
REGIONS = st.sampled_from([EU, US, "ap-south-1"])
TEXTS = st.sampled_from(["AQIC", "AQID", "1234", "e+/="]) | st.none()


@given(st.lists(st.dictionaries(st.tuples(NAMES, REGIONS), TEXTS, max_size=4), max_size=6))
def test_any_edits_add_up(edits: list[dict[tuple[str, str], str | None]]) -> None:
    text, wanted = "", dict[tuple[str, str], str]()
    for changes in edits:
        text = edited(text, changes)
        for at, value in changes.items():
            if value is None:
                wanted.pop(at, None)
            else:
                wanted[at] = value
    found = parse_ciphertexts(text, file=FILE).values
    assert {
        (name, region): sealed.text
        for name, regions in found.items()
        for region, sealed in regions.items()
    } == wanted
    assert list(found) == sorted(found)
    # However it came about, the same values are the same text.
    assert text == edited("", dict(wanted))


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository whose two branches change a file of ciphertexts."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def git(self, *arguments: str) -> int:
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
        return subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, capture_output=True, check=False
        ).returncode

    def commit(self, text: str) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(text, "utf-8")
        assert self.git("add", "-A") == 0
        assert self.git("commit", "-m", "Set") == 0

    def merge(self, ours: Setting, theirs: Setting) -> bool:
        """Makes two changes on two branches, and says whether git could merge them."""
        assert self.git("init", "--initial-branch=main") == 0
        self.commit(NEW)
        assert self.git("branch", "other") == 0
        self.commit(edited(NEW, ours))
        assert self.git("checkout", "other") == 0
        self.commit(edited(NEW, theirs))
        return self.git("merge", "main") == 0


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({("DB", EU): "AQID", ("DB", US): "AQID"}, {("API_KEY", EU): "AQID"}),
        ({("DB", EU): "AQID"}, {("CC", EU): "AQIC"}),
        ({("API_KEY", EU): "AQID"}, {("CC", EU): "AQIC"}),
        ({("AA", EU): "AQIC"}, {("ZZ", EU): "AQIC"}),
        ({("DB", US): "AQID"}, {("ZZ", EU): "AQIC"}),
        ({("DB", US): None}, {("ZZ", EU): "AQIC"}),
        ({("API_KEY", EU): None}, {("DB", US): "AQID"}),
    ],
)
def test_changes_of_two_names_merge(tmp_path: Path, ours: Setting, theirs: Setting) -> None:
    repository = Repository(tmp_path)
    assert repository.merge(ours, theirs)
    assert repository.file.read_text("utf-8") == edited(NEW, {**ours, **theirs})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({("DB", EU): "AQID"}, {("DB", EU): "AQIE"}),
        ({("TOKEN", EU): "AQIC"}, {("ZZ", EU): "AQIC"}),
    ],
)
def test_what_git_cannot_merge_is_a_conflict(
    tmp_path: Path, ours: Setting, theirs: Setting
) -> None:
    repository = Repository(tmp_path)
    assert not repository.merge(ours, theirs)
    text = repository.file.read_text("utf-8")
    first = text.splitlines().index("<<<<<<< HEAD") + 1
    with pytest.raises(TfgenError, match="The file has a merge conflict") as raised:
        edited(text, {("DB", EU): "AQIF"})
    assert raised.value.place == f"{FILE}:{first}"
    assert (raised.value.hint or "").startswith("keep the lines of both sides")


def test_both_sides_of_a_conflict_about_two_names_are_good(tmp_path: Path) -> None:
    ours, theirs = {("TOKEN", EU): "AQIC"}, {("ZZ", EU): "AQIC"}
    repository = Repository(tmp_path)
    repository.merge(ours, theirs)
    lines = repository.file.read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(("<<<<<<<", "=======", ">>>>>>>")))
    assert parse_ciphertexts(text, file=FILE).values == (
        parse_ciphertexts(edited(NEW, {**ours, **theirs}), file=FILE).values
    )
