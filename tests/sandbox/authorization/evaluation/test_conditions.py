"""Each operator of a Condition, as IAM's documentation has it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from typing import Any, NamedTuple

import pytest

from slipway_sandbox.authorization.evaluation.conditions import TESTS, conditions_of

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"


class Case(NamedTuple):
    """An operator with the policy's value, the request's values, and whether the condition holds."""

    operator: str
    wanted: Any
    actual: tuple[str, ...] | None
    holds: bool


CASES = [
    Case("StringEquals", "a", ("a",), True),
    Case("StringEquals", ["b", "a"], ("a",), True),
    Case("StringEquals", "A", ("a",), False),
    Case("StringEquals", "a*", ("ab",), False),
    Case("StringEquals", "a", None, False),
    Case("StringNotEquals", "a", ("b",), True),
    Case("StringNotEquals", ["b", "a"], ("b",), False),
    Case("StringNotEquals", "a", None, True),
    Case("StringEqualsIgnoreCase", "JOBS", ("jobs",), True),
    Case("StringNotEqualsIgnoreCase", "JOBS", ("jobs",), False),
    Case("StringLike", "a?c*", ("abcd",), True),
    Case("StringLike", "a?c", ("ac",), False),
    Case("StringNotLike", "a*", ("b",), True),
    Case("StringNotLike", "a*", None, True),
    Case("stringlike", "a*", ("ab",), True),
    Case("ArnEquals", "arn:aws:sns:*:123456789012:al*", (TOPIC,), True),
    Case("ArnLike", "arn:aws:sns:*:alerts", (TOPIC,), False),
    Case("ArnLike", "arn:aws:*:alerts", (TOPIC,), False),
    Case("ArnNotLike", "arn:aws:sqs:*:*:*", (TOPIC,), True),
    Case("ArnLike", "arn:aws:sns:*:*:*", None, False),
    Case("NumericEquals", "10", ("10.0",), True),
    Case("NumericNotEquals", 10, ("11",), True),
    Case("NumericLessThan", "10", ("9",), True),
    Case("NumericLessThanEquals", "10", ("10",), True),
    Case("NumericGreaterThan", "10", ("9",), False),
    Case("NumericGreaterThanEquals", "10", ("ten",), False),
    Case("DateEquals", "2026-01-01T00:00:00Z", ("2026-01-01T00:00:00+00:00",), True),
    Case("DateLessThan", "2026-01-02", ("2026-01-01T23:59:59Z",), True),
    Case("DateGreaterThan", "1735689600", ("2026-01-01T00:00:00Z",), True),
    Case("DateNotEquals", "2026-01-01", ("2026-01-01",), False),
    Case("DateLessThanEquals", "soon", ("2026-01-01",), False),
    Case("DateGreaterThanEquals", "2026-01-01", ("2026-01-01",), True),
    Case("Bool", True, ("true",), True),
    Case("Bool", "false", ("true",), False),
    Case("Bool", "false", None, False),
    Case("BinaryEquals", "QmluYXJ5", ("QmluYXJ5",), True),
    Case("BinaryEquals", "no base64", ("QmluYXJ5",), False),
    Case("IpAddress", "203.0.113.0/24", ("203.0.113.9",), True),
    Case("IpAddress", "203.0.113.9", ("203.0.113.8",), False),
    Case("IpAddress", "2001:db8::/32", ("2001:db8::1",), True),
    Case("NotIpAddress", "203.0.113.0/24", ("198.51.100.1",), True),
    Case("NotIpAddress", "203.0.113.0/24", None, True),
    Case("Null", "true", None, True),
    Case("Null", False, ("a",), True),
    Case("Null", "true", ("a",), False),
    Case("StringEqualsIfExists", "a", None, True),
    Case("StringEqualsIfExists", "a", ("b",), False),
    Case("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
    Case("ForAllValues:StringEquals", ["a"], ("a", "b"), False),
    Case("ForAllValues:StringEquals", ["a"], None, True),
    Case("ForAllValues:StringNotEquals", ["a"], ("b", "c"), True),
    Case("ForAllValues:StringNotEquals", ["a"], ("a", "c"), False),
    Case("ForAnyValue:StringEquals", ["a"], ("a", "b"), True),
    Case("ForAnyValue:StringEquals", ["a"], None, False),
    Case("ForAnyValue:StringNotEquals", ["a"], ("a", "b"), True),
    Case("ForAnyValue:StringNotEquals", ["a"], None, False),
    Case("ForAnyValue:StringLikeIfExists", ["a*"], None, True),
    Case("StringEquals", ["a", "b"], ("a", "b"), False),
    Case("StringSounds", "a", ("a",), False),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operator_holds_as_documented(case: Case) -> None:
    (condition,) = conditions_of({case.operator: {"aws:Key": case.wanted}}, has_variables=True)
    context = {} if case.actual is None else {"aws:key": case.actual}
    assert condition.holds(context) is case.holds


def test_every_operator_has_a_case() -> None:
    assert set(TESTS) <= {case.operator for case in CASES}


def test_each_operator_and_each_key_is_a_condition_of_its_own() -> None:
    element = {"StringEquals": {"aws:A": "1", "aws:B": "2"}, "Null": {"aws:C": "true"}}
    keys = [condition.key for condition in conditions_of(element, has_variables=True)]
    assert keys == ["aws:a", "aws:b", "aws:c"]


def test_a_value_may_be_a_policy_variable() -> None:
    element = {"StringLike": {"s3:prefix": "home/${aws:username}/*"}}
    (condition,) = conditions_of(element, has_variables=True)
    own, other = [
        condition.holds({"s3:prefix": (f"home/{name}/a",), "aws:username": ("ann",)}) for name in ("ann", "eve")
    ]
    assert (own, other) == (True, False)
