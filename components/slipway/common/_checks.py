"""Sentences about arguments, and checks that fit any kind of value.

Sentences read `<Class> '<name>': <argument> <rule>, got <value>; <fix>`.
"""

import difflib
import math
import reprlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar

import pulumi

T = TypeVar("T")

MOST_BITS = 200  # of a number that a sentence shows digit by digit


class ArgumentError(pulumi.RunError, ValueError):
    """A wrong argument of a component; printed as one sentence, without a traceback."""


class _Shown(reprlib.Repr):
    """Values in sentences: short, whole numbers without a point, outputs by name."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict = 4, 20, 20, 20
        self.maxstring = self.maxother = 300

    def repr1(self, x: object, level: int) -> str:
        if isinstance(x, pulumi.Output | Awaitable):
            return "an Output"
        if isinstance(x, float) and x.is_integer():
            return super().repr1(int(x), level)
        return super().repr1(x, level)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - the signature of reprlib
        if x.bit_length() > MOST_BITS:
            return f"a number of {math.floor(math.log10(abs(x))) + 1} digits"
        return repr(x)

    def repr_dict(self, x: Mapping[object, object], level: int) -> str:
        if level <= 0 or len(x) > self.maxdict:
            return f"a mapping of {len(x)} entries"
        return "{" + ", ".join(f"{self.repr1(k, level - 1)}: {self.repr1(v, level - 1)}" for k, v in x.items()) + "}"


_SHOWN = _Shown()


def shown(value: object) -> str:
    """A value as its caller wrote it, in one short line.

    >>> shown({"port": 80.0})
    "{'port': 80}"
    """
    return _SHOWN.repr(value)


def spelled(value: float) -> str:
    """A number as its caller wrote it: 80, where the plugin host passes 80.0."""
    return shown(value)


def one_of(who: str, argument: str, value: T, allowed: Collection[T]) -> T:
    """A value of a fixed set."""
    if value not in allowed:
        choices = [str(choice) for choice in allowed]
        close = difflib.get_close_matches(value, choices, n=1) if isinstance(value, str) else []
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ArgumentError(f"{who}: {argument} must be one of {', '.join(choices)}, got {shown(value)}{hint}")
    return value


def not_empty(who: str, argument: str, values: Collection[object], example: str) -> None:
    """Refuse an empty list or mapping."""
    if not values:
        raise ArgumentError(f"{who}: {argument} must have at least one entry, got none; for example {example}")


def distinct(who: str, argument: str, values: Sequence[str]) -> None:
    """Refuse repeated entries."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ArgumentError(f"{who}: {argument} must be distinct, got {shown(value)} twice; remove one")
        seen.add(value)


def one_argument(who: str, values: Mapping[str, object]) -> None:
    """Refuse none or several of these arguments."""
    present = [key for key, value in values.items() if value is not None]
    if len(present) != 1:
        got = " and ".join(present) if present else "neither"
        raise ArgumentError(f"{who}: set {' or '.join(values)}, got {'both' if len(present) > 1 else got}")


def each(who: str, argument: str, values: Sequence[str], check: Callable[[str, str, str], object]) -> None:
    """Apply a check to every entry under its index, and refuse repeated entries."""
    for index, value in enumerate(values):
        check(who, f"{argument}[{index}]", value)
    distinct(who, argument, values)
