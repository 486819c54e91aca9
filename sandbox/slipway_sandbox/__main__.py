"""`python -m slipway_sandbox`: the same as `slipway sandbox`."""

import sys

from slipway_sandbox.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
