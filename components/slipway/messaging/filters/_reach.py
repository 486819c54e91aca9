"""Lists of conditions that keep out less than they say: SNS delivers a message that any entry of a list lets through.

Source: https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

NEGATION = "anything-but"
PRESENT = {"exists": True}
ANY_ENTRY = "SNS delivers what any entry lets through"
Bound = tuple[float, int]
"""A place between numbers: (3, 0) is just below 3, (3, 1) just above."""
CONTAINS: Mapping[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda text, spelling: text.lower() == spelling.lower(),
    "wildcard": str.__eq__,
}
"""Operator to whether one pattern of it includes another, narrower one."""


@dataclass(frozen=True)
class Overreach:
    """The broken rule of a list, and the list to write in its place."""

    rule: str
    fix: str


def overreach(conditions: Sequence[object]) -> Overreach | None:
    """What a list of conditions lets through against its own words; None for a good list.

    >>> overreach([{"anything-but": ["a"]}, {"anything-but": ["b"]}]).fix
    'SNS delivers what any entry lets through, write [{"anything-but": ["a", "b"]}]'
    """
    negations = [operand for condition in conditions for operand in operands(condition, NEGATION)]
    others = [condition for condition in conditions if not operands(condition, NEGATION)]
    if len(negations) > 1:
        return Overreach(f"must have at most one {NEGATION}", f"{ANY_ENTRY}, {in_one_entry(negations)}")
    if PRESENT in conditions and len(conditions) > 1:
        return Overreach(
            'must have no entry beside {"exists": true}', "it lets through every message with the key, remove one"
        )
    if negations and is_let_in_again(negations[0], others):
        return Overreach(f"must not let in again what {NEGATION} keeps out", f"{ANY_ENTRY}, remove one of the two")
    if covers_every_number([interval for condition in others for interval in intervals(condition)]):
        return Overreach("must leave some number out", 'a range is one entry, write it like [">=", 0, "<", 10]')
    return None


def operands(condition: object, operator: str) -> list[object]:
    """The operand of an operator; none for another condition."""
    return [condition[operator]] if isinstance(condition, Mapping) and operator in condition else []


def in_one_entry(negations: Sequence[object]) -> str:
    """The one negation in place of several, as the end of a sentence."""
    values = list(dict.fromkeys(value for operand in negations for value in listed(operand) if is_exact(value)))
    if any(isinstance(operand, Mapping) for operand in negations) or len({isinstance(it, str) for it in values}) > 1:
        return "keep one, or list the wanted values"
    return f"write {json.dumps([{NEGATION: values}])}"


def is_let_in_again(negation: object, others: Sequence[object]) -> bool:
    """Whether other entries match all that the negation keeps out."""
    if isinstance(negation, Mapping):
        [(operator, pattern)] = negation.items()
        wider = [operand for condition in others for operand in operands(condition, operator)]
        return all(any(is_within(text, operator, operand) for operand in wider) for text in listed(pattern))
    return all(any(is_matched(value, condition) for condition in others) for value in listed(negation))


def is_matched(value: object, condition: object) -> bool:
    """Whether a condition matches one string or number."""
    if not isinstance(condition, Mapping):
        return condition == value and isinstance(condition, str) == isinstance(value, str)
    [(operator, operand)] = condition.items()
    if isinstance(value, str):
        return is_within(value, operator, operand)
    ranges = intervals(condition)
    return bool(ranges) and isinstance(value, int | float) and ranges[0][0] <= (value, 0) < ranges[0][1]


def is_within(text: object, operator: str, operand: object) -> bool:
    """Whether a string, or the pattern of the same operator, is within a wider pattern."""
    contains = CONTAINS.get(operator)
    return contains is not None and isinstance(text, str) and isinstance(operand, str) and contains(text, operand)


def listed(operand: object) -> list[object]:
    """Several values, or one."""
    return list(operand) if isinstance(operand, list | tuple) else [operand]


def is_exact(value: object) -> bool:
    """A string or number, which JSON spells as it is."""
    return isinstance(value, str | int | float)


def intervals(condition: object) -> list[tuple[Bound, Bound]]:
    """The numbers that a condition matches, from one bound to another; none for a condition on text."""
    if isinstance(condition, int | float) and not isinstance(condition, bool):
        return [((condition, 0), (condition, 1))]
    low, high = (-math.inf, 0), (math.inf, 0)
    ranges = [operand for operand in operands(condition, "numeric") if isinstance(operand, list | tuple)]
    for operand in ranges:
        for comparison, number in zip(operand[::2], operand[1::2], strict=False):
            low = (number, int(comparison == ">")) if comparison in (">", ">=", "=") else low
            high = (number, int(comparison != "<")) if comparison in ("<", "<=", "=") else high
    return [(low, high)] if ranges else []


def covers_every_number(spans: Sequence[tuple[Bound, Bound]]) -> bool:
    """Whether intervals leave no number out."""
    reached: Bound = (-math.inf, 0)
    for low, high in sorted(spans):
        if low > reached:
            return False
        reached = max(reached, high)
    return reached[0] == math.inf and len(spans) > 1
