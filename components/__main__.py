"""Starts the component plugin, for programs in any language that Pulumi has."""

import inspect
import sys

from pulumi import ComponentResource, InputPropertiesError, Inputs, ResourceOptions
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

import slipway


class Plugin(ComponentProvider):
    """Hosts the components of the package, and hands their refusals on as sentences, without a traceback.

    A program in YAML reaches it by the folder's path::

        plugins: {providers: [{name: slipway, path: ./components}]}
        resources: {orders: {type: "slipway:index:Queue"}}
    """

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        """Build a component, or answer that an argument is invalid, with the sentence."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, slipway.ArgumentError):
                raise InputPropertiesError(str(error.inner), []) from None
            raise


def components() -> list[type[ComponentResource]]:
    """Every component of the package."""
    public = [getattr(slipway, name) for name in slipway.__all__]
    return [it for it in public if inspect.isclass(it) and issubclass(it, ComponentResource)]


if __name__ == "__main__":
    main(Plugin(components(), "slipway", version=slipway.__version__), sys.argv[1:])
