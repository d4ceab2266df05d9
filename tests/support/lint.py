"""Trees to lint, written in a few lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tfgen.lint.findings import Finding
from tfgen.lint.lint import lint

_BLOCK = re.compile(r'^ *(?:resource|data|ephemeral) "aws_', re.MULTILINE)


def versions(constraint: str) -> str:
    """Returns a file that requires a version of the AWS provider."""
    return (
        "terraform {\n  required_providers {\n    aws = {\n"
        f'      source  = "hashicorp/aws"\n      version = "{constraint}"\n    }}\n  }}\n}}\n'
    )


CONSTRAINTS = {5: "~> 5.98", 6: "~> 6.0"}
PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'
VARIABLE = 'variable "region" {\n  type = string\n}\n'


def root(text: str, major: int = 6, **more: str) -> tuple[Finding, ...]:
    """Lints a root module.

    Args:
        text: its ``main.tf``.
        major: the version of the provider.
        more: other files, by name without ``.tf``.
    """
    files = {"terraform": versions(CONSTRAINTS[major]), "providers": PROVIDER, **more}
    return lint(
        {"main.tf": text, **{f"{name}.tf": other for name, other in files.items()}}
    ).findings


def child(text: str, major: int = 6) -> tuple[Finding, ...]:
    """Lints a child module that has the variable ``region``.

    Args:
        text: its ``main.tf``.
        major: the version of the provider.
    """
    terraform = versions(CONSTRAINTS[major])
    return lint({"main.tf": text, "terraform.tf": terraform, "variables.tf": VARIABLE}).findings


def found(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Returns the places and the rules of findings."""
    return [(finding.place, finding.rule) for finding in findings]


def blocks_in(files: Mapping[str, str]) -> int:
    """Returns how many blocks of the AWS provider begin in files."""
    return sum(len(_BLOCK.findall(text)) for text in files.values())
