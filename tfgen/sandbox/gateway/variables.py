"""What mapping templates know: values with Java's methods, ``$input``, ``$util`` and overrides.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

#: The methods of ``$input``.
INPUT_METHODS: Final = frozenset({"json", "params", "path"})

#: The methods of ``$util``.
UTIL_METHODS: Final = frozenset(
    {"base64Decode", "base64Encode", "escapeJavaScript", "parseJson", "urlDecode", "urlEncode"}
)

_STEP: Final = re.compile(r"""\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]""")

# What JavaScript would end a text at, or could not read.
_ESCAPED: Final = {
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "'": r"\'",
    "/": r"\/",
    "\\": r"\\",
}


class TemplateUnsupportedError(Exception):
    """A template asks for what the sandbox does not have."""


class Absent(str):
    """What is not there: an empty text, but true, as API Gateway has it.

    Neither is there anything in it, so that a template may ask for the parts of it.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return True

    def __call__(self, *_arguments: Any) -> Absent:
        return self

    def __getattr__(self, name: str) -> Absent:
        # What texts can, an empty one can: the engine looks for that after the attributes.
        if name.startswith("_") or name in TEXT_METHODS:
            raise AttributeError(name)
        return self


ABSENT: Final = Absent()


class Map(dict[str, Any]):
    """A map that has every key, and looks like Java's in a text."""

    def __missing__(self, key: str) -> Absent:
        # The engine looks for methods after the keys.
        if key in MAP_METHODS or key in MAPS_OWN:
            raise KeyError(key)
        return ABSENT

    def get(self, key: str, default: Any = ABSENT) -> Any:
        return super().get(key, default)

    def __str__(self) -> str:
        return "{" + ", ".join(f"{key}={value}" for key, value in self.items()) + "}"


class List(list[Any]):
    """A list that is JSON in a text."""

    def __str__(self) -> str:
        return to_json(self)


def _replace_all(text: str, pattern: str, replacement: str) -> str:
    groups = re.sub(r"\$(\d)", r"\\g<\1>", replacement.replace("\\", r"\\"))
    return re.sub(pattern, groups, text)


def _put(known: dict[str, Any], key: str, value: Any) -> Any:
    before = known.get(key)
    known[key] = value
    return before


#: Java's methods of texts.
TEXT_METHODS: Final[Mapping[str, Callable[..., Any]]] = {
    "contains": lambda text, part: part in text,
    "endsWith": lambda text, end: text.endswith(end),
    "equals": lambda text, other: text == other,
    "equalsIgnoreCase": lambda text, other: text.lower() == str(other).lower(),
    "indexOf": lambda text, part: text.find(part),
    "isEmpty": lambda text: not len(text),
    "length": len,
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "replaceAll": _replace_all,
    "startsWith": lambda text, start: text.startswith(start),
    "substring": lambda text, start, end=None: text[start:end],
    "toLowerCase": lambda text: text.lower(),
    "toString": lambda text: text,
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
}

#: Java's methods of maps.
MAP_METHODS: Final[Mapping[str, Callable[..., Any]]] = {
    "containsKey": lambda known, key: key in known,
    "entrySet": lambda known: [Map(key=key, value=value) for key, value in known.items()],
    "isEmpty": lambda known: not known,
    "keySet": list,
    "put": _put,
    "putAll": lambda known, values: known.update(values),
    "size": len,
    "toString": str,
}

#: Methods of Python's maps that do what Java's of the same name do.
MAPS_OWN: Final = frozenset({"get", "values"})


class Overrides(Map):
    """A group of parameters that a template sets, each of them once.

    Args:
        groups: what is in it: the groups below it, which are not set themselves.
    """

    def __init__(self, groups: Mapping[str, Map] | None = None) -> None:
        super().__init__(groups or {})

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self:
            raise ValueError(f"{name} is overridden more than once")
        super().__setitem__(name, value)


class Input:
    """``$input``.

    Args:
        body: the payload that the template maps.
        params: of the request: ``path``, ``querystring`` and ``header``.
    """

    def __init__(self, body: str, params: Map) -> None:
        self.body = body
        self._params = params

    def params(self, name: str | None = None) -> Any:
        """Returns all parameters, or the first of a name: in the path, the query, the headers."""
        if name is None:
            return self._params
        for group in ("path", "querystring", "header"):
            if name in self._params[group]:
                return self._params[group][name]
        return ABSENT

    def path(self, path: str) -> Any:
        """Returns a part of the payload, which is JSON."""
        return to_value(self._find(path))

    def json(self, path: str) -> str:
        """Returns a part of the payload as JSON; of what is not there, an empty text."""
        return to_json(self._find(path))

    def _find(self, path: str) -> Any:
        found: Any = json.loads(self.body) if self.body else ABSENT
        for step in steps(path):
            if isinstance(found, dict) and step in found:
                found = found[step]
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            else:
                return ABSENT
        return found


class Util:
    """``$util``. The names are AWS's."""

    def escapeJavaScript(self, value: Any) -> str:  # noqa: N802 # AWS's name
        """Escapes a text for JavaScript, as Apache's Commons do for Java."""
        escaped = (_ESCAPED.get(each) or _ascii(each) for each in str(value))
        return "".join(escaped)

    def parseJson(self, text: str) -> Any:  # noqa: N802 # AWS's name
        """Makes values of JSON."""
        return to_value(json.loads(text))

    def urlEncode(self, text: Any) -> str:  # noqa: N802 # AWS's name
        """Encodes a text for a form, as Java does."""
        return quote_plus(str(text), safe="*").replace("~", "%7E")

    def urlDecode(self, text: Any) -> str:  # noqa: N802 # AWS's name
        """Decodes what a form sends."""
        return unquote_plus(str(text))

    def base64Encode(self, text: Any) -> str:  # noqa: N802 # AWS's name
        """Encodes a text, which is UTF-8."""
        return base64.b64encode(str(text).encode()).decode()

    def base64Decode(self, text: Any) -> str:  # noqa: N802 # AWS's name
        """Decodes to a text."""
        try:
            return base64.b64decode(str(text), validate=True).decode("utf-8", "replace")
        except binascii.Error as error:
            raise ValueError(f"{text} is not Base64") from error


def steps(path: str) -> list[str]:
    """Splits a JSONPath that leads to one place.

    Args:
        path: for example ``$.items[0].name``.

    Raises:
        TemplateUnsupportedError: it is none of these.
    """
    found, position = [], 1
    while position < len(path) or not path.startswith("$"):
        step = _STEP.match(path, position) if path.startswith("$") else None
        if step is None:
            reason = f"The sandbox knows JSONPaths like $.items[0].name, not {path}"
            raise TemplateUnsupportedError(reason)
        found.append(next(each for each in step.groups() if each is not None))
        position = step.end()
    return found


def to_value(value: Any) -> Any:
    """Makes of JSON what templates know; null is what is not there."""
    match value:
        case None:
            return ABSENT
        case dict():
            return Map({name: to_value(each) for name, each in value.items()})
        case list():
            return List(to_value(each) for each in value)
        case _:
            return value


def to_json(value: Any) -> str:
    """Makes JSON of what templates know."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _ascii(character: str) -> str:
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
