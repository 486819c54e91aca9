"""Reads the schema of the component package: arguments, nested types and outputs of every component.

Pulumi makes the schema for other languages, so it holds their camelCase names; the Python names come from the classes.
"""

import functools
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from pulumi.provider.experimental.component import ComponentProvider

import slipway
from slipway.plugin import Plugin, components_of

SCHEMA_FILE = Path(__file__).parents[2] / "components" / "schema.json"
PREFIX = "slipway:index:"
TYPES = f"#/types/{PREFIX}"
Property = TypedDict(
    "Property",
    {
        "type": str,
        "$ref": str,
        "items": "Property",
        "additionalProperties": "Property",
        "description": str,
        "plain": bool,
    },
    total=False,
)


class ObjectType(TypedDict):
    """A nested argument type in Pulumi's schema."""

    description: str
    properties: dict[str, Property]
    required: list[str]


class ResourceType(ObjectType):
    """A component in Pulumi's schema: `properties` are its outputs."""

    inputProperties: dict[str, Property]
    requiredInputs: list[str]


class Schema(TypedDict):
    """Two parts of Pulumi's package schema: components and nested argument types."""

    resources: dict[str, ResourceType]
    types: dict[str, ObjectType]


@dataclass(frozen=True)
class Field:
    """One argument or output."""

    name: str
    """Name in Python."""
    camel_name: str
    """Name in every other language."""
    type: str
    """Type in Markdown, with a link to a nested type's section."""
    is_required: bool
    description: str
    """Meaning, without the default."""
    default: str
    """Behaviour without this argument, as a sentence; empty for required ones."""
    alternative: str
    """Argument to set in place of this one, where one of both is needed; else empty."""


@dataclass(frozen=True)
class Group:
    """The fields of one nested argument type."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Component:
    """One component class as its page shows it."""

    name: str
    docstring: str
    sources: tuple[str, ...]
    """Addresses of AWS's own documentation, from the docstring of the component's module."""
    arguments: tuple[Field, ...]
    nested: tuple[Group, ...]
    """Types of nested arguments, in the order of their first use."""
    outputs: tuple[Field, ...]


def component_names() -> list[str]:
    """Class names of all components, sorted."""
    return sorted(token.removeprefix(PREFIX) for token in schema()["resources"])


def component(name: str) -> Component:
    """Everything on one component from the schema and the docstrings."""
    described = schema()["resources"][PREFIX + name]
    kind = cast("type", getattr(slipway, name))
    arguments = described["inputProperties"]
    return Component(
        name=name,
        docstring=inspect.getdoc(kind) or "",
        sources=tuple(sources(kind)),
        arguments=tuple(fields(f"{name}Args", arguments, described.get("requiredInputs", []))),
        nested=tuple(group(it) for it in nested_names(arguments)),
        outputs=tuple(fields(name, described["properties"], described.get("required", []))),
    )


@functools.cache
def schema() -> Schema:
    """The package schema, as `pulumi package get-schema` prints it, without its version."""
    provider = ComponentProvider(components_of(slipway), "slipway", version="0.0.0")
    return cast("Schema", json.loads(provider.schema or "{}"))


def plugin_schema() -> str:
    """The schema that the plugin gives to programs in other languages, to be committed."""
    plugin = Plugin(components_of(slipway), "slipway", slipway.__version__)
    return json.dumps(json.loads(plugin.schema or "{}"), indent=1) + "\n"


def sources(kind: type) -> Iterator[str]:
    """Addresses after `Source:` in the docstring of a class's module."""
    for line in (inspect.getdoc(inspect.getmodule(kind)) or "").splitlines():
        if line.startswith("Source: "):
            yield line.removeprefix("Source: ")


def group(name: str) -> Group:
    """A nested type by its name."""
    described = schema()["types"][PREFIX + name]
    return Group(
        name,
        one_line(described["description"]),
        tuple(fields(name, described["properties"], described.get("required", []))),
    )


def nested_names(properties: Mapping[str, Property]) -> list[str]:
    """Names of the nested types of these properties, at any depth, in the order of their first use."""
    found: list[str] = []
    for it in properties.values():
        name = reference(innermost(it))
        if name and name not in found:
            deeper = nested_names(schema()["types"][PREFIX + name]["properties"])
            found += [name, *(other for other in deeper if other not in found)]
    return found


def innermost(it: Property) -> Property:
    """The element type of lists and maps, at any depth; else the property itself."""
    inner = it.get("items") or it.get("additionalProperties")
    return innermost(inner) if inner else it


def reference(it: Property) -> str:
    """Name of the property's nested type, else an empty text."""
    target = it.get("$ref", "")
    return target.removeprefix(TYPES) if target.startswith(TYPES) else ""


def fields(owner: str, properties: Mapping[str, Property], required: list[str]) -> Iterator[Field]:
    """The fields of one type: required arguments first, else in the order of the class."""
    names = {camel(it): it for it in inspect.get_annotations(cast("type", getattr(slipway, owner)))}
    is_input = owner.endswith("Args")
    for key in sorted(properties, key=lambda it: it not in required) if is_input else properties:
        described = properties[key]
        meaning, _, default = one_line(described["description"]).partition("Default:")
        meaning, _, alternative = meaning.partition("Set this or ")
        yield Field(
            name=names[key],
            camel_name=key,
            type=type_text(described, is_input),
            is_required=key in required,
            description=meaning.strip(),
            default=default.strip(),
            alternative=alternative.strip().removesuffix("."),
        )


def type_text(it: Property, is_input: bool) -> str:
    """A property's type in words, such as `list of string`."""
    kind, name = it.get("type", ""), reference(it)
    if name:
        text = f"[{name}](#{name.lower()})"
    elif kind == "array":
        text = f"list of {type_text(it['items'], is_input)}"
    elif kind == "object":
        text = f"map of string to {type_text(it['additionalProperties'], is_input)}"
    else:
        text = kind or "any JSON value"
    may_be_output = is_input and not it.get("plain") and "or output" not in text
    return f"{text} or output" if may_be_output else text


def camel(name: str) -> str:
    """The name in other languages: `max_receives` becomes `maxReceives`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def one_line(text: str) -> str:
    """A text without line breaks."""
    return " ".join(text.split())
