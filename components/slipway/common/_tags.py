"""Tags: the caller's own, and a Name for the AWS console.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
"""

import unicodedata
from collections.abc import Mapping

import pulumi

from ._checks import ArgumentError, shown
from ._text import as_text, checked_output

Tags = pulumi.Input[Mapping[str, pulumi.Input[str]]]

NAME = "Name"
MOST_TAGS = 50  # of a resource, Name among them
LONGEST_KEY, LONGEST_VALUE = 128, 256  # characters
RESERVED_PREFIX = "aws:"  # in any case
MARKS = "_.:/=+-@"
CATEGORIES = "LNZ"  # Unicode's letters, numbers and separators


def check_tag_keys(who: str, argument: str, keys: list[str]) -> None:
    """Refuse keys and numbers of tags that AWS refuses. Raises ArgumentError."""
    most = MOST_TAGS if NAME in keys else MOST_TAGS - 1
    if len(keys) > most:
        reason = f"AWS allows {MOST_TAGS}, and one is {NAME}"
        raise ArgumentError(f"{who}: {argument} must have at most {most} entries, got {len(keys)}; {reason}")
    by_lower_case: dict[str, str] = {}
    for key in keys:
        check_tag_key(who, argument, key)
        twin = by_lower_case.setdefault(key.lower(), key)
        if twin != key:
            rule = "must differ by more than upper and lower case"
            fix = "IAM takes both for one tag; remove one"
            raise ArgumentError(f"{who}: the keys of {argument} {rule}, got {shown(twin)} and {shown(key)}; {fix}")


def check_tag_key(who: str, argument: str, key: str) -> None:
    """Refuse a key without the form of AWS's keys. Raises ArgumentError."""
    if key.lower().startswith(RESERVED_PREFIX):
        rule = f"must not begin with {RESERVED_PREFIX}, which is AWS's own"
        raise ArgumentError(f"{who}: the keys of {argument} {rule}, got {shown(key)}; rename it")
    if not 1 <= len(key) <= LONGEST_KEY or not _is_allowed(key):
        rule = f"must be 1-{LONGEST_KEY} letters, digits, spaces and {MARKS}"
        raise ArgumentError(f"{who}: the keys of {argument} {rule}, got {shown(key)}")


def check_tag_value(who: str, argument: str, value: str) -> None:
    """Refuse a value that AWS refuses. Raises ArgumentError."""
    if len(value) > LONGEST_VALUE or not _is_allowed(value):
        rule = f"must be at most {LONGEST_VALUE} letters, digits, spaces and {MARKS}"
        raise ArgumentError(f"{who}: {argument} {rule}, got {shown(value)}")


def text_tags(who: str, tags: Tags) -> Tags:
    """The caller's tags with every value as text, also where the tags or their values are outputs."""
    if isinstance(tags, Mapping):
        return {key: as_text(who, f"tags.{key}", value) for key, value in tags.items()}
    return checked_output(tags, lambda known: _known_tags(who, known))


def named(name: str, tags: Tags | None) -> pulumi.Output[Mapping[str, pulumi.Input[str]]]:
    """The caller's tags and a Name; a Name of the caller's own wins, in any case, since IAM takes both for one."""
    return pulumi.Output.from_input(tags or {}).apply(
        lambda own: dict(own) if any(key.lower() == NAME.lower() for key in own) else {NAME: name, **own}
    )


def _known_tags(who: str, tags: object) -> dict[str, pulumi.Input[str]]:
    if not isinstance(tags, Mapping):
        kind = "nothing" if tags is None else "something else"
        raise ArgumentError(f"{who}: tags must be a mapping, got an Output with {kind}; give key to value")
    return {str(key): as_text(who, f"tags.{key}", value) for key, value in tags.items()}


def _is_allowed(text: str) -> bool:
    return all(character in MARKS or unicodedata.category(character)[0] in CATEGORIES for character in text)
