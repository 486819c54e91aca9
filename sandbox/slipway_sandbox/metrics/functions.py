"""Functions of metric math. A period without data is None, and has none in the result unless a function fills it.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list
"""

import itertools
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slipway_sandbox.metrics.grammar import ExpressionError

Row: TypeAlias = "list[float | None]"
"""One value a period, oldest first."""
Rows: TypeAlias = tuple[Row, ...]
Value: TypeAlias = "float | Row | Rows"
Reduction: TypeAlias = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Periods:
    """The periods of an evaluation."""

    number: int
    seconds: int


@dataclass(frozen=True)
class Function:
    """A function, and how many arguments it takes."""

    arguments: tuple[int, ...]
    run: Callable[[list[Value], Periods], Value]


def reducing(reduce: Reduction) -> Function:
    """Of one series a number; of several series a series, period by period."""

    def run(values: list[Value], _: Periods) -> Value:
        [value] = values
        if isinstance(value, tuple):
            columns = [[each for each in column if each is not None] for column in zip(*value, strict=True)]
            return [reduce(column) if column else None for column in columns]
        known = [value] if isinstance(value, float) else present(value)
        if not known:
            raise NoDataError
        return float(reduce(known))

    return Function((1,), run)


class NoDataError(ExpressionError):
    """A number of a series without any data."""


def mapping(change: Callable[[Row, Periods], Row]) -> Function:
    """Each series on its own."""

    def run(values: list[Value], periods: Periods) -> Value:
        value = values[0]
        if isinstance(value, tuple):
            return tuple(change(row, periods) for row in value)
        if isinstance(value, float):
            [number] = change([value], periods)
            return math.nan if number is None else number
        return change(value, periods)

    return Function((1,), run)


def each(change: Callable[[float], float]) -> Function:
    """Each value on its own."""
    return mapping(lambda row, _: [None if value is None else change(value) for value in row])


def present(row: Row) -> list[float]:
    """The values of the periods with data."""
    return [value for value in row if value is not None]


def _fill(values: list[Value], periods: Periods) -> Value:
    value, filling = values
    if isinstance(value, tuple):
        return tuple(_as_row(_fill([row, filling], periods), periods) for row in value)
    fillings = _as_row(filling, periods)
    return [other if one is None else one for one, other in zip(_as_row(value, periods), fillings, strict=True)]


def _repeat(row: Row, _: Periods) -> Row:
    filled: Row = []
    for value in row:
        filled.append(filled[-1] if value is None and filled else value)
    return filled


def _linear(row: Row, periods: Periods) -> Row:
    """On a line between the neighbours with data; after the last one it repeats."""
    filled = _repeat(row, periods)
    known = [index for index, value in enumerate(row) if value is not None]
    for left, right in itertools.pairwise(known):
        first, last = row[left], row[right]
        for index in range(left + 1, right):
            filled[index] = _on_line(first, last, (index - left) / (right - left))
    return filled


def _on_line(first: float | None, last: float | None, share: float) -> float | None:
    return None if first is None or last is None else first + (last - first) * share


def _if(values: list[Value], periods: Periods) -> Value:
    condition, then = values[0], values[1]
    otherwise: Value = values[2] if len(values) == 3 else [None] * periods.number
    if all(isinstance(value, float) for value in (condition, then, otherwise)):
        return then if condition else otherwise
    rows = [_as_row(value, periods) for value in (condition, then, otherwise)]
    return [None if test is None else one if test else other for test, one, other in zip(*rows, strict=True)]


def _as_row(value: Value, periods: Periods) -> Row:
    if isinstance(value, tuple):
        raise ExpressionError("one series is wanted here, and there are several")
    return [value] * periods.number if isinstance(value, float) else value


def _difference(row: Row, _: Periods) -> Row:
    """To the value before, of the nearest earlier period with data."""
    result: Row = []
    before: float | None = None
    for value in row:
        result.append(None if value is None or before is None else value - before)
        before = before if value is None else value
    return result


def _rate(row: Row, periods: Periods) -> Row:
    """Change a second."""
    result: Row = []
    before: tuple[int, float] | None = None
    for index, value in enumerate(row):
        known = value is not None and before is not None
        result.append((value - before[1]) / (periods.seconds * (index - before[0])) if known else None)  # type: ignore[operator, index] # both are known
        before = before if value is None else (index, value)
    return result


def _running_sum(row: Row, _: Periods) -> Row:
    totals = itertools.accumulate(0.0 if value is None else value for value in row)
    return [None if value is None else total for value, total in zip(row, totals, strict=True)]


def _counted(count: Callable[[Rows], float]) -> Function:
    return Function(
        (1,),
        lambda values, periods: float(
            count(values[0] if isinstance(values[0], tuple) else (_as_row(values[0], periods),))
        ),
    )


FUNCTIONS = {
    "ABS": each(abs),
    "AVG": reducing(statistics.fmean),
    "CEIL": each(lambda value: float(math.ceil(value))),
    "DATAPOINT_COUNT": _counted(lambda rows: sum(len(present(row)) for row in rows)),
    "DIFF": mapping(_difference),
    "FILL": Function((2,), _fill),
    "FILL LINEAR": mapping(_linear),
    "FILL REPEAT": mapping(_repeat),
    "FIRST": reducing(lambda known: known[0]),
    "FLOOR": each(lambda value: float(math.floor(value))),
    "IF": Function((2, 3), _if),
    "LAST": reducing(lambda known: known[-1]),
    "MAX": reducing(max),
    "METRIC_COUNT": _counted(len),
    "MIN": reducing(min),
    "PERIOD": Function((1,), lambda _, periods: float(periods.seconds)),
    "RATE": mapping(_rate),
    "RUNNING_SUM": mapping(_running_sum),
    "STDDEV": reducing(statistics.pstdev),
    "SUM": reducing(math.fsum),
    "TIME_SERIES": Function((1,), lambda values, periods: _as_row(values[0], periods)),
}
