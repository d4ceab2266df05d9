"""What pydantic finds wrong with a config, as a sentence, a place and a hint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError

from tfgen.config.model_paths import example, known_keys, suggest_key
from tfgen.config.types import ENV_PATTERN
from tfgen.config.yaml_reader import Document
from tfgen.errors import TfgenError, on_one_line, shortened

# What pydantic calls a type → what the user should write.
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
}

# Where the name of a secret or of a variable belongs, people write the value; an error that repeats
# it puts it into the log of a CI.
_BESIDE_SECRETS: Final = frozenset({"secrets", "secret", "url", "variables"})
# A value is shown to be recognized, for which this is enough.
_LONGEST_VALUE: Final = 100

_VARIABLE = "a variable's name has letters, digits and underscores, a letter first, two at least"
_DYNAMODB = "a name in DynamoDB has letters, digits, hyphens, underscores and dots, three at least"
_RDS = "a name in RDS has lower-case letters, digits and single hyphens, a letter first"
_PRINCIPAL = "the ARN of a role or a user, such as `arn:aws:iam::123456789012:role/admin`"

# A key → what its value, or a name below it, must look like.
_FORMS: Final = {
    "name": "lower-case letters, digits and hyphens, a letter first, 31 at most",
    "domain": "a host name such as `api.example.com`, in lower case",
    "zone": "a host name such as `example.com`, in lower case, or an ID such as `Z0123456789`",
    "runtime": "a Lambda runtime such as `python3.13`, `nodejs22.x` or `provided.al2023`",
    "path": "a path such as `/_health`",
    "handler": "a file and a function, such as `app.handler`, without spaces",
    "image": "a repository and a tag or digest, such as `hello:1.4`, or the whole URI of an "
    "image in ECR",
    "subnet_ids": "the ID of a subnet, such as `subnet-0123456789abcdef0`",
    "security_group_ids": "the ID of a security group, such as `sg-0123456789abcdef0`",
    "actions": "an action of an AWS service, such as `s3:GetObject`",
    "resources": 'an ARN, such as `arn:aws:s3:::reports/*`, or `"*"`',
    "test": "a condition operator, such as `StringEquals`",
    "origins": "an origin such as `https://www.example.com`, in lower case and without a path, "
    'or `"*"`',
    "headers": 'the name of a header, such as `Content-Type`, or `"*"`',
    "expose_headers": 'the name of a header, such as `ETag`, or `"*"`',
    "issuer": "an address such as `https://login.example.com`",
    "web_acl_arn": "the ARN of a web ACL: arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID",
    "truststore": "a file in S3, such as `s3://hello-truststore/authorities.pem`",
    "binary_media_types": "a media type such as `image/png`, or `*/*`",
    "kms_key": "an alias such as `alias/hello`, or the ARN of a key: "
    "arn:aws:kms:REGION:ACCOUNT:key/ID",
    "ssm": "the name of a parameter, such as `/hello/token`, with a version behind a colon if "
    "need be",
    "secretsmanager": "the name of a secret, such as `hello/pg`, or its ARN",
    "administrators": _PRINCIPAL,
    "encrypters": _PRINCIPAL,
    "decrypters": _PRINCIPAL,
    "tags": "letters, digits, spaces and _ . : / = + - @",
    "locations": "a country such as `GB`, a state such as `US-WA`, `continent:EU`, or `*` in "
    "quotes",
    "zone_role_arn": "the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME",
    "layers": "the ARN of a layer version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION",
    "account": 'the ID of an AWS account: 12 digits in quotes, such as `"123456789012"`',
    "stages": "a stage's name has lower-case letters, digits and hyphens, a letter first",
    "env": _VARIABLE,
    "secrets": _VARIABLE,
    "dynamodb": "a table is called by lower-case letters, digits, hyphens and underscores, a "
    "letter first",
    "indexes": _DYNAMODB,
    "local_indexes": _DYNAMODB,
    "existing": _DYNAMODB,
    "cluster": _RDS,
    "instance": _RDS,
    "proxy": _RDS,
    "global_cluster": _RDS,
    "database": "the name of a database, such as `app`",
    "user": "one user of the database, such as `app`",
    "secret": "the name of a secret, such as `hello/pg`, or its ARN",
    "url": _VARIABLE,
    "variables": _VARIABLE,
}


def explain(error: ValidationError, document: Document) -> TfgenError:
    """Turns what pydantic says of a document into the error that a user should see.

    The first problem in the file's order is told, and how many more there are.
    """
    problems = [
        (_path(problem["loc"], document.data), problem)
        for problem in error.errors(include_url=False)
    ]
    # An unknown key often is what makes a required one "missing": it is the better error.
    unknown = [p for p in problems if p[1]["type"] == "extra_forbidden"]
    path, problem = min(unknown or problems, key=lambda p: _line(document.places.at(*p[0])))
    if _is_secret(path):
        message, hint = _describe_secret(path, dict(problem))
    else:
        message, hint = _describe(path, dict(problem), document)
    others = len(problems) - 1
    if others:
        more = f"{others} more problem{'s' if others > 1 else ''} in the file"
        hint = f"{hint} ({more})" if hint else more
    return TfgenError(message, place=document.places.at(*path), hint=hint)


def _describe(
    path: tuple[str | int, ...], problem: dict[str, Any], document: Document
) -> tuple[str, str | None]:
    key = _dotted(path)
    kind = problem["type"]
    context = problem.get("ctx", {})
    if kind == "extra_forbidden":
        return f"Unknown key `{key}`", suggest_key(path)
    if kind == "missing":
        return f"`{key}` is missing", f"add `{path[-1]}: {example(path)}`"
    if kind == "union_tag_not_found":
        return f"`{key}` needs a `type`", "`type: local`, `type: s3` or `type: cloud`"
    if kind == "union_tag_invalid":
        return (
            f"`{key}.type` is {shortened(repr(context['tag']), _LONGEST_VALUE)}",
            f"expected one of {context['expected_tags']}",
        )
    if kind == "literal_error":
        return f"`{key}` is {_shown(path, problem, document)}", f"expected {context['expected']}"
    if kind in _EXPECTED:
        return _wrong_type(path, problem, document)
    if kind == "string_pattern_mismatch":
        return _wrong_pattern(path, problem, context)
    limits = {
        "greater_than_equal": lambda: f"at least {context['ge']}",
        "less_than_equal": lambda: f"at most {context['le']}",
        "string_too_short": lambda: f"at least {context['min_length']} characters",
        "string_too_long": lambda: f"at most {context['max_length']} characters",
        "too_short": lambda: f"at least {context['min_length']} items",
        "too_long": lambda: f"at most {context['max_length']} items",
    }
    if kind in limits:
        value = _shown(path, problem, document)
        return f"`{key}` is {value}, but it must be {limits[kind]()}", None
    return f"`{key}` is not valid: {problem['msg'].lower()}", None


def _is_secret(path: tuple[str | int, ...]) -> bool:
    """Says whether what is wrong may be a secret's value, which no error may repeat."""
    return any(part in _BESIDE_SECRETS for part in path)


def _describe_secret(
    path: tuple[str | int, ...], problem: dict[str, Any]
) -> tuple[str, str | None]:
    """Describes a problem by what belongs there, and not by what is there."""
    shown = _without_values(path)
    key, kind = _dotted(shown), problem["type"]
    if kind == "missing":
        return f"`{key}` is missing", f"add `{path[-1]}: {example(path)}`"
    if shown != path:
        what = "Unknown key" if kind == "extra_forbidden" else "A name that is not valid"
        hint = suggest_key(path) if kind == "extra_forbidden" else _hint_of_pattern(path)
        return f"{what} in `{key}`", hint
    if kind == "literal_error" and path[-2] == "secrets":
        return (
            f"`{key}` must be `kms`, or say where the value is kept",
            "never write the value itself: `kms` is for one that `tfgen env set` encrypts; "
            "otherwise `{ssm: NAME}` or `{secretsmanager: NAME}`",
        )
    if kind in _EXPECTED:
        return f"`{key}` must be {_EXPECTED[kind]}, not {_kind(problem['input'])}", None
    if kind == "string_pattern_mismatch":
        return f"`{key}` cannot be what is there", _hint_of_pattern(path)
    return f"`{key}` is not valid", problem["msg"].lower()


def _without_values(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Returns a path as far as its keys are those of the language, or names of variables."""
    for length, part in enumerate(path):
        above = path[:length]
        of_a_variable = above[-1:] == ("secrets",) and re.fullmatch(ENV_PATTERN, str(part))
        if _is_secret(above) and not of_a_variable and part not in known_keys(above):
            return above
    return path


def _wrong_type(
    path: tuple[str | int, ...], problem: dict[str, Any], document: Document
) -> tuple[str, str | None]:
    key = _dotted(path)
    expected = _EXPECTED[problem["type"]]
    value = problem["input"]
    written = document.scalars.get(path)
    message = f"`{key}` must be {expected}, not {_kind(value)}"
    if problem["type"] == "string_type" and written is not None and value is not None:
        quoted = shortened(on_one_line(f'{path[-1]}: "{written}"'), _LONGEST_VALUE)
        return message, f"put it in quotes: `{quoted}`"
    if problem["type"] in ("int_type", "bool_type") and isinstance(value, str):
        return message, "leave the quotes out" if written is None else None
    return message, None


def _wrong_pattern(
    path: tuple[str | int, ...], problem: dict[str, Any], context: dict[str, Any]
) -> tuple[str, str | None]:
    value = shortened(repr(problem["input"]), _LONGEST_VALUE)
    hint = _hint_of_pattern(path) or f"it must match {context['pattern']}"
    return f"`{_dotted(path)}` cannot be {value}", hint


def _hint_of_pattern(path: tuple[str | int, ...]) -> str | None:
    """Returns what a text must look like that has a form."""
    names = [part for part in path if isinstance(part, str)]
    if names[:2] == ["database", "rds"] and names[-1] == "name":
        names[-1] = "database"
    for chosen in ("tags", "env", "secrets", "variables"):  # of names below these, all are alike
        if chosen in names:
            at = names.index(chosen) + 1
            names = names[:at] + names[at + 1 :]
    return next((_FORMS[name] for name in reversed(names) if name in _FORMS), None)


def _path(loc: tuple[str | int, ...], data: Any) -> tuple[str | int, ...]:
    """Drops what pydantic adds to a location: the tags of unions and the `[key]` marker."""
    path: list[str | int] = []
    here = data
    of_a_secret = False
    for index, part in enumerate(loc):
        if part == "[key]":
            continue
        if path[-2:-1] == ["secrets"] and not of_a_secret:
            of_a_secret = True  # the tag, which is also the name of a key
            continue
        if _has(here, part):
            here = here[part]
        elif index < len(loc) - 1 or not isinstance(here, dict):
            continue  # the tag of a union: not in the file
        path.append(part)
    return tuple(path)


def _has(data: Any, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def _shown(path: tuple[str | int, ...], problem: dict[str, Any], document: Document) -> str:
    written = document.scalars.get(path)
    return shortened(
        on_one_line(written) if written is not None else repr(problem["input"]), _LONGEST_VALUE
    )


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bytes):
        return "binary data"
    return "a mapping" if isinstance(value, dict) else "a date"


def _dotted(path: Iterable[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return on_one_line(text) or "the config"


def _line(place: str) -> int:
    _, _, line = place.rpartition(":")
    return int(line) if line.isdigit() else 0
