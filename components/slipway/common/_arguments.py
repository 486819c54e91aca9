"""Reads the arguments of a component, and refuses a wrong one in one sentence before the first resource exists."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from ._checks import ArgumentError, check_keys, one_of, whole_number


@dataclass(frozen=True)
class Arguments:
    """The arguments of one component, or of one nested object in them.

    >>> arguments = Arguments.of("Queue 'orders'", {"max_receives": 3}, QueueArgs)
    >>> arguments.whole_number("max_receives", 1, 1000, default=5)
    3
    """

    who: str
    """Component and name, as error sentences begin: `Queue 'orders'`."""
    values: Mapping[str, object]
    """Argument name to value, as the caller wrote them."""
    path: str = ""
    """Prefix of nested arguments in error sentences, such as `queues.billing.`."""

    @classmethod
    def of(cls, who: str, args: Mapping[str, object], shape: type) -> "Arguments":
        """Arguments whose names and types fit a TypedDict. Raises ArgumentError."""
        check_keys(who, args, shape)
        return cls(who, args)

    def label(self, key: str) -> str:
        """An argument as error sentences name it, with its path."""
        return f"{self.path}{key}"

    def error(self, key: str, rule: str) -> ArgumentError:
        """A refusal to raise: `<who>: <argument> <rule>`; `rule` ends with the value and the fix."""
        return ArgumentError(f"{self.who}: {self.label(key)} {rule}")

    def has(self, key: str) -> bool:
        """Whether the caller set the argument; null counts as left out."""
        return self.values.get(key) is not None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A switch."""
        return bool(self.values[key]) if self.has(key) else default

    def text(self, key: str, default: str = "") -> str:
        """A plain string."""
        return str(self.values[key]) if self.has(key) else default

    def number(self, key: str, default: float) -> float:
        """A number without bounds of its own."""
        return float(cast("float", self.values[key])) if self.has(key) else default

    def whole_number(self, key: str, low: int, high: int, default: int, fix: str = "") -> int:
        """A whole number within bounds; the default has to fit them, too."""
        return whole_number(self.who, self.label(key), self.number(key, default), low, high, fix)

    def one_of(self, key: str, allowed: Collection[str], default: str) -> str:
        """A word of a fixed set."""
        return one_of(self.who, self.label(key), self.text(key, default), allowed)

    def nested(self, key: str) -> "Arguments | None":
        """The nested arguments under a name; None where they were left out."""
        value = self.values.get(key)
        return None if value is None else self._inside(key, value)

    def each(self, key: str) -> Iterator[tuple[str, "Arguments"]]:
        """The nested arguments of a mapping or a list, each with its key or index."""
        value = self.values.get(key)
        if isinstance(value, Mapping):
            for name, item in value.items():
                yield str(name), self._inside(f"{key}.{name}", item)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                yield str(index), self._inside(f"{key}[{index}]", item)

    def _inside(self, label: str, value: object) -> "Arguments":
        return Arguments(self.who, cast("Mapping[str, object]", value), f"{self.path}{label}.")
