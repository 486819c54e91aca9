"""Lists of conditions that keep out less than they say, in filters of SNS and patterns of EventBridge.

A message passes a list when any entry lets it through.
Source: https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from slipway_policies.engine.values import Plain

NEGATION: Final = "anything-but"
PRESENT: Final[Plain] = {"exists": True}
Bound: TypeAlias = tuple[float, int]
"""A place between numbers: (3, 0) is just below 3, (3, 1) just above."""
CONTAINS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda text, spelling: text.lower() == spelling.lower(),
    "wildcard": str.__eq__,
}
"""Operator to whether one pattern of it includes another, narrower one."""


def lists(policy: Plain, path: str = "") -> Iterator[tuple[str, list[Plain]]]:
    """The path of each key with its conditions; the entries of an $or on one key alone are one list."""
    if not isinstance(policy, dict):
        return
    for key, value in policy.items():
        if isinstance(value, list) and key != "$or":
            yield f"{path}{key}", value
        elif isinstance(value, list):
            entries = [dict(lists(entry, path)) for entry in value]
            joined: dict[str, list[Plain]] = {}
            for entry in entries:
                for place, conditions in entry.items():
                    if len(entry) == 1:
                        joined.setdefault(place, []).extend(conditions)
                    else:
                        yield place, conditions
            yield from joined.items()
        else:
            yield from lists(value, f"{path}{key}.")


def overreach(conditions: Sequence[Plain]) -> str | None:
    """The broken rule of a list that lets through what its own words keep out; None for a good list.

    >>> overreach([{"anything-but": ["a"]}, {"anything-but": ["b"]}])
    'must have at most one anything-but'
    """
    negations = [operand for condition in conditions for operand in _operands(condition, NEGATION)]
    others = [condition for condition in conditions if not _operands(condition, NEGATION)]
    if len(negations) > 1:
        return f"must have at most one {NEGATION}"
    if PRESENT in conditions and len(conditions) > 1:
        return 'must have no entry beside {"exists": true}'
    if negations and _is_let_in_again(negations[0], others):
        return f"must not let in again what {NEGATION} keeps out"
    if _covers_every_number([interval for condition in others for interval in _intervals(condition)]):
        return "must leave some number out"
    return None


def _operands(condition: Plain, operator: str) -> list[Plain]:
    return [condition[operator]] if isinstance(condition, dict) and operator in condition else []


def _is_let_in_again(negation: Plain, others: Sequence[Plain]) -> bool:
    """Whether other entries match all that the negation keeps out."""
    if isinstance(negation, dict):
        return all(
            any(_is_within(text, operator, wider) for other in others for wider in _operands(other, operator))
            for operator, patterns in negation.items()
            for text in _listed(patterns)
        )
    return all(any(_is_matched(value, condition) for condition in others) for value in _listed(negation))


def _is_matched(value: Plain, condition: Plain) -> bool:
    """Whether a condition matches one string or number."""
    if not isinstance(condition, dict):
        return condition == value and isinstance(condition, str) == isinstance(value, str)
    if isinstance(value, str):
        return any(_is_within(value, operator, operand) for operator, operand in condition.items())
    number = isinstance(value, int | float)
    return number and any(low <= (value, 0) < high for low, high in _intervals(condition))


def _is_within(text: Plain, operator: str, operand: Plain) -> bool:
    """Whether a string, or the pattern of the same operator, is within a wider pattern."""
    contains = CONTAINS.get(operator)
    return contains is not None and isinstance(text, str) and isinstance(operand, str) and contains(text, operand)


def _listed(operand: Plain) -> list[Plain]:
    return operand if isinstance(operand, list) else [operand]


def _intervals(condition: Plain) -> list[tuple[Bound, Bound]]:
    """The numbers that a condition matches, from one bound to another; none for a condition on text."""
    if isinstance(condition, int | float) and not isinstance(condition, bool):
        return [((condition, 0), (condition, 1))]
    low, high = (-math.inf, 0), (math.inf, 0)
    ranges = [operand for operand in _operands(condition, "numeric") if isinstance(operand, list)]
    for operand in ranges:
        for comparison, number in zip(operand[::2], operand[1::2], strict=False):
            if not isinstance(number, int | float):
                return []
            low = (number, int(comparison == ">")) if comparison in (">", ">=", "=") else low
            high = (number, int(comparison != "<")) if comparison in ("<", "<=", "=") else high
    return [(low, high)] if ranges else []


def _covers_every_number(spans: Sequence[tuple[Bound, Bound]]) -> bool:
    reached: Bound = (-math.inf, 0)
    for low, high in sorted(spans):
        if low > reached:
            return False
        reached = max(reached, high)
    return reached[0] == math.inf and len(spans) > 1
