"""Reads values in three states: known, absent, unknown. No read raises on an unknown.

>>> redrive = Value({"maxReceiveCount": 3}, "redrivePolicy")
>>> redrive["maxReceiveCount"].number(), redrive["deadLetterTargetArn"].absent
(3, True)
>>> Value(UNKNOWN, "redrivePolicy")["maxReceiveCount"].unknown
True
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pulumi_policy import proxy


class Special(enum.Enum):
    """Values outside of JSON."""

    UNKNOWN = "unknown"
    """The engine learns the value only during `pulumi up`."""
    FILE = "file"
    """An asset or an archive."""


UNKNOWN: Final = Special.UNKNOWN
SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"  # of a secret, an asset or another special value on the wire
SENTINELS: Final = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))

Plain: TypeAlias = "bool | int | float | str | Special | list[Plain] | dict[str, Plain] | None"


class UnreadableError(Exception):
    """A property has the wrong type, so a rule cannot judge it."""

    def __init__(self, path: str, expected: str, urn: str = "") -> None:
        super().__init__(f"{path} is not {expected}")
        self.path = path
        self.expected = expected
        self.urn = urn


class NotYetError(Exception):
    """A rule depends on a value not known before `pulumi up`."""

    def __init__(self, path: str, urn: str = "") -> None:
        super().__init__(f"{path} is not known yet")
        self.path = path
        self.urn = urn


def thaw(value: object) -> Plain:
    """Properties as they travel, to plain data: whole floats become int, the engine's sentinels UNKNOWN."""
    if isinstance(value, str):
        return UNKNOWN if value in SENTINELS else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if value is None or isinstance(value, bool | int | Special):
        return value
    if isinstance(value, Mapping):
        return thaw_members(value)
    return [thaw(element) for element in value] if isinstance(value, list) else Special.FILE


def thaw_members(members: Mapping[str, object]) -> dict[str, Plain]:
    """The members of an object as plain data."""
    return {name: thaw(value) for name, value in members.items()}


def texts(value: Plain) -> Iterator[str]:
    """Every string within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for element in value:
            yield from texts(element)


@dataclass(frozen=True, slots=True)
class Value:
    """The value at `path`. A member of an absent value is absent, a member of an unknown one unknown."""

    raw: Plain
    path: str
    urn: str = field(default="", compare=False)
    """URN of its resource, so rules over many resources can name the one at fault."""

    def at(self, raw: Plain, path: str | None = None) -> "Value":
        """Another value at the same place, or at another place of the same resource."""
        return Value(raw, self.path if path is None else path, self.urn)

    def unreadable(self, expected: str) -> UnreadableError:
        """The error for a value of another type than `expected`."""
        return UnreadableError(self.path, expected, self.urn)

    @property
    def unknown(self) -> bool:
        """Whether the engine learns the value only during `pulumi up`."""
        return self.raw is UNKNOWN

    @property
    def absent(self) -> bool:
        """Whether nothing was set; an explicit null counts as nothing."""
        return self.raw is None

    @property
    def true(self) -> bool:
        """Whether it is true; launch templates spell their booleans as strings."""
        return self.raw is True or self.raw == "true"

    @property
    def false(self) -> bool:
        """Whether it is an explicit false, in either spelling."""
        return self.raw is False or self.raw == "false"

    def _members(self) -> dict[str, Plain] | None:
        """The members of an object; None where nothing is known to stand. Raises UnreadableError on other types."""
        if self.unknown or self.absent:
            return None
        if not isinstance(self.raw, dict):
            raise self.unreadable("an object")
        return self.raw

    def __getitem__(self, key: str) -> "Value":
        """The member `key`. Raises UnreadableError when this is neither an object nor missing."""
        path = f"{self.path}.{key}" if self.path else key
        members = self._members()
        return self.at(self.raw if members is None else members.get(key), path)

    def names(self) -> list[str]:
        """The names of an object's members. Raises UnreadableError when this is neither an object nor missing."""
        return list(self._members() or ())

    def members(self) -> Iterator[tuple[str, "Value"]]:
        """Each member of an object, under the object's own path: the user chose the names, so no finding quotes them."""
        for name, member in (self._members() or {}).items():
            yield name, self.at(member)

    def elements(self) -> Iterator["Value"]:
        """Each element of a list; an unknown list is one unknown element. Raises UnreadableError on other shapes."""
        if self.unknown:
            yield self
        elif not self.absent:
            if not isinstance(self.raw, list):
                raise self.unreadable("a list")
            for index, element in enumerate(self.raw):
                yield self.at(element, f"{self.path}[{index}]")

    def one_or_many(self) -> Iterator["Value"]:
        """Each element of a list, or the lone value itself, as policy documents allow."""
        if isinstance(self.raw, list):
            yield from self.elements()
        elif not self.absent:
            yield self

    def text(self) -> str:
        """The string, empty where nothing is known to stand. Raises UnreadableError on other types."""
        if self.unknown or self.absent:
            return ""
        if not isinstance(self.raw, str):
            raise self.unreadable("a string")
        return self.raw

    def known_text(self) -> str:
        """As `text`, but raises NotYetError while unknown: for values on which the whole rule depends."""
        if self.unknown:
            raise NotYetError(self.path, self.urn)
        return self.text()

    def number(self) -> int | float | None:
        """The number, also from digits in a string; None where nothing is known. Raises UnreadableError otherwise."""
        if self.unknown or self.absent:
            return None
        if isinstance(self.raw, str):
            try:
                return int(self.raw)
            except ValueError:
                raise self.unreadable("a number") from None
        if isinstance(self.raw, bool) or not isinstance(self.raw, int | float):
            raise self.unreadable("a number")
        return self.raw
