"""The modules of a tree of Terraform files, and how they hang together."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tfgen.lint.findings import Finding
from tfgen.lint.hcl import Block, Body, literal_text, members
from tfgen.lint.schema import Major
from tfgen.lint.versions import allowed

LOCK_FILE: Final = ".terraform.lock.hcl"

_SOURCES: Final = ("hashicorp/aws",)
_HOSTS: Final = ("registry.terraform.io/", "registry.opentofu.org/")
_NEWEST: Final[Major] = 6


@dataclass(frozen=True)
class Constraint:
    """What a module requires of the version of the AWS provider, and where it says so."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Module:
    """A folder of Terraform files.

    Attributes:
        folder: its path.
        files: path → what is in it.
        locked: the version of the AWS provider in its lock file.
    """

    folder: str
    files: Mapping[str, Body]
    locked: str | None

    def blocks(self, *types: str) -> Iterator[tuple[str, Block]]:
        """Yields the blocks of some types, each with the file that it stands in."""
        for file, body in self.files.items():
            for block in body.of(*types):
                yield file, block

    def named(self, kind: str, name: str) -> Block | None:
        """Returns the block of a type with one label, such as a variable."""
        return next((block for _, block in self.blocks(kind) if block.labels == (name,)), None)

    @cached_property
    def keeps_state(self) -> bool:
        """Whether it says where its state is, which only a root module can."""
        return any(
            True
            for _, terraform in self.blocks("terraform")
            for _ in terraform.body.of("backend", "cloud")
        )

    @cached_property
    def is_root(self) -> bool:
        """Whether it is meant as a root module: it has a state or configures a provider."""
        return self.keeps_state or any(True for _ in self.blocks("provider"))

    @cached_property
    def per_region(self) -> bool:
        """Whether it is called for a region, which the variable ``region`` says."""
        return not self.is_root and self.named("variable", "region") is not None

    @cached_property
    def uses_aws(self) -> bool:
        """Whether ``aws_…`` is the AWS provider's here, which another one may be called, too."""
        return self._requirement is None or self._requirement[0]

    @property
    def constraint(self) -> Constraint | None:
        """What it requires of the version of the AWS provider."""
        return self._requirement[1] if self._requirement else None

    @cached_property
    def aliases(self) -> tuple[str | None, ...]:
        """The aliases of its configurations of the AWS provider; None is the default one."""
        return tuple(
            block.body.text("alias")
            for _, block in self.blocks("provider")
            if block.labels == ("aws",)
        )

    @cached_property
    def expects_providers(self) -> bool:
        """Whether it says which provider configurations its caller has to hand over."""
        return any(
            "configuration_aliases" in members(attribute.value)
            for _, terraform in self.blocks("terraform")
            for required in terraform.body.of("required_providers")
            for attribute in required.body.arguments.values()
        )

    @cached_property
    def calls(self) -> tuple[tuple[str, Block, str], ...]:
        """The modules of the same tree that it calls: file, block, folder of the called one."""
        found = []
        for file, block in self.blocks("module"):
            source = block.body.text("source") or ""
            if source.startswith(("./", "../")) or source in (".", ".."):
                path = posixpath.normpath(posixpath.join(self.folder, source))
                found.append((file, block, path))
        return tuple(found)

    @cached_property
    def _requirement(self) -> tuple[bool, Constraint | None] | None:
        """Whether the provider called ``aws`` is AWS's, and which version of it is required."""
        for file, terraform in self.blocks("terraform"):
            for required in terraform.body.of("required_providers"):
                attribute = required.body.arguments.get("aws")
                if attribute is None:
                    continue
                says = {
                    name: literal_text(value) for name, value in members(attribute.value).items()
                }
                # Before Terraform 0.13 it was the version alone.
                version = says.get("version") if says else literal_text(attribute.value)
                source = says.get("source") or _SOURCES[0]
                for host in _HOSTS:
                    source = source.removeprefix(host)
                constraint = Constraint(file, attribute.line, version) if version else None
                return source in _SOURCES, constraint
        return None


@dataclass(frozen=True)
class Tree:
    """All modules below a folder.

    Attributes:
        modules: folder → module.
    """

    modules: Mapping[str, Module]

    @cached_property
    def called(self) -> frozenset[str]:
        """The folders of the modules that another one calls."""
        return frozenset(
            path
            for module in self.modules.values()
            for _, _, path in module.calls
            if path != module.folder
        )

    @cached_property
    def roots(self) -> tuple[Module, ...]:
        """The modules that no other one calls, and one of each circle that is called by none."""
        found = [
            module
            for folder, module in self.modules.items()
            if module.keeps_state or folder not in self.called
        ]
        reached = {module.folder for root in found for module in self.below(root)}
        for folder, module in self.modules.items():
            if folder not in reached:
                found.append(module)
                reached |= {each.folder for each in self.below(module)}
        return tuple(found)

    def below(self, root: Module) -> Sequence[Module]:
        """Returns a module and all that it calls, directly or not."""
        found = {root.folder: root}
        waiting = [root]
        while waiting:
            for _, _, path in waiting.pop().calls:
                module = self.modules.get(path)
                if module is not None and path not in found:
                    found[path] = module
                    waiting.append(module)
        return list(found.values())

    @cached_property
    def majors(self) -> Mapping[str, frozenset[Major]]:
        """Folder → the major versions of the provider that it is used with.

        Several root modules may call one module with different versions. A module without any is
        used with none that the linter knows, which `unknown_versions` reports.
        """
        found: dict[str, set[Major]] = {folder: set() for folder in self.modules}
        for root in self.roots:
            major = self._major(root)
            if major is not None:
                for module in self.below(root):
                    found[module.folder].add(major)
        return {folder: frozenset(majors) for folder, majors in found.items()}

    def unknown_versions(self) -> Iterator[Finding]:
        """Yields a finding for each root module whose provider is neither version 5 nor 6."""
        for root in self.roots:
            constraints = self._constraints(root)
            if constraints and not self._major(root):
                first = constraints[0]
                required = " and ".join(dict.fromkeys(f"`{each.text}`" for each in constraints))
                yield Finding(
                    first.file,
                    first.line,
                    "provider-version",
                    f"{required} allows neither version 5 nor version 6 of the AWS provider",
                    "the linter knows those two, and has checked nothing that this module calls",
                )

    def _constraints(self, root: Module) -> list[Constraint]:
        return [module.constraint for module in self.below(root) if module.constraint]

    def _major(self, root: Module) -> Major | None:
        constraints = [each.text for each in self._constraints(root)]
        majors = allowed(constraints)
        if len(majors) > 1 and root.locked:
            # Where the constraint leaves it open, `terraform init` has decided.
            majors = allowed([*constraints, root.locked]) or majors
        if not majors:
            return None
        return _NEWEST if _NEWEST in majors else majors[0]


def read_tree(files: Mapping[str, Body]) -> Tree:
    """Returns the modules that files belong to.

    Args:
        files: path → what is in it: Terraform files, and lock files.
    """
    folders: dict[str, dict[str, Body]] = {}
    locks = {}
    for path in sorted(files):
        folder, name = posixpath.split(path)
        folder = posixpath.normpath(folder)
        if name == LOCK_FILE:
            locks[folder] = _locked(files[path])
        else:
            folders.setdefault(folder, {})[path] = files[path]
    return Tree(
        {folder: Module(folder, found, locks.get(folder)) for folder, found in folders.items()}
    )


def _locked(lock_file: Body) -> str | None:
    for block in lock_file.of("provider"):
        if block.labels in {(host + _SOURCES[0],) for host in _HOSTS}:
            return block.body.text("version")
    return None
