"""Mapping templates of MOCK integrations, as far as they choose a header by another.

Of the Velocity Template Language this is what an answer to a preflight needs: a directive on a line
of its own, variables, header fields of the request, comparisons, and headers of the response.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tfgen.sandbox.gateway.request import Request

_SET: Final = re.compile(r"#set\(\s*\$(?P<target>[A-Za-z][\w.-]*)\s*=\s*(?P<value>.+?)\s*\)")
_IF: Final = re.compile(r"#if\((?P<condition>.+)\)")
_EQUAL: Final = re.compile(r"\s*(?P<left>.+?)\s*==\s*(?P<right>.+?)\s*")
_FIELD: Final = re.compile(r"""\$input\.params\(\)\.header\.get\((["'])(?P<name>[\w-]+)\1\)""")
_VARIABLE: Final = re.compile(r"\$!?(?P<name>[A-Za-z]\w*)")
_TEXT: Final = re.compile(r"""(["'])(?P<text>[^"'$#]*)\1""")
_OVERRIDE: Final = "context.responseOverride.header."


class NotComputedError(Exception):
    """The template asks for more than the sandbox computes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a template makes of a request: a body, and headers over those of the integration."""

    body: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Run:
    request: Request
    variables: dict[str, str | None] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def assign(self, target: str, value: str) -> None:
        computed = self.value(value)
        if target.startswith(_OVERRIDE):
            if computed is not None:
                self.headers[target.removeprefix(_OVERRIDE)] = computed
        elif "." in target:
            raise NotComputedError(f"${target}")
        else:
            self.variables[target] = computed

    def holds(self, condition: str) -> bool:
        return any(self._equal(term) for term in condition.split("||"))

    def _equal(self, term: str) -> bool:
        found = _EQUAL.fullmatch(term)
        if found is None:
            raise NotComputedError(term)
        return self.value(found["left"]) == self.value(found["right"])

    def value(self, text: str) -> str | None:
        if found := _FIELD.fullmatch(text):
            return self.request.header(found["name"])
        if found := _TEXT.fullmatch(text):
            return found["text"]
        # In quotes, what is not there is empty.
        quoted = len(text) > 1 and text[0] == text[-1] == '"'
        if found := _VARIABLE.fullmatch(text[1:-1] if quoted else text):
            value = self.variables.get(found["name"])
            return "" if quoted and value is None else value
        raise NotComputedError(text)


def fill(template: str, request: Request) -> Answer:
    """Computes a template.

    Args:
        template: of an integration response.
        request: what was asked.

    Raises:
        NotComputedError: it holds what the sandbox does not compute.
    """
    run = _Run(request)
    body: list[str] = []
    open_conditions: list[bool] = []
    for line in template.splitlines():
        directive = line.strip()
        if found := _IF.fullmatch(directive):
            open_conditions.append(all(open_conditions) and run.holds(found["condition"]))
        elif directive == "#end" and open_conditions:
            open_conditions.pop()
        elif not all(open_conditions):
            continue
        elif found := _SET.fullmatch(directive):
            run.assign(found["target"], found["value"])
        elif "$" in line or "#" in line:
            raise NotComputedError(directive)
        else:
            body.append(line)
    if open_conditions:
        raise NotComputedError("#if without #end")
    return Answer("\n".join(body), run.headers)
