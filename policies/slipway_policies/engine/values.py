"""Reads a resource's properties in three states: known, absent, unknown. No read raises on an unknown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pulumi_policy import proxy


class _Unknown:
    """Stands for a value that the engine learns only during `pulumi up`."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = _Unknown()
SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"  # of a secret, an asset or another special value on the wire
SENTINELS = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))


class UnreadableError(Exception):
    """A property has a shape that its type does not allow, so a rule cannot judge it."""

    def __init__(self, path: str, expected: str, urn: str = "") -> None:
        super().__init__(f"{path} is not {expected}")
        self.path = path
        self.expected = expected
        self.urn = urn


class NotYetError(Exception):
    """What a rule does depends on a value that the engine learns only during `pulumi up`."""

    def __init__(self, path: str, urn: str = "") -> None:
        super().__init__(f"{path} is not known yet")
        self.path = path
        self.urn = urn


class Thawed(dict[str, Any]):
    """A resource's properties as plain data, and the JSON documents among them, each parsed once for all rules."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.documents: dict[str, Any] = {}


def thaw(props: Mapping[str, Any]) -> Thawed:
    """SDK proxies or plain dicts to plain data: whole floats become int, unknowns become UNKNOWN."""
    return props if isinstance(props, Thawed) else Thawed({key: _thaw_item(props, key) for key in list(props)})


def _thaw_item(container: Any, key: Any) -> Any:
    try:
        value = container[key]
    except proxy.UnknownValueError:
        return UNKNOWN
    if isinstance(value, str):
        return UNKNOWN if value in SENTINELS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {inner: _thaw_item(value, inner) for inner in list(value)}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_thaw_item(value, index) for index in range(len(value))]
    return value


@dataclass(frozen=True, slots=True)
class Value:
    """What stands at `path`; reading on from an absent value is absent, from an unknown one unknown."""

    raw: Any
    path: str
    urn: str = field(default="", compare=False)
    """Of the resource that it belongs to, so that a rule over many can say where."""

    def at(self, raw: Any, path: str | None = None) -> "Value":
        """What stands at the same place, or at another of the same resource."""
        return Value(raw, self.path if path is None else path, self.urn)

    def unreadable(self, expected: str) -> UnreadableError:
        """The error that the value is not what is expected."""
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

    def __getitem__(self, key: str) -> "Value":
        """The member `key`. Raises UnreadableError when this is neither an object nor missing."""
        path = f"{self.path}.{key}" if self.path else key
        if self.unknown or self.absent:
            return self.at(self.raw, path)
        if not isinstance(self.raw, Mapping):
            raise self.unreadable("an object")
        return self.at(self.raw.get(key), path)

    def names(self) -> list[str]:
        """The names of an object's members. Raises UnreadableError when this is neither an object nor missing."""
        if self.unknown or self.absent:
            return []
        if not isinstance(self.raw, Mapping):
            raise self.unreadable("an object")
        return list(self.raw)

    def members(self) -> Iterator[tuple[str, "Value"]]:
        """Each member of an object under the object's own path, for names that are the user's and may not be quoted."""
        for name in self.names():
            yield name, self.at(self.raw[name])

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
        """As `text`, for a value that decides whether a rule applies. Raises NotYetError while it is unknown."""
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


@dataclass(frozen=True, slots=True)
class Options:
    """What the program told the engine about a resource, beside its properties."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    parent: str = ""
    """URN of the resource that it belongs to."""
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Configuration of its provider, such as region."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a rule sees of one resource: its type, name, properties and options, and the rule's own configuration."""

    type: str
    name: str
    urn: str
    props: Thawed
    options: Options = Options()
    config: Mapping[str, Any] = field(default_factory=dict)

    def configured(self, config: Mapping[str, Any]) -> "Resource":
        """The same resource for a rule with this configuration."""
        return replace(self, config=config)

    def __getitem__(self, key: str) -> Value:
        """The property `key`."""
        return Value(self.props.get(key), key, self.urn)

    def document(self, key: str) -> Value:
        """The JSON text in property `key`, parsed. Raises UnreadableError when it is no JSON object or list."""
        return self.parsed(self[key])

    def parsed(self, value: Value) -> Value:
        """The JSON text in `value`, parsed once per resource; an object that is no text stays as it is, `""` is nothing."""
        if not isinstance(value.raw, str):
            return value
        if not value.raw:
            return value.at(None)
        if value.path not in self.props.documents:
            self.props.documents[value.path] = _parse(value.raw)
        document = self.props.documents[value.path]
        if not isinstance(document, dict | list):
            raise value.unreadable("a JSON document")
        return value.at(document)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
