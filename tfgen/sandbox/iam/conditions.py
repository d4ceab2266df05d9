"""The conditions of a statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final, TypeAlias

from tfgen.sandbox.iam.text import Context, Text

# Whether a value of the request is one that a policy wants.
_Test: TypeAlias = Callable[[str, Context], bool]


class PolicyError(ValueError):
    """A policy says something that IAM does not know."""


class Quantifier(Enum):
    """How many of the values of a key a condition is about."""

    ANY = "ForAnyValue"
    ALL = "ForAllValues"


@dataclass(frozen=True, slots=True)
class Clause:
    """One key of one operator.

    Attributes:
        key: the condition key, in lower case.
        tests: one for each value that the policy has; one that holds is enough.
        negated: whether none of them may hold.
        if_exists: whether it holds if the request does not have the key.
        quantifier: of the values of a key that has several.
        null: whether the key must be missing (True) or there (False); None is another operator.
    """

    key: str
    tests: tuple[_Test, ...]
    negated: bool = False
    if_exists: bool = False
    quantifier: Quantifier | None = None
    null: bool | None = None

    def holds(self, context: Context) -> bool:
        """Returns whether a request fulfills it.

        Args:
            context: what is known of the request.
        """
        values = context.get(self.key, ())
        if self.null is not None:
            return self.null != bool(values)
        if self.quantifier is Quantifier.ALL:
            return all(self._holds(value, context) for value in values)
        if self.quantifier is Quantifier.ANY:
            return any(self._holds(value, context) for value in values) or (
                self.if_exists and not values
            )
        if not values:
            return self.negated or self.if_exists
        some = all if self.negated else any
        return some(self._holds(value, context) for value in values)

    def _holds(self, value: str, context: Context) -> bool:
        return any(test(value, context) for test in self.tests) is not self.negated


def compile_conditions(conditions: object, *, variables: bool) -> tuple[Clause, ...]:
    """Returns what a statement's conditions mean; all of them have to hold.

    Args:
        conditions: the element of the policy.
        variables: whether the policy's version knows variables.

    Raises:
        PolicyError: there is no such operator, or it does not take such a value.
    """
    if not isinstance(conditions, Mapping):
        raise PolicyError("a Condition is no object")
    return tuple(
        _clause(name, key, wanted, variables=variables)
        for name, keys in conditions.items()
        for key, wanted in _object(name, keys).items()
    )


def _object(name: str, keys: object) -> Mapping[str, Any]:
    if not isinstance(keys, Mapping):
        raise PolicyError(f"the condition {name} has no keys")
    return keys


def _clause(name: str, key: str, wanted: object, *, variables: bool) -> Clause:
    values = [_written(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
    prefix, colon, rest = name.partition(":")
    quantifier = None
    if colon:
        if prefix not in {each.value for each in Quantifier}:
            raise PolicyError(f"there is no condition operator {name}")
        quantifier = Quantifier(prefix)
    base = rest if colon else name
    if base == "Null":
        return Clause(key.lower(), (), null=_truth(name, values))
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    if base not in _OPERATORS:
        raise PolicyError(f"there is no condition operator {name}")
    make, negated = _OPERATORS[base]
    return Clause(
        key=key.lower(),
        tests=tuple(make(Text(value, variables)) for value in values),
        negated=negated,
        if_exists=if_exists,
        quantifier=quantifier,
    )


def _truth(name: str, values: list[str]) -> bool:
    said = {value.lower() for value in values}
    if said not in ({"true"}, {"false"}):
        raise PolicyError(f"the condition {name} takes true or false")
    return said == {"true"}


def _written(value: object) -> str:
    """Returns a value of JSON as it would be written in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    raise PolicyError("a condition compares with something that is no text, number or boolean")


def _equals(wanted: Text) -> _Test:
    return lambda value, context: wanted.plain(context) == value


def _equals_in_any_case(wanted: Text) -> _Test:
    def test(value: str, context: Context) -> bool:
        text = wanted.plain(context)
        return text is not None and text.casefold() == value.casefold()

    return test


def _like(wanted: Text) -> _Test:
    return wanted.matches


def _arn(wanted: Text) -> _Test:
    return lambda value, context: wanted.matches(value, context, per_part=True)


def _boolean(wanted: Text) -> _Test:
    return lambda value, context: (wanted.plain(context) or "").lower() == value.lower()


def _number(compare: Callable[[Any, Any], bool]) -> Callable[[Text], _Test]:
    def make(wanted: Text) -> _Test:
        number = _read_number(wanted.source)
        if number is None:
            raise PolicyError(f"a numeric condition compares with {wanted.source!r}")

        def test(value: str, _context: Context) -> bool:
            found = _read_number(value)
            return found is not None and compare(found, number)

        return test

    return make


def _date(compare: Callable[[Any, Any], bool]) -> Callable[[Text], _Test]:
    def make(wanted: Text) -> _Test:
        date = _read_date(wanted.source)
        if date is None:
            raise PolicyError(f"a condition of dates compares with {wanted.source!r}")

        def test(value: str, _context: Context) -> bool:
            found = _read_date(value)
            return found is not None and compare(found, date)

        return test

    return make


def _address(wanted: Text) -> _Test:
    try:
        network = ipaddress.ip_network(wanted.source, strict=False)
    except ValueError as error:
        raise PolicyError(f"a condition of addresses compares with {wanted.source!r}") from error

    def test(value: str, _context: Context) -> bool:
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return test


def _read_number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _read_date(text: str) -> datetime | None:
    """Reads a date of ISO 8601, or seconds since 1970."""
    if (seconds := _read_number(text)) is not None:
        return datetime.fromtimestamp(float(seconds), UTC)
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


# What makes the test for a value, and whether the operator wants it to fail.
_OPERATORS: Final[Mapping[str, tuple[Callable[[Text], _Test], bool]]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_in_any_case, False),
    "StringNotEqualsIgnoreCase": (_equals_in_any_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "NumericEquals": (_number(operator.eq), False),
    "NumericNotEquals": (_number(operator.eq), True),
    "NumericLessThan": (_number(operator.lt), False),
    "NumericLessThanEquals": (_number(operator.le), False),
    "NumericGreaterThan": (_number(operator.gt), False),
    "NumericGreaterThanEquals": (_number(operator.ge), False),
    "DateEquals": (_date(operator.eq), False),
    "DateNotEquals": (_date(operator.eq), True),
    "DateLessThan": (_date(operator.lt), False),
    "DateLessThanEquals": (_date(operator.le), False),
    "DateGreaterThan": (_date(operator.gt), False),
    "DateGreaterThanEquals": (_date(operator.ge), False),
    "Bool": (_boolean, False),
    "BinaryEquals": (_equals, False),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
    # Both compare ARNs with wildcards, whatever their names say.
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
}
