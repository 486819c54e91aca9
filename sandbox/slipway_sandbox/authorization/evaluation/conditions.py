"""The Condition element of a statement.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import base64
import binascii
import datetime
import ipaddress
import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from slipway_sandbox.authorization.evaluation.patterns import Context, Pattern
from slipway_sandbox.documents import Json, as_list, as_object

Test = Callable[[str, Pattern, Context], bool]
"""Whether a value of the request meets one value of the policy."""
ARN_PARTS = 6


@dataclass(frozen=True)
class Condition:
    """One operator, one key and the values of the policy."""

    key: str
    """In lower case."""
    operator: str
    """Without quantifier and IfExists, such as StringNotEquals."""
    quantifier: str
    """ForAllValues, ForAnyValue or empty."""
    is_if_exists: bool
    values: Sequence[Pattern]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its key, and those of variables in its values."""
        return frozenset({self.key}).union(*(value.keys for value in self.values))

    def holds(self, context: Context) -> bool:
        """Whether the request meets the condition."""
        actual = context.get(self.key, ())
        if self.operator == "Null":
            return any((value.text(context) or "").lower() == str(not actual).lower() for value in self.values)
        positive = POSITIVE.get(self.operator)
        test = TESTS.get(positive or self.operator)
        if test is None:
            return False  # AWS takes no policy with an unknown operator
        if not actual:
            return self._holds_without_key(is_negated=positive is not None)
        meets = [any(test(each, value, context) for value in self.values) != (positive is not None) for each in actual]
        if self.quantifier == "ForAnyValue":
            return any(meets)
        # A key with several values needs a quantifier.
        return all(meets) if self.quantifier or len(meets) == 1 else False

    def _holds_without_key(self, *, is_negated: bool) -> bool:
        if self.quantifier == "ForAllValues" or self.is_if_exists:
            return True
        return is_negated and not self.quantifier


def conditions_of(element: Json, *, has_variables: bool) -> tuple[Condition, ...]:
    """The conditions of a statement; all of them must hold."""
    return tuple(
        _condition(name, key, as_list(values), has_variables=has_variables)
        for name, keys in as_object(element).items()
        for key, values in as_object(keys).items()
    )


def _condition(name: str, key: str, values: Sequence[Json], *, has_variables: bool) -> Condition:
    quantifier, _, rest = name.rpartition(":")
    bare = rest[: -len("IfExists")] if rest.lower().endswith("ifexists") else rest
    known = SPELLINGS.get(bare.lower(), bare)
    patterns = tuple(Pattern(_word(value), has_variables=has_variables) for value in values)
    return Condition(key.lower(), known, QUANTIFIERS.get(quantifier.lower(), quantifier), bare != rest, patterns)


def _word(value: Json) -> str:
    """A value as text: a policy may have true for "true"."""
    return value if isinstance(value, str) else json.dumps(value)


def _string(value: str, pattern: Pattern, context: Context) -> bool:
    return value == pattern.text(context)


def _string_ignoring_case(value: str, pattern: Pattern, context: Context) -> bool:
    text = pattern.text(context)
    return text is not None and value.casefold() == text.casefold()


def _like(value: str, pattern: Pattern, context: Context) -> bool:
    return pattern.covers(value, context)


def _arn(value: str, pattern: Pattern, context: Context) -> bool:
    """Each of the six parts on its own."""
    if pattern.source == "*":
        return True
    if pattern.keys:  # a variable may hold colons
        return pattern.covers_arn(value, context)
    actual, wanted = value.split(":", ARN_PARTS - 1), _parts_of_arn(pattern.source)
    if not len(actual) == len(wanted) == ARN_PARTS:
        return False
    return all(part.covers(text, context) for part, text in zip(wanted, actual, strict=True))


@lru_cache(maxsize=1024)
def _parts_of_arn(source: str) -> tuple[Pattern, ...]:
    return tuple(Pattern(part, has_variables=False) for part in source.split(":", ARN_PARTS - 1))


def _compared(read: Callable[[str], float | None], compare: Callable[[float, float], bool]) -> Test:
    def test(value: str, pattern: Pattern, context: Context) -> bool:
        actual, wanted = read(value), read(pattern.text(context) or "")
        return actual is not None and wanted is not None and compare(actual, wanted)

    return test


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _time(text: str) -> float | None:
    """Seconds since 1970 of a time of ISO 8601, or of such a number."""
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        return _number(text)
    return (time if time.tzinfo else time.replace(tzinfo=datetime.UTC)).timestamp()


def _bool(value: str, pattern: Pattern, context: Context) -> bool:
    return value.lower() == (pattern.text(context) or "").lower()


def _binary(value: str, pattern: Pattern, context: Context) -> bool:
    try:
        return base64.b64decode(value) == base64.b64decode(pattern.text(context) or "-", validate=True)
    except binascii.Error:
        return False


def _address(value: str, pattern: Pattern, context: Context) -> bool:
    network = _network(pattern.text(context) or "")
    try:
        return network is not None and ipaddress.ip_address(value) in network
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
TESTS: dict[str, Test] = {
    "StringEquals": _string,
    "StringEqualsIgnoreCase": _string_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _bool,
    "BinaryEquals": _binary,
    "IpAddress": _address,
    **{f"Numeric{name}": _compared(_number, compare) for name, compare in COMPARISONS.items()},
    **{f"Date{name}": _compared(_time, compare) for name, compare in COMPARISONS.items()},
}
POSITIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
"""Negated operators, each with the one that it negates."""
SPELLINGS = {name.lower(): name for name in (*TESTS, *POSITIVE, "Null")}
QUANTIFIERS = {name.lower(): name for name in ("ForAllValues", "ForAnyValue")}
