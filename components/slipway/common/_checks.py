"""Checks of single arguments, before the first resource exists; every failure is one sentence.

Sentences read `<Class> '<name>': <argument> <rule>, got <value>; <fix>`.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import pulumi

T = TypeVar("T")

CHILD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
PREFIX_LIST_ID = re.compile(r"pl-[0-9a-f]{8}([0-9a-f]{9})?")
KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")
ACCOUNT_ID = re.compile(r"\d{12}")
PULUMI_SUFFIX_LENGTH = 8  # "-" and seven characters, appended to every physical name


class ArgumentError(pulumi.RunError, ValueError):
    """A wrong argument of a component; printed as one sentence, without a traceback."""


def whole_number(who: str, argument: str, value: float, bounds: tuple[int, int], fix: str = "") -> int:
    """Whole number within bounds, both included; the plugin host passes integers as floats."""
    low, high = bounds
    if not float(value).is_integer() or not low <= value <= high:
        hint = f"; {fix}" if fix else ""
        raise ArgumentError(f"{who}: {argument} must be a whole number {low}-{high}, got {spelled(value)}{hint}")
    return int(value)


def spelled(value: float) -> str:
    """A number as its caller wrote it: 80, where the plugin host passes 80.0."""
    return str(int(value)) if float(value).is_integer() else str(value)


def one_of(who: str, argument: str, value: T, allowed: Collection[T]) -> T:
    """A value of a fixed set."""
    if value not in allowed:
        listed = ", ".join(str(choice) for choice in allowed)
        raise ArgumentError(f"{who}: {argument} must be one of {listed}, got {value!r}")
    return value


def not_empty(who: str, argument: str, values: Collection[object], example: str) -> None:
    """Refuse an empty list or mapping."""
    if not values:
        raise ArgumentError(f"{who}: {argument} must have at least one entry, got none; for example {example}")


def distinct(who: str, argument: str, values: Sequence[str]) -> None:
    """Refuse repeated entries."""
    for value in values:
        if values.count(value) > 1:
            raise ArgumentError(f"{who}: {argument} must be distinct, got {value!r} twice; remove one")


def child_name(who: str, name: str, limit: int, suffix: str = "") -> None:
    """Refuse a name unfit for AWS, and one too long for its longest child with the suffix of Pulumi."""
    longest = limit - PULUMI_SUFFIX_LENGTH - len(suffix)
    if not CHILD_NAME.fullmatch(name):
        raise ArgumentError(
            f"{who}: the name must be letters, digits and hyphens and start with a letter, got {name!r}"
        )
    if len(name) > longest:
        room = f"AWS allows {limit} and {limit - longest} are appended"
        raise ArgumentError(f"{who}: the name must be at most {longest} characters, got {len(name)}; {room}")


def account_id(who: str, argument: str, value: str) -> None:
    """Refuse another account id than 12 digits."""
    if not ACCOUNT_ID.fullmatch(value):
        raise ArgumentError(f"{who}: {argument} must be an account id of 12 digits, got {value!r}")


def child_keys(who: str, argument: str, keys: Iterable[str], *reserved: str) -> None:
    """Refuse keys unfit for the names of resources, and reserved ones."""
    for key in keys:
        if not CHILD_NAME.fullmatch(key) or key in reserved:
            rule = "must be letters, digits and hyphens and start with a letter"
            if reserved:
                rule = f"must be letters, digits and hyphens, start with a letter, and not be {' or '.join(map(repr, reserved))}"
            raise ArgumentError(f"{who}: the keys of {argument} {rule}, got {key!r}")


def cidr_block(who: str, argument: str, value: str) -> ipaddress.IPv4Network:
    """Parse an IPv4 network without host bits."""
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
    """Refuse another text than the id of a prefix list."""
    if not PREFIX_LIST_ID.fullmatch(value):
        rule = "must be a prefix list's id, such as pl-0123456789abcdef0"
        raise ArgumentError(f"{who}: {argument} {rule}, got {value!r}")


def aws_arn(
    who: str, argument: str, value: pulumi.Input[str] | None, service: str, what: str
) -> pulumi.Input[str] | None:
    """Refuse another ARN than one of this service, `what` in the sentence; outputs pass unread."""
    if isinstance(value, str) and not re.fullmatch(rf"arn:aws[a-z-]*:{service}:.+", value):
        raise ArgumentError(f"{who}: {argument} must be the ARN of {what}, got {value!r}")
    return value


def key_arn(who: str, argument: str, value: object) -> None:
    """Refuse another ARN than a KMS key's, such as an alias's: IAM grants nothing on an alias."""
    if isinstance(value, str) and not KEY_ARN.fullmatch(value):
        example = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        raise ArgumentError(f"{who}: {argument} must be the ARN of a KMS key, got {value!r}; write it like {example}")


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
