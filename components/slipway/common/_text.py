"""Text in arguments: names of resources, single lines, paths, and outputs that become text.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KeyValuePair.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import pulumi

from ._checks import ArgumentError, shown, spelled

Checked = TypeVar("Checked")

CHILD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
PULUMI_SUFFIX_LENGTH = 8  # "-" and seven characters, appended to every physical name
LONGEST_LINE = 2048  # characters; an ARN has no more
LONGEST_PATH_BYTES, LONGEST_PART_BYTES = 4095, 255  # limits of Linux


def component_name(who: str, name: object) -> None:
    """Refuse another name of a component than one line of text."""
    if not isinstance(name, str):
        raise ArgumentError(f"{who}: the name must be text, got {shown(name)}; for example 'shop'")
    line(who, "the name", name)


def child_name(who: str, name: str, limit: int, suffix: str = "", subject: str = "the name") -> None:
    """Refuse a name unfit for AWS, and one too long for its longest child with the suffix of Pulumi."""
    longest = limit - PULUMI_SUFFIX_LENGTH - len(suffix)
    if not CHILD_NAME.fullmatch(name):
        raise ArgumentError(
            f"{who}: {subject} must be letters, digits and hyphens and start with a letter, got {shown(name)}"
        )
    if len(name) > longest:
        room = f"AWS allows {limit} and {limit - longest} are appended"
        raise ArgumentError(f"{who}: {subject} must be at most {longest} characters, got {len(name)}; {room}")


def child_keys(who: str, argument: str, keys: Iterable[str], *reserved: str) -> None:
    """Refuse keys unfit for the names of resources, and reserved ones."""
    for key in keys:
        if not CHILD_NAME.fullmatch(key) or key in reserved:
            rule = "must be letters, digits and hyphens and start with a letter"
            if reserved:
                rule = f"must be letters, digits and hyphens, start with a letter, and not be {' or '.join(map(repr, reserved))}"
            raise ArgumentError(f"{who}: the keys of {argument} {rule}, got {shown(key)}")


def different_names(who: str, argument: str, owners: Iterable[tuple[str, str]]) -> None:
    """Refuse two keys whose resources would have the same name; pairs of a key and a name."""
    first: dict[str, str] = {}
    for key, name in owners:
        if name in first:
            rule = "must give different names to all resources"
            raise ArgumentError(
                f"{who}: the keys of {argument} {rule}, got {shown(first[name])} and {shown(key)}, "
                f"which both give {shown(name)}; rename one"
            )
        first[name] = key


def unicode_text(who: str, argument: str, value: str) -> None:
    """Refuse text that no API carries: with a NUL, or with half of a surrogate pair."""
    if "\0" in value or not _is_utf8(value):
        # The value may be long or private, so the sentence leaves it out.
        raise ArgumentError(f"{who}: {argument} must be text of Unicode characters other than NUL; remove the others")


def line(who: str, argument: str, value: str) -> None:
    """Refuse everything but one line of text with at least one visible character."""
    unicode_text(who, argument, value)
    if len(value) > LONGEST_LINE:
        raise ArgumentError(
            f"{who}: {argument} must be at most {LONGEST_LINE} characters, got {len(value)}; shorten it"
        )
    if not value.strip() or CONTROL_CHARACTER.search(value):
        rule, fix = "must not be empty", "give it a value"
        if value.strip():
            rule, fix = "must not have control characters", "give one line of text"
        raise ArgumentError(f"{who}: {argument} {rule}, got {shown(value)}; {fix}")


def path(who: str, argument: str, value: str) -> None:
    """Refuse a path that no file system has."""
    unicode_text(who, argument, value)
    longest_part = max(len(part.encode()) for part in value.split("/"))
    if longest_part > LONGEST_PART_BYTES or len(value.encode()) > LONGEST_PATH_BYTES:
        rule = f"must be a path of at most {LONGEST_PATH_BYTES} bytes, {LONGEST_PART_BYTES} between two slashes"
        raise ArgumentError(f"{who}: {argument} {rule}, got {len(value.encode())} bytes; take a shorter path")
    line(who, argument, value)


def as_text(who: str, argument: str, value: object) -> pulumi.Input[str]:
    """A value as text, written as a person would write it; an output becomes an output of text.

    Anything but text, a number, true and false is refused: an output's value ends the deployment once it is known.

    >>> as_text("FargateService 'api'", "environment.PORT", 5432.0)
    '5432'
    """
    if isinstance(value, pulumi.Output):
        return checked_output(value, lambda known: _written(who, argument, known))
    return _written(who, argument, value)


def text_output(who: str, argument: str, value: pulumi.Input[str]) -> pulumi.Output[str]:
    """The same, as an output in any case, for `apply`."""
    return checked_output(value, lambda known: _written(who, argument, known))


def checked_output(value: object, check: Callable[[object], Checked]) -> pulumi.Output[Checked]:
    """An output whose value passes a check once it is known; a refusal ends the program with its sentence alone."""

    def checked(known: object) -> Checked:
        try:
            return check(known)
        except ArgumentError as error:
            # The SDK wraps a ValueError of an input into another one, which is shown with a traceback.
            raise pulumi.RunError(str(error)) from error

    return pulumi.Output.from_input(value).apply(checked)


def as_texts(who: str, argument: str, values: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Input[str]]:
    """Every value of a mapping as text."""
    return {key: as_text(who, f"{argument}.{key}", value) for key, value in values.items()}


def _written(who: str, argument: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return spelled(value)
    kind = "nothing" if value is None else "a list" if isinstance(value, list | tuple) else "a mapping"
    # The value of an output may be secret, so the sentence names its kind only.
    raise ArgumentError(f"{who}: {argument} must be text, got an Output with {kind}; give one text of it")


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
