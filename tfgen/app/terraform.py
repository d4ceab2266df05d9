"""How an app becomes Terraform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProviderMajor = Literal[5, 6]


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """State in a file beside the root module."""


@dataclass(frozen=True, slots=True)
class S3Backend:
    """State in an S3 object, locked through S3 itself."""

    bucket: str
    key: str
    region: str


@dataclass(frozen=True, slots=True)
class CloudBackend:
    """State in an HCP Terraform workspace."""

    organization: str
    workspace: str


Backend = LocalBackend | S3Backend | CloudBackend


@dataclass(frozen=True, slots=True)
class Terraform:
    """How the app becomes Terraform.

    Attributes:
        output: the folder of the rendered tree, relative to the config's folder, with ``/``.
        aws_provider: the major version of the AWS provider that the tree is for.
    """

    output: str
    aws_provider: ProviderMajor
    backend: Backend
