"""Starts the component plugin, for programs in any language that Pulumi has."""

import sys

import slipway
from slipway.plugin import Plugin, components_of, serve

if __name__ == "__main__":
    slipway.speed_up_program()
    serve(Plugin(components_of(slipway), "slipway", slipway.__version__), sys.argv[1:])
