"""What a program in another language wrote, as the arguments of a component in Python."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi.provider.experimental.analyzer import PropertyDefinition, TypeDefinition

from slipway.common import ArgumentError


@dataclass(frozen=True)
class Inputs:
    """Renames the arguments of one component. Only keys are judged here: values are the component's to refuse.

    Pulumi's own mapping drops unknown keys, and stops with a traceback at an int that is an output.
    Source: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/python/lib/pulumi/provider/experimental/component.py
    """

    who: str
    """Component and name, as error sentences begin."""
    types: Mapping[str, TypeDefinition]
    """Types of nested arguments by their names."""

    def renamed(
        self,
        values: Mapping[str, object],
        properties: Mapping[str, PropertyDefinition],
        names: Mapping[str, str],
        path: str = "",
    ) -> dict[str, object]:
        """Values under their names in Python, nested ones too. Raises ArgumentError on a key that is no argument."""
        for key in values:
            if key not in properties:
                raise ArgumentError(f"{self.who}: {path}{key} is not an argument; {hint(key, properties)}")
        return {names[key]: self._value(it, properties[key], f"{path}{key}") for key, it in values.items()}

    def _value(self, value: object, definition: PropertyDefinition, label: str) -> object:
        """A value with the keys of nested arguments renamed; one of another kind, such as an output, stays as it is."""
        nested = self.types.get((definition.ref or "").rpartition(":")[2])
        if nested is not None and isinstance(value, Mapping):
            return self.renamed(value, nested.properties, nested.properties_mapping, f"{label}.")
        if definition.items is not None and isinstance(value, list):
            return [self._value(it, definition.items, f"{label}[{index}]") for index, it in enumerate(value)]
        entries = definition.additional_properties
        if entries is not None and isinstance(value, Mapping):
            return {key: self._value(it, entries, f"{label}.{key}") for key, it in value.items()}
        return value


def hint(key: str, properties: Mapping[str, object]) -> str:
    """The argument that an unknown key most likely means, also one written as in Python; else all of them."""
    spelled = {name.lower(): name for name in properties}
    close = difflib.get_close_matches(key.replace("_", "").lower(), spelled, n=1)
    return f"did you mean {spelled[close[0]]}?" if close else f"the arguments are {', '.join(sorted(properties))}"
