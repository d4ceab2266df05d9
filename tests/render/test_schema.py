"""Every block of the library and of every rendered tree, for both versions of the provider.

The linter holds blocks against the schema in both directions: what a block says exists, what its
type requires is there, what lies in a region says which, and nothing global does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.support.lint import blocks_in
from tests.support.trees import committed_tree, configs, files_of, library_features, read_tree
from tfgen.app import ProviderMajor
from tfgen.lint.lint import lint
from tfgen.render.features import FROM_PROVIDER_6
from tfgen.render.library import module_files, modules_dir
from tfgen.render.modules import child_module

LIBRARY = sorted(path.name for path in modules_dir().iterdir())
# Of the whole module there is nothing that version 5 knows: the rules refuse it for that version.
FOR_PROVIDER_5 = [module for module in LIBRARY if module != "rds_global_cluster"]


def assert_clean(files: Mapping[str, str]) -> None:
    terraform = {path: text for path, text in files.items() if path.endswith(".tf")}
    report = lint(terraform)
    assert [f"{finding.place}: {finding.message}" for finding in report.findings] == []
    # The linter has seen all of them, and has not taken a file for another provider's.
    assert report.blocks == blocks_in(terraform) > 0


@pytest.mark.parametrize("module", LIBRARY)
def test_the_library_fits_the_schema(module: str) -> None:
    assert_clean({f"{module}/{name}": text for name, text in module_files(module)})


@pytest.mark.parametrize("module", FOR_PROVIDER_5)
def test_the_library_as_rendered_for_provider_5_fits_its_schema(module: str) -> None:
    files = child_module(module, 5, library_features() - FROM_PROVIDER_6)
    assert_clean({f"{module}/{name}": text for name, text in files.items()})


@pytest.mark.parametrize("provider", [5, 6])
@pytest.mark.parametrize("case", sorted(configs()))
def test_every_rendered_tree_fits_the_schema(case: str, provider: ProviderMajor) -> None:
    assert_clean(files_of(configs()[case], provider))


@pytest.mark.parametrize("case", sorted(configs()))
def test_every_committed_tree_fits_the_schema(case: str) -> None:
    assert_clean(read_tree(committed_tree(case)))


@pytest.mark.parametrize("case", sorted(configs()))
def test_the_versions_are_told_apart(case: str) -> None:
    """A tree for version 6 that says that it is for 5 has a region too many in every module."""
    six = {path: text for path, text in files_of(configs()[case], 6).items() if ".tf" in path}
    mislabeled = {path: re.sub(r'"~> 6\.\d+"', '"~> 5.98"', text) for path, text in six.items()}
    findings = lint(mislabeled).findings
    assert findings
    for path, text in six.items():
        if "\n  region = var.region\n\n" in text and "resource " in text:
            rules = {finding.rule for finding in findings if finding.file == path}
            assert "region-unexpected" in rules, path
