"""The registered resources of a program, as the engine shows them to a policy pack."""

from typing import TYPE_CHECKING, Any

from tests.support.policies.analyzer import Node

if TYPE_CHECKING:
    from tests.support.components.mocks import Built


def plain(value: Any) -> Any:
    """Inputs as the engine sends them; assets are opaque to the rules."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def registered_nodes(built: "Built") -> list[Node]:
    """The registered resources, with ARNs and URLs as from AWS."""
    from tests.support.components import mocks as support

    nodes = []
    for resource in built.resources:
        given = {
            "arn": f"arn:aws:{resource.type.split(':')[1].split('/')[0]}:{support.REGION}:{support.ACCOUNT}:{resource.name}",
            "id": f"{resource.name}-id",
            "name": resource.name + (".fifo" if resource.inputs.get("fifoQueue") else ""),
            "url": f"https://sqs.{support.REGION}.amazonaws.com/{support.ACCOUNT}/{resource.name}",
        } | (plain(resource.outputs) if resource.type.count("/") else {})
        told = {"ignoreChanges": resource.ignore_changes}
        nodes.append(Node(resource.type, resource.name, given | plain(resource.inputs), options=told))
    return nodes
