"""Hosts the components of the package, and answers in the words of the program's language."""

import inspect
import json
from collections.abc import Sequence

import pulumi
from pulumi import ComponentResource, InputPropertiesError, ResourceOptions
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition, TypeDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from slipway.common import ArgumentError
from slipway.dynamic import served
from slipway.hooks import worded

from ._inputs import Inputs
from ._names import python_names, translated
from ._schema import told, word_sets


class Plugin(ComponentProvider):
    """Hosts components for programs in every language. Refusals are sentences with the names that the program uses.

    A program in YAML reaches it by the folder's path::

        plugins: {providers: [{name: slipway, path: ./components}]}
        resources: {orders: {type: "slipway:index:Queue"}}
    """

    def __init__(self, components: Sequence[type[ComponentResource]], name: str, version: str) -> None:
        super().__init__(list(components), name, version=version)
        shapes = {f"{name}:index:{key}": it.python_type for key, it in self._type_defs.items()}
        all_names = {*python_names([*self._component_defs.values(), *self._type_defs.values()])}
        # A name that is a word of an argument, too, is translated only for the component whose argument it is.
        self._names = all_names - {word for allowed in word_sets().values() for word in allowed}
        schema = told(json.loads(self.schema or "{}"), shapes, components, lambda text: translated(text, self._names))
        self.schema = json.dumps(schema)

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        """Build a component. Raises InputPropertiesError with the sentence where an argument is invalid."""
        kind = resource_type.rpartition(":")[2]
        definition = self._component_defs.get(kind)
        if definition is None:
            known = ", ".join(sorted(self._component_defs))
            raise InputPropertiesError(f"{resource_type} is no component; the components are {known}", [])
        reader = Inputs(f"{kind} {name!r}", self._type_defs)
        try:
            values = reader.renamed(inputs, definition.inputs, definition.inputs_mapping)
        except ArgumentError as error:
            raise InputPropertiesError(str(error), []) from None
        try:
            with served(), worded(lambda text: self.sentence(text, kind)):
                component = self._components[kind](name, values, options)  # type: ignore[arg-type]  # a component's own signature
        except pulumi.RunError as error:  # ArgumentError is one
            raise InputPropertiesError(self.sentence(str(error), kind), []) from None
        except Exception as error:
            raise ComponentInitError(error) from error
        return ConstructResult(component.urn, self.get_state(component, definition))

    def sentence(self, text: str, kind: str = "") -> str:
        """What a component says, with the names that the program uses. Names that are also words need its class."""
        definition = self._component_defs.get(kind)
        own = {*python_names([definition, *self._nested(definition)])} if definition else set()
        return translated(text, self._names | own)

    def _nested(self, definition: ComponentDefinition) -> list[TypeDefinition]:
        """The types of nested arguments, at every depth."""
        found: dict[str, TypeDefinition] = {}
        pending = list(definition.inputs.values())
        while pending:
            it = pending.pop()
            pending += [inner for inner in (it.items, it.additional_properties) if inner]
            name = (it.ref or "").rpartition(":")[2]
            if name in self._type_defs and name not in found:
                found[name] = self._type_defs[name]
                pending += found[name].properties.values()
        return list(found.values())


def components_of(package: object) -> list[type[ComponentResource]]:
    """Every component among a package's public names."""
    public = [getattr(package, name) for name in package.__all__]  # type: ignore[attr-defined]
    return [it for it in public if inspect.isclass(it) and issubclass(it, ComponentResource)]
