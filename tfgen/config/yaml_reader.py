"""YAML to plain data, with the place of everything in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from tfgen.config.places import Path, Places
from tfgen.errors import TfgenError

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment] # same interface, slower


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as data.

    Attributes:
        data: mappings, sequences and scalars.
        places: the line of every key and item.
        scalars: path → the text of a plain (unquoted) scalar, as written.
    """

    data: Any
    places: Places
    scalars: dict[Path, str]


def read(text: str, *, file: str) -> Document:
    """Reads one YAML document.

    Args:
        text: the document.
        file: the name that errors show.

    Raises:
        TfgenError: the text is not YAML, a key stands twice in one mapping, a key is not a
            scalar, or an alias contains itself.
    """
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        reading = _Reading(loader, file)
        data = None if node is None else reading.value(node, ())
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from error
    finally:
        loader.dispose()
    return Document(data, Places(file, reading.lines), reading.scalars)


@dataclass(slots=True)
class _Reading:
    loader: Any
    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    scalars: dict[Path, str] = field(default_factory=dict)
    open_nodes: list[int] = field(default_factory=list)

    def value(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self.open_nodes:
            raise TfgenError(
                "An alias contains itself",
                place=self._place(node),
                hint="write the value out instead of using an alias",
            )
        self.open_nodes.append(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self._item(item, (*path, i)) for i, item in enumerate(node.value)]
            return self._scalar(node, path)
        finally:
            self.open_nodes.pop()

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self._refuse_repeated_keys(node, path)
        self.loader.flatten_mapping(node)
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*path, key))
        return result

    def _item(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if not getattr(node, "style", None):
            self.scalars[path] = node.value
        return self.loader.construct_object(node)

    def _refuse_repeated_keys(self, node: yaml.MappingNode, path: Path) -> None:
        seen: dict[str, int] = {}
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise TfgenError("A key must be plain text", place=self._place(key_node))
            key = key_node.value
            line = key_node.start_mark.line + 1
            if key in seen and key != "<<":
                parent = f" in `{'.'.join(map(str, path))}`" if path else ""
                raise TfgenError(
                    f"`{key}` is written twice{parent}",
                    place=self._place(key_node),
                    hint=f"it stands on line {seen[key]} already; keep one of the two",
                )
            seen[key] = line

    def _place(self, node: yaml.Node) -> str:
        return f"{self.file}:{node.start_mark.line + 1}"


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> TfgenError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    lines = text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    if line.startswith("\t"):
        hint = "YAML is indented with spaces, not with tabs"
    else:
        hint = "check the indentation, the colons and the quotes around this line"
    return TfgenError(
        f"This is not valid YAML: {problem}",
        place=file if mark is None else f"{file}:{mark.line + 1}",
        hint=hint,
    )
