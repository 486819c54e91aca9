"""What functions (data sources) share: many answer with what a resource of the same kind would have in its state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.refresh import refresh
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol.errors import ProviderError


def as_resource(scope: Scope, token: str, resource_id: str, result: str) -> dict[str, Any]:
    """The resource of that id as the SDK's result class has it, with the arguments for what AWS does not answer.

    Raises ProviderError when there is none.
    """
    declaration = services.resource(token)
    inner = Scope(scope.cloud, replace(scope.settings, region=scope.region), declaration.service, {}, id=resource_id)
    found = refresh(declaration, inner, {})
    if found is None:
        raise ProviderError(f"there is no {declaration.type_name} {resource_id} in {scope.region}")
    state = found[0]
    return shaped(scope, result, {**state, "id": inner.id, "tags": state.get("tagsAll") or {}})


def shaped(scope: Scope, result: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a result class such as sqs.GetQueueResult has them: its properties only, blank where there is nothing."""
    module, _, name = result.partition(".")
    kinds = sdk.properties(sdk.result_class(module, name))
    given = {**scope.inputs, **found}
    return {name: _fit(prop.type, given.get(name)) for name, prop in kinds.items() if name != "region"}


def one(found: list[Any], what: str) -> Any:
    """The only match, as the real provider demands. Raises ProviderError for none and for several."""
    if len(found) != 1:
        raise ProviderError(f"{len(found) or 'no'} {what} match; change the arguments so that exactly one does")
    return found[0]


def _fit(kind: Any, value: Any) -> Any:
    if sdk.is_list(kind):
        return [] if value in (None, {}) else value if isinstance(value, list) else [value]
    if sdk.is_class(kind):
        return (value[0] if value else {}) if isinstance(value, list) else value or {}
    if value is not None:
        return str(value) if kind is str and not isinstance(value, bool) else value
    return {} if sdk.is_map(kind) else {str: "", int: 0, float: 0.0, bool: False}.get(kind)
