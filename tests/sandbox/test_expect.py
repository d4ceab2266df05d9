"""Another moto than the one the patches were made for is refused when the sandbox starts."""

from __future__ import annotations

import pytest

from tfgen.errors import TfgenError
from tfgen.sandbox.patches.expect import expect_attributes, expect_method, expect_no_method


class Model:
    def __init__(self) -> None:
        self.zones: dict[str, str] = {}

    def describe(self, name: str) -> str:
        return self.zones[name]


def test_what_is_as_expected_passes() -> None:
    assert expect_method(Model, "describe", "name") is Model.describe
    expect_attributes(Model(), "zones")
    expect_no_method(Model, "update")


def test_a_missing_method() -> None:
    with pytest.raises(TfgenError, match=r"moto \S+ is not what .*: Model has no update\(\)") as e:
        expect_method(Model, "update")
    assert "pip install 'tfgen[sandbox]'" in str(e.value.hint)


def test_a_method_with_other_parameters() -> None:
    with pytest.raises(TfgenError, match=r"Model\.describe\(\) takes self, name\n"):
        expect_method(Model, "describe", "name", "region")


def test_a_missing_attribute() -> None:
    with pytest.raises(TfgenError, match=r"Model has no records\n"):
        expect_attributes(Model(), "zones", "records")


def test_a_method_that_moto_has_by_now() -> None:
    with pytest.raises(TfgenError, match=r"Model has a describe\(\) of its own"):
        expect_no_method(Model, "describe")
