"""Editing the regions of a config: one region comes or goes, and no other line changes."""

from __future__ import annotations

import difflib
import textwrap

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tfgen.config.edit import add_region, remove_region
from tfgen.config.load import loads
from tfgen.errors import TfgenError

TOP = ("regions",)
STAGING = ("stages", "staging", "regions")


def text_of(block: str) -> str:
    return textwrap.dedent(block).removeprefix("\n")


def changed(before: str, after: str) -> list[str]:
    """Returns the lines that a diff shows as added and removed, with their signs."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line[0] in "+-"]


def added(text: str, region: str = "us-east-1", path: tuple[str, ...] = TOP) -> str:
    return add_region(text, path, region, file="tfgen.yaml")


def removed(text: str, region: str, path: tuple[str, ...] = TOP) -> str:
    return remove_region(text, path, region, file="tfgen.yaml")


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("regions:\n  us-west-2: {}\n  eu-west-2: {}\n", "+   us-east-1: {}\n"),
        ("regions:\n    us-west-2:\nenv: {A1: b}\n", "+     us-east-1: {}\n"),
        ("regions:\n  us-west-2: {}  # home\n\n# about env\nenv: {A1: b}\n", "+   us-east-1: {}\n"),
        ("regions:\r\n  us-west-2: {}\r\nenv: {}\r\n", "+   us-east-1: {}\r\n"),
        ("regions:\n  'us-west-2': {env: {A1: 'b'}}\n  # eu-west-2: off\n", "+   us-east-1: {}\n"),
        ("regions:\n  us-west-2:\n    env:\n      A1: b\n      # more\n", "+   us-east-1: {}\n"),
        ("regions:\n  us-west-2:\n    env:\n      A1: |\n        b\n\n", "+   us-east-1: {}\n"),
        ("regions: {\n  us-west-2: {},\n}\n", "+   us-east-1: {},\n"),
        ("regions: {\n  us-west-2: {},  # home\n  }\n", "+   us-east-1: {},\n"),
        ("\ufeffregions:\n  us-west-2: {}\n", "+   us-east-1: {}\n"),
        ("# ünï 🌍\nregions:\n  us-west-2: {env: {A1: 🌍}}\nenv: {}\n", "+   us-east-1: {}\n"),
        ("a: &a {x: 1}\nregions:\n  us-west-2: *a\n  eu-west-2: *a\n", "+   us-east-1: {}\n"),
        ("a: &a {eu-west-2: {}}\nregions:\n  <<: *a\n  us-west-2: {}\n", "+   us-east-1: {}\n"),
        ("---\nregions:\n  us-west-2: {}\n...\n", "+   us-east-1: {}\n"),
    ],
)
def test_a_region_is_a_line_of_its_own(before: str, line: str) -> None:
    assert changed(before, added(before)) == [line]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("regions: {us-west-2: {}}", "regions: {us-west-2: {}, us-east-1: {}}"),
        ("regions: { us-west-2: {} }\n", "regions: { us-west-2: {}, us-east-1: {} }\n"),
        ("regions: {us-west-2: {},}\n", "regions: {us-west-2: {}, us-east-1: {},}\n"),
        ("regions: {us-west-2, b}\n", "regions: {us-west-2, b, us-east-1: {}}\n"),
        ("regions: {us-west-2: , b: }\n", "regions: {us-west-2: , b: , us-east-1: {} }\n"),
        ("regions: {us-west-2: {env: {A: 'x, y'}}} # z\n",
         "regions: {us-west-2: {env: {A: 'x, y'}}, us-east-1: {}} # z\n"),
        ("regions: {\n  us-west-2: {}\n}\n", "regions: {\n  us-west-2: {},\n  us-east-1: {}\n}\n"),
        ("regions:\n  us-west-2: {}", "regions:\n  us-west-2: {}\n  us-east-1: {}"),
        ("regions:\r\n  us-west-2:", "regions:\r\n  us-west-2:\r\n  us-east-1: {}"),
    ],
)  # fmt: skip
def test_a_region_in_a_line_with_others(before: str, after: str) -> None:
    assert added(before) == after


COMMENTED = text_of(
    """
    name: hello
    # Where it runs.

    # Each costs a dollar.
    regions:
      # The first one.
      us-west-2: {env: {MESSAGE: "Hello"}}   # Oregon

      # Near the team.
      # And near its users.
      eu-west-2:
        env: {MESSAGE: 'Hi'}
        # Ireland had none left.
        function: {memory: 1024}
          # as measured

      # Asia is to follow.

      sa-east-1:
      # ap-south-1: {}
    env: {}
    """
)


def test_a_block_goes_with_its_comments() -> None:
    after = removed(COMMENTED, "eu-west-2")
    assert changed(COMMENTED, after) == [
        "-   # Near the team.\n",
        "-   # And near its users.\n",
        "-   eu-west-2:\n",
        "-     env: {MESSAGE: 'Hi'}\n",
        "-     # Ireland had none left.\n",
        "-     function: {memory: 1024}\n",
        "-       # as measured\n",
        "- \n",
    ]
    assert changed(COMMENTED, removed(COMMENTED, "us-west-2")) == [
        "-   # The first one.\n",
        '-   us-west-2: {env: {MESSAGE: "Hello"}}   # Oregon\n',
        "- \n",
    ]
    assert changed(COMMENTED, removed(COMMENTED, "sa-east-1")) == ["-   sa-east-1:\n"]


@pytest.mark.parametrize(
    ("before", "region", "after"),
    [
        ("regions: {a: {}, b: {}, c: {}}", "a", "regions: {b: {}, c: {}}"),
        ("regions: {a: {}, b: {}, c: {}}", "b", "regions: {a: {}, c: {}}"),
        ("regions: {a: {}, b: {}, c: {}}", "c", "regions: {a: {}, b: {}}"),
        ("regions: {a: {}, b: {},}\n", "b", "regions: {a: {}, }\n"),
        ("regions: { a: {}, b: {} }\n", "b", "regions: { a: {} }\n"),
        ("regions: {a, b: , 'c': {x: [1, 2]}}", "c", "regions: {a, b: }"),
        ("regions: {a, b: , 'c': {x: [1, 2]}}", "a", "regions: {b: , 'c': {x: [1, 2]}}"),
        ("regions: {a: {}, b: {},\n  c: {}}", "b", "regions: {a: {},\n  c: {}}"),
        ("regions: {a: {}, # one\n  b: {}}", "a", "regions: {\n  b: {}}"),
        ("regions: {a: {}, # one\n  b: {} # two\n  }", "b", "regions: {a: {}, # one\n  }"),
        ("regions: {\n  a: {},\n  # two\n  b: {}, # 2\n}", "b", "regions: {\n  a: {},\n}"),
        ("regions: {\n  a: {},\n  b: {}\n}", "b", "regions: {\n  a: {},\n}"),
        ("regions:\n  a: {}\n  b: {}", "b", "regions:\n  a: {}\n"),
        ("regions:\n  a: {}\n\n  b: {}\n", "b", "regions:\n  a: {}\n"),
        ("regions:\r\n  a: {}\r\n\r\n  b: {}\r\n", "a", "regions:\r\n  b: {}\r\n"),
        ("\ufeffregions:\n  a:\n  b:\n", "a", "\ufeffregions:\n  b:\n"),
        ("regions:\n  a: &x {}\n  b: *x\n", "b", "regions:\n  a: &x {}\n"),
        ("regions:\n  a:\n    t: |+\n      x\n\n  b: {}\n", "a", "regions:\n  b: {}\n"),
        ("regions:\n  a:\n    t: >\n      # x\n  b: {}\n", "b",
         "regions:\n  a:\n    t: >\n      # x\n"),
    ],
)  # fmt: skip
def test_a_region_is_taken_out(before: str, region: str, after: str) -> None:
    assert removed(before, region) == after


def test_the_set_of_a_stage() -> None:
    text = text_of(
        """
        regions: {us-west-2: {}, eu-west-2: {}}
        stages:
          staging:
            regions:
              us-west-2: {}
              eu-west-2: {}
          production:  # the app's
        """
    )
    assert changed(text, added(text, path=STAGING)) == ["+       us-east-1: {}\n"]
    assert changed(text, removed(text, "us-west-2", STAGING)) == ["-       us-west-2: {}\n"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a {us-west-2: {}, eu-west-2: {}}\nregions: *a\n",
        "regions: &a {us-west-2: {}, eu-west-2: {}}\nstages: {staging: {regions: *a}}\n",
        "regions:\n  us-west-2: &a {}\n  eu-west-2: *a\n",
        "a: &a {us-west-2: {}}\nregions:\n  <<: *a\n  eu-west-2: {}\n",
        "regions:\n  ? us-west-2\n  : {}\n  ? eu-west-2\n  : {}\n",
    ],
)
def test_what_cannot_be_taken_out_alone_is_left_alone(text: str) -> None:
    with pytest.raises(TfgenError) as refused:
        removed(text, "us-west-2")
    assert refused.value.place == f"tfgen.yaml:{text[: text.index('regions')].count(chr(10)) + 1}"
    assert refused.value.hint is not None


@pytest.mark.parametrize(
    "text",
    [
        "a: &a {us-west-2: {}}\nregions: *a\n",
        "regions: &a {us-west-2: {}}\nstages: {staging: {regions: *a}}\n",
        "regions:\n  ? us-west-2\n  : {}\n",
    ],
)
def test_where_no_place_can_be_found_nothing_is_added(text: str) -> None:
    with pytest.raises(TfgenError):
        added(text)


HEAD = "name: hello\nfunction: {source: ./src, runtime: python3.13, handler: app.handler}\n"
NAMES = ("us-west-2", "eu-west-2", "sa-east-1", "ap-south-1", "eu-central-1")
comments = st.sampled_from(["", "  # one", " # it's {two}, and three: 3"])
blank = st.sampled_from(["", "\n", "  \n"])
values = st.sampled_from(
    [
        " {}",
        "",
        " {env: {A1: 'x, # y'}}",
        " { function: {memory: 256} , env: {} }",
        "\n    env:\n      A1: b\n      # inside\n      B1: |\n        # text\n        more\n",
        '\n    env: {A1: "b"}  # end\n    function:\n      layers: []',
    ]
)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[str, list[str]]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    text = "regions:" + draw(comments) + "\n"
    for name in names:
        above = draw(st.sampled_from(["", "  # above\n", "  # off\n\n"]))
        key = draw(st.sampled_from([name, f"'{name}'", f'"{name}"']))
        value = draw(values)
        tail = "" if "\n" in value else draw(comments)
        text += f"{draw(blank)}{above}  {key}:{value}{tail}".rstrip("\n") + "\n"
    text += draw(st.sampled_from(["", "env: {LOG: x}\n", "# end\n", "\n# end\nenv: {}\n"]))
    return _lines(draw, text), names


@st.composite
def flows(draw: st.DrawFn) -> tuple[str, list[str]]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    gap = draw(st.sampled_from(["", " ", "\n  "]))
    between = draw(st.sampled_from([", ", ",\n  ", ", # c\n  "]))
    entries = [
        name + draw(st.sampled_from([": {}", ": ", ": {env: {A1: 'x, y'}}"])) for name in names
    ]
    trailing = draw(st.sampled_from(["", ","]))
    closing = draw(st.sampled_from(["}", " }", "\n  }", " # d\n  }"]))
    text = f"regions: {{{gap}{between.join(entries)}{trailing}{closing}{draw(comments)}\n"
    return _lines(draw, text), names


def _lines(draw: st.DrawFn, text: str) -> str:
    text = draw(st.sampled_from(["", "\ufeff"])) + HEAD + text
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@given(written=blocks() | flows(), data=st.data())
def test_any_region_of_any_text(written: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = written
    region = data.draw(st.sampled_from(names))
    before = yaml.safe_load(text)
    assert list(loads(text).config.regions) == names

    more = added(text)
    assert list(yaml.safe_load(more)["regions"]) == [*names, "us-east-1"]
    # Nothing that was there is gone, but for the comma that a new neighbor may need.
    gone = [line for line in changed(text, more) if line[0] == "-"]
    assert len(gone) <= (1 if "regions: {" in text else 0)
    back = removed(more, "us-east-1")
    assert yaml.safe_load(back) == before
    if "regions: {" not in text:
        assert back == text

    less = removed(text, region)
    assert list(yaml.safe_load(less)["regions"]) == [name for name in names if name != region]
    if "regions: {" not in text:
        assert not [line for line in changed(text, less) if line[0] == "+"]
    assert ("\r\n" in less) == ("\r\n" in text)
