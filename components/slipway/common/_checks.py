"""Argument checks that run before the first resource exists; every failure is one sentence.

Sentences read `<Class> '<name>': <argument> <rule>, got <value>; <what to do>`.
"""

import difflib
import inspect
import ipaddress
import re
import typing
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")

CHILD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
PREFIX_LIST_ID = re.compile(r"pl-[0-9a-f]{8}([0-9a-f]{9})?")
ACCOUNT_ID = re.compile(r"\d{12}")
PULUMI_SUFFIX_LENGTH = 8  # "-" and seven characters, appended to every physical name


class ArgumentError(pulumi.RunError, ValueError):
    """An argument of a component cannot work; printed as one sentence, without a traceback."""


def given(value: T | None, default: T) -> T:
    """The value, or the default where the caller left it out."""
    return default if value is None else value


def check_keys(who: str, args: Mapping[str, Any], shape: Any, path: str = "") -> None:
    """Refuse unknown, missing and mistyped arguments, nested ones too; TypedDicts check nothing at run time."""
    hints = inspect.get_annotations(shape)
    for key in args:
        if key not in hints:
            guess = difflib.get_close_matches(key, hints, n=1)
            known = ", ".join(sorted(hints))
            fix = f"did you mean {guess[0]}?" if guess else f"the arguments are {known}"
            raise ArgumentError(f"{who}: {path}{key} is not an argument; {fix}")
    for key, hint in hints.items():
        required = key in shape.__required_keys__
        value = args.get(key)
        if value is not None:
            _check_type(who, f"{path}{key}", value, hint if required else typing.get_args(hint)[0])
        elif required:
            raise ArgumentError(f"{who}: {path}{key} is required, got nothing; give it a value")


def _check_type(who: str, path: str, value: object, hint: Any) -> None:
    """Refuse a plain value whose type the annotation does not allow; outputs pass where `pulumi.Input` says so."""
    promised = isinstance(value, (pulumi.Output, Awaitable))
    if any(typing.get_origin(choice) is Awaitable for choice in typing.get_args(hint)):  # pulumi.Input[...]
        return None if promised else _check_type(who, path, value, typing.get_args(hint)[0])
    if promised:
        raise ArgumentError(f"{who}: {path} must be known before deployment, got an Output; give a plain value")
    if typing.is_typeddict(hint):
        _expect(who, path, value, isinstance(value, Mapping), "a mapping of arguments")
        return check_keys(who, typing.cast("Mapping[str, Any]", value), hint, f"{path}.")
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
    else:
        # Any is a document, which checks of its own read.
        _expect(who, path, value, hint is Any or isinstance(value, str), "a string")
    return None


def _expect(who: str, path: str, value: object, holds: bool, kind: str) -> None:
    if not holds:
        raise ArgumentError(f"{who}: {path} must be {kind}, got {value!r}")


def whole_number(who: str, argument: str, value: float, low: int, high: int, fix: str = "") -> int:
    """Whole number within bounds; the plugin host hands integers over as floats."""
    if not float(value).is_integer() or not low <= value <= high:
        hint = f"; {fix}" if fix else ""
        raise ArgumentError(f"{who}: {argument} must be a whole number {low}-{high}, got {spelled(value)}{hint}")
    return int(value)


def spelled(value: float) -> str:
    """A number as its caller wrote it, who wrote 80 where the plugin host says 80.0."""
    return str(int(value)) if float(value).is_integer() else str(value)


def one_of(who: str, argument: str, value: T, allowed: Collection[T]) -> T:
    """A value out of a fixed set."""
    if value not in allowed:
        listed = ", ".join(str(choice) for choice in allowed)
        raise ArgumentError(f"{who}: {argument} must be one of {listed}, got {value!r}")
    return value


def not_empty(who: str, argument: str, values: Collection[object], example: str) -> None:
    """At least one entry."""
    if not values:
        raise ArgumentError(f"{who}: {argument} must have at least one entry, got none; for example {example}")


def distinct(who: str, argument: str, values: Sequence[str]) -> None:
    """No entry twice."""
    for value in values:
        if values.count(value) > 1:
            raise ArgumentError(f"{who}: {argument} must be distinct, got {value!r} twice; remove one")


def child_name(who: str, name: str, limit: int, suffix: str = "") -> None:
    """A name whose longest child fits AWS's limit of characters with the suffix that Pulumi appends."""
    longest = limit - PULUMI_SUFFIX_LENGTH - len(suffix)
    if not CHILD_NAME.fullmatch(name):
        raise ArgumentError(
            f"{who}: the name must be letters, digits and hyphens and start with a letter, got {name!r}"
        )
    if len(name) > longest:
        room = f"AWS allows {limit} and {limit - longest} are appended"
        raise ArgumentError(f"{who}: the name must be at most {longest} characters, got {len(name)}; {room}")


def account_id(who: str, argument: str, value: str) -> None:
    """An account of AWS."""
    if not ACCOUNT_ID.fullmatch(value):
        raise ArgumentError(f"{who}: {argument} must be an account id of 12 digits, got {value!r}")


def not_with(who: str, args: Mapping[str, Any], argument: str, others: Collection[str], why: str) -> None:
    """Refuse arguments that mean nothing beside another one."""
    for other in others:
        if args.get(other) is not None:
            raise ArgumentError(f"{who}: {other} cannot be set with {argument}, {why}; remove one")


def child_keys(who: str, argument: str, keys: Iterable[str], *reserved: str) -> None:
    """Keys that become part of a resource's name, and are none of those that resources have already."""
    for key in keys:
        if not CHILD_NAME.fullmatch(key) or key in reserved:
            rule = "must be letters, digits and hyphens and start with a letter"
            if reserved:
                rule = f"must be letters, digits and hyphens, start with a letter, and not be {' or '.join(map(repr, reserved))}"
            raise ArgumentError(f"{who}: the keys of {argument} {rule}, got {key!r}")


def cidr_block(who: str, argument: str, value: str) -> ipaddress.IPv4Network:
    """An IPv4 network without host bits."""
    try:
        return ipaddress.IPv4Network(value)
    except ValueError as error:
        hint = _network_of(value) or "write it like 10.20.0.0/16"
        raise ArgumentError(f"{who}: {argument} must be an IPv4 network, got {value!r}; {hint}") from error


def _network_of(value: str) -> str | None:
    try:
        return f"the network of that address is {ipaddress.IPv4Interface(value).network}"
    except ValueError:
        return None


def prefix_list_id(who: str, argument: str, value: str) -> None:
    """The id of a prefix list."""
    if not PREFIX_LIST_ID.fullmatch(value):
        rule = "must be a prefix list's id, such as pl-0123456789abcdef0"
        raise ArgumentError(f"{who}: {argument} {rule}, got {value!r}")


def aws_arn(
    who: str, argument: str, value: pulumi.Input[str] | None, service: str, what: str
) -> pulumi.Input[str] | None:
    """An ARN of one service; an output is believed."""
    if isinstance(value, str) and not re.fullmatch(rf"arn:aws[a-z-]*:{service}:.+", value):
        raise ArgumentError(f"{who}: {argument} must be the ARN of {what}, got {value!r}")
    return value


def one_argument(who: str, values: Mapping[str, object]) -> None:
    """Exactly one of two or more arguments is given."""
    present = [key for key, value in values.items() if value is not None]
    if len(present) != 1:
        got = " and ".join(present) if present else "neither"
        raise ArgumentError(f"{who}: set {' or '.join(values)}, got {'both' if len(present) > 1 else got}")


def each(who: str, argument: str, values: Sequence[str], check: Callable[[str, str, str], object]) -> None:
    """Apply a check to every entry under its index, and refuse repeated entries."""
    for index, value in enumerate(values):
        check(who, f"{argument}[{index}]", value)
    distinct(who, argument, values)
