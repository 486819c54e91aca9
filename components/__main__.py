"""Starts the component plugin, for programs in any language that Pulumi has."""

from pulumi.provider.experimental.host import component_provider_host, components_from_module

import slipway

if __name__ == "__main__":
    component_provider_host(components_from_module(slipway), name="slipway", version=slipway.__version__)
