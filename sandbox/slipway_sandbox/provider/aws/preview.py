"""What a preview says of outputs: what is known already, and unknown for the rest."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.check import DEFAULTED
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire


def creation(declaration: Resource, scope: Scope, tags_all: Any) -> dict[str, Any]:
    """Outputs of a resource that does not exist yet: what is asked for, and unknown where AWS will decide."""
    schema = sdk.schema(declaration.token)
    result = {name: value for name, value in scope.inputs.items() if name != DEFAULTED}
    for name, prop in schema.outputs.items():
        if name not in result and (name not in schema.inputs or prop.required):
            default = declaration.defaults.get(name)
            result[name] = wire.UNKNOWN if default is None else default
    unknown = {
        name: dict.fromkeys(sdk.properties(schema.outputs[name].type), wire.UNKNOWN)
        for name in declaration.words("completed")
    }
    result |= completed(declaration, unknown, result)
    if "region" in schema.outputs:
        result["region"] = scope.region
    if "tagsAll" in schema.outputs:
        result["tagsAll"] = tags_all
    return result


def change(declaration: Resource, state: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs of a resource that will be changed: what is asked for, over what is recorded."""
    asked = {name: value for name, value in inputs.items() if name != DEFAULTED}
    renewed = dict.fromkeys(declaration.words("renewed"), wire.UNKNOWN)
    return {**state, **renewed, **asked, **completed(declaration, state, asked)}


def completed(declaration: Resource, first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """The blocks that AWS completes: the members of the second over those of the first."""
    names = declaration.words("completed") & first.keys() & second.keys()
    both = {name: (first[name], second[name]) for name in names}
    return {name: {**one, **two} for name, (one, two) in both.items() if isinstance(two, Mapping)}
