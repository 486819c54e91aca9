"""Pulumi's package schema of the types and functions that the sandbox has, read from the installed pulumi-aws SDK.

Programs in YAML, `pulumi import` and `pulumi package get-schema` ask for it. It has no descriptions: the SDK's stand in its docs.
Source: https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/schema/
"""

import importlib.metadata
import json
import re
import typing
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi_aws import ProviderArgs

from slipway_sandbox.provider.properties import sdk

Json = dict[str, Any]
PRIMITIVES = {str: "string", bool: "boolean", int: "integer", float: "number"}
ASSET = {"$ref": "pulumi.json#/Asset"}
ANY = {"$ref": "pulumi.json#/Any"}
# Makes aws:sqs:Queue a spelling of aws:sqs/queue:Queue, as in the real provider's schema.
MODULE_FORMAT = "(.*)(?:/[^/]*)"


class PackageSchema:
    """Collects the nested types that resources and functions refer to."""

    def __init__(self) -> None:
        self._types: dict[str, Json] = {}

    def text(self, resources: Iterable[str], functions: Iterable[str]) -> str:
        """The schema as JSON, of resource types and functions by their tokens."""
        settings = self._properties(sdk.properties(ProviderArgs))
        described = {token: self._resource(token) for token in resources}
        answered = {token: self._function(token) for token in functions}
        return json.dumps(
            {
                "name": "aws",
                "version": importlib.metadata.version("pulumi-aws"),
                "description": "The AWS resource types and functions of Slipway's sandbox.",
                "meta": {"moduleFormat": MODULE_FORMAT},
                "config": {"variables": settings},
                "provider": {"type": "object", "inputProperties": settings},
                "resources": described,
                "functions": answered,
                "types": self._types,
            }
        )

    def _resource(self, token: str) -> Json:
        """A resource type with its inputs and outputs."""
        schema = sdk.schema(token)
        return {
            "inputProperties": self._properties(schema.inputs),
            "requiredInputs": _required(schema.inputs),
            "properties": self._properties(schema.outputs),
            "required": _required(schema.outputs),
            "type": "object",
        }

    def _function(self, token: str) -> Json:
        """A function with its arguments and its result."""
        _, path, name = token.split(":")
        result = sdk.properties(sdk.result_class(path.partition("/")[0], f"{name[0].upper()}{name[1:]}Result"))
        arguments = sdk.arguments(token)
        return {
            "inputs": {"type": "object", "properties": self._properties(arguments)},
            "outputs": {"type": "object", "properties": self._properties(result), "required": _required(result)},
        }

    def _properties(self, properties: Mapping[str, sdk.Property]) -> Json:
        return {name: self._type(it.type) for name, it in properties.items()}

    def _type(self, kind: Any) -> Json:
        if sdk.is_class(kind):
            return {"$ref": f"#/types/{self._nested(kind)}"}
        inner = sdk.item_type(kind)
        if inner is not None:
            return (
                {"type": "array", "items": self._type(inner)}
                if sdk.is_list(kind)
                else {"type": "object", "additionalProperties": self._type(inner)}
            )
        if kind in PRIMITIVES:
            return {"type": PRIMITIVES[kind]}
        # Text that the SDK also takes as an enum or as a document of a class, and files.
        choices = typing.get_args(kind)
        if pulumi.Asset in choices or pulumi.Archive in choices:
            return ASSET
        return {"type": "string"} if str in choices else ANY

    def _nested(self, kind: type) -> str:
        """Token of a nested type; arguments and results of one name are one type, as in the real provider's schema."""
        parts = kind.__module__.split(".")
        module = parts[1].rstrip("_") if len(parts) > 2 else "index"
        name = re.sub(r"(Init)?Args$|(?<=.)Result$", "", kind.__name__)
        token = f"aws:{module}/{name}:{name}"
        properties = sdk.properties(kind)
        known = self._types.get(token)
        if known is None:
            known = self._types[token] = {"type": "object", "properties": {}, "required": _required(properties)}
        elif set(properties) <= set(known["properties"]):
            return token
        known["required"] = sorted({*known["required"]} & {*_required(properties)})
        known["properties"] |= dict.fromkeys(properties, ANY)  # a type may hold itself
        known["properties"] |= self._properties(properties)
        return token


def _required(properties: Mapping[str, sdk.Property]) -> list[str]:
    return sorted(name for name, it in properties.items() if it.required)
