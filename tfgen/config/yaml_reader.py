"""YAML to plain data, with the place of everything in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from tfgen.config.places import Path, Places
from tfgen.config.yaml_limits import CONFIG, Limits, check_limits
from tfgen.errors import TfgenError, on_one_line

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment] # same interface, slower


# What PyYAML raises beside its own errors: for a date that does not exist, a number of too many
# digits, a tag on a value that it does not fit.
_NO_VALUE: Final = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError)
_LONGEST_NUMBER: Final = 1000
# No file name, no environment variable and nothing in HCL can hold them.
_NOT_TEXT: Final = re.compile("[\0\ud800-\udfff]")


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


def read(text: str, *, file: str, limits: Limits = CONFIG) -> Document:
    """Reads one YAML document.

    Args:
        text: the document.
        file: the name that errors show.
        limits: the most that it may hold.

    Raises:
        TfgenError: the text is not YAML or holds too much, a key stands twice in one mapping, a
            key is not a scalar, a value does not exist, or an alias contains itself.
    """
    try:
        check_limits(text, Loader, limits, file=file)
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from error
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

    def value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self._refuse_repeated_keys(node, path)
        self.loader.flatten_mapping(node)
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*path, key))
        return result

    def _item(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if not getattr(node, "style", None):
            self.scalars[path] = node.value
        try:
            value = self.loader.construct_object(node)
        except _NO_VALUE:
            raise self._no_value(node) from None
        if isinstance(value, int | float) and len(node.value) > _LONGEST_NUMBER:
            raise self._no_value(node)
        if isinstance(value, str):
            self._refuse_what_is_not_text(node)
        return value

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise TfgenError("A key must be plain text", place=self._place(node))
        self._refuse_what_is_not_text(node)
        return str(node.value)

    def _refuse_repeated_keys(self, node: yaml.MappingNode, path: Path) -> None:
        seen: dict[str, int] = {}
        for key_node, _ in node.value:
            key = self._key(key_node)
            line = key_node.start_mark.line + 1
            if key in seen and key != "<<":
                parent = f" in `{'.'.join(map(str, path))}`" if path else ""
                raise TfgenError(
                    on_one_line(f"`{key}` is written twice{parent}"),
                    place=self._place(key_node),
                    hint=f"it stands on line {seen[key]} already; keep one of the two",
                )
            seen[key] = line

    def _refuse_what_is_not_text(self, node: yaml.Node) -> None:
        found = _NOT_TEXT.search(node.value)
        if found is not None:
            what = "a NUL character" if found[0] == "\0" else "half of a surrogate pair"
            raise TfgenError(
                f"The text has {what} in it",
                place=self._place(node),
                hint="remove it; encode binary data, for example in Base64",
            )

    def _no_value(self, node: yaml.Node) -> TfgenError:
        """Returns the error for a scalar that YAML has no value for; it may be a secret."""
        kind = _KINDS.get(node.tag.rpartition(":")[2], "a value of its tag")
        digits = len(node.value)
        why = (
            f"It has {digits:,} characters, which is no number" if digits > _LONGEST_NUMBER else ""
        )
        return TfgenError(
            why or f"YAML reads this as {kind}, and there is no such one",
            place=self._place(node),
            hint="put it in quotes if it is text",
        )

    def _place(self, node: yaml.Node) -> str:
        return f"{self.file}:{node.start_mark.line + 1}"


# An alias of YAML, where a wildcard was meant.
_BARE_ASTERISK = re.compile(r"(?:^|[\s\[,])\*\.")
_QUOTED_NAME: Final = re.compile(r"\b(alias|anchor|tag|handle) b?['\"].*", re.DOTALL)
_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "a boolean",
    "timestamp": "a date",
}


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> TfgenError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    # What is quoted here may be a secret that begins with `*`, `&` or `!`.
    problem = _QUOTED_NAME.sub(r"\1", problem)
    lines = text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    if line.startswith("\t"):
        hint = "YAML is indented with spaces, not with tabs"
    elif _BARE_ASTERISK.search(line):
        hint = 'put a name that begins with `*` in quotes, such as "*.example.com"'
    else:
        hint = "check the indentation, the colons and the quotes around this line"
    return TfgenError(
        f"This is not valid YAML: {problem}",
        place=file if mark is None else f"{file}:{mark.line + 1}",
        hint=hint,
    )
