"""The stack as a graph. Edges lead from a resource to properties made of its outputs, also while unknown."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slipway_policies.engine.resources import Configuration, Resource
from slipway_policies.engine.values import texts


@dataclass(frozen=True, slots=True)
class Node:
    """A resource of the stack. Its properties are outputs, and these include the inputs."""

    resource: Resource
    sources: Mapping[str, tuple[str, ...]]
    """Property name to the URNs of its sources."""
    written: frozenset[str] | None = None
    """The properties written by the program; None when unknown, as for a deployed stack."""

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.resource.urn

    def has(self, name: str) -> bool:
        """Whether the property has a value from anybody. An unknown value without a source is set by AWS later."""
        value = self.resource[name]
        return name in self.sources if value.unknown else bool(value.raw)

    def sets(self, name: str) -> bool:
        """Whether the program set the property. AWS fills in others, such as the rules of a group after a refresh."""
        return self.has(name) if self.written is None else name in self.written

    def number(self, name: str, default: float) -> float | None:
        """The number, or AWS's default when not set; None while the value is unknown."""
        value = self.resource[name]
        if value.unknown:
            return None if name in self.sources else default
        number = value.number()
        return default if number is None else number

    def output(self, name: str) -> str | None:
        """The output as text when known, else None."""
        value = self.resource[name].raw
        return value if isinstance(value, str) else None


class Graph:
    """All resources of a stack, by URN and by type, and the configuration of the present rule."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.urn: node for node in nodes}
        self.config = Configuration()
        self._by_type: dict[str, list[Node]] = defaultdict(list)
        # Made when a rule first asks, and shared by all rules, which would otherwise look at each pair of resources.
        self._mentions: dict[str, list[Node]] = defaultdict(list)
        self._children: dict[str, list[Node]] = defaultdict(list)
        self._reverse: dict[tuple[str, str, str, tuple[str, ...]], dict[str, list[Node]]] = {}
        self._outputs: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, list[Node]]] = {}
        for node in self.nodes.values():
            self._by_type[node.resource.type].append(node)

    def configured(self, config: Configuration) -> "Graph":
        """The same graph for a rule with this configuration."""
        twin = copy.copy(self)
        twin.config = config
        return twin

    def of(self, *types: str) -> list[Node]:
        """The resources of these types."""
        return [node for kind in types for node in self._by_type.get(kind, ())]

    def behind(self, node: Node, prop: str, kind: str | tuple[str, ...], *outputs: str) -> list[Node]:
        """The resources of type `kind` in a property of `node`.

        Its sources if there are any. A property written as text has none, so its texts are compared with the resources'
        known `outputs`.
        """
        kinds = (kind,) if isinstance(kind, str) else kind
        fed_by = [self.nodes[urn] for urn in node.sources.get(prop, ()) if urn in self.nodes]
        named = [source for source in fed_by if source.resource.type in kinds]
        if named:
            return named
        known = self.by_output(kinds, outputs)
        found = {one.urn: one for text in texts(node.resource[prop].raw) for one in known.get(text, ())}
        return list(found.values())

    def pointing_at(self, node: Node, kind: str, prop: str, *outputs: str) -> list[Node]:
        """The resources of type `kind` with `node` in their property."""
        key = (kind, prop, node.resource.type, outputs)
        if key not in self._reverse:
            self._reverse[key] = defaultdict(list)
            for one in self.of(kind):
                for target in self.behind(one, prop, node.resource.type, *outputs):
                    self._reverse[key][target.urn].append(one)
        return self._reverse[key].get(node.urn, [])

    def by_output(self, kinds: tuple[str, ...], outputs: tuple[str, ...]) -> dict[str, list[Node]]:
        """Known output to the resources of these types with it. Computed once per stack."""
        if (kinds, outputs) not in self._outputs:
            index: dict[str, list[Node]] = defaultdict(list)
            for node in self.of(*kinds):
                for text in {node.output(output) for output in outputs} - {None}:
                    index[str(text)].append(node)
            self._outputs[kinds, outputs] = index
        return self._outputs[kinds, outputs]

    def below(self, node: Node) -> list[Node]:
        """The children of `node`, at any depth."""
        if not self._children:
            for other in self.nodes.values():
                self._children[other.resource.options.parent].append(other)
        children = self._children.get(node.urn, ())
        return [one for child in children for one in (child, *self.below(child))]

    def users(self, node: Node, *outputs: str) -> list[Node]:
        """Every resource with `node` in any property, by an edge or by its known id, ARN or other `outputs`."""
        if not self._mentions:
            for other in self.nodes.values():
                named = {text for value in other.resource.props.values() for text in texts(value)}
                for text in named.union(*other.sources.values()):
                    self._mentions[text].append(other)
        keys = [node.urn, *filter(None, map(node.output, ("id", "arn", *outputs)))]
        found = {other.urn: other for key in keys for other in self._mentions.get(key, ())}
        return [other for urn, other in found.items() if urn != node.urn]
