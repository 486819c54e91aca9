"""Names, types and forms of arguments, compared with a TypedDict: TypedDicts check nothing at run time.

Source: https://typing.python.org/en/latest/spec/typeddict.html
"""

import difflib
import inspect
import typing
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from ._checks import ArgumentError, distinct, shown
from ._forms import text_form
from ._numbers import finite_number
from ._tags import check_tag_keys
from ._text import line

TAGS = "tags"


@dataclass(frozen=True)
class _Place:
    """An argument, or an entry in one, as sentences name it."""

    who: str
    argument: str
    """Its own name, without path and entry."""
    label: str

    def entry(self, suffix: str) -> "_Place":
        """An entry of a list or a mapping."""
        return replace(self, label=f"{self.label}{suffix}")

    def expect(self, value: object, holds: bool, kind: str) -> None:
        """Refuse a value of another kind. Raises ArgumentError."""
        if not holds:
            got = "something else" if text_form(self.argument).is_private else shown(value)
            raise ArgumentError(f"{self.who}: {self.label} must be {kind}, got {got}")


def check_shape(who: str, args: Mapping[str, object], shape: type, path: str = "") -> None:
    """Refuse unknown, missing, mistyped and malformed arguments, nested ones too. Raises ArgumentError."""
    hints = inspect.get_annotations(shape)
    for key in args:
        if key not in hints:
            guess = difflib.get_close_matches(str(key), hints, n=1)
            known = ", ".join(sorted(hints))
            fix = f"did you mean {guess[0]}?" if guess else f"the arguments are {known}"
            label = key if isinstance(key, str) and key.isidentifier() else shown(key)
            raise ArgumentError(f"{who}: {path}{label} is not an argument; {fix}")
    required_keys: frozenset[str] = vars(shape)["__required_keys__"]
    for key, hint in hints.items():
        value = args.get(key)
        if value is not None:
            place = _Place(who, key, f"{path}{key}")
            _check_type(place, value, hint if key in required_keys else typing.get_args(hint)[0])
        elif key in required_keys:
            raise ArgumentError(f"{who}: {path}{key} is required, got nothing; give it a value")


def _check_type(place: _Place, value: object, hint: object) -> None:
    """Refuse a value of another type than the annotation's; outputs pass for `pulumi.Input`."""
    choices = typing.get_args(hint)
    takes_outputs = any(typing.get_origin(choice) is Awaitable for choice in choices)  # pulumi.Input[...]
    if not isinstance(value, (pulumi.Output, Awaitable)):
        _check_plain(place, value, choices[0] if takes_outputs else hint)
    elif not takes_outputs:
        fix = "give a plain value"
        raise ArgumentError(f"{place.who}: {place.label} must be known before deployment, got an Output; {fix}")


def _check_plain(place: _Place, value: object, hint: object) -> None:
    """Refuse a plain value of another type than the annotation's."""
    if isinstance(hint, type) and typing.is_typeddict(hint):
        place.expect(value, isinstance(value, Mapping), "a mapping of arguments")
        check_shape(place.who, typing.cast("Mapping[str, object]", value), hint, f"{place.label}.")
        return
    origin = typing.get_origin(hint) or hint
    if origin in (list, Sequence):
        place.expect(value, isinstance(value, Sequence) and not isinstance(value, str), "a list")
        _check_entries(place, typing.cast("Sequence[object]", value), typing.get_args(hint)[0])
    elif origin is Mapping:
        place.expect(value, isinstance(value, Mapping), "a mapping")
        _check_values(place, typing.cast("Mapping[object, object]", value), typing.get_args(hint)[1])
    elif origin in (int, float):
        place.expect(value, _is_number(value), "a number")
    elif origin is bool:
        place.expect(value, isinstance(value, bool), "true or false")
    elif origin is not typing.Any:  # a document, with checks of its own
        _check_text(place, value)


def _check_entries(place: _Place, values: Sequence[object], hint: object) -> None:
    for index, item in enumerate(values):
        _check_type(place.entry(f"[{index}]"), item, hint)
    if text_form(place.argument).is_distinct:
        distinct(place.who, place.label, [item for item in values if isinstance(item, str)])


def _check_values(place: _Place, values: Mapping[object, object], hint: object) -> None:
    keys = replace(place, label=f"the keys of {place.label}")
    for key, item in values.items():
        keys.expect(key, isinstance(key, str), "strings")
        if not str(key).isprintable():
            line(place.who, keys.label, str(key))
        _check_type(place.entry(f".{key}"), item, hint)
    if place.argument == TAGS:
        check_tag_keys(place.who, place.label, [str(key) for key in values])


def _check_text(place: _Place, value: object) -> None:
    form = text_form(place.argument)
    if form.takes_numbers and isinstance(value, bool | int | float):
        finite_number(place.who, place.label, value)
        return
    place.expect(value, isinstance(value, str), "a string")
    form.check(place.who, place.label, typing.cast("str", value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
