"""Filter policies of subscriptions: the rules of SNS, checked before anything exists.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
Source: https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
Source: https://docs.aws.amazon.com/sns/latest/dg/numeric-value-matching.html
Source: https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html#ip-address-matching
"""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import cast

from slipway.common import ArgumentError, not_empty, shown, unicode_text

from ._reach import overreach

SCOPES = ("MessageAttributes", "MessageBody")
MOST_KEYS = 5
MOST_COMBINATIONS = 150
LONGEST_BYTES = 262144
LARGEST_NUMBER = 10**9
MOST_LEVELS = MOST_COMBINATIONS  # a key counts once for each level above it
MOST_WILDCARDS = 3  # in one pattern
STRINGS = ("prefix", "suffix", "equals-ignore-case", "wildcard", "cidr")
OPERATORS = ("anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard")
NOT_OPERATORS = ("prefix", "suffix", "wildcard", "equals-ignore-case")
COMPARISONS = {"=": (), ">": ("<", "<="), ">=": ("<", "<="), "<": (), "<=": ()}
"""Comparison that opens a range, to the comparisons that may close it."""


def check_filter_policy(who: str, argument: str, policy: Mapping[str, object], scope: str) -> None:
    """Refuse a filter against the rules of SNS, and one without any matching message. Raises ArgumentError."""
    not_empty(who, argument, policy, '{"kind": ["physical"]}')
    try:
        keys, combinations = measure(who, argument, policy, scope, 1)
    except RecursionError as error:
        rule = f"must have at most {MOST_LEVELS} levels, got more"
        raise ArgumentError(f"{who}: {argument} {rule}; that is the limit of SNS") from error
    if len(keys) > MOST_KEYS:
        rule = f"must name at most {MOST_KEYS} attributes"
        raise ArgumentError(f"{who}: {argument} {rule}, got {len(keys)}; that is the limit of SNS")
    if combinations > MOST_COMBINATIONS:
        rule = f"must have at most {MOST_COMBINATIONS} combinations of values"
        raise ArgumentError(f"{who}: {argument} {rule}, got {combinations}; that is the limit of SNS")
    if len(json.dumps(policy, default=dict).encode()) > LONGEST_BYTES:
        raise ArgumentError(
            f"{who}: {argument} must be at most {LONGEST_BYTES} bytes of JSON; that is the limit of SNS"
        )


def measure(who: str, path: str, policy: Mapping[str, object], scope: str, depth: int) -> tuple[set[str], int]:
    """Paths of the keys with values, and SNS's count of combinations: values times depth, multiplied over keys."""
    keys: set[str] = set()
    combinations = 1
    for key, value in policy.items():
        if not isinstance(key, str):
            raise ArgumentError(f"{who}: the keys of {path} must be strings, got {shown(key)}")
        unicode_text(who, f"the keys of {path}", key)
        below = f"{path}.{key}"
        if key == "$or":
            entries = alternatives(who, below, value)
            measured = [measure(who, f"{below}[{index}]", entry, scope, depth) for index, entry in enumerate(entries)]
            keys.update(*(inner_keys for inner_keys, _ in measured))
            combinations *= sum(count for _, count in measured)
            for key_path, conditions in joined(entries).items():
                check_reach(who, f"{below} on {key_path}", conditions)
        elif isinstance(value, Mapping):
            if scope == "MessageAttributes":
                fix = "attributes have no parts, set filter_policy_scope to MessageBody"
                raise ArgumentError(f"{who}: {below} must be a list, got {shown(value)}; {fix}")
            not_empty(who, below, value, '{"kind": ["physical"]}')
            inner_keys, count = measure(who, below, value, scope, depth + 1)
            keys |= inner_keys
            combinations *= count
        else:
            keys.add(below)
            combinations *= prod((len(check_values(who, below, value)), depth))
    return keys, combinations


def check_values(who: str, path: str, value: object) -> Sequence[object]:
    """The conditions on one key: each in the grammar of SNS, and together not matching everything."""
    if not isinstance(value, list | tuple):
        raise ArgumentError(f"{who}: {path} must be a list, got {shown(value)}")
    not_empty(who, path, value, "[physical]")
    for index, condition in enumerate(value):
        check_condition(who, f"{path}[{index}]", condition)
    check_reach(who, path, value)
    return value


def check_reach(who: str, path: str, conditions: Sequence[object]) -> None:
    """Refuse conditions that let through what one of them keeps out."""
    if problem := overreach(conditions):
        raise ArgumentError(f"{who}: {path} {problem.rule}, got {shown(list(conditions))}; {problem.fix}")


def joined(entries: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Key to its conditions from every entry of an $or that is about this key alone."""
    conditions: dict[str, list[object]] = {}
    for entry in entries:
        if lone := lone_key(entry):
            key, values = lone
            conditions.setdefault(key, []).extend(values)
    return conditions


def lone_key(entry: Mapping[str, object]) -> tuple[str, Sequence[object]] | None:
    """The only key of an entry with its conditions; its path where it is nested. None for an entry with several keys.

    >>> lone_key({"order": {"kind": ["physical"]}})
    ('order.kind', ['physical'])
    """
    if len(entry) != 1 or "$or" in entry:
        return None
    [(key, value)] = entry.items()
    if not isinstance(value, Mapping):
        return key, cast("Sequence[object]", value)
    inner = lone_key(value)
    return inner and (f"{key}.{inner[0]}", inner[1])


def alternatives(who: str, path: str, value: object) -> list[Mapping[str, object]]:
    """Entries of an $or, at least two: with fewer, SNS reads $or as the name of an attribute."""
    entries = value if isinstance(value, list) else []
    if len(entries) < 2 or not all(isinstance(entry, Mapping) and entry for entry in entries):
        raise ArgumentError(f"{who}: {path} must be a list of two or more mappings, got {shown(value)}")
    return entries


def check_condition(who: str, path: str, condition: object) -> None:
    """One value, or one operator with its operand."""
    if isinstance(condition, str):
        unicode_text(who, path, condition)
    if condition is None or isinstance(condition, str | bool):
        return
    if isinstance(condition, int | float):
        number(who, path, condition)
        return
    if not isinstance(condition, Mapping) or len(condition) != 1:
        rule = "must be a string, a number, true, false, null or one operator"
        raise ArgumentError(f"{who}: {path} {rule}, got {shown(condition)}; the operators are {', '.join(OPERATORS)}")
    [(operator, operand)] = condition.items()
    below = f"{path}.{operator}"
    if operator not in OPERATORS:
        raise ArgumentError(f"{who}: {below} is no operator of SNS; the operators are {', '.join(OPERATORS)}")
    if operator in STRINGS:
        text(who, below, operator, operand)
    elif operator == "exists":
        if not isinstance(operand, bool):
            raise ArgumentError(f"{who}: {below} must be true or false, got {shown(operand)}")
    elif operator == "numeric":
        numeric(who, below, operand)
    else:
        anything_but(who, below, operand)


def text(who: str, path: str, operator: str, operand: object) -> None:
    """A non-empty string, with few wildcards and no two in a row."""
    if not isinstance(operand, str) or not operand:
        raise ArgumentError(f"{who}: {path} must be a string of at least one character, got {shown(operand)}")
    unicode_text(who, path, operand)
    if operator == "cidr" and not is_network(operand):
        raise ArgumentError(f"{who}: {path} must be a network, got {shown(operand)}; write it like 10.0.0.0/24")
    if operator == "wildcard" and (operand.count("*") > MOST_WILDCARDS or "**" in operand):
        rule = f"must have at most {MOST_WILDCARDS} asterisks and no two in a row"
        raise ArgumentError(f"{who}: {path} {rule}, got {shown(operand)}; that is the limit of SNS")


def is_network(value: str) -> bool:
    """Whether text is a network of IPv4 or IPv6, with its prefix length."""
    try:
        network = ipaddress.ip_interface(value).network
    except ValueError:
        return False
    return value.endswith(f"/{network.prefixlen}")


def number(who: str, path: str, value: object) -> float:
    """A number within the precision of SNS."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise ArgumentError(f"{who}: {path} must be a number from -1000000000 to 1000000000, got {shown(value)}")
    if round(value, 5) != value:
        raise ArgumentError(f"{who}: {path} must have at most 5 digits after the decimal point, got {shown(value)}")
    return value


def numeric(who: str, path: str, operand: object) -> None:
    """One comparison, or two comparisons as a range."""
    parts: Sequence[object] = operand if isinstance(operand, list) and len(operand) in (2, 4) else [None, None]
    closing = COMPARISONS.get(parts[0]) if isinstance(parts[0], str) else None
    if closing is None or (len(parts) == 4 and parts[2] not in closing):
        raise ArgumentError(
            f'{who}: {path} must be a comparison or a range, got {shown(operand)}; write [">=", 0, "<", 10]'
        )
    bounds = [number(who, f"{path}[{index}]", parts[index]) for index in range(1, len(parts), 2)]
    if len(bounds) == 2 and bounds[0] >= bounds[1]:
        raise ArgumentError(f"{who}: {path} must be a range with room in it, got {shown(operand)}; nothing would match")


def anything_but(who: str, path: str, operand: object) -> None:
    """Strings or numbers, or one prefix, suffix, wildcard or string in any case."""
    if isinstance(operand, Mapping):
        if len(operand) != 1 or next(iter(operand)) not in NOT_OPERATORS:
            raise ArgumentError(f"{who}: {path} must have one of {', '.join(NOT_OPERATORS)}, got {shown(operand)}")
        [(operator, inner)] = operand.items()
        text(who, f"{path}.{operator}", operator, inner)
        return
    values = operand if isinstance(operand, list) else [operand]
    not_empty(who, path, values, "[physical]")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            number(who, f"{path}[{index}]" if isinstance(operand, list) else path, value)
