"""Child modules from the library, for the provider major and the features of a tree.

The library is written for AWS provider 6, where each region-aware block says
``region = var.region`` in a paragraph of its own. For provider 5 the region comes from the
provider configuration instead, so those paragraphs go. What else version 5 does not have, no app
for it uses: ``tfgen.render.features.FROM_PROVIDER_6``.
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
# The first minor release of version 6 that has what a feature needs; of several, the newest counts.
# https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md
_FLOORS: Mapping[str, int] = {
    # Looks up a global database with the data source `aws_rds_global_cluster`.
    "rds_global_cluster": 17,
    # Has all arguments of a replica, among them its protection against deletion.
    "replicas": 25,
    # Disables accelerated recovery before it deletes a zone (6.25), and changes it in one zone at a
    # time, because Route 53 takes no more.
    # https://github.com/hashicorp/terraform-provider-aws/pull/45302
    # https://github.com/hashicorp/terraform-provider-aws/pull/45457
    "accelerated_recovery": 26,
    # Has `code_sha256` as an argument.
    # https://github.com/hashicorp/terraform-provider-aws/pull/45618
    "code_sha256": 28,
    # Has `invoked_via_function_url`: an invocation has to come by way of the function's URL.
    "url_invocations": 28,
    # S3 blocks SSE-C for every new bucket. Before this release, every plan removes that.
    # https://github.com/hashicorp/terraform-provider-aws/issues/47320
    "s3": 40,
    # Has the security policy and the endpoint access mode of a REST API. 6.54 is the first release
    # whose schema is known to have them; domains have both since 6.28.
    # https://github.com/hashicorp/terraform-provider-aws/pull/47973
    # https://github.com/hashicorp/terraform-provider-aws/pull/45741
    "security_policy": 54,
}

_REGION_PARAGRAPH = re.compile(r"^  region = var\.region\n\n", re.MULTILINE)
_BLOCK = re.compile(r'^variable "(?P<name>\w+)" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL)


def provider_version(provider: ProviderMajor, used: Features) -> str:
    """Returns which versions of the AWS provider can apply a tree.

    Args:
        provider: the major version.
        used: the features of the tree.
    """
    if provider == 5:
        return _PROVIDER_VERSIONS[5]
    return f"~> 6.{max((_FLOORS.get(feature, 0) for feature in used), default=0)}"


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
    files = {path: _REGION_PARAGRAPH.sub("", text) for path, text in files.items()}
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


def _uses_region(files: Mapping[str, str]) -> bool:
    return any("var.region" in text for text in files.values())


def _without_variable(text: str, name: str) -> str:
    kept = _BLOCK.sub(lambda match: "" if match["name"] == name else match[0], text)
    return re.sub(r"\n{3,}", "\n\n", kept).lstrip("\n")
