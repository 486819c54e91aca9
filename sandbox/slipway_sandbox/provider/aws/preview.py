"""Outputs in a preview: the known values, and unknown for the rest."""

from collections.abc import Mapping

from slipway_sandbox.provider.aws.check import DEFAULTED
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Properties, Value


def creation(declaration: Resource, scope: Scope, tags_all: Value) -> dict[str, Value]:
    """Outputs of a new resource: its inputs, and unknown where AWS will decide."""
    schema = sdk.schema(declaration.token)
    result = {name: value for name, value in scope.inputs.items() if name != DEFAULTED}
    for name, prop in schema.outputs.items():
        if name not in result and (name not in schema.inputs or prop.required):
            default = declaration.defaults.get(name)
            result[name] = wire.UNKNOWN if default is None else default
    unknown = {
        name: dict.fromkeys(sdk.properties(kind), wire.UNKNOWN)
        for name in declaration.words("completed")
        if sdk.is_class(kind := schema.outputs[name].type)
    }
    result |= completed(declaration, unknown, result)
    if "region" in schema.outputs:
        result["region"] = scope.region
    if "tagsAll" in schema.outputs:
        result["tagsAll"] = tags_all
    return result


def change(declaration: Resource, state: Properties, inputs: Properties) -> dict[str, Value]:
    """Outputs of a changed resource: its new inputs over the recorded outputs."""
    wanted = {name: value for name, value in inputs.items() if name != DEFAULTED}
    renewed = dict.fromkeys(declaration.words("renewed"), wire.UNKNOWN)
    return {**state, **renewed, **wanted, **completed(declaration, state, wanted)}


def completed(declaration: Resource, first: Properties, second: Properties) -> dict[str, Value]:
    """The `completed` blocks of the declaration: the members of the second over those of the first."""
    names = declaration.words("completed") & first.keys() & second.keys()
    pairs = {name: (first[name], second[name]) for name in names}
    return {
        name: {**(lower if isinstance(lower, Mapping) else {}), **upper}
        for name, (lower, upper) in pairs.items()
        if isinstance(upper, Mapping)
    }
