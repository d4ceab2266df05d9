"""Child modules from the library, for the provider major and the features of a tree.

The library is written for AWS provider 6, where each region-aware block says
``region = var.region`` in a paragraph of its own. For provider 5 the region comes from the
provider configuration instead, so those paragraphs go; nothing else differs.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tfgen.app import ProviderMajor
from tfgen.render.features import Features
from tfgen.render.library import module_files
from tfgen.render.prune import prune

# 5.98 is the first that knows the IP address type of an API Gateway endpoint.
_PROVIDER_VERSIONS: Mapping[ProviderMajor, str] = {5: "~> 5.98", 6: "~> 6.0"}
# What is needed for a feature, the newest first: 6.28 is the first that can say that an invocation
# must come by way of the function's URL; 6.25 knows all of a replica; 6.17 looks up a global
# database.
_FOR_FEATURES: Mapping[str, str] = {
    "public_url": "~> 6.28",
    "replicas": "~> 6.25",
    "rds_global_cluster": "~> 6.17",
}

_REGION_PARAGRAPH = re.compile(r"^  region = var\.region\n\n", re.MULTILINE)
_FROM_6_28 = re.compile(r"^  invoked_via_function_url += true\n", re.MULTILINE)
_BLOCK = re.compile(r'^variable "(?P<name>\w+)" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL)


def provider_version(provider: ProviderMajor, used: Features) -> str:
    """Returns which versions of the AWS provider can apply a tree.

    Args:
        provider: the major version.
        used: the features of the tree.
    """
    if provider == 5:
        return _PROVIDER_VERSIONS[5]
    needed = (version for feature, version in _FOR_FEATURES.items() if feature in used)
    return next(needed, _PROVIDER_VERSIONS[6])


def child_module(name: str, provider: ProviderMajor, used: Features) -> dict[str, str]:
    """Returns the files of a library module as file name → text.

    Args:
        name: the module's folder in the library.
        provider: the major version of the AWS provider that the files are for.
        used: the features of the tree. A file of which nothing is left is not returned.
    """
    files = {path: prune(text, used) for path, text in module_files(name)}
    version = f'"{provider_version(provider, used)}"'
    files = {
        path: text.replace(f'"{_PROVIDER_VERSIONS[6]}"', version)
        for path, text in files.items()
        if text
    }
    if provider == 6:
        return files
    files = {path: prune(_for_provider_5(text), used) for path, text in files.items()}
    if not _uses_region(files):
        files["variables.tf"] = _without_variable(files["variables.tf"], "region")
    return files


def takes_region(files: Mapping[str, str]) -> bool:
    """Says whether a module, as rendered, has the variable ``region``.

    Args:
        files: of the module, as ``child_module`` returns them.
    """
    return any(match["name"] == "region" for match in _BLOCK.finditer(files["variables.tf"]))


def variable_block(files: Mapping[str, str], name: str) -> str:
    """Returns a variable of a module, as its block stands there.

    Args:
        files: of the module, as ``child_module`` returns them.
        name: of the variable.

    Raises:
        KeyError: the module has no such variable.
    """
    for match in _BLOCK.finditer(files["variables.tf"]):
        if match["name"] == name:
            return match[0].rstrip("\n")
    raise KeyError(name)


def variable_settings(files: Mapping[str, str], name: str) -> list[str]:
    """Returns the lines that say what a variable takes which is an object.

    Args:
        files: of the module, as ``child_module`` returns them.
        name: of the variable.

    Raises:
        KeyError: the module has no such variable.
    """
    lines = variable_block(files, name).split("\n")
    begin, end = lines.index("  type = object({"), lines.index("  })")
    return [line.removeprefix("    ") for line in lines[begin + 1 : end]]


def _for_provider_5(text: str) -> str:
    return _FROM_6_28.sub("", _REGION_PARAGRAPH.sub("", text))


def _uses_region(files: Mapping[str, str]) -> bool:
    return any("var.region" in text for text in files.values())


def _without_variable(text: str, name: str) -> str:
    kept = _BLOCK.sub(lambda match: "" if match["name"] == name else match[0], text)
    return re.sub(r"\n{3,}", "\n\n", kept).lstrip("\n")
