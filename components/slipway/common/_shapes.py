"""Names and types of arguments, compared with a TypedDict: TypedDicts check nothing at run time.

Source: https://typing.python.org/en/latest/spec/typeddict.html
"""

import difflib
import inspect
import typing
from collections.abc import Awaitable, Mapping, Sequence

import pulumi

from ._checks import ArgumentError


def check_shape(who: str, args: Mapping[str, object], shape: type, path: str = "") -> None:
    """Refuse unknown, missing and mistyped arguments, nested ones too. Raises ArgumentError."""
    hints = inspect.get_annotations(shape)
    for key in args:
        if key not in hints:
            guess = difflib.get_close_matches(key, hints, n=1)
            known = ", ".join(sorted(hints))
            fix = f"did you mean {guess[0]}?" if guess else f"the arguments are {known}"
            raise ArgumentError(f"{who}: {path}{key} is not an argument; {fix}")
    required_keys: frozenset[str] = vars(shape)["__required_keys__"]
    for key, hint in hints.items():
        value = args.get(key)
        if value is not None:
            _check_type(who, f"{path}{key}", value, hint if key in required_keys else typing.get_args(hint)[0])
        elif key in required_keys:
            raise ArgumentError(f"{who}: {path}{key} is required, got nothing; give it a value")


def _check_type(who: str, path: str, value: object, hint: object) -> None:
    """Refuse a value of another type than the annotation's; outputs pass for `pulumi.Input`."""
    choices = typing.get_args(hint)
    takes_outputs = any(typing.get_origin(choice) is Awaitable for choice in choices)  # pulumi.Input[...]
    if not isinstance(value, (pulumi.Output, Awaitable)):
        _check_plain(who, path, value, choices[0] if takes_outputs else hint)
    elif not takes_outputs:
        raise ArgumentError(f"{who}: {path} must be known before deployment, got an Output; give a plain value")


def _check_plain(who: str, path: str, value: object, hint: object) -> None:
    """Refuse a plain value of another type than the annotation's."""
    if isinstance(hint, type) and typing.is_typeddict(hint):
        _expect(who, path, value, isinstance(value, Mapping), "a mapping of arguments")
        check_shape(who, typing.cast("Mapping[str, object]", value), hint, f"{path}.")
        return
    origin = typing.get_origin(hint) or hint
    if origin in (list, Sequence):
        _expect(who, path, value, isinstance(value, Sequence) and not isinstance(value, str), "a list")
        for index, item in enumerate(typing.cast("Sequence[object]", value)):
            _check_type(who, f"{path}[{index}]", item, typing.get_args(hint)[0])
    elif origin is Mapping:
        _expect(who, path, value, isinstance(value, Mapping), "a mapping")
        for key, item in typing.cast("Mapping[object, object]", value).items():
            _expect(who, f"the keys of {path}", key, isinstance(key, str), "strings")
            _check_type(who, f"{path}.{key}", item, typing.get_args(hint)[1])
    elif origin in (int, float):
        _expect(who, path, value, isinstance(value, (int, float)) and not isinstance(value, bool), "a number")
    elif origin is bool:
        _expect(who, path, value, isinstance(value, bool), "true or false")
    elif origin is not typing.Any:  # a document, with checks of its own
        _expect(who, path, value, isinstance(value, str), "a string")


def _expect(who: str, path: str, value: object, holds: bool, kind: str) -> None:
    if not holds:
        raise ArgumentError(f"{who}: {path} must be {kind}, got {value!r}")
