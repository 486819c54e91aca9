"""Names of arguments and outputs as other languages write them: maxReceives for max_receives."""

import re
from collections.abc import Collection, Iterator

from pulumi.provider.experimental.analyzer import ComponentDefinition, TypeDefinition
from pulumi.provider.experimental.util import camel_case

QUOTED = r"'(?:[^'\\]|\\.)*'"  # values, as repr writes them
A_PROGRAMS_OWN = r"^ {4}.*$"  # the last lines of a container's log, in a verdict
NAME = r"(?<![\w-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w-])"


def python_names(definitions: Collection[ComponentDefinition | TypeDefinition]) -> Iterator[str]:
    """Names of arguments and outputs that another language writes in another way."""
    for definition in definitions:
        if isinstance(definition, TypeDefinition):
            yield from definition.properties_mapping.values()
        else:
            yield from definition.inputs_mapping.values()
            yield from definition.outputs_mapping.values()


def translated(text: str, names: Collection[str]) -> str:
    """A sentence with these names in camelCase; values in quotes and lines of a log stay as they are.

    >>> translated("queues.max_receives must be a whole number, got 'max_receives'", {"max_receives"})
    "queues.maxReceives must be a whole number, got 'max_receives'"
    """

    def name(match: re.Match[str]) -> str:
        word = match[0]
        return camel_case(word) if word in names else word

    return re.sub(f"{A_PROGRAMS_OWN}|{QUOTED}|{NAME}", name, text, flags=re.MULTILINE)
