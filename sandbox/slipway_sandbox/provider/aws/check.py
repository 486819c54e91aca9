"""Check: what a program asks for, refused or completed before anything is created."""

import difflib
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Autoname, Resource
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire

DEFAULTED = "__defaults"  # the real provider keeps the names of the properties that it filled in under this key
IMPORTED = "*"  # stands among them when AWS filled in everything
RANDOM_DIGITS = 7
PREFIX_DIGITS = 26  # what follows a namePrefix

Failures = list[tuple[str, str]]
"""Property path and reason."""


def check(
    declaration: Resource,
    name: str,
    inputs: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
    seed: bytes,
    proposed: str,
) -> tuple[dict[str, Any], Failures]:
    """The inputs with types made exact, defaults and names filled in, and what is wrong with them.

    `proposed` is the name that `pulumi:autonaming` demands, or empty.
    """
    failures: Failures = []
    properties = sdk.schema(declaration.token).inputs
    given = {key: value for key, value in inputs.items() if key != DEFAULTED}
    checked = _block(declaration.token, properties, given, "", failures)
    for document in declaration.words("documents") & set(checked):
        checked[document] = _document(document, checked[document], failures)
    defaulted = {}
    if declaration.autoname:
        defaulted = _autoname(declaration.autoname, name, checked, old_inputs, seed, proposed, failures)
    for path in declaration.words("autonamed"):
        _name_blocks(path, name, checked, old_inputs, seed)
    defaulted |= {key: value for key, value in declaration.defaults.items() if key not in checked and value is not None}
    if not failures:
        failures += declaration.validate(checked)
    return {**checked, **defaulted, DEFAULTED: sorted(defaulted)}, failures


def _block(
    owner: str, properties: Mapping[str, sdk.Property], values: Mapping[str, Any], path: str, failures: Failures
) -> dict[str, Any]:
    checked = {}
    for name, value in values.items():
        if name in properties:
            checked[name] = _value(owner, properties[name].type, value, f"{path}{name}", failures)
        else:
            close = difflib.get_close_matches(name, properties, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(properties))}"
            failures.append((f"{path}{name}", f"unknown property {name!r}; {hint}"))
    for name, prop in properties.items():
        if prop.required and name not in values:
            failures.append((f"{path}{name}", f"missing required property {name!r}"))
    return checked


def _value(owner: str, kind: Any, value: Any, path: str, failures: Failures) -> Any:
    if isinstance(value, wire.Unknown):
        return value
    if sdk.is_class(kind):
        if isinstance(value, Mapping):
            return _block(owner, sdk.properties(kind), value, f"{path}.", failures)
        expected: str | None = "an object"
    elif sdk.is_list(kind):
        if isinstance(value, list):
            item = sdk.item_type(kind)
            return [_value(owner, item, each, f"{path}[{index}]", failures) for index, each in enumerate(value)]
        expected = "a list"
    elif sdk.is_map(kind):
        if isinstance(value, Mapping):
            item = sdk.item_type(kind)
            return {key: _value(owner, item, each, f'{path}["{key}"]', failures) for key, each in value.items()}
        expected = "a map"
    else:
        value, expected = _scalar(kind, value)
    if expected:
        failures.append((path, f"must be {expected}, got {json.dumps(value, default=repr)}"))
    return value


def _scalar(kind: Any, value: Any) -> tuple[Any, str | None]:  # noqa: PLR0911 - one return per kind
    """The value as the type has it, and what was expected when it cannot be."""
    if kind is bool:
        known = {"true": True, "false": False}.get(str(value).lower())
        return (value, "true or false") if known is None else (known, None)
    if kind in (int, float):
        try:
            number = float(value)
        except (TypeError, ValueError):
            return value, "a number"
        if isinstance(value, bool) or (kind is int and not number.is_integer()):
            return value, "a number" if isinstance(value, bool) else "a whole number"
        return (int(number) if number.is_integer() else number), None
    if kind is str:
        if isinstance(value, (Mapping, list)):
            return value, "a string"
        return (str(value).lower() if isinstance(value, bool) else str(value)), None
    return value, None


def _document(path: str, value: Any, failures: Failures) -> Any:
    if wire.has_unknown(value):
        return wire.UNKNOWN
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        if value:
            json.loads(value)
    except ValueError as error:
        failures.append((path, f"must be JSON: {error}"))
    return value


def _autoname(
    rule: Autoname,
    name: str,
    inputs: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
    seed: bytes,
    proposed: str,
    failures: Failures,
) -> dict[str, Any]:
    if rule.property in inputs:
        return {}
    if rule.property in old_inputs.get(DEFAULTED, []) and rule.property in old_inputs:
        return {rule.property: old_inputs[rule.property]}
    trigger, ending = rule.suffix_when
    suffix = ending if trigger and inputs.get(trigger) is True else ""
    prefix = inputs.get(f"{rule.property}Prefix")
    if proposed:
        chosen = proposed
    elif wire.has_unknown(prefix):
        return {rule.property: wire.UNKNOWN}
    elif prefix is not None:
        chosen = prefix + _digits(seed, PREFIX_DIGITS) + suffix
    elif rule.is_bare:
        chosen = name
    else:
        front = f"{rule.prefix}{name.lower() if rule.lower_case else name}-"
        chosen = front + _digits(seed, RANDOM_DIGITS) + suffix
    if len(chosen) > rule.length_limit:
        failures.append(
            (
                rule.property,
                f"the name made from {name!r} would be {chosen!r}, {len(chosen)} characters, and AWS takes "
                f"{rule.length_limit}; shorten the resource's name or set {rule.property!r}",
            )
        )
    return {rule.property: chosen}


def _name_blocks(path: str, name: str, inputs: Mapping[str, Any], old_inputs: Mapping[str, Any], seed: bytes) -> None:
    """Names the blocks that the program left without a name; each keeps the one that it had in its place."""
    blocks, _, member = path.partition(".")
    before: list[Any] = old_inputs.get(blocks) or []
    asked = inputs.get(blocks)
    for index, block in enumerate(asked if isinstance(asked, list) else []):
        if isinstance(block, dict) and block and member not in block:
            old = before[index] if index < len(before) else {}
            block[member] = old.get(member) or f"{name}-{_digits(seed + bytes([index]), RANDOM_DIGITS)}"


def _digits(seed: bytes, count: int) -> str:
    return hashlib.sha256(seed).hexdigest()[:count]
