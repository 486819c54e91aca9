"""Values of metric math: numbers, series over the same periods, and several series. A period without data is None.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from slipway_sandbox.metrics.functions import FUNCTIONS, Periods, Row, Rows, Value
from slipway_sandbox.metrics.grammar import Call, ExpressionError, Group, Name, Node, Number, Operation, Text

Binary: TypeAlias = Callable[[float, float], float | None]


def _quotient(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        value = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return value if isinstance(value, float) and math.isfinite(value) else None


OPERATORS: dict[str, Binary] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "^": _power,
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "<": lambda left, right: float(left < right),
    ">": lambda left, right: float(left > right),
    "<=": lambda left, right: float(left <= right),
    ">=": lambda left, right: float(left >= right),
    "AND": lambda left, right: float(bool(left) and bool(right)),
    "OR": lambda left, right: float(bool(left) or bool(right)),
}


@dataclass(frozen=True)
class Calculation:
    """Evaluates expressions over the same periods."""

    periods: Periods
    known: Mapping[str, Value]
    """Values of metrics and expressions, by id."""
    metrics: Mapping[str, Row]
    """Those of METRICS(): every metric, without expressions."""

    def value(self, node: Node) -> Value:
        """Value of a tree. Raises ExpressionError."""
        match node:
            case Number(number):
                return number
            case Text(text):
                raise ExpressionError(f"{text!r} is a text, and no metric or number")
            case Name(id_):
                return self._known(id_)
            case Group(members):
                return tuple(row for member in members for row in self._rows(self.value(member)))
            case Operation(sign, left, right):
                return combined(OPERATORS[sign], self.value(left), self.value(right))
            case Call(function, arguments):
                return self._call(function, arguments)

    def _known(self, id_: str) -> Value:
        if id_ not in self.known:
            raise ExpressionError(f"there is no metric with the id {id_!r}")
        return self.known[id_]

    def _call(self, name: str, arguments: tuple[Node, ...]) -> Value:
        if name == "METRICS":
            part = arguments[0].value if arguments and isinstance(arguments[0], Text) else ""
            return tuple(row for id_, row in self.metrics.items() if part in id_)
        if name == "FILL" and len(arguments) == 2 and arguments[1] in (Name("REPEAT"), Name("LINEAR")):
            name, arguments = f"FILL {arguments[1].id}", arguments[:1]
        function = FUNCTIONS.get(name)
        if function is None:
            raise ExpressionError(f"the sandbox has no function {name}")
        values = [self.value(argument) for argument in arguments]
        if len(values) not in function.arguments:
            raise ExpressionError(
                f"{name} takes {' or '.join(map(str, function.arguments))} arguments, got {len(values)}"
            )
        return function.run(values, self.periods)

    def _rows(self, value: Value) -> Rows:
        if isinstance(value, tuple):
            return value
        return ([value] * self.periods.number if isinstance(value, float) else value,)


def combined(function: Binary, left: Value, right: Value) -> Value:
    """A function of two numbers, period by period; without data on one side there is none in the result."""
    if isinstance(left, tuple):
        others = right if isinstance(right, tuple) and len(right) == len(left) else (right,) * len(left)
        pairs = [combined(function, row, other) for row, other in zip(left, others, strict=True)]
        return tuple(row for row in pairs if isinstance(row, list))
    if isinstance(right, tuple):
        return tuple(row for row in (combined(function, left, row) for row in right) if isinstance(row, list))
    if isinstance(left, float) and isinstance(right, float):
        number = function(left, right)
        if number is None:
            raise ExpressionError("a number is divided by zero")
        return number
    number_of = len(left) if isinstance(left, list) else len(right) if isinstance(right, list) else 0
    lefts = left if isinstance(left, list) else [left] * number_of
    rights = right if isinstance(right, list) else [right] * number_of
    return [
        None if one is None or other is None else function(one, other) for one, other in zip(lefts, rights, strict=True)
    ]
