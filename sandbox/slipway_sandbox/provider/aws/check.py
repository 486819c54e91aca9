"""Check: a program's inputs, refused or completed before the first call to AWS."""

import difflib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slipway_sandbox.provider.aws.declaration import Autoname, Failures, Resource
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.hiding import shown
from slipway_sandbox.provider.protocol.readers import as_text, items, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

DEFAULTED = "__defaults"  # the real provider keeps the names of its default properties under this key
IMPORTED = "*"  # one of these names: AWS filled in everything
RANDOM_DIGITS = 7
PREFIX_DIGITS = 26  # after a namePrefix
BOOLEANS = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}  # words of Go's ParseBool


@dataclass(frozen=True)
class Request:
    """One resource of a program, as the engine asks about it."""

    name: str
    inputs: Properties
    old_inputs: Properties
    """Inputs of the last update; empty for a new resource."""
    seed: bytes
    """Random bytes for generated names."""
    proposed_name: str = ""
    """The name demanded by `pulumi:autonaming`. Default: none."""


def check(declaration: Resource, request: Request) -> tuple[dict[str, Value], Failures]:
    """The inputs with exact types, defaults and names filled in; and the broken rules."""
    failures: Failures = []
    properties = sdk.schema(declaration.token).inputs
    inputs = {key: value for key, value in request.inputs.items() if key != DEFAULTED}
    checked = _block(_Owner(declaration.token, failures), properties, inputs, "")
    for document in (declaration.words("documents") | declaration.words("policies")) & set(checked):
        checked[document] = _document(document, checked[document], failures)
    for path, spell in declaration.spellings.items():
        checked = {name: _spelled(value, path, name, spell) for name, value in checked.items()}
    defaulted: dict[str, Value] = {}
    if declaration.autoname:
        defaulted = _autoname(declaration.autoname, request, checked, failures)
    for path in declaration.words("autonamed"):
        _name_blocks(path, request, checked)
    derived = {name: derive(checked) for name, derive in declaration.derived.items()}
    defaults = {**declaration.defaults, **derived}
    defaulted |= {key: value for key, value in defaults.items() if key not in checked and value is not None}
    if not failures:
        failures += declaration.validate(checked)
    return {**checked, **defaulted, DEFAULTED: sorted(defaulted)}, failures


def check_arguments(token: str, values: Properties) -> tuple[dict[str, Value], Failures]:
    """The arguments of a function with exact types, and the broken rules."""
    failures: Failures = []
    return _block(_Owner(token, failures), sdk.arguments(token), values, ""), failures


@dataclass(frozen=True)
class _Owner:
    """The resource type or function under check, and its broken rules so far."""

    token: str
    failures: Failures


def _block(owner: _Owner, properties: Mapping[str, sdk.Property], values: Properties, path: str) -> dict[str, Value]:
    checked: dict[str, Value] = {}
    for name, value in values.items():
        if name in properties:
            checked[name] = _value(owner, properties[name].type, value, f"{path}{name}")
        else:
            close = difflib.get_close_matches(name, properties, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(properties))}"
            owner.failures.append((f"{path}{name}", f"unknown property {name!r}; {hint}"))
    for name, prop in properties.items():
        if prop.required and name not in values:
            owner.failures.append((f"{path}{name}", f"missing required property {name!r}"))
    return checked


def _value(owner: _Owner, kind: sdk.Kind | None, value: Value, path: str) -> Value:
    if isinstance(value, wire.Unknown):
        return value
    if sdk.is_class(kind):
        if isinstance(value, list) and len(value) == 1:  # the bridge takes a list of one for a block
            value = value[0]
        if isinstance(value, Mapping):
            return _block(owner, sdk.properties(kind), value, f"{path}.")
        expected: str | None = "an object"
    elif sdk.is_list(kind):
        if isinstance(value, list):
            item_kind = sdk.item_type(kind)
            return [_value(owner, item_kind, item, f"{path}[{index}]") for index, item in enumerate(value)]
        expected = "a list"
    elif sdk.is_map(kind):
        if isinstance(value, Mapping):
            item_kind = sdk.item_type(kind)
            return {key: _value(owner, item_kind, item, f'{path}["{key}"]') for key, item in value.items()}
        expected = "a map"
    else:
        value, expected = _scalar(kind, value)
    if expected:
        owner.failures.append((path, f"must be {expected}, got {shown(value)}"))
    return value


def _scalar(kind: sdk.Kind | None, value: Value) -> tuple[Value, str | None]:  # noqa: PLR0911 - one return per kind
    """The value in this type as the bridge makes it, and the expected words for a wrong one.

    Source: https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/schema.go (makeTerraformInput)
    """
    if kind is bool:
        known = BOOLEANS.get(str(value).lower())
        return (value, "true or false") if known is None else (known, None)
    if kind in (int, float):
        try:
            number = float(value) if isinstance(value, (int, float, str)) else None
        except ValueError:
            number = None
        if number is None:
            return value, "a number"
        if isinstance(value, bool) or (kind is int and not number.is_integer()):
            return value, "a number" if isinstance(value, bool) else "a whole number"
        return (int(number) if number.is_integer() else number), None
    if kind is str:
        if isinstance(value, (Mapping, list)):
            return value, "a string"
        return (str(value).lower() if isinstance(value, bool) else str(value)), None
    return value, None


def _document(path: str, value: Value, failures: Failures) -> Value:
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


def _autoname(rule: Autoname, request: Request, inputs: Properties, failures: Failures) -> dict[str, Value]:
    if rule.property in inputs:
        return {}
    old_inputs = request.old_inputs
    if rule.property in items(old_inputs, DEFAULTED) and rule.property in old_inputs:
        return {rule.property: old_inputs[rule.property]}
    trigger, ending = rule.suffix_when
    suffix = ending if trigger and inputs.get(trigger) is True else ""
    prefix = inputs.get(f"{rule.property}Prefix")
    if request.proposed_name:
        name = request.proposed_name
    elif wire.has_unknown(prefix):
        return {rule.property: wire.UNKNOWN}
    elif prefix is not None:
        name = as_text(prefix, f"{rule.property}Prefix") + _digits(request.seed, PREFIX_DIGITS) + suffix
    elif rule.is_bare:
        name = request.name
    else:
        front = f"{rule.prefix}{request.name.lower() if rule.lower_case else request.name}-"
        name = front + _digits(request.seed, RANDOM_DIGITS) + suffix
    if len(name) > rule.length_limit:
        failures.append(
            (
                rule.property,
                f"the name made from {request.name!r} would be {name!r}, {len(name)} characters, and AWS takes "
                f"{rule.length_limit}; shorten the resource's name or set {rule.property!r}",
            )
        )
    return {rule.property: name}


def _name_blocks(path: str, request: Request, inputs: Properties) -> None:
    """Names the blocks without a name; each keeps its earlier one."""
    list_name, _, member = path.partition(".")
    before = items(request.old_inputs, list_name)
    blocks = inputs.get(list_name)
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict) and block and member not in block:
            old = before[index] if index < len(before) else {}
            earlier = text(old, member, "") if isinstance(old, dict) else ""
            block[member] = earlier or f"{request.name}-{_digits(request.seed + bytes([index]), RANDOM_DIGITS)}"


def _spelled(value: Value, path: str, place: str, spell: Callable[[str], str]) -> Value:
    """The value at `place` with the text at `path` in AWS's spelling; all else as it is."""
    if isinstance(value, list):
        return [_spelled(item, path, place, spell) for item in value]
    if place == path:
        return spell(value) if isinstance(value, str) else value
    if isinstance(value, Mapping) and path.startswith(f"{place}."):
        return {name: _spelled(item, path, f"{place}.{name}", spell) for name, item in value.items()}
    return value


def _digits(seed: bytes, count: int) -> str:
    return hashlib.sha256(seed).hexdigest()[:count]
