"""A resource as rules see it, and the settings of a rule."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from slipway_policies.engine.values import Plain, Value


def camel_case(name: str) -> str:
    """A property in the spelling of the engine; options may name it in snake case."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A rule's own settings, from the policy config or by default. The engine has checked them against their schema."""

    settings: Mapping[str, Plain] = field(default_factory=dict)

    def _value(self, name: str) -> Value:
        return Value(self.settings[name], name)

    def number(self, name: str) -> int | float:
        """A number, 0 where none is set."""
        return self._value(name).number() or 0

    def text(self, name: str) -> str:
        """A string."""
        return self._value(name).text()

    def switched_on(self, name: str) -> bool:
        """Whether a boolean is true."""
        return self._value(name).true

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        return [element.text() for element in self._value(name).elements()]

    def numbers(self, name: str) -> list[int | float]:
        """A list of numbers."""
        return [element.number() or 0 for element in self._value(name).elements()]

    def objects(self, name: str) -> list[dict[str, Plain]]:
        """A list of objects."""
        return [{key: member.raw for key, member in element.members()} for element in self._value(name).elements()]

    def lists(self, name: str) -> dict[str, list[str]]:
        """An object with lists of strings as members."""
        return {key: [element.text() for element in member.elements()] for key, member in self._value(name).members()}


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a resource, beside its properties."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    parent: str = ""
    """URN of the parent."""
    provider: Mapping[str, Plain] = field(default_factory=dict)
    """Configuration of its provider, such as region."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as a rule sees it: type, name, properties and options, and the rule's own configuration."""

    type: str
    name: str
    urn: str
    props: Mapping[str, Plain]
    options: Options = Options()
    config: Configuration = Configuration()
    _documents: dict[str, Plain] = field(default_factory=dict, compare=False)
    """JSON texts of the properties by their path, each parsed once for all rules."""

    def configured(self, config: Configuration) -> "Resource":
        """The same resource for a rule with this configuration."""
        return replace(self, config=config)

    def __getitem__(self, key: str) -> Value:
        """The property `key`."""
        return Value(self.props.get(key), key, self.urn)

    def ignores(self, key: str) -> bool:
        """Whether the program ignores changes of property `key`."""
        return key in map(camel_case, self.options.ignore_changes)

    def document(self, key: str) -> Value:
        """The JSON text in property `key`, parsed. Raises UnreadableError when it is no JSON object or list."""
        return self.parsed(self[key])

    def parsed(self, value: Value) -> Value:
        """The JSON text in `value`, parsed; an object stays as it is, and an empty text is absent."""
        if not isinstance(value.raw, str):
            return value
        if not value.raw:
            return value.at(None)
        if value.path not in self._documents:
            self._documents[value.path] = _parse(value.raw)
        document = self._documents[value.path]
        if not isinstance(document, dict | list):
            raise value.unreadable("a JSON document")
        return value.at(document)


def _parse(text: str) -> Plain:
    try:
        document: Plain = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document
