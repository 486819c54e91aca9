"""The command `slipway`."""

import sys

from slipway_cli import application


def main() -> int:
    """Run the command line and return the exit code."""
    return application.run(sys.argv[1:])
