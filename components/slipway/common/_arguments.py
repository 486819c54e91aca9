"""Reads the arguments of a component, and refuses a wrong one in one sentence before the first resource exists."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from ._checks import ArgumentError, each, one_argument, one_of, shown
from ._ids import aws_arn
from ._networks import cidr_block
from ._numbers import ALLOWED_DAYS, LOG_RETENTION_DAYS, finite_number, whole_if_possible, whole_number
from ._shapes import check_shape
from ._tags import Tags, text_tags
from ._text import as_text, as_texts, child_keys, component_name


@dataclass(frozen=True)
class Arguments:
    """The arguments of one component, or of one nested object in them.

    >>> arguments = Arguments.of("Queue", "orders", {"max_receives": 3}, QueueArgs)
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
    def of(cls, component: str, name: object, args: object, shape: type) -> "Arguments":
        """Arguments of a component whose names, types and forms fit a TypedDict. Raises ArgumentError."""
        who = f"{component} {shown(name)}"
        component_name(who, name)
        if not isinstance(args, Mapping):
            raise ArgumentError(f"{who}: the arguments must be a mapping, got {shown(args)}; {{}} sets none")
        check_shape(who, args, shape)
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

    def optional_text(self, key: str) -> str | None:
        """A plain string; None where it was left out, so that an empty one can be refused."""
        return self.text(key) if self.has(key) else None

    def texts(self, key: str, default: Sequence[str] = ()) -> Sequence[str]:
        """A list of plain strings."""
        return cast("Sequence[str]", self.values[key]) if self.has(key) else default

    def input(self, key: str) -> pulumi.Input[str] | None:
        """A string or an output of one; None where it was left out."""
        return cast("pulumi.Input[str] | None", self.values.get(key))

    def required_input(self, key: str) -> pulumi.Input[str]:
        """A string or an output of one, of an argument that the TypedDict requires."""
        return cast("pulumi.Input[str]", self.values[key])

    def written_input(self, key: str) -> pulumi.Input[str]:
        """A required string for a document or a command; an output of a number is written as text."""
        return as_text(self.who, self.label(key), self.values[key])

    def written_inputs(self, key: str) -> list[pulumi.Input[str]]:
        """The same for each entry of a list."""
        return [as_text(self.who, f"{self.label(key)}[{index}]", it) for index, it in enumerate(self.inputs(key))]

    def inputs(self, key: str) -> Sequence[pulumi.Input[str]]:
        """A list of strings or outputs of them."""
        return cast("Sequence[pulumi.Input[str]]", self.values[key]) if self.has(key) else ()

    def required_inputs(self, key: str) -> pulumi.Input[Sequence[pulumi.Input[str]]]:
        """A list of strings, or an output of one, of an argument that the TypedDict requires."""
        return cast("pulumi.Input[Sequence[pulumi.Input[str]]]", self.values[key])

    def input_map(self, key: str) -> Mapping[str, pulumi.Input[str]]:
        """A mapping to strings or outputs of them."""
        return cast("Mapping[str, pulumi.Input[str]]", self.values[key]) if self.has(key) else {}

    def written_map(self, key: str) -> dict[str, pulumi.Input[str]]:
        """A mapping to text: numbers, true and false are written as a person would write them, also in outputs."""
        return as_texts(self.who, self.label(key), self.input_map(key))

    def text_map(self, key: str) -> Mapping[str, str]:
        """A mapping to plain strings."""
        return cast("Mapping[str, str]", self.values[key]) if self.has(key) else {}

    def number_map(self, key: str) -> Mapping[str, float]:
        """A mapping to plain numbers."""
        return cast("Mapping[str, float]", self.values[key]) if self.has(key) else {}

    def child_keys(self, key: str, *reserved: str) -> Sequence[str]:
        """Keys of a mapping, each usable in the name of a resource and outside of `reserved`."""
        keys = list(cast("Mapping[str, object]", self.values[key])) if self.has(key) else []
        child_keys(self.who, self.label(key), keys, *reserved)
        return keys

    def tags(self, default: Tags | None = None) -> Tags | None:
        """The argument `tags`, with every value as text."""
        return text_tags(self.who, cast("Tags", self.values["tags"])) if self.has("tags") else default

    def arn(self, key: str, service: str, noun: str) -> pulumi.Input[str] | None:
        """An ARN of one AWS service, `noun` in the sentence; an output only has to be text."""
        value = aws_arn(self.who, self.label(key), self.input(key), service, noun)
        return None if value is None else as_text(self.who, self.label(key), value)

    def optional_whole_number(self, key: str, low: int, high: int) -> int | None:
        """A whole number within bounds; None where it was left out."""
        return self.whole_number(key, low, high, low) if self.has(key) else None

    def number(self, key: str, default: float) -> float:
        """A number without bounds of its own."""
        return finite_number(self.who, self.label(key), self._raw_number(key, default))

    def whole_number(self, key: str, low: int, high: int, default: int, fix: str = "") -> int:
        """A whole number within bounds; the default has to fit them, too."""
        return whole_number(self.who, self.label(key), self._raw_number(key, default), (low, high), fix)

    def one_of(self, key: str, allowed: Collection[str], default: str) -> str:
        """A word of a fixed set."""
        return one_of(self.who, self.label(key), self.text(key, default), allowed)

    def cidr_blocks(self, key: str) -> Sequence[str]:
        """A list of distinct IPv4 networks."""
        blocks = self.texts(key)
        each(self.who, self.label(key), blocks, cidr_block)
        return blocks

    def retention_days(self, key: str) -> int:
        """Days of retention that CloudWatch Logs offers; 30 by default."""
        days = whole_if_possible(self._raw_number(key, LOG_RETENTION_DAYS))
        return int(one_of(self.who, self.label(key), days, ALLOWED_DAYS))

    def exactly_one(self, *keys: str) -> None:
        """Refuse none or several of these arguments."""
        one_argument(self.who, {self.label(key): self.values.get(key) for key in keys})

    def not_both(self, key: str, other: str, reason: str = "") -> None:
        """Refuse two arguments of which one would be ignored; a switch that is off counts as left out."""
        if all(self.has(name) and self.values[name] is not False for name in (key, other)):
            pair = f"set {self.label(key)} or {self.label(other)}, got both"
            raise ArgumentError(f"{self.who}: {pair}; {reason}" if reason else f"{self.who}: {pair}")

    def goes_with(self, key: str, owner: str) -> None:
        """Refuse an argument that means nothing without another one."""
        if self.has(key) and not self.has(owner):
            raise self.error(key, f"goes with {owner}, got no {owner}; set it too")

    def not_with(self, key: str, others: Collection[str], reason: str) -> None:
        """Refuse arguments that mean nothing beside another one."""
        for other in others:
            if self.has(other):
                raise self.error(other, f"cannot be set with {key}, {reason}; remove one")

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

    def _raw_number(self, key: str, default: float) -> float:
        return cast("float", self.values[key]) if self.has(key) else default

    def _inside(self, label: str, value: object) -> "Arguments":
        return Arguments(self.who, cast("Mapping[str, object]", value), f"{self.path}{label}.")
