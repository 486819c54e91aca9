"""Components as a program in another language makes them: through the plugin, with arguments in camelCase."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.provider.experimental.analyzer import PropertyDefinition

import slipway
from slipway.plugin import Plugin, components_of

PLUGIN = Plugin(components_of(slipway), "slipway", "0.1.0")
DEFINITIONS, TYPES = PLUGIN._component_defs, PLUGIN._type_defs  # noqa: SLF001


def construct(kind: str, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
    """A component with arguments as a program in Python writes them, through the plugin."""
    definition = DEFINITIONS[kind]
    inputs = camel(args, definition.inputs, definition.inputs_mapping)
    PLUGIN.construct(name, f"slipway:index:{kind}", inputs, opts)


def camel(
    values: Mapping[str, object], properties: Mapping[str, PropertyDefinition], names: Mapping[str, str]
) -> dict[str, Any]:
    """Arguments as a program in another language writes them."""
    known = {python: name for name, python in names.items()}
    return {known[key]: _entry(value, properties[known[key]]) for key, value in values.items()}


def _entry(value: object, definition: PropertyDefinition) -> object:
    """A value in an argument, with the names of nested arguments."""
    nested = TYPES.get((definition.ref or "").rpartition(":")[2])
    if nested and isinstance(value, Mapping):
        return camel(value, nested.properties, nested.properties_mapping)
    if definition.items and isinstance(value, list):
        return [_entry(it, definition.items) for it in value]
    if definition.additional_properties and isinstance(value, Mapping):
        return {key: _entry(it, definition.additional_properties) for key, it in value.items()}
    return value
