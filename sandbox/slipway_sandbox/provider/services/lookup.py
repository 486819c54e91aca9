"""Shared by functions (data sources): many answer with the outputs of a resource of the same kind."""

from dataclasses import replace
from typing import TypeVar

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.refresh import refresh
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Properties, Value

Match = TypeVar("Match")


def as_resource(scope: Scope, token: str, resource_id: str, result: str) -> dict[str, Value]:
    """The resource with this id in the SDK's result class; arguments fill in where AWS has no answer.

    Raises ProviderError when there is none.
    """
    declaration = services.resource(token)
    inner = Scope(scope.cloud, replace(scope.settings, region=scope.region), declaration.service, {}, id=resource_id)
    present = refresh(declaration, inner, {})
    if present is None:
        raise ProviderError(f"there is no {declaration.type_name} {resource_id} in {scope.region}")
    state = present[0]
    return shaped(scope, result, {**state, "id": inner.id, "tags": state.get("tagsAll") or {}})


def shaped(scope: Scope, result: str, values: Properties) -> dict[str, Value]:
    """Values in a result class such as sqs.GetQueueResult: its properties only, each blank without a value."""
    module, _, name = result.partition(".")
    kinds = sdk.properties(sdk.result_class(module, name))
    known = {**scope.inputs, **values}
    return {name: _fit(prop.type, known.get(name)) for name, prop in kinds.items() if name != "region"}


def only(matches: list[Match], what: str) -> Match:
    """The only match, as the real provider demands. Raises ProviderError for none and for several."""
    if len(matches) != 1:
        raise ProviderError(f"{len(matches) or 'no'} {what} match; change the arguments so that exactly one does")
    return matches[0]


def _fit(kind: sdk.Kind, value: Value) -> Value:
    if sdk.is_list(kind):
        return [] if value in (None, {}) else value if isinstance(value, list) else [value]
    if sdk.is_class(kind):
        return (value[0] if value else {}) if isinstance(value, list) else value or {}
    if value is not None:
        return str(value) if kind is str and not isinstance(value, bool) else value
    return {} if sdk.is_map(kind) else _BLANK.get(kind)


_BLANK: dict[sdk.Kind, Value] = {str: "", int: 0, float: 0.0, bool: False}
