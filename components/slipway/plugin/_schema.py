"""The schema of the package: what Pulumi's analyzer reads from the classes, told to programs in other languages.

Added are sets of words as enums, names in camelCase within descriptions, and where the package comes from. Defaults stand
in descriptions only: an SDK would send a `default` with every program, and a component could not tell that from a wish.

Source: https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/schema/
"""

import ast
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from pulumi.provider.experimental.util import camel_case

import slipway.words

Json = dict[str, Any]

METADATA = {
    "displayName": "Slipway",
    "description": "Containers on AWS, from image to watched service, safe by default.",
    "keywords": ["aws", "ecs", "fargate", "sqs", "sns", "category/infrastructure", "kind/component"],
    "license": "Apache-2.0",
    "publisher": "Slipway",
    # Slipway has SDKs of its own for Python only; those of other languages are generated.
    "attribution": "Built on the AWS provider of Pulumi.",
}
LISTS, MAPPINGS = ("list", "Sequence"), ("dict", "Mapping")


@cache
def word_sets() -> dict[str, list[str]]:
    """Name of a set in `slipway.words` to its words. They stand in the source only: at run time each is text (docs/adr/0012)."""
    return {
        node.targets[0].id: [str(it.value) for it in ast.walk(node.value) if isinstance(it, ast.Constant)]
        for node in ast.walk(ast.parse(inspect.getsource(slipway.words)))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Subscript)
    }


def told(
    schema: Mapping[str, Any], shapes: Mapping[str, type], components: Collection[type], translate: Callable[[str], str]
) -> Json:
    """The analyzer's schema, completed; `shapes` are the nested types by token.

    Raises KeyError where an argument has no description.
    """
    package = str(schema["name"])
    types = {
        token: _shape(definition, package, shapes[token], translate) for token, definition in schema["types"].items()
    }
    resources = {
        token: _component(definition, package, component, translate)
        for component in components
        for token, definition in schema["resources"].items()
        if token.rpartition(":")[2] == component.__name__
    }
    enums = {
        _token(package, name): {"type": "string", "enum": [{"value": word} for word in allowed]}
        for name, allowed in word_sets().items()
    }
    return {**schema, **METADATA, "resources": resources, "types": types | enums}


def _component(definition: Json, package: str, component: type, translate: Callable[[str], str]) -> Json:
    """A component with its arguments and outputs."""
    arguments = inspect.get_annotations(vars(component)["__init__"])["args"]
    inputs = _properties(definition["inputProperties"], package, arguments, translate)
    outputs = _properties(definition["properties"], package, component, translate)
    described = _described(definition, translate)
    return described | {"inputProperties": inputs, "properties": outputs}


def _shape(definition: Json, package: str, shape: type, translate: Callable[[str], str]) -> Json:
    """A nested type with its arguments."""
    properties = _properties(definition["properties"], package, shape, translate)
    return _described(definition, translate) | {"properties": properties}


def _properties(properties: Json, package: str, shape: type, translate: Callable[[str], str]) -> Json:
    [body] = ast.parse(inspect.cleandoc("\n" + inspect.getsource(shape))).body
    annotations = {
        camel_case(node.target.id): node.annotation
        for node in ast.walk(body)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return {key: _with_words(_described(it, translate), annotations[key], package) for key, it in properties.items()}


def _with_words(definition: Json, annotation: ast.expr, package: str) -> Json:
    """A property whose text is one of a set of words, as a reference to that enum."""
    if isinstance(annotation, ast.Name) and annotation.id in word_sets():
        kept = {key: value for key, value in definition.items() if key != "type"}
        return kept | {"$ref": f"#/types/{_token(package, annotation.id)}"}
    if not isinstance(annotation, ast.Subscript):
        return definition
    inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
    container = annotation.value.id if isinstance(annotation.value, ast.Name) else ""
    if container in LISTS:
        return definition | {"items": _with_words(_entry(definition["items"]), inner[0], package)}
    if container in MAPPINGS and "additionalProperties" in definition:
        entries = _with_words(_entry(definition["additionalProperties"]), inner[1], package)
        return definition | {"additionalProperties": entries}
    return _with_words(definition, inner[0], package)  # NotRequired[...], pulumi.Input[...], pulumi.Output[...]


def _entry(definition: Json) -> Json:
    """The type of an entry; the analyzer repeats the description of the whole list or mapping there."""
    return {key: value for key, value in definition.items() if key != "description"}


def _described(definition: Json, translate: Callable[[str], str]) -> Json:
    """The same with its description in the words of other languages, without the example in Python."""
    text = re.sub(
        r"\s*Example[^\n]*::\n\n(?: {4}.*\n|\s*\n)*", "\n\n", inspect.cleandoc(definition["description"]) + "\n"
    )
    return definition | {"description": translate(text.strip().replace("Raises ArgumentError on", "Refuses"))}


def _token(package: str, name: str) -> str:
    return f"{package}:index:{name}"
